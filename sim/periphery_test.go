package sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// On a real board they fire at any time; here, where the program waits.
func TestTimersFireWhileAProgramWaits(t *testing.T) {
	t.Parallel()
	for _, chip := range []string{"esp32", "esp32-c3@1.24", "esp8266"} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			r := talk(t, power(t, "sim:"+chip, nil))
			require.Equal(t, "True True", run(t, r, `
import time, asyncio
from time import sleep_ms, sleep
from machine import Timer, idle
fired = []
a = Timer(1 if hasattr(Timer, 'value') else -1)
a.init(period=2, mode=Timer.PERIODIC, callback=lambda t: fired.append(t))
b = Timer(0)
b.init(period=1, mode=Timer.ONE_SHOT, callback=lambda t: fired.append(t))
while fired.count(a) < 3 or b not in fired: sleep_ms(1)
n = len(fired)
while len(fired) == n: sleep(0.001)
n = len(fired)
while len(fired) == n: idle()
flag = asyncio.ThreadSafeFlag()
a.init(freq=200, callback=lambda t: flag.set())
async def main():
  for i in range(3): await flag.wait()
asyncio.run(main())
a.deinit()
n = len(fired)
sleep_ms(20)
print(len(fired) == n, fired.count(b) == 1)`))
			// What one raises is told, and the program goes on.
			require.Regexp(t, `(?s)Traceback.*ZeroDivisionError.*\nwell$`, run(t, r, `
import time
from machine import Timer
gone = []
def cb(t): gone.append(1); 1 / 0
Timer(0).init(mode=Timer.ONE_SHOT, period=1, callback=cb)
while not gone: time.sleep_ms(1)
print('well')`))
		})
	}
}

func TestWhatIsWiredToNothingRemembersAndReadsNothing(t *testing.T) {
	t.Parallel()
	for chip, want := range map[string]string{
		"esp32":        "PWM(Pin(4), freq=1000, duty=256) 16384 0 [] 19 5000 None b'\\x00\\x00' -2",
		"esp8266@1.25": "PWM(Pin(4), freq=1000, duty=256) 16384 0 [] 19 500 None b'\\x00\\x00' -2",
	} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			r := talk(t, power(t, "sim:"+chip, nil))
			require.Equal(t, want, run(t, r, `
from machine import PWM, ADC, Pin, SoftI2C, SPI, UART, time_pulse_us
import machine, sys
p = PWM(Pin(4), freq=1000, duty=256)
adc = ADC(Pin(36)) if sys.platform == 'esp32' else ADC(0)
bus = SoftI2C(scl=Pin(5), sda=Pin(4))
try: bus.readfrom(60, 1)
except OSError as e: nobody = e.errno
print(p, PWM(Pin(4)).duty_u16(), adc.read_u16(), bus.scan(), nobody, PWM(Pin(5)).freq(),
  UART(1, baudrate=9600).read(), SPI(1).read(2), time_pulse_us(Pin(4, Pin.IN), 1, 10))
try: machine.Nothing
except AttributeError: pass
else: print('there')`))
		})
	}
}

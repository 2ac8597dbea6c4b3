package sim_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/profile"
)

func TestEveryChipIsABoard(t *testing.T) {
	t.Parallel()
	for _, name := range profile.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			boardtest.Run(t, func(t *testing.T) board.Board { return power(t, "sim:"+name, nil) })
		})
	}
}

// seen is what is on a board's UART from now on.
type seen struct {
	t    *testing.T
	uart board.UART
	got  []byte
}

func look(t *testing.T, b board.Board) *seen {
	t.Helper()
	uart, err := b.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, uart.Close()) })
	return &seen{t: t, uart: uart}
}

// until gives everything up to and with text.
func (s *seen) until(text string) string {
	s.t.Helper()
	require.NoError(s.t, s.uart.SetReadDeadline(time.Now().Add(time.Minute)))
	p := make([]byte, 1024)
	for !bytes.Contains(s.got, []byte(text)) {
		n, err := s.uart.Read(p)
		s.got = append(s.got, p[:n]...)
		require.NoError(s.t, err, "waiting for %q, got %q", text, s.got)
	}
	n := bytes.Index(s.got, []byte(text)) + len(text)
	taken := string(s.got[:n])
	s.got = s.got[n:]
	return taken
}

func (s *seen) send(text string) {
	s.t.Helper()
	_, err := s.uart.Write([]byte(text))
	require.NoError(s.t, err)
}

// settle waits until the board is at its prompt and has nothing more to say.
func (s *seen) settle() {
	s.t.Helper()
	s.send("6*7\r")
	s.until("42\r\n>>> ")
}

const prompt = "\n>>> "

// Each chip has its own names, in every release.
func TestAChipIsWhatItSaysThatItIs(t *testing.T) {
	t.Parallel()
	for _, release := range []string{"1.24", "1.25", "1.29"} {
		for chip, want := range map[string]string{
			"esp32":    "esp32|Generic ESP32 module with ESP32|10|160000000|6|2097152|4194304",
			"esp32-c3": "esp32|ESP32C3 module with ESP32C3|11|160000000|6|2097152|4194304",
			"esp8266":  "esp8266|ESP module with ESP8266|9|80000000|4|3125248|4194304",
		} {
			t.Run(chip+"@"+release, func(t *testing.T) {
				t.Parallel()
				r := talk(t, power(t, "sim:"+chip+"@"+release, nil))
				got := run(t, r, `
import sys, os, machine, esp
u = os.uname()
assert u.sysname == u.nodename == sys.platform == u[0], u
assert u.machine == sys.implementation._machine, u
assert sys.implementation.name == 'micropython'
assert ('v' + u.release in u.version) or u.release == '2.2.0-dev(9422289)', u
s = os.statvfs('/')
assert s[:2] == (4096, 4096) and s[9] == 255, s
print(sys.platform, u.machine, sys.implementation._mpy >> 10, machine.freq(), len(machine.unique_id()),
  s[0] * s[2], esp.flash_size(), sep='|')`)
				require.Equal(t, want, got)
			})
		}
	}
}

func TestAHardResetShowsTheROMAndABannerWithTheChip(t *testing.T) {
	t.Parallel()
	for chip, want := range map[string][2]string{
		"esp32":    {"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", "entry 0x400805b0\r\nMicroPython v"},
		"esp32-c3": {"ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x1 (POWERON),boot:0xd (SPI_FAST_FLASH_BOOT)\r\n", "entry 0x403cc710\r\nMicroPython v"},
		// As every serial monitor at 115200 shows it: 74880 baud, misread.
		"esp8266": {"l\x00l\x9c\x9e|\x00\x8cl\xe0|\x02\f\f\f\x8c\fl\xec\fb|\x8e\x82\x02\xec\x12\x92r\x92b\x8c\fb\x8c\xf2", "`\x02\r\nMicroPython v"},
	} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			b := power(t, "sim:"+chip, nil)
			s := look(t, b)
			s.settle()
			require.NoError(t, b.Reset(t.Context()))
			got := s.until(prompt)
			require.True(t, strings.HasPrefix(got, want[0]), "%q", got)
			require.Contains(t, got, want[1])
			p, _ := profile.Find(chip)
			banner := "; " + p.Machine + "\r\nType \"help()\" for more information.\r\n>>> "
			require.True(t, strings.HasSuffix(got, banner), "%q", got)

			s.send("\x04") // a soft reset has nothing of the ROM
			got = s.until(prompt)
			require.True(t, strings.HasPrefix(got, "\r\nMPY: soft reboot\r\nMicroPython v"), "%q", got)
			require.True(t, strings.HasSuffix(got, banner), "%q", got)
			s.send("\x01")
			s.until("raw REPL; CTRL-B to exit\r\n>")
			s.send("\x02")
			require.True(t, strings.HasSuffix(s.until(prompt), banner))
		})
	}
}

func TestWhyAChipStartedIsToldInItsOwnNumbers(t *testing.T) {
	t.Parallel()
	for chip, want := range map[string]struct{ power, reset, soft, software, sleep, watchdog, crash string }{
		"esp32":    {"1", "1", "5", "2", "4", "3", "2"},
		"esp32-c3": {"1", "1", "5", "2", "4", "3", "2"},
		"esp8266":  {"0", "6", "6", "4", "5", "3", "2"}, // which does not tell a soft reset
	} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			b := power(t, "sim:"+chip, nil)
			r := talk(t, b)
			const ask = "import machine\nprint(machine.reset_cause())"
			require.Equal(t, want.power, run(t, r, ask))
			require.NoError(t, b.Reset(t.Context()))
			require.NoError(t, r.Enter(t.Context()))
			require.Equal(t, want.reset, run(t, r, ask))
			require.NoError(t, r.SoftReset(t.Context()))
			require.Equal(t, want.soft, run(t, r, ask))
			// machine.WDT takes 5 s on an ESP8266, whatever its timeout: the same, quicker.
			for program, cause := range map[string]string{
				"machine.reset()":      want.software,
				"machine.deepsleep(1)": want.sleep,
				"import _chip\n_chip.watch(20)\nwhile True: pass": want.watchdog,
				"import re\nre.match('(a*)*b', 'a' * 28)":         want.crash,
			} {
				require.Error(t, r.Exec(t.Context(), "import machine\n"+program, nil))
				require.NoError(t, r.Enter(t.Context()))
				require.Equal(t, cause, run(t, r, ask), program)
			}
		})
	}
}

func TestADeepSleepWithoutEndIsEndedByAReset(t *testing.T) {
	t.Parallel()
	b := power(t, "sim:esp32", nil)
	r := talk(t, b)
	_, err := r.Start(t.Context(), "import machine\nmachine.deepsleep()")
	require.NoError(t, err)
	require.NoError(t, b.Reset(t.Context()))
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "1", run(t, r, "import machine\nprint(machine.reset_cause())"))
	_, err = r.Start(t.Context(), "import machine\nmachine.deepsleep()")
	require.NoError(t, err)
	require.NoError(t, b.Close())
}

func TestBootAndMainRunAsOnABoard(t *testing.T) {
	t.Parallel()
	files := func(boot, main string) map[string][]byte {
		return map[string][]byte{"/boot.py": []byte(boot), "/main.py": []byte(main)}
	}
	for name, test := range map[string]struct {
		chip, boot, main string
		prints           string // of both, at a soft reset, up to the banner
	}{
		"one after the other, in one place": {"esp32", "x = 1\nprint('boot', __name__)", "print('main', x, __name__)", "boot __main__\r\nmain 1 __main__\r\n"},
		"a boot.py that raises leaves main.py out": {
			"esp32", "def f():\n  1/0\nf()", "print('main')",
			"Traceback (most recent call last):\r\n  File \"boot.py\", line 3, in <module>\r\n  File \"boot.py\", line 2, in f\r\nZeroDivisionError: divide by zero\r\n",
		},
		"a main.py that cannot be compiled says where": {
			"esp8266", "", "x = = 1",
			"Traceback (most recent call last):\r\n  File \"main.py\", line 1\r\nSyntaxError: invalid syntax\r\n",
		},
		"SystemExit is the end of boot.py on an ESP8266": {"esp8266", "import machine\nmachine.soft_reset()", "print('main')", "main\r\n"},
		"lib is on the path":                             {"esp32-c3", "import sys\nprint('/lib' in sys.path)", "", "True\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := look(t, power(t, "sim:"+test.chip, files(test.boot, test.main)))
			s.settle()
			s.send("\x04")
			s.until("MPY: soft reboot\r\n")
			got, _, _ := strings.Cut(s.until(prompt), "MicroPython v")
			require.Equal(t, test.prints, got)
		})
	}
}

func TestASystemExitInMainIsASoftResetOnAnESP32(t *testing.T) {
	t.Parallel()
	const main = `
import machine, os
n = len(os.listdir('/lib')) if 'lib' in os.listdir('/') else 0
print('run', n)
if n < 3:
  if not n: os.mkdir('/lib')
  open('/lib/%d' % n, 'w').close()
  machine.soft_reset()
`
	b := power(t, "sim:esp32", map[string][]byte{"/main.py": []byte(main)})
	s := look(t, b)
	s.send("import os\rprint(os.listdir('/lib'))\r") // main.py does not read it
	s.until("['0', '1', '2']")
}

func TestCtrlCStopsMainAndARawSoftResetDoesNotRunIt(t *testing.T) {
	t.Parallel()
	b := power(t, "sim:esp32", map[string][]byte{
		"/boot.py": []byte("print('boot')"),
		"/main.py": []byte("print('main')\nwhile True: pass"),
	})
	s := look(t, b)
	require.NoError(t, b.Reset(t.Context()))
	require.Contains(t, s.until("main\r\n"), "boot\r\n")
	s.send("\x03")
	require.Contains(t, s.until(prompt), "  File \"main.py\", line 2, in <module>\r\nKeyboardInterrupt: \r\nMicroPython v")
	s.send("\x01")
	s.until("raw REPL; CTRL-B to exit\r\n>")
	s.send("\x04")
	require.Equal(t, "OK\r\nMPY: soft reboot\r\nboot\r\nraw REPL; CTRL-B to exit\r\n>", s.until("exit\r\n>"))
	s.send("print(1)\x04")
	require.Equal(t, "OK1\r\n\x04\x04>", s.until("\x04>"))
}

// The way of the ESP8266's own tutorial.
func TestAnAlarmEndsADeepSleep(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim:esp8266", nil))
	require.Error(t, r.Exec(t.Context(), `
import machine
rtc = machine.RTC()
rtc.memory(b'kept')
rtc.irq(trigger=rtc.ALARM0, wake=machine.DEEPSLEEP)
rtc.alarm(rtc.ALARM0, 20)
machine.deepsleep()`, nil))
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "True b'kept'", run(t, r, "import machine\nprint(machine.reset_cause() == machine.DEEPSLEEP_RESET, machine.RTC().memory())"))
}

func TestABoardWhoseMainNeverEndsCanBeClosedAndReset(t *testing.T) {
	t.Parallel()
	b := power(t, "sim:esp32", map[string][]byte{"/main.py": []byte("while True: pass")})
	require.NoError(t, b.Reset(t.Context()))
	require.NoError(t, b.Close())
}

func TestAPinRemembersThroughASoftResetAndForgetsAtAHardOne(t *testing.T) {
	t.Parallel()
	b := power(t, "sim:esp32", nil)
	r := talk(t, b)
	run(t, r, `
from machine import Pin
p = Pin(2, Pin.OUT, value=1)
assert Pin(2) is p and p.value() == 1 and p() == 1 and repr(p) == 'Pin(2)', p
p.toggle(); assert p() == 0
rising = []
p.irq(lambda p: rising.append(p.value()), Pin.IRQ_RISING)
p.off(); p.on(); p.off(); p.on()
import time
time.sleep_ms(1)  # they are only scheduled
assert rising == [1, 1], rising
assert Pin(4, Pin.IN, Pin.PULL_UP).value() == 1 and Pin(4, Pin.IN, None).value() == 0
for no in lambda: Pin(24), lambda: Pin(34, Pin.OUT):
  try: no()
  except ValueError as e: print(e)
from machine import Signal
assert Signal(p, invert=True).value() == 0
`)
	require.NoError(t, r.SoftReset(t.Context()))
	require.Equal(t, "1", run(t, r, "from machine import Pin\nprint(Pin(2).value())"))
	require.True(t, b.Pin(2))
	require.NoError(t, b.Reset(t.Context()))
	require.NoError(t, r.Enter(t.Context()))
	require.Equal(t, "0", run(t, r, "from machine import Pin\nprint(Pin(2).value())"))
}

func TestTheClockStandsAt2000UntilItIsSet(t *testing.T) {
	t.Parallel()
	for chip, kept := range map[string]bool{"esp32": false, "esp8266": true} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			b := power(t, "sim:"+chip, nil)
			r := talk(t, b)
			require.Equal(t, "2000 True 0", run(t, r, "import time\nprint(time.localtime()[0], time.time() < 3600, time.mktime((2000, 1, 1, 0, 0, 0, 0, 0)))"))
			run(t, r, "import machine\nmachine.RTC().datetime((2024, 2, 29, 0, 12, 13, 14, 0))")
			const ask = "import machine, time\nprint(machine.RTC().datetime()[:5], time.localtime()[:5], time.time() >= 762523994)"
			want := "(2024, 2, 29, 3, 12) (2024, 2, 29, 12, 13) True"
			require.Equal(t, want, run(t, r, ask))
			require.Error(t, r.Exec(t.Context(), "import machine\nmachine.reset()", nil))
			require.NoError(t, r.Enter(t.Context()))
			require.Equal(t, want, run(t, r, ask), "it goes on through a reset by the program")
			require.NoError(t, b.Reset(t.Context()))
			require.NoError(t, r.Enter(t.Context()))
			got := run(t, r, ask)
			require.Equal(t, kept, got == want, got)
		})
	}
}

func TestABoardWithoutAChipHasNothingOfOne(t *testing.T) {
	t.Parallel()
	r := talk(t, power(t, "sim", nil))
	for _, module := range []string{"machine", "network", "esp", "esp32"} {
		require.ErrorContains(t, r.Exec(t.Context(), "import "+module, nil), "ImportError")
	}
	require.Equal(t, "webassembly", run(t, r, "import sys\nprint(sys.platform)"))
}

func TestBoardsOfAnotherChipAreNotAlike(t *testing.T) {
	t.Parallel()
	first := power(t, "sim:esp32", nil)
	require.NoError(t, first.Checkpoint(t.Context(), t.Name()))
	for _, other := range []string{"sim", "sim:esp8266", "sim:esp32-c3", "sim:esp32@1.25"} {
		require.ErrorIs(t, power(t, other, nil).Rollback(t.Context(), t.Name()), board.ErrNoCheckpoint, other)
	}
	require.NoError(t, power(t, "sim:esp32@1.29", nil).Rollback(t.Context(), t.Name()))
}

// A board that is opened while it starts has its banner on the UART by the time that it
// is at its prompt. After a rollback that was another life's.
func TestARollbackTakesBackWhatWasPrintedBefore(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{"/boot.py": []byte("import sys\nsys.stdin.read(1)\n")}
	open := func() (*sim.Board, board.UART) {
		b := power(t, "sim:esp8266", files)
		uart, err := b.Open(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { _ = uart.Close() })
		require.NoError(t, uart.SetReadDeadline(time.Now().Add(time.Minute)))
		_, err = uart.Write([]byte("x"))
		require.NoError(t, err)
		return b, uart
	}
	first, uart := open()
	r := repl.New("first", uart, repl.Options{})
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, first.Checkpoint(t.Context(), t.Name()))

	second, uart := open()
	require.NoError(t, second.Rollback(t.Context(), t.Name()))
	_, err := uart.Write([]byte("print(1)\x04"))
	require.NoError(t, err)
	const want = "OK1\r\n\x04\x04>"
	got := make([]byte, len(want))
	_, err = io.ReadFull(uart, got)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

func TestAWatchdogThatIsFedDoesNotBite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := talk(t, power(t, "sim:esp32", nil))
		require.Equal(t, "fed", run(t, r, `
import machine, time
w = machine.WDT(timeout=100)
for i in range(30):
  time.sleep_ms(99)
  w.feed()
print('fed')`))
		for _, wrong := range []string{"machine.WDT(1)", "machine.WDT(timeout=0)"} {
			require.ErrorContains(t, r.Exec(t.Context(), "import machine\n"+wrong, nil), "ValueError")
		}
	})
}

func TestABoardThatResetsItselfForEverCanBeReachedAndClosed(t *testing.T) {
	t.Parallel()
	for _, boot := range []string{"machine.reset()", "machine.deepsleep(1)", "raise SystemExit"} {
		t.Run(boot, func(t *testing.T) {
			t.Parallel()
			b := power(t, "sim:esp32", map[string][]byte{"/boot.py": []byte("import machine\nprint('again')\n" + boot)})
			s := look(t, b)
			for range 3 {
				s.until("again\r\n")
			}
			require.NoError(t, b.Reset(t.Context()))
			s.until("again\r\n")
			require.NoError(t, b.Close())
		})
	}
}

func TestAChipHasTheHashesOfItsPortAndTheOldNames(t *testing.T) {
	t.Parallel()
	for chip, want := range map[string]string{
		"esp32":   "a9993e364706816aba3e25717850c26c9cd0d89d da39a3ee5e6b4b0d3255bfef95601890afd80709 True True 900150983cd24fb0d6963f7d28e17f72",
		"esp8266": "a9993e364706816aba3e25717850c26c9cd0d89d da39a3ee5e6b4b0d3255bfef95601890afd80709 True True none",
	} {
		t.Run(chip, func(t *testing.T) {
			t.Parallel()
			r := talk(t, power(t, "sim:"+chip, nil))
			require.Equal(t, want, run(t, r, `
import hashlib, machine, umachine, uasyncio, asyncio
h = hashlib.sha1(b'a')
h.update(b'bc')
print(h.digest().hex(), hashlib.sha1().digest().hex(), umachine.Pin is machine.Pin, uasyncio.sleep_ms is asyncio.sleep_ms,
  hashlib.md5(b'abc').digest().hex() if hasattr(hashlib, 'md5') else 'none')
assert hashlib.sha256(b'abc').digest()[0] == 0xba
try: h.digest()
except ValueError: pass
else: print('not final')`))
		})
	}
}

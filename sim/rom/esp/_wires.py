# What machine has for things that are wired to a chip. Nothing is: outputs remember what
# they were set to, inputs read 0, no device answers on a bus.
import _profile
from machine import Pin

_esp32 = _profile.platform == "esp32"
_pwm = {}  # by pin: frequency and duty of 65535
_NO_DEVICE = 19  # ENODEV
_TIMED_OUT = 110


def _pin(pin):
    return pin if isinstance(pin, Pin) else Pin(pin)


class PWM:
    def __init__(self, pin, freq=-1, duty=-1, duty_u16=-1, duty_ns=-1):
        self._pin = _pin(pin)
        if self._pin._id >= _profile.input_only or not _esp32 and self._pin._id == 16:
            raise ValueError("PWM not supported on %s%d" % ("Pin(" if _esp32 else "pin ", self._pin._id) + (")" if _esp32 else ""))
        if self._pin._id not in _pwm:
            _pwm[self._pin._id] = [5000, 32768] if _esp32 else [500, 0]
        self.init(freq, duty, duty_u16, duty_ns)

    def init(self, freq=-1, duty=-1, duty_u16=-1, duty_ns=-1):
        if _esp32 and (duty >= 0) + (duty_u16 >= 0) + (duty_ns >= 0) > 1:
            raise ValueError("only one of parameters 'duty', 'duty_u16' or 'duty_ns' is allowed")
        _pwm.setdefault(self._pin._id, [5000, 32768] if _esp32 else [500, 0])
        if freq != -1:
            self.freq(freq)
        if duty != -1:
            self.duty(duty)
        if duty_u16 != -1:
            self.duty_u16(duty_u16)
        if duty_ns != -1:
            self.duty_ns(duty_ns)

    def _state(self):
        if self._pin._id not in _pwm:
            raise RuntimeError("PWM inactive")
        return _pwm[self._pin._id]

    def deinit(self):
        _pwm.pop(self._pin._id, None)

    def freq(self, hz=None):
        state = self._state()
        if hz is None:
            return state[0]
        if _esp32 and not 1 <= hz <= 40000000:
            raise ValueError("frequency must be from 1Hz to 40MHz")
        state[0] = hz if _esp32 else min(max(1, hz), 1000)

    def duty_u16(self, to=None):
        state = self._state()
        if to is None:
            return state[1]
        if _esp32 and not 0 <= to <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        state[1] = min(max(0, to), 65535)

    def duty(self, to=None):
        if to is None:
            return self._state()[1] * 1024 // 65536 if self._state()[1] < 65535 else 1023 if _esp32 else 1024
        if _esp32 and not 0 <= to <= 1023:
            raise ValueError("duty must be from 0 to 1023")
        self.duty_u16(65535 if to >= 1023 else to * 64)

    def duty_ns(self, to=None):
        state = self._state()
        if to is None:
            return state[1] * 1000000000 // (65536 * state[0])
        self.duty_u16(to * state[0] * 65536 // 1000000000)

    def __repr__(self):
        return "PWM(%r, freq=%d, duty=%d)" % (self._pin, self.freq(), self.duty())


class ADC:
    if _esp32:
        ATTN_0DB = 0
        ATTN_2_5DB = 1
        ATTN_6DB = 2
        ATTN_11DB = 3
        WIDTH_12BIT = 12
        if _profile.build == "ESP32_GENERIC":
            WIDTH_9BIT = 9
            WIDTH_10BIT = 10
            WIDTH_11BIT = 11

    def __init__(self, channel, *, atten=0, width=12):
        if _esp32:
            channel = _pin(channel)._id
            if channel not in _profile.adc:
                raise ValueError("invalid pin")
        elif channel not in (0, 1):
            raise ValueError("ADC(%d) doesn't exist" % channel)
        self._channel = channel

    def read(self):
        return 0

    def read_u16(self):
        return 0

    if _esp32:

        def init(self, *, atten=0, width=12):
            pass

        def read_uv(self):
            return 0

        def atten(self, attenuation):
            pass

        def width(self, bits):
            pass

    def __repr__(self):
        return "ADC(%s)" % (self._channel if not _esp32 else "Pin(%d)" % self._channel)


class I2C:
    def __init__(self, id=-1, scl=None, sda=None, freq=400000, timeout=50000):
        pass

    init = __init__

    def deinit(self):
        pass

    def scan(self):
        return []

    def _nobody(self, *args, **kwargs):
        raise OSError(_NO_DEVICE)

    readfrom = readfrom_into = readfrom_mem = readfrom_mem_into = _nobody
    writeto = writevto = writeto_mem = _nobody


SoftI2C = I2C


class SPI:
    MSB = 0
    LSB = 1

    def __init__(self, id=-1, baudrate=500000, **kwargs):
        pass

    init = __init__

    def deinit(self):
        pass

    def read(self, n, write=0):
        return bytes(n)

    def readinto(self, buf, write=0):
        buf[:] = bytes(len(buf))

    def write(self, buf):
        pass

    def write_readinto(self, out, into):
        if len(out) != len(into):
            raise ValueError("buffers must be the same length")
        self.readinto(into)


SoftSPI = SPI


# One with nothing at its pins. That of the REPL is sys.stdin and sys.stdout here.
class UART:
    INV_TX = 1
    INV_RX = 2

    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, **kwargs):
        if not 0 <= id < _profile.uarts:
            raise ValueError("UART(%d) does not exist" % id)

    def init(self, baudrate=115200, bits=8, parity=None, stop=1, **kwargs):
        pass

    def deinit(self):
        pass

    def any(self):
        return 0

    def read(self, n=-1):
        return None

    def readline(self):
        return None

    def readinto(self, buf, n=-1):
        return None

    def write(self, data):
        return len(data)

    def flush(self):
        pass

    def txdone(self):
        return True

    def sendbreak(self):
        pass


def time_pulse_us(pin, level, timeout_us=1000000):
    import time

    time.sleep_us(timeout_us)
    return -1 if pin.value() == level else -2


def bitstream(pin, encoding, timing, data):
    pass


def dht_readinto(pin, buf):
    raise OSError(_TIMED_OUT)

# The board's machine module, over the device files of package soc and _chip. What a program
# does to a pin stays done: through a soft reset too, as on the chip.
import sys
import time
from micropython import const, schedule

import _chip
import _profile

_DEEPSLEEP = const(17)
_CAUSE = const(18)
_FREQ = const(19)
_PIN_MODE = const(20)
_PIN_PULL = const(21)
_PIN_SET = const(22)
_PIN_GET = const(23)

globals().update(_profile.constants)


# A device is open for one question: what is open in a checkpoint would be its own
# board's for ever.
def _ask(operation, argument=0):
    f = open("/dev/soc", "rb")
    try:
        return f.seek(argument, operation)
    finally:
        f.close()


def _read(path):
    f = open(path, "rb")
    try:
        return f.read()
    finally:
        f.close()


def _write(path, data):
    f = open(path, "wb")
    try:
        f.write(data)
    finally:
        f.close()


reset = _chip.reset
soft_reset = sys.exit


def reset_cause():
    return _ask(_CAUSE)


def unique_id():
    return _read("/dev/soc")


def freq(hz=None):
    if hz is None:
        return _ask(_FREQ) * 1000000
    mhz = hz // 1000000
    if mhz not in _profile.mhz:
        if _profile.platform == "esp8266":
            raise ValueError("frequency can only be either 80Mhz or 160MHz")
        names = ["%dM%sz" % (n, "h" if n == 80 else "H") for n in sorted(_profile.mhz)]
        raise ValueError("frequency must be %s or %s" % (", ".join(names[:-1]), names[-1]))
    _ask(_FREQ, mhz)


def idle():
    time.sleep_ms(1)


def lightsleep(ms=None):
    while ms is None:  # nothing here wakes it
        time.sleep_ms(1000)
    time.sleep_ms(ms)


sleep = lightsleep


# The end of it is a hard reset. Without a time it is for ever; on an ESP8266 the RTC's
# alarm may end it as well.
def deepsleep(ms=None):
    wait = 0
    if RTC._wake & DEEPSLEEP:
        wait = max(1, RTC._all.alarm_left())
    if ms is not None:
        ms = max(1, ms)
        wait = min(wait, ms) if wait else ms
    _ask(_DEEPSLEEP, wait)


# There are no interrupts but Ctrl-C, which is not held up.
def disable_irq():
    return 0


def enable_irq(state):
    pass


if _profile.platform == "esp32":

    def wake_reason():
        return _profile.constants["TIMER_WAKE"] if reset_cause() == _profile.constants["DEEPSLEEP_RESET"] else 0


class _IRQ:
    def __init__(self, pin):
        self._pin = pin

    def __call__(self):
        schedule(self._pin._handler, self._pin)

    def __repr__(self):
        return "<IRQ>"

    def trigger(self, trigger=None):
        was = self._pin._trigger
        if trigger is not None:
            self._pin._trigger = trigger
        return was


class Pin:
    _all = {}

    def __new__(cls, id, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        if isinstance(id, Pin):
            self = id
        elif id not in _profile.pins:
            raise ValueError("invalid pin")
        elif id in cls._all:
            self = cls._all[id]
        else:
            self = cls._all[id] = object.__new__(cls)
            self._id = id
            self._handler = None
            self._trigger = 0
        if mode is not None or pull != -1 or value is not None:
            self.init(mode, pull, value=value)
        return self

    def __init__(self, id, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        pass

    def init(self, mode=None, pull=-1, *, value=None, drive=None, hold=None):
        if mode is not None and self._id >= _profile.input_only and mode != Pin.IN:
            raise ValueError("pin can only be input")
        if value is not None:
            self.value(value)
        if mode is not None:
            _ask(_PIN_MODE, self._id << 8 | mode)
        if pull != -1:
            pull = 0 if pull is None else pull
            if pull and self._id == 16 and _profile.platform == "esp8266":
                raise ValueError("Pin(16) doesn't support pull")
            _ask(_PIN_PULL, self._id << 8 | pull)

    # Of a pin that is driven by nobody, its pull says what it is.
    def value(self, value=None):
        if value is None:
            return _ask(_PIN_GET, self._id)
        was = _ask(_PIN_SET, self._id << 8 | (1 if value else 0))
        now = _ask(_PIN_GET, self._id)
        if self._handler and was != now and self._trigger & (Pin.IRQ_RISING if now else Pin.IRQ_FALLING):
            schedule(self._handler, self)

    def __call__(self, value=None):
        return self.value(value)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(1 - self.value())

    def irq(self, handler=None, trigger=3, hard=False, wake=None):
        if hard:
            raise ValueError("hard IRQ not supported")
        self._handler = handler
        self._trigger = trigger if handler else 0
        return _IRQ(self)

    def __repr__(self):
        return "Pin(%d)" % self._id


for _name in _profile.pin_constants:
    setattr(Pin, _name, _profile.pin_constants[_name])
del _name


class Signal:
    def __init__(self, pin, *args, invert=False, **kwargs):
        self._pin = pin if hasattr(pin, "value") else Pin(pin, *args, **kwargs)
        self._invert = bool(invert)

    def value(self, value=None):
        if value is None:
            return self._pin.value() ^ self._invert
        self._pin.value(bool(value) ^ self._invert)

    def __call__(self, value=None):
        return self.value(value)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


class RTC:
    _wake = 0
    _end = 0
    _all = None

    def __new__(cls):
        if cls._all is None:
            cls._all = object.__new__(cls)
        return cls._all

    if _profile.platform == "esp8266":
        ALARM0 = 0

        def alarm(self, id, ms):
            if id != 0:
                raise ValueError("invalid alarm")
            RTC._end = time.ticks_add(time.ticks_ms(), ms)

        def alarm_left(self, id=0):
            if id != 0:
                raise ValueError("invalid alarm")
            return max(0, time.ticks_diff(RTC._end, time.ticks_ms()))

        def irq(self, *, trigger=0, wake=0):
            if trigger != 0:
                raise ValueError("invalid alarm")
            RTC._wake = wake

    # A tuple is year, month, day, weekday, hours, minutes, seconds, and what is less
    # than one: microseconds on an ESP32, milliseconds on an ESP8266.
    def datetime(self, to=None):
        if to is not None:
            return self._set(to, 4)
        s, us = _read("/dev/rtc").split()
        t = time.gmtime(int(s))
        part = int(us) // (1000 if _profile.platform == "esp8266" else 1)
        return (t[0], t[1], t[2], t[6], t[3], t[4], t[5], part)

    def _set(self, to, hour):
        if len(to) != 8:
            raise ValueError("requested length 8 but object has length %d" % len(to))
        s = time.mktime((to[0], to[1], to[2], to[hour], to[hour + 1], to[hour + 2], 0, 0))
        _write("/dev/rtc", "%d %d" % (s, to[7] * (1000 if _profile.platform == "esp8266" else 1)))

    if _profile.platform == "esp32":

        def init(self, to):
            self._set(to, 3)

    def memory(self, data=None):
        if data is None:
            return _read("/dev/rtcmem")
        if len(data) > _profile.rtc_memory:
            raise ValueError("buffer too long")
        _write("/dev/rtcmem", data)


class WDT:
    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError
        if _profile.platform == "esp8266" and timeout != 5000:
            raise ValueError
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        _chip.watch(timeout)

    def feed(self):
        _chip.feed()


# What fewer programs want is read when it is wanted.
def __getattr__(name):
    if name == "Timer":
        from _timer import Timer as it
    else:
        import _wires

        if name[:1] == "_" or name == "Pin" or not hasattr(_wires, name):
            raise AttributeError(name)
        it = getattr(_wires, name)
    globals()[name] = it
    return it

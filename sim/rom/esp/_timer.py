# machine.Timer. There are no interrupts on a virtual board: a callback runs where the
# program waits (time.sleep and its kind, machine.idle, asyncio), and not in between.
import time
from micropython import schedule

import _boot
import _profile

_running = []


# Has what is due run, and gives how long there is nothing to do, at most ms; a negative
# ms is no bound.
def _due(ms):
    for timer in tuple(_running):
        left = time.ticks_diff(timer._end, time.ticks_ms())
        if left <= 0:
            timer._fire()
            left = time.ticks_diff(timer._end, time.ticks_ms()) if timer in _running else ms
        if ms < 0 or left < ms:
            ms = left
    if not _running:
        _boot.due = None
    return ms


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1
    _all = {}

    def __new__(cls, id=-1, **kwargs):
        if _profile.platform == "esp8266":
            return object.__new__(cls)
        if not 0 <= id < _profile.timers:
            raise ValueError("invalid Timer number")
        if id not in cls._all:
            cls._all[id] = object.__new__(cls)
        return cls._all[id]

    def __init__(self, id=-1, **kwargs):
        if not hasattr(self, "_period"):
            self._period = 0
            self._mode = Timer.PERIODIC
        if kwargs:
            self.init(**kwargs)

    def init(self, *, mode=1, period=-1, callback=None, freq=None, tick_hz=1000, hard=False):
        self.deinit()
        if freq is not None:
            period = 1000 / freq
        elif period < 0:
            period = 0xFFFFFFFF  # the ports' own; longer than ticks count
        else:
            period = period * 1000 / tick_hz
        self._mode = mode
        self._period = min(max(1, int(period)), 0x1FFFFFFF)
        self._callback = callback
        self._end = time.ticks_add(time.ticks_ms(), self._period)
        _running.append(self)
        _boot.due = _due

    def deinit(self):
        if self in _running:
            _running.remove(self)

    # What was missed while the program did not wait is not made up for.
    def _fire(self):
        if self._mode == Timer.PERIODIC:
            late = -time.ticks_diff(self._end, time.ticks_ms())
            self._end = time.ticks_add(self._end, (late // self._period + 1) * self._period)
        else:
            _running.remove(self)
        if self._callback is not None:
            try:
                schedule(self._callback, self)
            except RuntimeError:
                pass  # the queue is full: it is lost, as on a board

    if _profile.platform == "esp32":

        def value(self):
            if self not in _running:
                return 0
            return self._period - time.ticks_diff(self._end, time.ticks_ms())

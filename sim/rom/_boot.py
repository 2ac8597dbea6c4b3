# What a port's C code gives a board and the published VM lacks: waits that can
# be interrupted, a clock finer than a millisecond, os.urandom, binascii. The device files
# are those of package sim.
import builtins
import os
import sys
import time
from micropython import const

import ubinascii
import uctypes

_SLEEP_US = const(16)
_SLEEP_MS = const(17)
_MICROSECONDS = const(18)
_RAW = const(1000)

_clock = open("/dev/clock", "rb")
_chance = open("/dev/urandom", "rb")


# What a chip's timers do with a wait of so many milliseconds: they run what is due, and
# give how long there is nothing to do. None: there are none.
due = None


# A wait may end early, for an interrupt or for nothing: the loop raises the one
# and goes on after the other.
def _sleep_ms(ms):
    end = time.ticks_add(time.ticks_ms(), ms)
    while ms > 0:
        _clock.seek(ms if due is None else due(ms), _SLEEP_MS)
        ms = time.ticks_diff(end, time.ticks_ms())
    if due is not None:
        due(0)


def _sleep_us(us):
    end = time.ticks_add(_ticks_us(), us)
    while us > 0:
        _clock.seek(us, _SLEEP_US)
        us = time.ticks_diff(end, _ticks_us())


def _sleep(s):
    if s < 0:
        raise ValueError("sleep length must be non-negative")
    if s < 1 and due is None:
        _sleep_us(int(s * 1000000))
    else:
        _sleep_ms(int(s * 1000))


def _urandom(n):
    if n < 0:
        raise ValueError
    return _chance.read(n)


def _ticks_us():
    return _clock.seek(0, _MICROSECONDS)


time.sleep = _sleep
time.sleep_ms = _sleep_ms
time.sleep_us = _sleep_us
time.ticks_us = _ticks_us
time.ticks_cpu = _ticks_us
os.urandom = _urandom
# The VM has binascii once more in Python, where it takes a text for no bytes.
sys.modules["binascii"] = ubinascii


# The VM's sys.stdout.buffer stands on the same file as sys.stdout, where line ends
# become CR LF. Package vm has another file for it, whose number is put in place.
uctypes.bytearray_at(id(sys.stdout.buffer) + 4, 4)[:] = _RAW.to_bytes(4, "little")


# The VM's own input is deaf to Ctrl-C. This is the boards', without the history.
def _input(prompt=""):
    out = sys.stdout
    out.write(str(prompt))
    line = ""
    while True:
        c = sys.stdin.read(1)
        if c == "\r":
            out.write("\n")
            return line
        if c == "\x04":
            if not line:
                raise EOFError
        elif c == "\x08" or c == "\x7f":
            if line:
                line = line[:-1]
                out.write("\x08 \x08")
        elif c >= " ":
            line += c
            out.write(c)


builtins.input = _input


# The VM's file system is that of a POSIX host: on a board os.stat gives a plain
# tuple, and os.ilistdir the size of a file as well. mpremote relies on both.
def _os_stat(path, _stat=os.stat):
    return tuple(_stat(path))


def _os_ilistdir(path="", _list=os.ilistdir):
    for name, kind, inode in _list(path):
        size = 0 if kind & 0x4000 else os.stat(path + "/" + name if path else name)[6]
        yield name, kind, inode, size


os.stat = _os_stat
os.ilistdir = _os_ilistdir

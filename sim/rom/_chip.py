# What a program does to the board itself, for the modules that offer it (machine):
# the device file /dev/chip, see package sim. It is opened anew for each call, so that
# no module holds a file that is one board's own.
from micropython import const

_RESET = const(16)
_CAUSE = const(17)
_WATCH = const(18)
_FEED = const(19)

# What cause() gives.
POWER_ON = const(0)
RESET_PIN = const(1)
BY_PROGRAM = const(2)
WATCHDOG = const(3)
SOFT_RESET = const(4)
PANIC = const(5)


def _do(operation, argument=0):
    with open("/dev/chip", "rb") as f:
        return f.seek(argument, operation)


# Starts the board anew; it does not return.
def reset():
    _do(_RESET)


# Why the board has started last.
def cause():
    return _do(_CAUSE)


# Has the board reset unless feed is called every so many milliseconds. It cannot be
# stopped, and outlives a soft reset.
def watch(ms):
    _do(_WATCH, ms)


def feed():
    _do(_FEED)

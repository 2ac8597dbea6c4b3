import os
import socket
import time


def _answer(text):
    print("=", text)


def _raised(e):
    if isinstance(e, OSError):
        print("!", type(e).__name__, e.errno)
    else:
        print("!", type(e).__name__)


def at(port):
    return socket.getaddrinfo(HOST, port)[0][-1]


def dial(port):
    s = socket.socket()
    s.connect(at(port))
    return s


def within(low, high, f, *args):
    """Whether a call takes between low and high milliseconds; and what it gives."""
    t = time.ticks_ms()
    try:
        r = f(*args)
    except OSError as e:
        r = e.errno
    t = time.ticks_diff(time.ticks_ms(), t)
    return (low <= t < high or t, r)


os.mkdir(FOLDER)
os.chdir(FOLDER)

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


def context(mode=2, ca=True):
    import tls

    c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    if ca:
        c.load_verify_locations(CADATA)
    c.verify_mode = mode
    return c


def secure(port, mode=2, name="127.0.0.1", ca=True):
    return context(mode, ca).wrap_socket(dial(port), server_hostname=name)


def ready(s):
    """Wait until there is something to read, or nothing will ever be."""
    import select

    p = select.poll()
    p.register(s, select.POLLIN)
    p.poll(10000)


def within(low, f, *args):
    """Whether a call takes at least so many milliseconds, and not for ever; and what it gives."""
    t = time.ticks_ms()
    try:
        r = f(*args)
    except OSError as e:
        r = e.errno
    t = time.ticks_diff(time.ticks_ms(), t)
    return (low <= t < 20000 or t, r)


os.mkdir(FOLDER)
os.chdir(FOLDER)

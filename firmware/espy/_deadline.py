"""deadline=: a socket that gives up when the time for the whole exchange is over.

A socket's own timeout starts anew with each byte, so that a server which sends one
byte now and then holds a reader for ever. Here every wait is for the smaller of the
timeout and what is left. It wraps the socket (or the TLS connection over it) and
offers the few stream methods that the client uses.
"""

import socket
import time


def after(seconds):
    """The ticks_ms() at which seconds from now are over."""
    return time.ticks_add(time.ticks_ms(), int(seconds * 1000))


def dial(ask):
    """The connection for a request with a deadline; ask.sock as soon as there is something to close."""
    place = socket.getaddrinfo(ask.host, ask.port, 0, socket.SOCK_STREAM)[0]
    ask.sock = sock = socket.socket(place[0], place[1], place[2])
    ask.sock = sock = Deadline(sock, ask.timeout, ask.end)
    sock.connect(place[-1])
    return sock


class Deadline:
    """The stream over sock, until the ticks_ms() of end."""

    _poll = None  # set for TLS, which has no recv and no timeout of its own

    def __init__(self, sock, timeout, end):
        self._sock = sock
        self._most = 0x3FFFFFFF if timeout is None else int(timeout * 1000)
        self._end = end
        self._under = None  # the socket under TLS

    def close(self):
        self._sock.close()
        if self._under is not None:  # which TLS leaves open after an error
            self._under.close()

    def _wait(self):
        """Milliseconds that the next operation may take."""
        left = time.ticks_diff(self._end, time.ticks_ms())
        if left <= 0:
            raise OSError(110)
        return min(left, self._most)

    def connect(self, place):
        self._sock.settimeout(self._wait() / 1000)
        self._sock.connect(place)

    def wrap(self, wrap):
        """Put TLS over the socket: wrap(socket) returns the connection."""
        sock = self._sock
        sock.settimeout(self._wait() / 1000)
        self._sock = wrap(sock)
        self._under = sock
        self._poll_it()

    def _poll_it(self):
        import select

        self._sock.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._sock)
        self._in = select.POLLIN
        self._out = select.POLLOUT

    def _try(self, operation, argument, event):
        """Repeat a non-blocking operation until something of it is done."""
        while True:
            done = operation(argument)
            if done is not None:
                return done
            self._poll.modify(self._sock, event)
            if not self._poll.poll(self._wait()):
                raise OSError(110)

    def recv(self, size):
        """At least one byte and at most size; b"" at the end."""
        left = self._wait()
        if self._poll:
            return self._try(self._sock.read, size, self._in)
        self._sock.settimeout(left / 1000)
        return self._sock.recv(size)

    def readline(self, limit):
        """A line, of limit bytes at the most, and never a byte beyond it."""
        line = b""
        while len(line) < limit and not line.endswith(b"\n"):
            piece = self.recv(1)
            if not piece:
                break
            line += piece
        return line

    def readinto(self, buf):
        view = memoryview(buf)
        have = 0
        while have < len(buf):
            piece = self.recv(min(len(buf) - have, 512))
            if not piece:
                break
            view[have : have + len(piece)] = piece
            have += len(piece)
        return have

    def read(self, size):
        buf = bytearray(size)
        have = self.readinto(buf)
        return bytes(memoryview(buf)[:have])

    def write(self, data):
        """Write some of data; the count."""
        left = self._wait()
        if self._poll:
            return self._try(self._sock.write, data, self._out)
        self._sock.settimeout(left / 1000)
        return self._sock.send(data)

    def release(self):
        """What it is around, for another request."""
        if self._under is None:
            return self._sock
        from ._tls import Secure

        self._sock.setblocking(True)
        return Secure(self._sock, self._under)


def over(stream, ask):
    """A deadline around a connection that has served before."""
    under = getattr(stream, "sock", None)
    it = Deadline(stream if under is None else stream.stream, ask.timeout, ask.end)
    if under is not None:
        it._under = under
        it._poll_it()
    return it

"""The lines between the chunks of a body (9112 7.1)."""

from micropython import const

from ._response import Ahead

_LINE = const(1024)  # bytes of a chunk's size with its extensions
_MOST = const(0x3FFFFFFF)  # the largest small integer of a 32-bit board: a body is never longer


def readline(sock, limit):
    """A line of limit bytes at the most; what the stream ends with is one too. None if it took too long."""
    if not isinstance(sock, Ahead):
        return sock.readline(limit)
    while True:
        data = sock._body
        left = sock._left
        at = len(data) - left
        end = data.find(b"\n", at, at + limit) + 1
        if not end and left >= limit:
            end = at + limit
        if not end:
            more = sock._sock.recv(limit - left)  # a board may have no larger piece of heap
            if more:
                sock._body = data = data[at:] + more
                sock._left = len(data)
                continue
            end = len(data)
        sock._left = len(data) - end
        return data[at:end]


def size(sock):
    """The size of the next chunk, its extensions skipped; 0 is the end of the body, trailers included."""
    line = readline(sock, 128)
    if not line or line[-1] != 10 or line.find(b"\r") != len(line) - 2 or b"\0" in line:
        from ._head import rest

        line = rest(sock, line, _LINE, "the size of a chunk")
    number = at = 0
    for c in line:
        if 48 <= c <= 57:
            c -= 48
        elif 97 <= c | 32 <= 102:
            c = (c | 32) - 87
        else:
            break
        number = number << 4 | c
        if number > _MOST:
            from .errors import TooLarge

            raise TooLarge("a chunk of more bytes than a board can count: %r" % line[:40])
        at += 1
    after = line[at:].lstrip(b" \t")
    if not at or after[0] not in b";\r\n":
        from .errors import ProtocolError

        raise ProtocolError("expected the size of a chunk in hex, got %r" % line[:40])
    if not number:
        line = readline(sock, 128)
        if line != b"\r\n":
            from ._head import read_fields

            read_fields(sock, line)  # trailers: checked, and dropped
    return number


def end(sock):
    """The line end after the data of a chunk."""
    line = readline(sock, 2)
    if line == b"\r":  # a stream may give what has come by the end of the time allowed
        more = readline(sock, 1)
        line = None if more is None else line + more
    if line is None:
        raise OSError(110)
    if line not in (b"\r\n", b"\n"):
        from .errors import IncompleteRead, ProtocolError

        if line in (b"", b"\r"):
            raise IncompleteRead("the connection ended after the data of a chunk")
        raise ProtocolError("expected a line end after the data of a chunk, got %r" % line)

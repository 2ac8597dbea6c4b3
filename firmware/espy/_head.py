"""A head that is not plain, read line by line: what of it RFC 9112 lets a client put right is, all else refused."""

from micropython import const

from ._chunks import readline
from ._framing import frame

_PIECE = const(127)  # bytes that are asked for at a time; with the one that ends them eight blocks of a board's heap
_LINE = const(4096)  # bytes of one line of a head
_HEAD = const(8192)  # bytes of all fields of a head, or of the trailers
_FIELDS = const(64)
_INTERIM = const(8)  # 1xx answers before the final one


def read(response):
    """The head of a reply, and how the body that follows is framed."""
    ask = response._ask
    sock = response._sock
    for _ in range(_INTERIM + 1):
        line = readline(sock, _PIECE)
        if line == b"":
            from ._odd import no_answer

            no_answer()
        line = rest(sock, line, _LINE, "the status line")
        response._head = line
        response.status_code = code = _status(line)
        if not code:
            _refuse("ProtocolError", "expected a status line of HTTP/1.x, got %r" % line[:60])
        response._lines = read_fields(sock, readline(sock, _PIECE))
        if code == 101:
            if ask.ahead:
                _refuse("ProtocolError", "101 Switching Protocols, which was not asked for")
            return
        if code > 199:
            if ask.method != "HEAD" and code != 204 and code != 304:
                frame(response)
            return
    _refuse("ProtocolError", "more than %d interim (1xx) answers" % _INTERIM)


def _refuse(kind, message):
    from . import errors

    raise getattr(errors, kind)(message)


def _status(line):
    """The code in a status line: HTTP/1.1 200 OK, where what follows it is optional (9112 4); 0 if it is none."""
    code = line[9:12]
    if line.startswith(b"HTTP/1.") and line[7:8].isdigit() and line[8] == 32 and code.isdigit() and code[0] > 48 and line[12] in b" \r\n":
        return int(code)
    return 0


def rest(sock, line, limit, what):
    """The line that begins with line, of limit bytes at the most; LF alone ends one too (9112 2.2)."""
    lines = [line]
    size = 0
    while True:
        if line is None:
            raise OSError(110)
        size += len(line)
        if line.endswith(b"\n"):
            break
        if size >= limit:
            _refuse("TooLarge", "%s is longer than %d bytes" % (what, limit))
        if not line:
            _refuse("IncompleteRead", "the connection ended in %s, after %r" % (what, b"".join(lines)[-40:]))
        line = readline(sock, min(_PIECE, limit - size))
        lines.append(line)
    line = b"".join(lines)
    cr = line.find(b"\r")
    if cr >= 0 and cr != len(line) - 2 or b"\0" in line:
        _refuse("ProtocolError", "CR or NUL inside %s: %r" % (what, line[:60]))
    return line


def read_fields(sock, line):
    """The lines of all fields, of which line is the first, up to the empty one; never a byte beyond it."""
    lines = []
    left = _HEAD
    while True:
        line = rest(sock, line, _LINE, "a header line")
        if line in b"\r\n":
            return lines
        left -= len(line)
        if left < 0:
            _refuse("TooLarge", "the header is longer than %d bytes" % _HEAD)
        if line[0] in b" \t" and lines:  # it goes on with the last one (obs-fold, 9112 5.2)
            lines[-1] = lines[-1].rstrip(b" \t\r\n") + b" " + line.lstrip(b" \t")
        else:
            colon = line.find(b":")
            if colon < 1 or line.find(b" ", 0, colon) >= 0 or line.find(b"\t", 0, colon) >= 0:
                _refuse("ProtocolError", "expected a header field, got %r" % line[:60])
            lines.append(line)
            if len(lines) > _FIELDS:
                _refuse("TooLarge", "more than %d header fields" % _FIELDS)
        line = readline(sock, _PIECE)

"""What few replies have, right or wrong: it is read here if RFC 9112 lets a client, else refused.

A function that is called for a thing that is wrong raises; one that returns has put it right.
"""

from micropython import const

from .errors import IncompleteRead, ProtocolError, RequestError, TooLarge

_PIECE = const(128)  # bytes that are asked for at a time
_LINE = const(4096)  # bytes of one line of a head
_HEAD = const(8192)  # bytes of all fields of a head, or of the trailers
_FIELDS = const(64)
_INTERIM = const(8)  # 1xx answers before the final one


def whole(sock, line, first):
    """The rest of a line of which the first bytes came; LF alone is an end too (9112 2.2)."""
    if first and line == b"":
        raise RequestError("the server closed the connection without an answer")
    return rest(sock, line, _LINE, "the status line" if first else "a header line")


def rest(sock, line, limit, what):
    """The line that begins with line, of limit bytes at the most, and checked."""
    parts = [line]
    size = 0
    while True:
        if line is None:
            raise OSError(110)
        size += len(line)
        if line.endswith(b"\n"):
            break
        if size >= limit:
            raise TooLarge("%s is longer than %d bytes" % (what, limit))
        if not line:
            raise IncompleteRead("the connection ended in %s, after %r" % (what, b"".join(parts)[-40:]))
        line = sock.readline(min(_PIECE, limit - size))  # a board may have no larger piece of heap
        parts.append(line)
    line = parts[0] if len(parts) == 1 else b"".join(parts)
    cr = line.find(b"\r")
    if cr >= 0 and cr != len(line) - 2 or b"\0" in line:
        raise ProtocolError("CR or NUL inside %s: %r" % (what, line[:60]))
    return line


def status(line):
    raise ProtocolError("expected a status line of HTTP/1.x, got %r" % line[:60])


def field(lines, line, room):
    """Add a line that is no plain field to lines; one that goes on with the last is its end (obs-fold, 9112 5.2)."""
    if room < 0:
        raise TooLarge("the header is longer than %d bytes" % _HEAD)
    if line[0] in b" \t" and lines:
        lines[-1] = lines[-1].rstrip() + b" " + line.lstrip()
        return
    colon = line.find(b":")
    if colon < 1 or line.find(b" ", 0, colon) >= 0 or line.find(b"\t", 0, colon) >= 0:
        raise ProtocolError("expected a header field, got %r" % line[:60])
    lines.append(line)


def too_many():
    raise TooLarge("more than %d header fields" % _FIELDS)


def switched(ask, code, count):
    """Whether an interim answer is the last: a 101 that was asked for (9110 15.2)."""
    if code == 101:
        for name, _ in ask.fields:
            if name.lower() == "upgrade":
                return True
        raise ProtocolError("101 Switching Protocols, which was not asked for")
    if count > _INTERIM:
        raise ProtocolError("more than %d interim (1xx) answers" % _INTERIM)
    return False


def short(came, due, chunked):
    more = "and more chunks" if chunked else "in all"
    raise IncompleteRead("the body ended after %d bytes; %d %s were due" % (came, due, more))


def no_json(response):
    content = response._content
    kind = response.headers.get("content-type")
    raise ValueError("expected JSON, got a body of type %s%s" % (kind, "" if content is None else ": %r" % content[:40]))

"""What few replies have, right or wrong: it is read here if RFC 9112 lets a client, else refused.

A function that is called for a thing that is wrong raises; one that returns has put it right.
"""

from micropython import const

from .errors import IncompleteRead, ProtocolError, RequestError, TooLarge

_PIECE = const(128)  # what read_line asks for
_LINE = const(4096)  # bytes of one line of a head
_HEAD = const(8192)  # bytes of all fields of a head, or of the trailers
_FIELDS = const(64)
_INTERIM = const(8)  # 1xx answers before the final one
_MOST = const(0x3FFFFFFF)  # the largest small integer of a 32-bit board: a body is never longer


def whole(sock, line, first):
    """The rest of a line of which the first bytes came; LF alone is an end too (9112 2.2)."""
    what = "the status line" if first else "a header line"
    if first and line == b"":
        raise RequestError(104, "the server closed the connection without an answer")
    return checked(rest_of(sock, line, _LINE), _LINE, what)


def rest_of(sock, line, limit):
    """The line that begins with line, up to limit bytes of it."""
    while line and len(line) % _PIECE == 0 and len(line) < limit and line[-1] != 10:
        piece = sock.readline(min(_PIECE, limit - len(line)))
        if not piece:
            break
        line += piece
    return line


def checked(line, limit, what):
    if line is None:
        raise OSError(110)
    if not line.endswith(b"\n"):
        if len(line) >= limit:
            raise TooLarge("%s is longer than %d bytes" % (what, limit))
        raise IncompleteRead("the connection ended in %s, after %r" % (what, line[-40:]))
    cr = line.find(b"\r")
    if cr >= 0 and cr != len(line) - 2 or b"\0" in line:
        raise ProtocolError("CR or NUL inside %s: %r" % (what, line[:60]))
    return line


def status(line):
    raise ProtocolError("expected a status line of HTTP/1.x, got %r" % line[:60])


def field(lines, line, room):
    """Add a line that is no plain field to lines: one that goes on with the last (obs-fold, 9112 5.2)."""
    if room < 0:
        raise TooLarge("the header is longer than %d bytes" % _HEAD)
    if line[0] in b" \t" and lines:
        lines[-1] = lines[-1].rstrip() + b" " + line.lstrip()
        return
    colon = line.find(b":")
    if colon < 1 or line.find(b" ", 0, colon) >= 0 or line.find(b"\t", 0, colon) >= 0:
        raise ProtocolError("expected a header field, got %r" % line[:60])
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


def frame(response, length):
    """Frame a body by Transfer-Encoding, or by a Content-Length that is not just a number."""
    from ._response import find

    coding = find(response._lines, b"transfer-encoding")
    if coding is None:
        response._left = _content_length(length)
        return
    # It overrules Content-Length. In a 1.0 reply it is faulty framing (9112 6.1): it is
    # decoded, and the connection closed.
    if [word.strip() for word in coding.lower().split(b",") if word.strip()] != [b"chunked"]:
        raise ProtocolError("transfer-encoding: expected chunked, got %r" % coding)
    from ._body import Body

    response._body = Body(response, True)


def _content_length(value):
    """The number in a Content-Length; a list of equal numbers is one number (9110 8.6)."""
    first = value.split(b",")[0].strip()
    for part in value.split(b","):
        if part.strip() != first or not first.isdigit():
            raise ProtocolError("content-length: expected one number, got %r" % value)
    number = int(first)
    if number > _MOST:
        raise TooLarge("a body of %d bytes is more than a board can count" % number)
    return number


def short(came, due, chunked):
    more = "and more chunks" if chunked else "in all"
    raise IncompleteRead("the body ended after %d bytes; %d %s were due" % (came, due, more))


def no_json(response):
    content = response._content
    kind = response.headers.get("content-type")
    raise ValueError("expected JSON, got a body of type %s%s" % (kind, "" if content is None else ": %r" % content[:40]))

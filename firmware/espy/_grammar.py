"""Where the parts of a message are: of a URL (RFC 3986), of a reply's lines (RFC 9112).

What reads a reply here reads whole lines from a stream, within a limit, and never a byte
beyond the line end: the body that follows is left in the socket.
"""

from micropython import const

from .errors import IncompleteRead, ProtocolError, RequestError, TooLarge

_LINE = const(4096)  # bytes of one line of a head
_PIECE = const(128)  # bytes of most lines, at the most
_HEAD = const(8192)  # bytes of all fields of a head, or of the trailers
_FIELDS = const(64)
_CHUNK_LINE = const(1024)  # bytes of a chunk's size with its extensions
_MOST = const(0x3FFFFFFF)  # the largest small integer of a 32-bit board: a body is never longer

_DELIMITERS = b'"(),/:;<=>?@[\\]{}'  # visible, but not in a token (9110 5.6.2)


def span(url):
    """Where the authority of an absolute URL starts and ends."""
    start = url.find("://") + 3
    end = len(url)
    for mark in ("/", "?", "#"):
        at = url.find(mark, start, end)
        if at >= 0:
            end = at
    return start, end


def is_token(name):
    """Whether name (bytes) can be a method or the name of a field (9110 5.6.2)."""
    if not name or min(name) < 33 or max(name) > 126:
        return False
    for c in _DELIMITERS:
        if c in name:
            return False
    return True


def text(raw):
    """Bytes off the wire as str: UTF-8 if they are, else one character a byte (ISO 8859-1)."""
    try:
        return str(raw, "utf-8")
    except UnicodeError:
        return "".join(chr(c) for c in raw)


def read_line(stream, limit, what):
    """The next line with its end: CR LF, or LF alone (9112 2.2)."""
    return _whole(_line(stream, limit), limit, what)


def _line(stream, limit):
    """stream.readline(limit), of which a board would reserve all that it allows (py/stream.c)."""
    line = stream.readline(_PIECE)
    while line and len(line) % _PIECE == 0 and len(line) < limit and line[-1] != 10:
        piece = stream.readline(min(_PIECE, limit - len(line)))
        if not piece:
            break
        line += piece
    return line


def _whole(line, limit, what):
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


def read_status_line(stream):
    """The status line of the next answer."""
    line = _line(stream, _LINE)
    if line == b"":
        raise RequestError(104, "the server closed the connection without an answer")
    return _whole(line, _LINE, "the status line")


def status_of(line):
    """The status code in a status line (9112 4); ProtocolError if it is none.

    HTTP/1.1 200 OK: the minor version is at 7, the code from 9, and what follows it is optional.
    """
    if len(line) > 12 and line.startswith(b"HTTP/1.") and line[8] == 32 and line[12] in b" \r\n":
        code = 0
        for i in (7, 9, 10, 11):
            if not 48 <= line[i] <= 57:
                code = 0
                break
            code = code * 10 % 1000 + line[i] - 48
        if code > 99:
            return code
    raise ProtocolError("expected a status line of HTTP/1.x, got %r" % line[:60])


def read_fields(stream):
    """The lines of all header fields up to the empty line, each "name: value" with its line end."""
    lines = []
    size = 0
    while True:
        line = read_line(stream, _LINE, "a header line")
        size += len(line)
        if size > _HEAD:
            raise TooLarge("the header is longer than %d bytes" % _HEAD)
        if line[0] in b"\r\n":
            return lines
        if line[0] in b" \t" and lines:  # obs-fold: one space in its place (9112 5.2)
            lines[-1] = lines[-1].rstrip() + b" " + line.lstrip()
            continue
        colon = line.find(b":")
        if colon < 1 or line.find(b" ", 0, colon) >= 0 or line.find(b"\t", 0, colon) >= 0:
            raise ProtocolError("expected a header field, got %r" % line[:60])
        if len(lines) == _FIELDS:
            raise TooLarge("more than %d header fields" % _FIELDS)
        lines.append(line)


def content_length(value):
    """The number in a Content-Length; a list of equal numbers is one number (9110 8.6)."""
    first = value
    if not value.isdigit():
        first = value.split(b",")[0].strip()
        for part in value.split(b","):
            if part.strip() != first or not first.isdigit():
                raise ProtocolError("content-length: expected one number, got %r" % value)
    number = int(first)
    if number > _MOST:
        raise TooLarge("a body of %d bytes is more than a board can count" % number)
    return number


def read_chunk_size(stream):
    """The size of the next chunk, its extensions skipped (9112 7.1)."""
    line = read_line(stream, _CHUNK_LINE, "the size of a chunk")
    size = at = 0
    for c in line:
        if 48 <= c <= 57:
            c -= 48
        elif 97 <= c | 32 <= 102:
            c = (c | 32) - 87
        else:
            break
        size = size << 4 | c
        if size > _MOST:
            raise TooLarge("a chunk of more bytes than a board can count: %r" % line[:40])
        at += 1
    rest = line[at:].lstrip(b" \t")
    if not at or rest[0] not in b";\r\n":
        raise ProtocolError("expected the size of a chunk in hex, got %r" % line[:40])
    return size


def read_chunk_end(stream):
    """The line end after the data of a chunk."""
    line = stream.readline(2)
    if line is None:
        raise OSError(110)
    if line not in (b"\r\n", b"\n"):
        if line in (b"", b"\r"):
            raise IncompleteRead("the connection ended after the data of a chunk")
        raise ProtocolError("expected a line end after the data of a chunk, got %r" % line)

"""Bodies to send that are no bytes: forms, files, and what is made while it is sent."""

_BLOCK = 512  # bytes read from a file at a time


def prepare(data):
    """(body, Content-Type or None) for data=: a form becomes bytes, the rest a Stream."""
    if isinstance(data, memoryview):
        return _buffer(data), None
    if isinstance(data, dict):
        return _form(data.items()), "application/x-www-form-urlencoded"
    if isinstance(data, (list, tuple)):
        if data and isinstance(data[0], tuple):
            return _form(data), "application/x-www-form-urlencoded"
        for piece in data:
            _check(piece)
    if not hasattr(data, "readinto") and not hasattr(data, "read"):
        try:
            iter(data)
        except TypeError:
            raise ValueError("data: expected bytes, str, a dict, a file or chunks, got %r" % (data,))
    return Stream(data), None


def _form(pairs):
    """pairs as application/x-www-form-urlencoded; a list of values is a field more than once."""
    out = bytearray()
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError("data: expected (name, value) pairs, got %r" % (pair,))
        name, value = pair
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if out:
                out.append(38)
            _quote(out, name)
            out.append(61)
            _quote(out, one)
    return out


def _quote(out, value):
    if not isinstance(value, (str, bytes)):
        value = str(value)
    for c in value.encode() if isinstance(value, str) else value:
        if 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122 or c in b"*-._":
            out.append(c)
        elif c == 32:
            out.append(43)
        else:
            out.extend("%%%02X" % c)


class Stream:
    """A body that is read, or made, while it is sent: a file, or an iterable of bytes and str."""

    def __init__(self, source):
        self._source = source
        self._file = hasattr(source, "read")
        self._start = self._due = None
        if self._file and hasattr(source, "seek") and hasattr(source, "tell"):
            try:
                self._start = source.tell()
            except OSError:  # it cannot seek all the same
                pass

    def rewind(self):
        """Whether the body can be sent (again) from its start; a file is wound back to it."""
        if self._start is not None:
            self._source.seek(self._start)
            return True
        return isinstance(self._source, (list, tuple))

    def length(self, version, fields):
        """Bytes in all, or None: then it goes out in chunks. ValueError where 1.0 would need that."""
        due = given = None
        for name, value in fields:
            if name.lower() == "content-length":
                given = value
        if given is not None:
            if isinstance(given, bytes):
                given = given.decode()
            if not str(given).isdigit():
                raise ValueError("header field content-length: expected a number, got %r" % (given,))
            due = int(given)
        elif self._start is not None:
            self._source.seek(0, 2)
            due = self._source.tell() - self._start
            self._source.seek(self._start)
        elif version == "1.0":
            if not isinstance(self._source, (list, tuple)):
                raise ValueError("data: HTTP/1.0 has no chunks; give bytes, or a Content-Length header")
            due = sum(len(_buffer(piece)) for piece in self._source)
        self._due = due
        return due

    def pieces(self):
        """What goes over the wire after the head that length() was asked for."""
        chunked = self._due is None
        sent = 0
        for piece in self._blocks() if self._file else self._source:
            piece = _buffer(piece)
            size = len(piece)
            sent += size
            if not size:  # an empty chunk would end the body
                continue
            if not chunked:
                if sent > self._due:
                    break
                yield piece
            elif size > _BLOCK:
                yield "%x\r\n" % size
                yield piece
                yield "\r\n"
            else:
                frame = bytearray()
                frame.extend("%x\r\n" % size)
                frame.extend(piece)
                frame.extend("\r\n")
                yield frame
        if chunked:
            yield "0\r\n\r\n"
        elif sent != self._due:
            raise ValueError("data: Content-Length says %d bytes; %d or more came" % (self._due, sent))

    def _blocks(self):
        while True:
            block = self._source.read(_BLOCK)
            if not block:
                return
            yield block


def _check(piece):
    if not isinstance(piece, (str, bytes, bytearray, memoryview)):
        raise ValueError("data: expected chunks of bytes or str, got %r" % (piece,))
    if isinstance(piece, memoryview) and len(bytes(piece[:1])) > 1:
        raise ValueError("data: expected a memoryview of bytes, got one of larger items")


def _buffer(piece):
    _check(piece)
    return piece.encode() if isinstance(piece, str) else piece

"""What came back: the head, read in one block with what came behind it, and the Response.

A reply as most servers send it is read here. A head that is out of the ordinary, or is
not all in the block, is _head's; bodies that are not of a known length are _body's; and
what few programs look at is _view's.

    socket --recv--> block: | status line, fields | first bytes of the body |
                              _plain(), or _head    Ahead: these, then the socket's
"""

import io

from micropython import const

_BLOCK = const(384)  # bytes read at a time while nobody knows how many will come: most heads are shorter
_LONG = const(768)  # bytes of a head from which on it is read by line, so that no large piece of heap is taken

# What reads a stream in C, into an object that is allocated once. Out of its class it
# reads any stream; it is known by a name that costs no heap.
read = io.BytesIO.__dict__["read"]


class Ahead(io.IOBase):
    """A connection from which more was read than was asked for: that comes first."""

    def __init__(self, sock, body, limit):
        self._sock = sock
        self._body = body
        self._left = limit  # bytes at the end of body that nobody has had

    def read(self, limit):
        """limit bytes, fewer only at the end of the stream; None if it took too long."""
        return read(self, limit) if self._left else self._sock.read(limit)

    def readinto(self, buf):
        left = self._left
        if not left:
            return self._sock.readinto(buf)
        count = min(left, len(buf))
        at = len(self._body) - left
        view = memoryview(buf)
        view[:count] = memoryview(self._body)[at : at + count]
        self._left = left - count
        if count == len(buf):
            return count
        more = self._sock.readinto(view[count:])
        return None if more is None else count + more

    def close(self):
        self._sock.close()


class Response:
    """What came back. What is not here is looked up in _view and _body."""

    _lines = None  # the fields, one by one, where they do not stand in _head
    _content = None
    _left = 0  # bytes left of the body, or of the chunk; -1: until the connection ends
    _body = None  # the _body.Body through which all of it is read, where it is not just a length

    def __init__(self, ask, sock):
        self._ask = ask
        self._sock = sock
        block = b""
        end = -1
        while end < 0 and ask.ahead and len(block) < _LONG:
            more = sock.recv(_BLOCK)
            block += more
            if not block:
                from ._odd import no_answer

                no_answer()
            end = block.find(b"\r\n\r\n")
            # What ends in LF, is no head, has too many lines or a long one, will not be plain.
            if end < 0 and (b"\n\n" in block or b"\n\r\n" in block or not more or not block.startswith(b"HTTP/1.")):
                break
            if end < 0 and (block.count(b"\n") > 64 or len(block) - block.rfind(b"\n") > 256):
                break
        more = self._plain(block, end)
        if ask.ahead and (more or self._body is not None):
            self._sock = Ahead(sock, block, len(block) if more < 0 else more)
        block = None  # which may be large
        if more < 0:
            from ._head import read

            read(self)
        if not self._left and self._body is None:
            self._content = b""
            if self.status_code != 101:  # there the connection speaks another protocol now, and is the caller's
                self._end()

    def _plain(self, data, end):
        """How many bytes follow the head that ends there in data, if it is as most servers send it, else -1.

        It is a final answer (9112 4), each of its fields is "name: value" with one space or
        more, and CR, LF, NUL and tab are nowhere but in the CR LF behind each line (9112 5).
        """
        find = data.find
        if end < 12 or find(b"\t", 0, end) > 0 or find(b"\0", 0, end) > 0:
            return -1
        code = 200
        if not data.startswith(b"HTTP/1.1 200 "):
            code = data[9:12]
            if not (data.startswith(b"HTTP/1.") and data[7:8].isdigit() and data[8] == 32 and code.isdigit() and code[0] > 49 and data[12] in b" \r"):
                return -1
            code = int(code)
        length = None
        framed = False  # by more than one plain Content-Length, or none
        lines = 0
        at = find(b"\r\n") + 2
        while at < end:
            colon = find(b":", at, end)
            if colon <= at or find(b" ", at) != colon + 1:
                return -1
            size = colon - at
            at = find(b"\r\n", colon) + 2
            lines += 1
            if size == 14 and data[colon - 14 : colon].lower() == b"content-length":
                value = data[colon + 2 : at - 2]
                framed = framed or length is not None or not value.isdigit() or len(value) > 9
                length = value
            elif size == 17 and data[colon - 17 : colon].lower() == b"transfer-encoding":
                framed = True
        # A line without a colon was taken for the beginning of the next one, and not counted.
        if lines > 64 or data.count(b"\n", 0, end) != lines or data.count(b"\r", 0, end) != lines:
            return -1
        self.status_code = code
        self._head = data
        # How the body ends (9112 6.3); if there is none, so does the connection.
        if self._ask.method != "HEAD" and code != 204 and code != 304:
            if framed:
                from ._framing import frame

                frame(self)
            else:
                self._left = -1 if length is None else int(length)
        return len(data) - end - 4

    @property
    def content(self):
        """The body as bytes: read once, and kept."""
        if self._content is None:
            left = self._left
            try:
                if self._sock is None or left < 0 or self._body is not None or self._ask.limit is not None or self._ask.coded:
                    from ._body import whole

                    self._content = whole(self)
                    return self._content
                data = self._sock.read(left)  # allocated once
                if data is None:
                    raise OSError(110)
                if len(data) < left:
                    from ._odd import short

                    short(len(data), left, False)
            except ValueError:  # the program's own mistake
                raise
            except BaseException as e:
                self._fail(e)
            self._content = data
            self._end()
        return self._content

    def json(self):
        """The value of a JSON body. With stream=True it is parsed as it arrives, and the body not kept."""
        from json import loads

        if self._ask.stream:
            try:
                from ._body import json

                return json(self)
            except MemoryError:
                self.close()
                raise
        content = self.content
        try:
            return loads(content)
        except ValueError:
            from ._odd import no_json

            no_json(self)

    def _fail(self, e):
        self.close()
        from .errors import told

        raise told(e, 3, self._ask)

    def _end(self):
        """All of the reply has been read."""
        if self._ask.session is not None:
            self._ask.session.keep(self)
        self.close()

    def close(self):
        """Close the connection, whether or not the body was read. Twice is no error."""
        sock = self._sock
        self._sock = None
        if sock is not None:
            sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getattr__(self, name):
        try:
            from ._view import look

            return look(self, name)
        except MemoryError:
            self.close()
            raise

"""What came back: the header fields and the Response, with the way its body is read."""

import io

from micropython import const

from . import _grammar as grammar
from .errors import IncompleteRead, ProtocolError, TooLarge, told

_BLOCK = const(512)  # bytes asked for at a time where no length is known


class Headers:
    """Header fields as they came: looked up in any case, every one of them kept."""

    def __init__(self, lines):
        self._lines = lines  # bytes, each "Name: value" with its line end

    def find(self, name):
        """The values of all fields called name (bytes, lower case), joined with ", " (9110 5.3), or None."""
        found = None
        size = len(name)
        for line in self._lines:
            if line.find(b":") == size and line[:size].lower() == name:
                value = line[size + 1 :].strip()
                found = value if found is None else found + b", " + value
        return found

    def get(self, name, default=None):
        value = self.find(name.lower().encode())
        return default if value is None else grammar.text(value)

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name):
        return self.find(name.lower().encode()) is not None

    def __len__(self):
        return len(self._lines)

    def items(self):
        """(name, value) of every field as it was sent, in order, duplicates one by one."""
        for line in self._lines:
            colon = line.find(b":")
            yield grammar.text(line[:colon]), grammar.text(line[colon + 1 :].strip())

    def keys(self):
        for name, _ in self.items():
            yield name

    def __iter__(self):
        return self.keys()

    def __repr__(self):
        return "Headers(%r)" % list(self.items())


class Response(io.IOBase):
    """What came back. It is a stream of its body as well: readinto() and read()."""

    # Defaults live in the class, so that an instance pays only for what differs.
    _history = None
    encoding = None  # set it to overrule the charset that the server names
    _stream = False
    _limit = None  # max_body=
    _content = None
    _taken = False  # some of the body went out as a stream
    _chunked = False
    _left = 0  # bytes left of the body, or of the chunk; -1: until the connection ends
    _came = 0  # bytes of the body so far

    def __init__(self, sock, ask, version, line, headers):
        self._sock = sock
        self.url = ask.url
        self.request_version = version
        self.status_code = grammar.status_of(line)
        self._line = line  # the rest of it is made into objects for those who ask
        self.headers = headers
        self._frame(ask.method)

    def _frame(self, method):
        """Find how the body ends (9112 6.3); close the connection if there is none."""
        code = self.status_code
        if code == 101:  # the connection speaks another protocol now, and is the caller's
            self._content = b""
        elif method != "HEAD" and code != 204 and code != 304:
            coding = self.headers.find(b"transfer-encoding")
            length = self.headers.find(b"content-length")
            if coding is not None:
                # It overrules Content-Length. In a 1.0 reply it is faulty framing
                # (9112 6.1): it is decoded, and the connection closed, as it always is.
                if coding.lower() != b"chunked":
                    raise ProtocolError("transfer-encoding: expected chunked, got %r" % coding)
                self._chunked = True
            else:
                self._left = -1 if length is None else grammar.content_length(length)
        if not self._left and not self._chunked and code != 101:
            self._content = b""
            self.close()

    def _pull(self, buf, size):
        """The one place that reads the body: at most size bytes of it, and never past the chunk.

        They go into buf, and their count is returned; if buf is None they are returned.
        """
        try:
            if self._sock is None and (self._left or self._chunked):
                raise ValueError("the response was closed before its body was read")
            if self._chunked and not self._left:
                self._next_chunk()
            left = self._left
            if not left:
                return b"" if buf is None else 0
            self._hold_limit(left)
            if 0 < left < size:
                size = left
            if buf is None:
                got = self._sock.read(size)
                count = None if got is None else len(got)
            else:
                got = count = self._sock.readinto(memoryview(buf)[:size] if size < len(buf) else buf)
            if got is None:
                raise OSError(110)
            self._account(count, size)
            return got
        except BaseException as e:
            self.close()
            raise told(e, "reading the body of", self.url)

    def _next_chunk(self):
        self._left = grammar.read_chunk_size(self._sock)
        if not self._left:
            grammar.read_fields(self._sock)  # trailers: checked, and dropped
            self._chunked = False
            self.close()

    def _account(self, count, wanted):
        self._came += count
        if self._left < 0:
            self._hold_limit(0)
            if count < wanted:
                self._left = 0
                self.close()
            return
        self._left -= count
        if count < wanted:
            more = "and more chunks" if self._chunked else "in all"
            due = self._came + self._left
            raise IncompleteRead("the body ended after %d bytes; %d %s were due" % (self._came, due, more))
        if not self._left:
            if self._chunked:
                grammar.read_chunk_end(self._sock)
            else:
                self.close()

    def _hold_limit(self, left):
        size = self._came + max(left, 0)
        if self._limit is not None and size > self._limit:
            raise TooLarge("a body of %d bytes or more; max_body is %d" % (size, self._limit))

    def _open_stream(self):
        if self._content:
            raise ValueError("the body is in content already")
        self._taken = True

    def readinto(self, buf):
        """Read what is next of the body into buf; return the count, which is 0 at its end.

        A count below len(buf) is not the end: a chunk may have ended there.
        """
        self._open_stream()
        return self._pull(buf, len(buf))

    def read(self, size=-1):
        """size bytes of the body, fewer only at its end; a negative size is all that is left."""
        self._open_stream()
        return self._gather(size)

    def _gather(self, size):
        if not self._chunked and self._left >= 0:
            return self._pull(None, self._left if size < 0 else size)  # allocated once
        parts = []
        while size:
            want = _BLOCK if size < 0 or size > _BLOCK else size
            part = self._pull(None, want)
            if not part:
                break
            if len(part) < want and self._chunked:
                part = self._fill(part, want)
            parts.append(part)
            if size > 0:
                size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _fill(self, part, want):
        """part and what follows it, want bytes in one object: small chunks become no list of objects."""
        block = bytearray(want)
        view = memoryview(block)
        have = len(part)
        view[:have] = part
        while have < want:
            count = self._pull(view[have:], want - have)
            if not count:
                break
            have += count
        return bytes(view[:have])

    def iter_content(self, chunk_size=_BLOCK):
        """The body in pieces of chunk_size bytes; a piece is shorter where a chunk or the body ends."""
        if chunk_size < 1:
            raise ValueError("chunk_size: expected 1 or more, got %r" % (chunk_size,))
        content = self._content
        if content is not None:
            for at in range(0, len(content), chunk_size):
                yield content[at : at + chunk_size]
            return
        self._taken = True
        while True:
            piece = self._pull(None, chunk_size)
            if not piece:
                return
            yield piece

    @property
    def version(self):
        """The version in the status line: "1.0", "1.1"."""
        return grammar.text(self._line[5:8])

    @property
    def reason(self):
        """The reason phrase; empty if the server gave none."""
        return grammar.text(self._line[13:].strip())

    @property
    def history(self):
        """(status, version, URL) of each answer before this one: refused versions and redirects."""
        if self._history is None:
            self._history = []
        return self._history

    @property
    def content(self):
        """The body as bytes: read once, and kept."""
        if self._content is None:
            if self._taken:
                raise ValueError("the body went out as a stream already")
            self._content = self._gather(-1)
        return self._content

    @property
    def text(self):
        """The body as str, by encoding, else by the charset of its Content-Type, else UTF-8."""
        if self.encoding is None:
            self.encoding = self._charset()
        charset = self.encoding.lower()
        if charset in ("utf-8", "utf8", "us-ascii"):
            return str(self.content, "utf-8")
        if charset in ("iso-8859-1", "latin-1"):
            return "".join(chr(c) for c in self.content)
        raise ValueError("text: expected utf-8 or iso-8859-1, got %s; content has the bytes" % charset)

    def _charset(self):
        kind = self.headers.get("content-type", "").lower()
        at = kind.find("charset=")
        return "utf-8" if at < 0 else kind[at + 8 :].split(";")[0].strip(' "')

    def json(self):
        """The value of a JSON body. With stream=True it is parsed as it arrives, and the body not kept."""
        import json

        streamed = self._stream and self._content is None and not self._taken
        if not streamed:
            self.content  # its own errors are not those of the JSON
        try:
            return json.load(self) if streamed else json.loads(self._content)
        except ValueError:
            self.close()
            kind = self.headers.get("content-type")
            start = "" if streamed else ": %r" % self._content[:40]
            raise ValueError("expected JSON, got a body of type %s%s" % (kind, start))

    @property
    def raw(self):
        """The body as a stream, which is the response itself; after a 101, the socket."""
        return self._sock if self.status_code == 101 else self

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

    def __repr__(self):
        return "<Response %d>" % self.status_code

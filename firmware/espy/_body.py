"""Bodies that are more than one read of a known length: chunks, streams, limits, codings."""

import io

from micropython import const

_BLOCK = const(512)  # bytes asked for at a time where no length is known


class Body(io.IOBase):
    """The body of a response as a stream: what response.raw is. A content coding stays."""

    def __init__(self, response, chunked=False):
        self._response = response
        self._chunked = chunked
        self._left = response._left
        self._came = 0  # bytes so far
        self._taken = False  # some of it went out as a stream

    def _pull(self, buf, size):
        """The one place that reads the body: at most size bytes of it, and never past the chunk.

        They go into buf, and their count is returned; if buf is None they are returned.
        """
        response = self._response
        try:
            sock = response._sock
            if self._left or self._chunked:
                if sock is None:
                    raise ValueError("the response was closed before its body was read")
                if not self._left:
                    self._next_chunk(sock)
            left = self._left
            if not left:
                return b"" if buf is None else 0
            self._hold_limit(left)
            if 0 < left < size:
                size = left
            if buf is None:
                got = sock.read(size)
                count = None if got is None else len(got)
            else:
                got = count = sock.readinto(memoryview(buf)[:size] if size < len(buf) else buf)
            if got is None:
                raise OSError(110)
            self._account(sock, count, size)
            return got
        except BaseException as e:
            response._fail(e)

    def _next_chunk(self, sock):
        from ._chunks import size

        self._left = size(sock)
        if not self._left:
            self._chunked = False
            self._response._end()

    def _account(self, sock, count, wanted):
        self._came += count
        if self._left < 0:
            self._hold_limit(0)
            if count < wanted:
                self._left = 0
                self._response.close()
            return
        self._left -= count
        if count < wanted:
            from ._odd import short

            short(self._came, self._came + self._left, self._chunked)
        if not self._left:
            if self._chunked:
                from ._chunks import end

                end(sock)
            else:
                self._response._end()

    def _hold_limit(self, left):
        size = self._came + max(left, 0)
        limit = self._response._ask.limit
        if limit is not None and size > limit:
            from .errors import TooLarge

            raise TooLarge("a body of %d bytes or more; max_body is %d" % (size, limit))

    def _open(self):
        if self._response._content:
            raise ValueError("the body is in content already")
        self._taken = True

    def readinto(self, buf):
        """Read what is next of the body into buf; return the count, which is 0 at its end.

        A count below len(buf) is not the end: a chunk may have ended there.
        """
        self._open()
        return self._pull(buf, len(buf))

    def read(self, size=-1):
        """size bytes of the body, fewer only at its end; a negative size is all that is left."""
        self._open()
        return self._gather(size)

    def _gather(self, size):
        """What read() returns. If the heap has no room for it, nobody can read on: the connection is closed."""
        try:
            return self._join(size)
        except BaseException as e:
            self._response._fail(e)

    def _join(self, size):
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

    def close(self):
        self._response.close()


def body(response):
    """The one Body of a response."""
    if response._body is None:
        response._body = Body(response)
    return response._body


def _decoded(response, source):
    """source without the content coding that was asked for, as a stream; source itself if there is none."""
    if response._ask.coded:
        from ._find import find

        coding = find(response, b"content-encoding")
        if coding is not None:
            from ._gzip import decoded

            return decoded(response, source, coding.lower())
    return source


def whole(response):
    """All of the body, for content."""
    source = body(response)
    if source._taken:
        raise ValueError("the body went out as a stream already")
    stream = _decoded(response, source)
    return source._gather(-1) if stream is source else stream.read(-1)


def iter_content(response, size):
    """The body in pieces of size bytes; a piece is shorter where a chunk or the body ends."""
    if not isinstance(size, int) or size < 1:
        raise ValueError("chunk_size: expected 1 or more, got %r" % (size,))
    content = response._content
    if content is not None:
        for at in range(0, len(content), size):
            yield content[at : at + size]
        return
    source = body(response)
    source._taken = True
    stream = _decoded(response, source)
    while True:
        try:
            piece = source._pull(None, size) if stream is source else stream.read(size)
        except BaseException:  # a decoder may be what the heap has no room for
            response.close()
            raise
        if not piece:
            return
        yield piece


def json(response):
    """The value of a JSON body, parsed as it arrives and not kept, unless it is kept already."""
    from json import load, loads

    content = response._content
    source = body(response)
    if content is None and source._taken:
        raise ValueError("the body went out as a stream already")
    closed = content is None and response._sock is None  # by the caller: then what reads says so
    stream = _decoded(response, source) if content is None else None
    try:
        value = loads(content) if stream is None else load(stream)
        while stream is not None and stream is not source and stream.read(512):
            pass  # the parser ends at a NUL, and the checksum stands at the end
    except BaseException as e:
        response.close()
        if closed or not isinstance(e, ValueError):
            raise
        from ._odd import no_json

        no_json(response)
    response.close()  # if it stopped at a NUL, the body goes on
    return value

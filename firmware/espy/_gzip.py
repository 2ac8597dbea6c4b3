"""Content codings that were asked for: gzip and deflate, on boards that have the deflate module.

The decoder looks back into what it has written, up to 32 KiB: a window that it takes from
the heap. Where all of a body is at hand the window needs be no larger than the result,
of which gzip says the size in its last four bytes (RFC 1952 2.3.1).
"""

import io

from micropython import const

from .errors import IncompleteRead, ProtocolError, RequestError, TooLarge

_BLOCK = const(512)
_LIMIT = const(65536)  # bytes of the result, where there is no max_body=


class _Feed(io.IOBase):
    """A Body for the decoder, which takes one byte at a time."""

    def __init__(self, body):
        self.body = body
        self.block = b""
        self._at = 0

    def fill(self):
        """Have bytes at hand, if there are any left; the block they are in."""
        if self._at == len(self.block):
            self.block = self.body._pull(None, _BLOCK)
            self._at = 0
        return self.block

    def readinto(self, buf):
        block = self.fill()
        count = min(len(buf), len(block) - self._at)
        buf[:count] = block[self._at : self._at + count]
        self._at += count
        return count

    def ended(self):
        return not self.fill()


class Decoded(io.IOBase):
    """A body without its content coding."""

    def __init__(self, response, body, coding):
        try:
            import deflate
        except ImportError:
            raise ValueError("content-encoding: this board has no deflate module; raw has the body as it came")
        self._response = response
        self._coding = coding
        self._limit = _LIMIT if response._ask.limit is None else response._ask.limit
        self._came = 0
        self._feed = _Feed(body)
        form, window = deflate.GZIP, 15
        if coding == b"deflate":  # in zlib's format, or in none (9110 8.4.1.2)
            form, window = self._kind(deflate)
        self._open = lambda feed, window=window: deflate.DeflateIO(feed, form, window)
        self._in = None

    def _kind(self, deflate):
        head = self._feed.fill()
        if len(head) > 1 and head[0] & 15 == 8 and (head[0] << 8 | head[1]) % 31 == 0:
            return deflate.ZLIB, 0
        return deflate.RAW, 15

    def _try(self, what, *args):
        """What a decoder's method returns; its errors as those of the client."""
        try:
            return what(*args)
        except RequestError:
            raise
        except EOFError:
            e = IncompleteRead("the %s data ended early" % str(self._coding, "ascii"))
        except OSError:
            self._broken()
        self._response.close()
        raise e

    def _broken(self):
        self._response.close()
        raise ProtocolError("content-encoding: expected %s data, and it is broken" % str(self._coding, "ascii"))

    def _count(self, count):
        self._came += count
        if self._came > self._limit:
            self._response.close()
            raise TooLarge("a decoded body of %d bytes or more; the limit is %d" % (self._came, self._limit))

    def readinto(self, buf):
        if self._in is None:
            if self._feed.ended():
                return 0
            self._in = self._try(self._open, self._feed)
        count = self._try(self._in.readinto, buf)
        self._count(count)
        if not count and not self._feed.ended():
            self._response.close()
            raise ProtocolError("bytes after the end of the %s data" % str(self._coding, "ascii"))
        return count

    def read(self, size):
        """size bytes, fewer at the end; a negative size is all."""
        if size < 0:
            return self._all()
        parts = []
        while size:
            block = bytearray(min(size, _BLOCK))
            count = self.readinto(block)
            if not count:
                break
            parts.append(block if count == len(block) else block[:count])
            size -= count
        return b"".join(parts)

    def _all(self):
        """All of a body at once, decoded with a window as small as it can be."""
        feed = self._feed
        data = feed.block + feed.body._gather(-1)
        if not data:
            return data
        if self._coding != b"deflate":
            if len(data) < 18 or not data.startswith(b"\x1f\x8b"):
                self._broken()
            size = int.from_bytes(data[-4:], "little")
            self._count(size)
            out = self._decode(data, size + 1, _bits(size))
            if out is None or len(out) != size:
                self._broken()
            return out
        # How large the result is nobody says; but a window that is too small is noticed.
        for window in range(_bits(len(data)), 16):
            out = self._decode(data, self._limit + 1, window)
            if out is not None:
                self._count(len(out))
                return out
        self._broken()

    def _decode(self, data, size, window):
        """What data decodes to, up to size bytes; None where it is broken, or the window too small."""
        try:
            stream = self._open(io.BytesIO(data), window)
            if self._coding != b"deflate":
                return stream.read(size)  # allocated once
            parts = []
            while size:
                part = stream.read(min(size, _BLOCK))
                if not part:
                    break
                parts.append(part)
                size -= len(part)
            return b"".join(parts)
        except EOFError:
            self._response.close()
            raise IncompleteRead("the %s data ended early" % str(self._coding, "ascii"))
        except OSError:
            return None


def _bits(size):
    """The bits of the smallest window that a result of so many bytes needs."""
    bits = 8
    while bits < 15 and 1 << bits < size:
        bits += 1
    return bits


def decoded(response, body, coding):
    """body without its coding, as a stream; body itself if the coding is none that is known."""
    if coding in (b"gzip", b"x-gzip", b"deflate"):
        return Decoded(response, body, coding)
    return body

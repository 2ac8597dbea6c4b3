"""What of a Response is made when it is looked at. Nothing of it is kept that can be made again."""


def _headers(response):
    from ._headers import Headers

    return Headers(response)


def _line(response, start, stop=None):
    """A part of the status line: ASCII, mostly."""
    from ._find import text

    head = response._head
    return text(head[start : head.find(b"\n") if stop is None else stop].strip())


def _text(response):
    charset = response.encoding.lower()
    if charset in ("utf-8", "utf8", "us-ascii"):
        return str(response.content, "utf-8")
    if charset in ("iso-8859-1", "latin-1"):
        return "".join(chr(c) for c in response.content)
    raise ValueError("text: expected utf-8 or iso-8859-1, got %s; content has the bytes" % charset)


def _charset(response):
    kind = response.headers.get("content-type", "").lower()
    at = kind.find("charset=")
    return "utf-8" if at < 0 else kind[at + 8 :].split(";")[0].strip(' "')


def _raw(response):
    """The body as a stream; after a 101, the socket."""
    if response.status_code == 101:
        return response._sock
    from ._body import body

    return body(response)


def _iter_content(response):
    from ._body import iter_content

    return lambda chunk_size=512: iter_content(response, chunk_size)


_LOOKS = {
    "headers": _headers,
    "version": lambda r: _line(r, 5, 8),
    "reason": lambda r: _line(r, 13),
    "url": lambda r: r._ask.url,
    "request_version": lambda r: r._ask.version,
    "history": lambda r: r._ask.history or [],
    "encoding": _charset,
    "text": _text,
    "raw": _raw,
    "iter_content": _iter_content,
    "read": lambda r: _raw(r).read,
    "readinto": lambda r: _raw(r).readinto,
}


def look(response, name):
    """response.name, for what is no attribute of the class."""
    if name not in _LOOKS:
        raise AttributeError("a Response has no attribute %s" % name)
    return _LOOKS[name](response)

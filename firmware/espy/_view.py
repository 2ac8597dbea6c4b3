"""What of a Response is made when it is looked at. Nothing of it is kept that can be made again."""


def look(response, name):
    """response.name, for what is no attribute of the class."""
    if name == "headers":
        from ._headers import Headers

        return Headers(response)
    if name == "url":
        return response._ask.url
    if name == "request_version":
        return response._ask.version
    if name == "history":
        return response._ask.history or []
    if name == "encoding":
        return _charset(response)
    if name == "text":
        return _text(response)
    head = response._head
    if name == "version":
        return str(head[5:8], "utf-8")
    if name == "reason":
        from ._find import text

        return text(head[13 : head.find(b"\n")].strip())
    if name == "iter_content":
        from ._body import iter_content

        return lambda chunk_size=512: iter_content(response, chunk_size)
    if name not in ("raw", "read", "readinto"):
        raise AttributeError("a Response has no attribute %s" % name)
    if response.status_code == 101:
        raw = response._sock
    else:
        from ._body import body

        raw = body(response)
    return raw if name == "raw" else getattr(raw, name)


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

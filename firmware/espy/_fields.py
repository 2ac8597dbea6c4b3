"""The caller's header fields, and methods that are not everybody's: checked before anything is sent."""

_DELIMITERS = b'"(),/:;<=>?@[\\]{}'  # visible, but not in a token (9110 5.6.2)


def _is_token(name):
    """Whether name can be a method or the name of a field (9110 5.6.2)."""
    name = name.encode()
    if not name or min(name) < 33 or max(name) > 126:
        return False
    for c in _DELIMITERS:
        if c in name:
            return False
    return True


def check_method(method):
    if method == "CONNECT" or not _is_token(method):
        raise ValueError("method: expected a name such as GET, got %r" % method)


def take(ask, headers):
    """Give ask the caller's fields, in pairs; ValueError for what could break out of its line, or is not the caller's to say."""
    pairs = []
    once = []
    if hasattr(headers, "items"):
        headers = headers.items()
    elif not isinstance(headers, (list, tuple)):
        raise ValueError("headers: expected a dict or (name, value) pairs, got %r" % (headers,))
    for pair in headers:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError("headers: expected a dict or (name, value) pairs, got %r" % (pair,))
        name, value = pair
        if not isinstance(name, str):
            raise ValueError("header field %r: expected str for its name" % (name,))
        if not _is_token(name):
            raise ValueError("header field %r: this cannot be a name" % name)
        if isinstance(value, int):
            value = str(value)
        if not isinstance(value, (str, bytes)):
            raise ValueError("header field %s: expected str, got %r" % (name, value))
        for c in value.encode() if isinstance(value, str) else value:
            if c < 32 and c != 9 or c == 127:
                raise ValueError("header field %s: control character in %r" % (name, value))
        lower = name.lower()
        if lower == "transfer-encoding":
            raise ValueError("header field transfer-encoding: this is for the client to set")
        if lower == "host" or lower == "content-length":
            if lower in once:
                raise ValueError("header field %s: expected it once, got it more often" % lower)
            once.append(lower)
        if lower == "upgrade":
            ask.ahead = False  # what follows the head of a 101 is the caller's
        if lower == "accept-encoding" and ("gzip" in str(value) or "deflate" in str(value)):
            ask.coded = True
        pairs.append((name, value))
    ask.fields = pairs

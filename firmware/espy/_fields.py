"""The caller's header fields, and methods that are not everybody's: checked before anything is sent."""

from ._ask import refuse


def _is_token(name):
    """Whether name can be a method or the name of a field (9110 5.6.2)."""
    name = name.encode()
    if not name or min(name) < 33 or max(name) > 126:
        return False
    # visible, but not in a token (9110 5.6.2)
    for c in b'"(),/:;<=>?@[\\]{}':
        if c in name:
            return False
    return True


def check_method(method):
    if method == "CONNECT" or not _is_token(method):
        refuse(4, method)


def take(ask, headers):
    """Give ask the caller's fields, in pairs; ValueError for what could break out of its line, or is not the caller's to say."""
    pairs = []
    once = []
    if hasattr(headers, "items"):
        headers = headers.items()
    elif not isinstance(headers, (list, tuple)):
        refuse(5, headers)
    for pair in headers:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            refuse(5, pair)
        name, value = pair
        if not isinstance(name, str):
            refuse(6, name)
        if not _is_token(name):
            refuse(7, name)
        if isinstance(value, int):
            value = str(value)
        if not isinstance(value, (str, bytes)):
            refuse(8, name, value)
        for c in value.encode() if isinstance(value, str) else value:
            if c < 32 and c != 9 or c == 127:
                refuse(9, name, value)
        lower = name.lower()
        if lower == "transfer-encoding":
            refuse(10, lower)
        if lower == "host" or lower == "content-length":
            if lower in once:
                refuse(11, lower)
            once.append(lower)
        if lower == "upgrade":
            ask.ahead = False  # what follows the head of a 101 is the caller's
        if lower == "accept-encoding" and ("gzip" in str(value) or "deflate" in str(value)):
            ask.coded = True
        pairs.append((name, value))
    ask.fields = pairs

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


def pairs(headers):
    """Each (name, value) of a headers=, whose name is a str."""
    if hasattr(headers, "items"):
        headers = headers.items()
    elif not isinstance(headers, (list, tuple)):
        refuse(5, headers)
    for pair in headers:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            refuse(5, pair)
        if not isinstance(pair[0], str):
            refuse(6, pair[0])
        yield pair


def take(ask, headers):
    """Give ask the caller's fields, in pairs; ValueError for what could break out of its line, or is not the caller's to say."""
    fields = []
    once = []
    for name, value in pairs(headers):
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
        if lower == "accept-encoding":
            wanted = str(value).lower()
            if "gzip" in wanted or "deflate" in wanted:
                ask.coded = True
        fields.append((name, value))
    ask.fields = fields

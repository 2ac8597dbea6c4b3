"""What the client is called with."""

from ubinascii import a2b_base64


def arguments(ask):
    """The keyword arguments that the request names, and no others: a client has defaults of its own."""
    kw = {}
    for name in ("http_version", "allow_redirects", "stream", "verify", "max_body", "data"):
        if name in ask:
            kw[name] = ask[name]
    for name in ("timeout", "deadline"):
        ms = ask.get(name + "_ms")
        if ms is not None:
            kw[name] = ms / 1000 if ms % 1000 else ms // 1000
    if "headers" in ask:
        kw["headers"] = _mapping(ask["headers"])
    if "auth" in ask:
        kw["auth"] = tuple(ask["auth"])
    if "cadata" in ask:
        kw["cadata"] = a2b_base64(ask["cadata"])
    if "clock" in ask:
        _tell_time(ask["clock"])
    if ask.get("has_json"):
        kw["json"] = ask.get("json")
    if "form" in ask:
        kw["data"] = _mapping(ask["form"])
    elif "body" in ask:
        kw["data"] = a2b_base64(ask["body"])
    elif "chunks" in ask:
        kw["data"] = (a2b_base64(chunk) for chunk in ask["chunks"])
    return kw


def _tell_time(clock):
    """Sets the board's clock where nobody has: a certificate is judged by it."""
    from time import gmtime

    if gmtime()[0] >= 2024:
        return
    try:
        from machine import RTC
    except ImportError:  # its clock is its host's
        return
    RTC().datetime(clock)


def _mapping(pairs):
    """pairs as a dict that keeps their order; as they are where a name stands twice."""
    from collections import OrderedDict

    pairs = [tuple(pair) for pair in pairs]
    ordered = OrderedDict(pairs)
    return ordered if len(ordered) == len(pairs) else pairs

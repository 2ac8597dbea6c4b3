"""Where a body ends (9112 6.3), if its head is not plain or there is more to it than one Content-Length."""

from micropython import const

from ._find import find

_MOST = const(0x3FFFFFFF)  # the largest small integer of a 32-bit board: a body is never longer


def frame(response):
    """Frame a body by Transfer-Encoding, by Content-Length, or by the end of the connection."""
    coding = find(response, b"transfer-encoding")
    if coding is None:
        length = find(response, b"content-length")
        response._left = -1 if length is None else _content_length(length)
        return
    # It overrules Content-Length. In a 1.0 reply it is faulty framing (9112 6.1): it is
    # decoded, and the connection closed.
    if coding.lower().strip(b" \t,") != b"chunked":  # what is empty in a list is no item of it (9110 5.6.1)
        from .errors import ProtocolError

        raise ProtocolError("transfer-encoding: expected chunked, got %r" % coding[:60])
    from ._body import Body

    response._body = Body(response, True)


def _content_length(value):
    """The number in a Content-Length; a list of equal numbers is one number (9110 8.6)."""
    if value.isdigit() and len(value) < 10:
        return int(value)
    from .errors import ProtocolError, TooLarge

    items = value + b","
    first = items[: items.find(b",")].strip(b" \t")
    at = 0
    while at < len(items):  # one at a time: all of them at once may be more than the heap holds
        end = items.find(b",", at)
        if items[at:end].strip(b" \t") != first or not first.isdigit():
            raise ProtocolError("content-length: expected one number, got %r" % value[:60])
        at = end + 1
    digits = first.lstrip(b"0") or b"0"
    if len(digits) > 10 or int(digits) > _MOST:
        raise TooLarge("a body of more bytes than a board can count: %r" % first[:40])
    return int(digits)

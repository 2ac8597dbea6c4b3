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
    if [word.strip() for word in coding.lower().split(b",") if word.strip()] != [b"chunked"]:
        from .errors import ProtocolError

        raise ProtocolError("transfer-encoding: expected chunked, got %r" % coding)
    from ._body import Body

    response._body = Body(response, True)


def _content_length(value):
    """The number in a Content-Length; a list of equal numbers is one number (9110 8.6)."""
    if value.isdigit() and len(value) < 10:
        return int(value)
    from .errors import ProtocolError, TooLarge

    first = value.split(b",")[0].strip()
    for part in value.split(b","):
        if part.strip() != first or not first.isdigit():
            raise ProtocolError("content-length: expected one number, got %r" % value)
    number = int(first)
    if number > _MOST:
        raise TooLarge("a body of %d bytes is more than a board can count" % number)
    return number

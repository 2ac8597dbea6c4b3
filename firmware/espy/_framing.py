"""Where a body ends that is not framed by one plain Content-Length (9112 6.3)."""

from micropython import const

from ._response import find

_MOST = const(0x3FFFFFFF)  # the largest small integer of a 32-bit board: a body is never longer


def frame(response, length):
    """Frame a body by Transfer-Encoding, or by a Content-Length that is not just a number."""
    coding = find(response._lines, b"transfer-encoding")
    if coding is None:
        response._left = _content_length(length)
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
    from .errors import ProtocolError, TooLarge

    first = value.split(b",")[0].strip()
    for part in value.split(b","):
        if part.strip() != first or not first.isdigit():
            raise ProtocolError("content-length: expected one number, got %r" % value)
    number = int(first)
    if number > _MOST:
        raise TooLarge("a body of %d bytes is more than a board can count" % number)
    return number

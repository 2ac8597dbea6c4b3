"""URLs that are not plain: capitals, IPv6, fragments, what must be percent-encoded (RFC 3986)."""

from ._find import span

_NOT_IN_A_HOST = ("%", "@", "\\", "<", ">", '"', "[", "]", "^", "`", "{", "|", "}")
_HEX = b"0123456789abcdefABCDEF"
_NOT_IN_A_URL = b' "<>\\^`{|}'  # visible, but in no URI (RFC 3986 2)


def split(url):
    """(tls, host, port, authority, target) of an absolute URL; ValueError if it is none.

    The authority has its port unless that is the scheme's own, as Host wants it; the
    target has no fragment, and nothing in it but what may stand in a request line.
    """
    _refuse_controls(url)
    tls = url.startswith("https://")
    if not tls and not url.startswith("http://"):
        return split(_lower_scheme(url))
    start, end = span(url)
    stop = url.find(":", start, end)  # the end of the host
    if stop < 0:
        stop = end
    if url.startswith("[", start):
        stop = _ipv6_end(url, start, end)
        host = url[start + 1 : stop - 1]
    else:
        host = url[start:stop]
        raw = host.encode()
        if raw and (min(raw) < 33 or max(raw) > 126):
            raise ValueError("url: expected a host name in ASCII in %r" % url)
        for mark in _NOT_IN_A_HOST:
            if mark in host:
                raise ValueError("url: %s cannot be in the host of %r" % (mark, url))
    port = usual = 443 if tls else 80
    if stop < end:
        digits = url[stop + 1 : end]
        if url[stop] != ":":
            port = 0
        elif digits:
            port = int(digits) if digits.isdigit() else 0
    if not host or not 0 < port < 65536:
        raise ValueError("url: expected a host, and a port up to 65535, in %r" % url)
    at = url.find("#", end)
    target = url[end:at] if at >= 0 else url[end:]
    if not target.startswith("/"):
        target = "/" + target
    return tls, host, port, url[start : stop if port == usual else end], _quote(target)


def _refuse_controls(url):
    for c in url.encode():
        if c < 32 or c == 127:
            raise ValueError("url: control character 0x%02x in %r" % (c, url))


def _quote(target):
    """target with spaces, bytes above 127, what no URI may have, and a % that encodes nothing percent-encoded.

    Nothing else is changed: what is encoded already stays as it is.
    """
    raw = target.encode()
    out = bytearray()
    for i in range(len(raw)):
        c = raw[i]
        if c > 126 or c in _NOT_IN_A_URL or c == 37 and not _is_hex(raw[i + 1 : i + 3]):
            out.extend("%%%02X" % c)
        else:
            out.append(c)
    return str(out, "utf-8")


def _is_hex(pair):
    return len(pair) == 2 and pair[0] in _HEX and pair[1] in _HEX


def _ipv6_end(url, start, end):
    """Where the IPv6 address ends whose [ is at start, its ] included."""
    stop = url.find("]", start, end)
    address = url[start + 1 : stop].encode()
    if stop < 0 or b":" not in address:
        raise ValueError("url: expected an IPv6 address between [ and ] in %r" % url)
    for c in address:
        if c not in _HEX and c not in b":.":
            raise ValueError("url: %s cannot be in the IPv6 address of %r" % (chr(c), url))
    return stop + 1


def _lower_scheme(url):
    """url with its scheme in lower case; ValueError if that is not HTTP or was so already."""
    at = url.find("://")
    scheme = url[:at].lower()
    if scheme not in ("http", "https") or url.startswith(scheme):
        raise ValueError("url: expected http://host or https://host, got %r" % url)
    return scheme + url[at:]

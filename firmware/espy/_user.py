"""Users and their passwords: user:password@ in a URL (RFC 3986 3.2.1), Basic (RFC 7617)."""

from ._ask import refuse


def credentials(url, auth):
    """(url without user:password@, auth or what they say): a URL is shown, secrets are not."""
    from ._find import span

    start, end = span(url)
    at = url.rfind("@", start, end)
    if start < 3 or at < 0:
        return url, auth
    user, _, password = url[start:at].partition(":")
    return url[:start] + url[at + 1 :], (_unquote(user), _unquote(password)) if auth is None else auth


def _unquote(text):
    first, *rest = text.split("%")
    out = bytearray(first.encode())
    for part in rest:
        try:
            out.append(int(part[:2], 16))
        except ValueError:
            refuse(12, text)
        out.extend(part[2:])
    return str(out, "utf-8")


def basic(auth):
    """The value of Authorization for (user, password), in UTF-8 (RFC 7617)."""
    from binascii import b2a_base64

    if not isinstance(auth, (tuple, list)) or [type(part) for part in auth] != [str, str]:
        refuse(13)
    user, password = auth
    if ":" in user:
        refuse(14)
    pair = ("%s:%s" % (user, password)).encode()
    for c in pair:
        if c < 32 or c == 127:
            refuse(15)
    return b"Basic " + b2a_base64(pair).rstrip()

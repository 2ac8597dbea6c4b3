"""user:password@ in a URL (RFC 3986 3.2.1)."""

from ._authority import span


def credentials(url, auth):
    """(url without user:password@, auth or what they say): a URL is shown, secrets are not."""
    start, end = span(url)
    at = url.rfind("@", start, end)
    if start < 3 or at < 0:
        return url, auth
    user, _, password = url[start:at].partition(":")
    return url[:start] + url[at + 1 :], auth or (_unquote(user), _unquote(password))


def _unquote(text):
    first, *rest = text.split("%")
    out = bytearray(first.encode())
    for part in rest:
        try:
            out.append(int(part[:2], 16))
        except ValueError:
            raise ValueError("url: expected two hex digits after %% in %r" % text)
        out.extend(part[2:])
    return str(out, "utf-8")

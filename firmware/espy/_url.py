"""What few URLs need: percent-encoding, credentials, references (RFC 3986). Loaded on use."""

from ._grammar import span


def quote(raw):
    """The URL in raw (bytes), with spaces and bytes above 127 percent-encoded.

    Nothing else is changed: what is encoded already stays as it is.
    """
    out = bytearray()
    for c in raw:
        if c < 32 or c == 127:
            raise ValueError("url: control character 0x%02x in %r" % (c, str(raw, "utf-8")))
        if 32 < c < 127:
            out.append(c)
        else:
            out.extend("%%%02X" % c)
    return str(out, "utf-8")


def ipv6_end(url, start, end):
    """Where the IPv6 address ends whose [ is at start, its ] included."""
    stop = url.find("]", start, end)
    address = url[start + 1 : stop].encode()
    if stop < 0 or b":" not in address:
        raise ValueError("url: expected an IPv6 address between [ and ] in %r" % url)
    for c in address:
        if c not in b"0123456789abcdefABCDEF:.":
            raise ValueError("url: %s cannot be in the IPv6 address of %r" % (chr(c), url))
    return stop + 1


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


def lower_scheme(url):
    """url with its scheme in lower case; ValueError if that is not HTTP or was so already."""
    at = url.find("://")
    scheme = url[:at].lower()
    if scheme not in ("http", "https") or url.startswith(scheme):
        raise ValueError("url: expected http://host or https://host, got %r" % url)
    return scheme + url[at:]


def credentials(url, auth):
    """(url without user:password@, auth or what they say): a URL is shown, secrets are not."""
    start, end = span(url)
    at = url.rfind("@", start, end)
    if start < 3 or at < 0:
        return url, auth
    user, _, password = url[start:at].partition(":")
    return url[:start] + url[at + 1 :], auth or (_unquote(user), _unquote(password))


def resolve(base, reference):
    """The absolute URL that reference means beside base (RFC 3986 5.2)."""
    scheme = base[: base.find(":")]
    mark = reference.find("#")
    base, _, inherited = base.partition("#")
    fragment = inherited
    if mark >= 0:
        reference, fragment = reference[:mark], reference[mark + 1 :]
    if fragment:
        fragment = "#" + fragment  # inherited where the reference has none (9110 10.2.2)
    colon = reference.find(":")
    if colon > 0 and reference[:colon].replace("+", "").replace("-", "").replace(".", "").isalpha():
        return reference + fragment
    if reference.startswith("//"):
        return scheme + ":" + reference + fragment
    _, end = span(base)
    root = base[:end]
    path, question, query = base[end:].partition("?")
    if reference.startswith("?"):
        return root + path + reference + fragment
    if not reference:
        return root + path + question + query + fragment
    target, question, query = reference.partition("?")
    if not target.startswith("/"):
        target = path[: path.rfind("/") + 1] + target
        if not target.startswith("/"):
            target = "/" + target
    return root + _without_dots(target) + question + query + fragment


def _without_dots(path):
    """path with its . and .. carried out (RFC 3986 5.2.4)."""
    parts = path[1:].split("/")
    out = []
    for part in parts:
        if part == "..":
            if out:
                out.pop()
        elif part != ".":
            out.append(part)
    if parts[-1] in (".", ".."):
        out.append("")
    return "/" + "/".join(out)

"""Where a URL leads from another one (RFC 3986 5.2)."""

from ._find import span

_IN_A_SCHEME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."


def resolve(url, location):
    """The absolute URL that location means beside url (RFC 3986 5.2.2)."""
    url, mark, fragment = url.partition("#")
    location, own, new = location.partition("#")
    if own:
        mark, fragment = own, new  # else it is inherited (9110 10.2.2)
    if not location:
        location = url
    elif location.startswith("?"):
        location = url.partition("?")[0] + location
    else:
        scheme = location.partition(":")[0]
        if scheme == location or not scheme[:1].isalpha() or scheme.strip(_IN_A_SCHEME):
            location = _beside(url, location)
        location = _without_dots(location)
    return location + mark + fragment if fragment else location


def _beside(url, location):
    """What a location without a scheme, but with a host or a path, means beside url."""
    if location.startswith("//"):
        return url[: url.find(":") + 1] + location
    _, end = span(url)
    if not location.startswith("/"):
        path = url[end:].partition("?")[0]
        location = (path[: path.rfind("/") + 1] or "/") + location
    return url[:end] + location


def _without_dots(url):
    """url with the . and .. in its path carried out (RFC 3986 5.2.4)."""
    if "/." not in url:
        return url
    _, end = span(url)
    path, question, query = url[end:].partition("?")
    out = []
    part = ""
    for part in path[1:].split("/"):
        if part == "..":
            if out:
                out.pop()
        elif part != ".":
            out.append(part)
    if part in (".", ".."):
        out.append("")
    return url[:end] + path[:1] + "/".join(out) + question + query

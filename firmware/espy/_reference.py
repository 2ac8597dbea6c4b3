"""Where a URL leads from another one (RFC 3986 5.2)."""

from ._find import span


def resolve(url, location):
    """The absolute URL that location means beside url (RFC 3986 5.2)."""
    scheme = url[: url.find(":")]
    mark = location.find("#")
    url, _, inherited = url.partition("#")
    fragment = inherited
    if mark >= 0:
        location, fragment = location[:mark], location[mark + 1 :]
    if fragment:
        fragment = "#" + fragment  # inherited where the location has none (9110 10.2.2)
    first = location.partition(":")[0]
    if first != location and first[:1].isalpha() and not first.strip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."):
        return location + fragment
    if location.startswith("//"):
        return scheme + ":" + location + fragment
    _, end = span(url)
    root = url[:end]
    path, question, query = url[end:].partition("?")
    if location.startswith("?"):
        return root + path + location + fragment
    if not location:
        return root + path + question + query + fragment
    target, question, query = location.partition("?")
    if not target.startswith("/"):
        target = path[: path.rfind("/") + 1] + target
        if not target.startswith("/"):
            target = "/" + target
    parts = target[1:].split("/")
    out = []
    for part in parts:  # . and .. are carried out (RFC 3986 5.2.4)
        if part == "..":
            if out:
                out.pop()
        elif part != ".":
            out.append(part)
    if parts[-1] in (".", ".."):
        out.append("")
    return root + "/" + "/".join(out) + question + query + fragment

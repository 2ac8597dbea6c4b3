"""Where a URL leads from another one (RFC 3986 5.2)."""

from ._authority import span

_IN_A_SCHEME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."


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
    first = reference.partition(":")[0]
    if first != reference and first[:1].isalpha() and not first.strip(_IN_A_SCHEME):
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

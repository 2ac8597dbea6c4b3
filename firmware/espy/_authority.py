"""The part of a URL between :// and the path (RFC 3986 3.2)."""


def span(url):
    """Where the authority of an absolute URL starts and ends."""
    start = url.find("://") + 3
    end = len(url)
    for mark in ("/", "?", "#"):
        at = url.find(mark, start, end)
        if at >= 0:
            end = at
    return start, end

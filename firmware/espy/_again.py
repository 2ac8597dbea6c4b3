"""Sending a request once more, where it is redirected (9110 15.4)."""

from micropython import const

_HOPS = const(5)  # redirects


def rewind(ask):
    """Whether the body can be sent (again) from its start."""
    return not hasattr(ask.body, "rewind") or ask.body.rewind()


def leave(ask, response, url):
    """Close an answer that is not the last one, and note it."""
    response.close()
    if ask.history is None:
        ask.history = []
    ask.history.append((response.status_code, str(response._head[5:8], "utf-8"), url))


def follows(ask, response):
    """Whether ask is to be sent once more, to where response, a redirect, points; then response is closed."""
    location = _location(response) if ask.follows else None
    if location is None:
        return False
    if sum(1 for code, _, _ in ask.history or () if code < 400) == _HOPS:
        from .errors import TooManyRedirects

        raise TooManyRedirects("more than %d redirects, the last of them at %s" % (_HOPS, ask.url))
    url = ask.url
    if not _aim(ask, response.status_code, location):
        return False  # the body cannot be sent again: what to do is the caller's to say
    leave(ask, response, url)
    return True


def _location(response):
    """Where a redirect leads, or None; ProtocolError if it leads to more than one place."""
    from ._find import find, text

    places = find(response, b"location", b"\n")
    if places is None:
        return None
    places = set(places.split(b"\n"))
    if len(places) > 1:
        _refuse("%d places at once" % len(places))
    return text(places.pop())


def _aim(ask, code, location):
    """Change ask into the request that a redirect asks for.

    False if that needs its body a second time and it cannot be had; ask is then as
    it was. ProtocolError if the redirect leads nowhere that is safe to go.
    """
    from ._reference import resolve

    without_body = code == 303 or ask.method == "POST" and code < 303
    if not without_body and not rewind(ask):
        return False
    for c in location.encode():  # here, and not in the URL: .. may take it away
        if c < 32 or c == 127:
            _refuse("%r: url: control character 0x%02x" % (location, c))
    was_tls, origin = ask.tls, (ask.tls, ask.authority.lower())
    try:
        url = resolve(ask.url, location)
        ask.aim(url)  # which takes credentials in it for an error, as 9110 4.2.4 says
        if ask.tls and not was_tls:
            from ._tls import make_context

            make_context(ask)
    except ValueError as e:
        _refuse("%r: %s" % (location, e))
    if was_tls and not ask.tls:
        _refuse("http, from https: %s" % url)
    elsewhere = (ask.tls, ask.authority.lower()) != origin
    if elsewhere:
        ask.auth = None
    if without_body:
        if ask.method != "HEAD":
            ask.method = "GET"
        ask.body = ask.kind = None
    if ask.fields:
        ask.fields = [pair for pair in ask.fields if not _stays(pair[0].lower(), elsewhere, without_body)]
    return True


def _stays(name, elsewhere, without_body):
    """Whether a field is left behind: it belongs to one origin alone, or to the body."""
    if elsewhere and name in ("authorization", "cookie", "proxy-authorization", "host"):
        return True
    return without_body and (name.startswith("content-") or name == "expect")  # 9110 15.4, 10.1.1


def _refuse(what):
    from .errors import ProtocolError

    raise ProtocolError("redirect to " + what)

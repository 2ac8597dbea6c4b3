"""Sending a request once more: in the other version, or where it is redirected.

http_version="auto" sends a request in the version that its server is known to take, and
in the other one if that is refused. A server that refuses the version has not acted on
the request, so that this is no second action. No RFC has a rule for it: that it may be
done is this client's own choice.
"""

from micropython import const

from .errors import ProtocolError, TooManyRedirects

_HOPS = const(5)  # redirects
_PLACES = const(16)  # servers that auto remembers


_older = {}  # (tls, authority) of the servers that auto found to take 1.0 and not 1.1


def rewind(ask):
    """Whether the body can be sent (again) from its start."""
    return not hasattr(ask.body, "rewind") or ask.body.rewind()


def _leave(ask, response, url):
    """Close an answer that is not the last one, and note it."""
    response.close()
    if ask.history is None:
        ask.history = []
    ask.history.append((response.status_code, str(response._head[5:8], "utf-8"), url))


def negotiate(ask):
    """The Response to ask, in the version that its server takes."""
    place = (ask.tls, ask.authority.lower())
    ask.version = "1.0" if place in _older else "1.1"
    response = ask.once()
    if not _refused(ask, response) or not rewind(ask):
        return response
    _leave(ask, response, ask.url)
    ask.version = "1.1" if ask.version == "1.0" else "1.0"
    response = ask.once()
    if not _refused(ask, response):
        remember(place, ask.version)
    return response


def _refused(ask, response):
    """505 refuses the version (9110 15.6.6); so does 426, if it answers 1.0 (9110 15.5.22)."""
    code = response.status_code
    return code == 505 or code == 426 and ask.version == "1.0"


def remember(place, version):
    if version == "1.1":
        _older.pop(place, None)
        return
    if len(_older) >= _PLACES:
        _older.clear()
    _older[place] = True


def follow(ask, response):
    """The answer at the end of the way on which response, a redirect, sets out (9110 15.4)."""
    from ._find import find, text

    hops = 0
    while ask.follows:
        code = response.status_code
        location = find(response, b"location") if code in (301, 302, 303, 307, 308) else None
        if location is None:
            break
        try:
            if hops == _HOPS:
                raise TooManyRedirects("more than %d redirects, the last of them at %s" % (_HOPS, ask.url))
            url = ask.url
            if not _aim(ask, code, text(location)):
                break  # the body cannot be sent again: what to do is the caller's to say
        except BaseException:
            response.close()
            raise
        _leave(ask, response, url)
        hops += 1
        response = ask.exchange()
    return response


def _aim(ask, code, location):
    """Change ask into the request that a redirect asks for.

    False if that needs its body a second time and it cannot be had; ask is then as
    it was. ProtocolError if the redirect leads nowhere that is safe to go.
    """
    from ._reference import resolve

    without_body = code == 303 or ask.method == "POST" and code < 303
    if not without_body and not rewind(ask):
        return False
    was_tls, origin = ask.tls, (ask.tls, ask.authority.lower())
    try:
        url = resolve(ask.url, location)
        ask.aim(url)  # which takes credentials in it for an error, as 9110 4.2.4 says
        if ask.tls and not was_tls:
            from ._tls import make_context

            make_context(ask)
    except ValueError as e:
        raise ProtocolError("redirect to %r: %s" % (location, e))
    if was_tls and not ask.tls:
        raise ProtocolError("redirect from https to http, to %s" % url)
    dropped = ()
    if (ask.tls, ask.authority.lower()) != origin:
        # What belongs to one origin alone, and what belongs to the body.
        dropped = ("authorization", "cookie", "proxy-authorization", "host")
        ask.auth = None
    if without_body:
        if ask.method != "HEAD":
            ask.method = "GET"
        ask.body = ask.kind = None
        dropped += ("content-type", "content-length", "content-encoding", "content-language", "content-location")
    if dropped and ask.fields:
        ask.fields = [pair for pair in ask.fields if pair[0].lower() not in dropped]
    return True

"""Where a redirect leads, and what of the request goes there (9110 15.4). Loaded on use."""

from ._url import resolve
from .errors import ProtocolError

# What belongs to one origin alone, and what belongs to the body.
_SECRETS = ("authorization", "cookie", "proxy-authorization", "host")
_OF_BODY = ("content-type", "content-length", "content-encoding", "content-language", "content-location")


def aim(ask, code, location):
    """Change ask into the request that a redirect asks for.

    False if that needs its body a second time and it cannot be had; ask is then as
    it was. ProtocolError if the redirect leads nowhere that is safe to go.
    """
    without_body = code == 303 or ask.method == "POST" and code < 303
    if not without_body and not ask.rewind():
        return False
    url = resolve(ask.url, location)
    was_tls, origin = ask.tls, (ask.tls, ask.authority.lower())
    try:
        ask.aim(url)  # which takes credentials in it for an error, as 9110 4.2.4 says
        if ask.tls and not was_tls:
            from ._tls import make_context

            make_context(ask.verify, ask.cadata)
    except ValueError as e:
        raise ProtocolError("redirect to %r: %s" % (location, e))
    if was_tls and not ask.tls:
        raise ProtocolError("redirect from https to http, to %s" % url)
    dropped = ()
    if (ask.tls, ask.authority.lower()) != origin:
        dropped = _SECRETS
        ask.auth = None
    if without_body:
        if ask.method != "HEAD":
            ask.method = "GET"
        ask.body = ask.kind = None
        dropped += _OF_BODY
    if dropped and ask.fields:
        ask.fields = [pair for pair in ask.fields if pair[0].lower() not in dropped]
    return True

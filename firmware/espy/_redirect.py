"""Where a redirect leads, and what of the request goes there (9110 15.4). Loaded on use."""

from ._url import has_credentials, resolve
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
    if has_credentials(url):  # to be treated as an error (9110 4.2.4)
        raise ProtocolError("redirect to a URL with credentials in it")
    was_tls, origin = ask.tls, (ask.tls, ask.authority.lower())
    try:
        ask.aim(url)
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

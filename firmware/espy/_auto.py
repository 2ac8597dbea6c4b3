"""http_version="auto": a request goes out in the version that its server takes.

It is sent in the version that the server is known to take, and in the other one if that
is refused. A server that refuses the version has not acted on the request, so that this
is no second action. No RFC has a rule for it: that it may be done is this client's own
choice.
"""

from micropython import const

_PLACES = const(16)  # servers that are remembered

_older = {}  # (tls, authority) of the servers that were found to take 1.0 and not 1.1


def negotiate(ask):
    """The Response to ask, in the version that its server takes."""
    place = (ask.tls, ask.authority.lower())
    ask.version = "1.0" if place in _older else "1.1"
    response = ask.once()
    if not _refused(ask, response):
        return response
    try:
        from ._again import leave, rewind

        if not rewind(ask):
            return response
        leave(ask, response, ask.url)
    except BaseException:
        response.close()
        raise
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

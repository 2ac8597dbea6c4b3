"""HTTP client for MicroPython boards: the familiar requests, in HTTP/1.0 or HTTP/1.1.

    from espy import requests
    with requests.get("http://host/albums/1") as response:
        print(response.status_code, response.json()["title"])

    arguments --_request--> head, body -> socket -> status line, fields --_response--> body
                  ^                       (read line by line: _grammar)
                  '-- once more: auto (the other version), _redirect (another place)

A bad argument is a ValueError, raised before a socket is opened; whatever goes wrong
later is a RequestError. The body stays in the socket until it is asked for. The socket
is closed when the body has been read, when close() is called, or with the first error.

Heap is the budget: what few requests need (_redirect, _url, _body, _deadline, _tls) is
loaded on use. The reference is docs/client.md; "9110" and "9112" in comments are RFCs.
"""

from micropython import const

from ._request import Request
from ._response import Headers, Response
from .errors import IncompleteRead, ProtocolError, RequestError, Timeout, TooLarge, TooManyRedirects

_HOPS = const(5)  # redirects
_PLACES = const(16)  # servers that auto remembers

http_version = "1.1"  # of requests that do not say: "1.0", "1.1" or "auto"

_older = {}  # (tls, authority) of the servers that auto found to take 1.0 and not 1.1


def request(
    method, url, data=None, json=None, headers=None, stream=False, auth=None, timeout=10, parse_headers=True,
    http_version=None, deadline=None, allow_redirects=True, max_body=None, verify=True, cadata=None,
):
    """Send one request and return its Response; docs/client.md says what each argument does."""
    version = _version(http_version)
    for seconds in (timeout, deadline):
        if seconds is not None and not seconds > 0:
            raise ValueError("timeout, deadline: expected seconds above 0, or None, got %r" % (seconds,))
    if not isinstance(method, str) or not isinstance(url, str):
        raise ValueError("method, url: expected str, got %r and %r" % (method, url))
    if "@" in url:
        from ._url import credentials

        url, auth = credentials(url, auth)
    body, kind = _body(data, json)
    ask = Request(method, url, _pairs(headers), body, timeout)
    if kind:
        ask.kind = kind
    if auth is not None:
        ask.auth = _basic(auth)
    if not verify:
        ask.verify = False
    if cadata is not None:
        ask.cadata = cadata
    if deadline is not None:
        from ._deadline import after

        ask.end = after(deadline)
    response = _follow(ask, version) if allow_redirects else _send(ask, version)
    if ask.history:
        response._history = ask.history
    if stream:
        response._stream = True
    if max_body is not None:
        response._limit = max_body
    return response


def _version(asked):
    version = http_version if asked is None else asked
    if version not in ("1.0", "1.1", "auto"):
        raise ValueError('http_version: expected "1.0", "1.1" or "auto", got %r' % (version,))
    return version


def _pairs(headers):
    """Header fields as something that can be walked through again and again."""
    if not headers:
        return ()
    if isinstance(headers, dict):
        return headers.items()
    pairs = list(headers.items() if hasattr(headers, "items") else headers)
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError("headers: expected a dict or (name, value) pairs, got %r" % (pair,))
    return pairs


def _body(data, json):
    """(body, its Content-Type if it has one by itself)."""
    if json is not None:
        if data is not None:
            raise ValueError("data, json: expected one of them, got both")
        from json import dumps

        return dumps(json).encode(), "application/json"
    if data is None or isinstance(data, (bytes, bytearray, memoryview)):
        return data, None
    if isinstance(data, str):
        return data.encode(), None
    from ._body import prepare

    return prepare(data)


def _basic(auth):
    """The value of Authorization for (user, password), in UTF-8 (RFC 7617)."""
    from binascii import b2a_base64

    user, password = auth
    if ":" in user:
        raise ValueError("auth: a user cannot have a colon in it")
    pair = ("%s:%s" % (user, password)).encode()
    for c in pair:
        if c < 32 or c == 127:
            raise ValueError("auth: control character in the user or the password")
    return b"Basic " + b2a_base64(pair).rstrip()


def _send(ask, version):
    return _auto(ask) if version == "auto" else ask.exchange(version)


def _follow(ask, version):
    """Send ask, and send it on wherever it is redirected, up to five times."""
    hops = 0
    while True:
        response = _send(ask, version)
        code = response.status_code
        if code not in (301, 302, 303, 307, 308) or "location" not in response.headers:
            return response
        try:
            if hops == _HOPS:
                raise TooManyRedirects("more than %d redirects, the last of them at %s" % (_HOPS, ask.url))
            from ._redirect import aim

            if not aim(ask, code, response.headers["location"]):
                return response  # the body cannot be sent again: what to do is the caller's to say
        except BaseException:
            response.close()
            raise
        ask.leave(response)
        hops += 1


def _auto(ask):
    """Send ask in the version that its server is known to take, and in the other one if that is refused.

    A server that refuses the version has not acted on the request, so this is no second
    action. No RFC has a rule for it: that it may be done is this client's own choice.
    """
    place = (ask.tls, ask.authority.lower())
    response = ask.exchange("1.0" if place in _older else "1.1")
    if not _refused(response) or not ask.rewind():
        return response
    ask.leave(response)
    version = "1.1" if response.request_version == "1.0" else "1.0"
    response = ask.exchange(version)
    if not _refused(response):
        _remember(place, version)
    return response


def _refused(response):
    code = response.status_code
    return code == 505 or code == 426 and response.request_version == "1.0"


def _remember(place, version):
    if version == "1.1":
        _older.pop(place, None)
        return
    if len(_older) >= _PLACES:
        _older.clear()
    _older[place] = True


def get(url, **kw):
    return request("GET", url, **kw)


def head(url, **kw):
    return request("HEAD", url, **kw)


def post(url, **kw):
    return request("POST", url, **kw)


def put(url, **kw):
    return request("PUT", url, **kw)


def patch(url, **kw):
    return request("PATCH", url, **kw)


def delete(url, **kw):
    return request("DELETE", url, **kw)

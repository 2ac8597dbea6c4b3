"""Session: several requests, and connections that serve more than one (9112 9.3)."""

import select

from micropython import const

from ._ask import prepare
from ._response import find

_IDLE = const(2)  # connections that wait for a request, of all servers: a board has few sockets


class Session:
    """What its requests share: options, header fields, and connections that are kept alive.

    Its arguments are those of request(), and hold for every request that does not say
    otherwise; headers is a dict that may be changed. One thread at a time.
    """

    def __init__(self, headers=None, **options):
        self.headers = dict(headers or {})
        self._options = options
        self._idle = []  # (tls, authority), stream, its socket; the longest idle first

    def request(self, method, url, **options):
        """As espy.requests.request()."""
        for name in self._options:
            options.setdefault(name, self._options[name])
        options.pop("parse_headers", None)
        fields = self._fields(options.pop("headers", None))
        data, json = options.pop("data", None), options.pop("json", None)
        stream, auth, timeout = options.pop("stream", False), options.pop("auth", None), options.pop("timeout", 10)
        return prepare(method, url, data, json, fields, stream, auth, timeout, session=self, **options).run()

    def _fields(self, headers):
        """The caller's fields, and those of the Session that the caller has not."""
        if not self.headers:
            return headers
        pairs = list(headers.items() if hasattr(headers, "items") else headers or ())
        names = [pair[0].lower() for pair in pairs]
        return [pair for pair in self.headers.items() if pair[0].lower() not in names] + pairs

    def get(self, url, **options):
        return self.request("GET", url, **options)

    def head(self, url, **options):
        return self.request("HEAD", url, **options)

    def post(self, url, **options):
        return self.request("POST", url, **options)

    def put(self, url, **options):
        return self.request("PUT", url, **options)

    def patch(self, url, **options):
        return self.request("PATCH", url, **options)

    def delete(self, url, **options):
        return self.request("DELETE", url, **options)

    def take(self, ask):
        """A connection for ask that waits for a request, or None."""
        place = (ask.tls, ask.authority.lower())
        for entry in list(self._idle):
            there, stream, sock = entry
            if there == place:
                self._idle.remove(entry)
                if _is_quiet(sock):
                    sock.settimeout(ask.timeout)
                    ask.raw = sock
                    if ask.end is None:
                        return stream
                    from ._deadline import over

                    return over(stream, ask)
                stream.close()
        return None

    def keep(self, response):
        """Take over the connection of a response that was read to its end, if it may serve again."""
        ask = response._ask
        if ask.unsent is not None or not _persists(response):
            return
        stream = response._sock
        if hasattr(stream, "release"):
            stream = stream.release()
        if stream is None:
            return
        response._sock = None
        self._idle.append(((ask.tls, ask.authority.lower()), stream, ask.raw or stream))
        if len(self._idle) > _IDLE:
            self._idle.pop(0)[1].close()

    def drop(self, ask):
        """Close the connections to the server of ask: one of them was found dead."""
        place = (ask.tls, ask.authority.lower())
        for entry in list(self._idle):
            if entry[0] == place:
                self._idle.remove(entry)
                entry[1].close()

    def close(self):
        """Close the connections that wait. The Session can be used again."""
        while self._idle:
            self._idle.pop()[1].close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _is_quiet(sock):
    """Whether nothing came since the last answer: neither the end of the connection nor what nobody asked for."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    try:
        return not poll.poll(0)
    except OSError:
        return False


def _persists(response):
    """Whether the connection of a reply outlives it."""
    for name, value in response._ask.fields:
        if name.lower() == "connection":
            return False  # the caller has plans of its own
    lines = response._lines
    words = [word.strip() for word in (find(lines, b"connection") or b"").lower().split(b",")]
    if b"close" in words:
        return False
    coding = find(lines, b"transfer-encoding")
    if response._line[7] == 48:
        return b"keep-alive" in words and coding is None
    return coding is None or find(lines, b"content-length") is None  # both is faulty framing (9112 6.3)

"""Session: several requests, and connections that serve more than one (9112 9.3)."""

import select

from micropython import const

from . import requests
from ._response import Ahead
from .requests import Request

_IDLE = const(2)  # connections that wait for a request, of all servers: a board has few sockets


class Session:
    """What its requests share: options, header fields, and connections that are kept alive.

    Its arguments are those of request(), and hold for every request that does not say
    otherwise; headers is a dict that may be changed. One thread at a time.
    """

    def __init__(self, headers=None, **options):
        self.headers = {}
        if headers:
            from ._fields import pairs

            self.headers.update(pairs(headers))
        self._options = options
        self._idle = []  # (tls, authority), stream, a poll of its socket; the longest idle first

    def request(self, method, url, **options):
        """As espy.requests.request()."""
        if (
            method in ("GET", "HEAD", "DELETE")
            and not (options or self._options or self.headers)
            and requests.http_version == "1.1"
            and isinstance(url, str)
            and "@" not in url
        ):
            ask = _Plain(method, url, 10)
            ask.session = self
            return ask.run()
        for name in self._options:
            options.setdefault(name, self._options[name])
        options.pop("parse_headers", None)
        fields = self._fields(options.pop("headers", None))
        data, json = options.pop("data", None), options.pop("json", None)
        stream, auth, timeout = options.pop("stream", False), options.pop("auth", None), options.pop("timeout", 10)
        from ._ask import prepare

        return prepare(method, url, data, json, fields, stream, auth, timeout, session=self, **options).run()

    def _fields(self, headers):
        """The caller's fields, and those of the Session that the caller has not."""
        if not self.headers:
            return headers
        from ._fields import pairs

        fields = list(pairs(headers or ()))
        names = [name.lower() for name, _ in fields]
        return [pair for pair in pairs(self.headers) if pair[0].lower() not in names] + fields

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
        ask.place = place = (ask.tls, ask.authority.lower())
        for at in range(len(self._idle)):
            if self._idle[at][0] == place:
                _, stream, poll = self._idle.pop(at)
                ask.sock = stream  # to be closed, whatever happens
                # It is quiet unless it has ended, or something came that nobody asked for.
                if poll.poll(0):
                    stream.close()
                    ask.sock = None
                    return self.take(ask)
                ask.poll = poll
                if ask.timeout != 10:
                    stream.settimeout(ask.timeout)
                if ask.end is None:
                    return stream
                from ._deadline import over

                ask.sock = stream = over(stream, ask)
                return stream
        return None

    def keep(self, response):
        """Take over the connection of a response that was read to its end, if it may serve again."""
        try:
            self._keep(response)
        except MemoryError:  # as good as not kept: what was asked for has been read
            pass

    def _keep(self, response):
        ask = response._ask
        if ask.unsent is not None or not _persists(response):
            return
        stream = response._sock
        if isinstance(stream, Ahead):
            if stream._left:
                return  # something came that nobody asked for
            stream = stream._sock
        if hasattr(stream, "release"):
            stream = stream.release()
        if ask.timeout != 10 or ask.end is not None:
            stream.settimeout(10)
        poll = ask.poll
        if poll is None:
            poll = select.poll()
            poll.register(getattr(stream, "sock", stream), select.POLLIN)  # the one under TLS
        self._idle.append((ask.place, stream, poll))
        response._sock = None
        if len(self._idle) > _IDLE:
            self._idle.pop(0)[1].close()

    def drop(self, ask):
        """Close the connections to the server of ask: one of them was found dead."""
        for entry in list(self._idle):
            if entry[0] == ask.place:
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


class _Plain(Request):
    """A plain request that keeps its connection."""

    end = poll = None
    reused = False

    def connect(self):
        self.poll = None
        sock = self.session.take(self)
        self.reused = sock is not None
        return Request.connect(self) if sock is None else sock

    def send(self, sock):
        head = "%s %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (self.method, self.target, self.authority)
        if sock.write(head) != len(head):
            raise OSError(110)

    def exchange(self):
        try:
            return Request.exchange(self)
        except OSError as e:
            from .errors import ended

            if not self.reused or not ended(e):
                raise
        self.session.drop(self)
        return Request.exchange(self)


def _persists(response):
    """Whether the connection of a reply outlives it."""
    for name, value in response._ask.fields:
        if name.lower() == "connection":
            return False  # the caller has plans of its own
    head = response._head
    low = (head if response._lines is None else b"\n" + b"".join(response._lines) + b"\r\n\r\n").lower()
    end = low.find(b"\r\n\r\n")  # behind it, the first bytes of the body may be at hand
    at = low.find(b"\nconnection:", 0, end)
    said = ()
    if at >= 0:
        said = [word.strip(b" \t\r") for word in low[at + 12 : low.find(b"\n", at + 1)].split(b",")]
        if b"close" in said or low.find(b"\nconnection:", at + 1, end) >= 0:
            return False
    coded = low.find(b"\ntransfer-encoding:", 0, end) >= 0
    if head[7] == 48:
        return b"keep-alive" in said and not coded
    return not coded or low.find(b"\ncontent-length:", 0, end) < 0  # both is faulty framing (9112 6.3)

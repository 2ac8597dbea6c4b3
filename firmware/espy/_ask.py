"""A request with more to it than a URL: options, and what _fields, _data and _user make of it."""

from gc import collect

from micropython import const

from .requests import Request

_SEGMENT = const(512)  # a body up to this size travels with the head
_LONGEST = const(500000)  # seconds, which a 32-bit board can tell apart in milliseconds
_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE")  # idempotent (9110 9.2.2)
_LENGTHY = ("POST", "PUT", "PATCH")  # which say that they have no body (9110 8.6)


def prepare(
    method, url, data, json, headers, stream, auth, timeout,
    http_version=None, deadline=None, allow_redirects=True, max_body=None, verify=True, cadata=None, session=None,
):
    """The Ask for these arguments of request(); ValueError for what cannot be sent."""
    if http_version is None:
        from . import requests

        http_version = requests.http_version
    if http_version not in ("1.0", "1.1", "auto"):
        refuse(0, http_version)
    for seconds in (timeout, deadline):
        if seconds is not None and not (isinstance(seconds, (int, float)) and 0 < seconds <= _LONGEST):
            refuse(1, seconds)
    if max_body is not None and not (isinstance(max_body, int) and max_body >= 0):
        refuse(2, max_body)
    if not isinstance(method, str) or not isinstance(url, str):
        refuse(3, method, url)
    if method not in _REPEATABLE and method not in _LENGTHY:
        from ._fields import check_method

        check_method(method)
    if "@" in url:
        from ._user import credentials

        url, auth = credentials(url, auth)
    ask = Ask(method, url, timeout)
    if data is not None or json is not None:
        from ._data import body

        ask.body, ask.kind = body(data, json)
    if headers:
        from ._fields import take

        take(ask, headers)
    if auth is not None:
        from ._user import basic

        ask.auth = basic(auth)
    ask.version = http_version
    ask.session = session
    ask.stream = stream
    ask.limit = max_body
    ask.follows = allow_redirects
    ask.verify = verify
    ask.cadata = cadata
    if deadline is not None:
        from ._deadline import after

        ask.end = after(deadline)
    return ask


def refuse(number, *values):
    """Raise the ValueError that says in words number of _wrong what is not right with values."""
    from ._wrong import wrong

    raise wrong(number, values)


def _add(out, name, value):
    out.extend(name)
    out.extend(": ")
    out.extend(value)
    out.extend("\r\n")


class Ask(Request):
    """What is to be sent; a redirect changes it, and sends it again."""

    auth = None  # value of an Authorization field
    kind = None  # Content-Type of the body, where it has one by itself
    end = None  # ticks_ms() at which deadline= is over
    reused = False  # whether the connection has served before
    poll = None  # of its socket, if it has
    auto = False
    head = None

    def exchange(self):
        if self.auto or self.version == "auto":
            from ._auto import negotiate

            self.auto = True
            return negotiate(self)
        return self.once()

    def once(self):
        """Send it in its version. A connection that had ended before it was used again is replaced."""
        while True:
            self.head = self.compose()
            try:
                return Request.exchange(self)
            except OSError as e:
                from .errors import ended

                why = self.unsent or e
                if not self.reused or not ended(why):
                    raise why
            from ._again import rewind

            if self.method not in _REPEATABLE or not rewind(self):
                raise why
            self.session.drop(self)

    def connect(self):
        self.unsent = self.poll = None
        self.reused = False
        if self.session is not None:
            sock = self.session.take(self)
            if sock is not None:
                self.reused = True
                return sock
        return Request.connect(self)

    def dial(self):
        if self.end is None:
            return Request.dial(self)
        from ._deadline import dial

        return dial(self)

    def compose(self):
        """The head as it goes out; ValueError if the body cannot go with it."""
        names = [name.lower() for name, _ in self.fields]
        out = bytearray()
        out.extend("%s %s HTTP/%s\r\n" % (self.method, self.target, self.version))
        if "host" not in names:
            _add(out, "Host", self.authority)
        for name, value in self.fields:
            if name.lower() != "content-length":
                _add(out, name, value)
        if self.auth and "authorization" not in names:
            _add(out, "Authorization", self.auth)
        if self.kind and "content-type" not in names:
            _add(out, "Content-Type", self.kind)
        if "connection" not in names:
            if self.session is None:
                out.extend("Connection: close\r\n")
            elif self.version == "1.0":
                out.extend("Connection: keep-alive\r\n")
        body = self.body
        length = None
        if body is None:
            if self.method in _LENGTHY:
                length = 0
        elif hasattr(body, "rewind"):
            length = body.length(self.version, self.fields)
        else:
            length = len(body)
        if length is not None:
            _add(out, "Content-Length", str(length))
        elif body is not None:
            out.extend("Transfer-Encoding: chunked\r\n")
        out.extend("\r\n")
        return out

    def send(self, sock):
        """Send head and body. What its source raises is not the connection's fault, and ends the exchange."""
        head = self.head
        body = self.body
        self.head = None
        made = hasattr(body, "rewind")
        if body is not None and not made and len(body) <= _SEGMENT:
            head.extend(body)  # in one segment: alone, it would wait for the head's acknowledgement
            body = None
        if not self._write(sock, head) or body is None:
            return
        if not made:
            self._write(sock, body)
            return
        try:
            for piece in body.pieces():
                if not self._write(sock, piece):
                    return
        except OSError as e:
            from .errors import told

            raise told(e, 4, self)

    def _write(self, sock, data):
        """Write all of data; False if the server had closed. It may answer before it has read all (9112 9.5)."""
        try:
            while True:
                count = sock.write(data)
                if count == len(data):
                    return True
                if not count:
                    raise OSError(110)
                data = memoryview(data)[count:]
        except OSError as e:
            collect()
            from .errors import Timeout, told

            self.unsent = told(e, 1, self)
            if isinstance(self.unsent, Timeout):
                raise self.unsent
        return False

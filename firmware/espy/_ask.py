"""A request with more to it than a URL: options, header fields, credentials, a body."""

from micropython import const

from .errors import RequestError, Timeout, told
from .requests import Request

_SEGMENT = const(512)  # a body up to this size travels with the head
_BROKEN = (9, 32, 103, 104, 107, 128)  # EBADF, EPIPE, ECONNABORTED, ECONNRESET, ENOTCONN: a connection that has ended
_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE")  # idempotent (9110 9.2.2)
_DELIMITERS = b'"(),/:;<=>?@[\\]{}'  # visible, but not in a token (9110 5.6.2)


def prepare(
    method, url, data, json, headers, stream, auth, timeout,
    http_version=None, deadline=None, allow_redirects=True, max_body=None, verify=True, cadata=None, session=None,
):
    """The Ask for these arguments of request(); ValueError for what cannot be sent."""
    if http_version is None:
        from . import requests

        http_version = requests.http_version
    if http_version not in ("1.0", "1.1", "auto"):
        raise ValueError('http_version: expected "1.0", "1.1" or "auto", got %r' % (http_version,))
    for seconds in (timeout, deadline):
        if seconds is not None and not seconds > 0:
            raise ValueError("timeout, deadline: expected seconds above 0, or None, got %r" % (seconds,))
    if not isinstance(method, str) or not isinstance(url, str):
        raise ValueError("method, url: expected str, got %r and %r" % (method, url))
    if "@" in url:
        from ._user import credentials

        url, auth = credentials(url, auth)
    body, kind = _body(data, json)
    ask = Ask(method, url, timeout)
    ask.session = session
    ask.body = body
    ask.kind = kind
    ask.fields = _pairs(headers)  # as the caller gave them
    if auth is not None:
        ask.auth = _basic(auth)
    ask.version = http_version
    ask.stream = stream
    ask.limit = max_body
    ask.follows = allow_redirects
    ask.verify = verify
    ask.cadata = cadata
    if http_version == "auto":
        ask.auto = True
        ask.version = "1.1"
    if deadline is not None:
        from ._deadline import after

        ask.end = after(deadline)
    return ask


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
    if data is None or isinstance(data, (bytes, bytearray)):
        return data, None
    if isinstance(data, memoryview):
        if len(bytes(data[:1])) > 1:
            raise ValueError("data: expected a memoryview of bytes, got one of larger items")
        return data, None
    if isinstance(data, str):
        return data.encode(), None
    from ._upload import prepare

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


def _names(fields):
    """The names of the caller's fields, in lower case; ValueError for what is not the caller's to say."""
    names = []
    for name, _ in fields:
        if not isinstance(name, str):
            raise ValueError("header field %r: expected str for its name" % (name,))
        names.append(name.lower())
    if "transfer-encoding" in names:
        raise ValueError("header field transfer-encoding: this is for the client to set")
    for name in ("host", "content-length"):
        if names.count(name) > 1:
            raise ValueError("header field %s: expected it once, got it more often" % name)
    return names


def _is_token(name):
    """Whether name can be a method or the name of a field (9110 5.6.2)."""
    name = name.encode()
    if not name or min(name) < 33 or max(name) > 126:
        return False
    for c in _DELIMITERS:
        if c in name:
            return False
    return True


def _add(out, name, value):
    out.extend(name)
    out.extend(": ")
    out.extend(value)
    out.extend("\r\n")


def _put(out, name, value):
    """Add a field of the caller's to out; ValueError if it could break out of its line."""
    if isinstance(value, int):
        value = str(value)
    if not isinstance(value, (str, bytes)):
        raise ValueError("header field %s: expected str, got %r" % (name, value))
    if not _is_token(name):
        raise ValueError("header field %r: this cannot be a name" % name)
    for c in value.encode() if isinstance(value, str) else value:
        if c < 32 and c != 9 or c == 127:
            raise ValueError("header field %s: control character in %r" % (name, value))
    _add(out, name, value)


def _write(sock, data):
    """Write all of data."""
    while True:
        count = sock.write(data)
        if count == len(data):
            return
        if not count:
            raise OSError(110)
        data = memoryview(data)[count:]


class Ask(Request):
    """What is to be sent; a redirect changes it, and sends it again."""

    auth = None  # value of an Authorization field
    kind = None  # Content-Type of the body, where it has one by itself
    end = None  # ticks_ms() at which deadline= is over
    auto = False
    raw = None  # the socket under TLS
    reused = False  # whether the connection has served before
    head = None

    def exchange(self):
        if self.auto:
            from ._again import negotiate

            return negotiate(self)
        return self.once()

    def once(self):
        """Send it in its version. A connection that had ended before it was used again is replaced."""
        self.head = self.compose()
        try:
            return Request.exchange(self)
        except RequestError as e:
            why = self.unsent or e
            if not self.reused or type(why) is not RequestError or why.args[0] not in _BROKEN:
                raise why
        from ._again import rewind

        if self.method not in _REPEATABLE or not rewind(self):
            raise why
        self.session.drop(self)
        self.head = self.compose()
        return Request.exchange(self)

    def connect(self):
        self.unsent = self.raw = None
        self.reused = False
        if self.session is not None:
            sock = self.session.take(self)
            if sock is not None:
                self.reused = True
                self.sock = sock
                return sock
        return Request.connect(self)

    def dial(self):
        if self.end is None:
            return Request.dial(self)
        from ._deadline import dial

        return dial(self)

    def compose(self):
        """The head as it goes out; ValueError if there is no way to send it."""
        if self.method == "CONNECT" or not _is_token(self.method):
            raise ValueError("method: expected a name such as GET, got %r" % self.method)
        names = _names(self.fields)
        out = bytearray()
        out.extend("%s %s HTTP/%s\r\n" % (self.method, self.target, self.version))
        if "host" not in names:
            _add(out, "Host", self.authority)
        for name, value in self.fields:
            lower = name.lower()
            if lower != "content-length":
                _put(out, name, value)
            if lower == "accept-encoding" and ("gzip" in str(value) or "deflate" in str(value)):
                self.coded = True
        if self.auth and "authorization" not in names:
            _add(out, "Authorization", self.auth)
        if self.kind and "content-type" not in names:
            _add(out, "Content-Type", self.kind)
        if "connection" not in names:
            if self.session is None:
                out.extend("Connection: close\r\n")
            elif self.version == "1.0":
                out.extend("Connection: keep-alive\r\n")
        length = self.length(names)
        if length is not None:
            _add(out, "Content-Length", str(length))
        elif self.body is not None:
            out.extend("Transfer-Encoding: chunked\r\n")
        out.extend("\r\n")
        return out

    def length(self, names):
        """What Content-Length is to say, or None."""
        body = self.body
        if body is None:
            return 0 if self.method in ("POST", "PUT", "PATCH") else None  # 9110 8.6
        if not hasattr(body, "rewind"):
            return len(body)
        given = None
        if "content-length" in names:
            given = [value for name, value in self.fields if name.lower() == "content-length"][0]
        return body.length(self.version, given)

    def send(self, sock):
        """Send head and body. A server may answer, and close, before it has read all (9112 9.5)."""
        try:
            self._send(sock, self.body)
        except OSError as e:
            self.unsent = told(e, "sending to", self)
            if isinstance(self.unsent, Timeout):
                raise self.unsent

    def _send(self, sock, body):
        head = self.head
        self.head = None
        if body is None:
            _write(sock, head)
        elif hasattr(body, "rewind"):
            _write(sock, head)
            for piece in body.pieces():
                _write(sock, piece)
        elif len(body) <= _SEGMENT:
            # In one segment: alone, it would wait for the head's acknowledgement.
            head.extend(body)
            _write(sock, head)
        else:
            _write(sock, head)
            _write(sock, body)

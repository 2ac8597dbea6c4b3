"""One request: made ready in full before a socket is opened, then sent, then its answer awaited."""

import socket

from micropython import const

from . import _grammar as grammar
from ._response import Headers, Response
from .errors import ProtocolError, Timeout, told

_INTERIM = const(8)  # 1xx answers before the final one
_SEGMENT = const(512)  # a body up to this size travels with the head

_NOT_IN_A_HOST = ("%", "@", "\\", "<", ">", '"', "[", "]")


def split(url):
    """(tls, host, port, authority, target) of an absolute URL (RFC 3986); ValueError if it is none.

    The authority has its port unless that is the scheme's own, as Host wants it; the
    target has no fragment, and nothing in it but what may stand in a request line.
    """
    raw = url.encode()
    if raw and (min(raw) < 33 or max(raw) > 126):
        from ._url import quote

        url = quote(raw)
    tls = url.startswith("https://")
    if not tls and not url.startswith("http://"):
        from ._url import lower_scheme

        return split(lower_scheme(url))
    start, end = grammar.span(url)
    stop = url.find(":", start, end)  # the end of the host
    if stop < 0:
        stop = end
    if url.startswith("[", start):
        from ._url import ipv6_end

        stop = ipv6_end(url, start, end)
        host = url[start + 1 : stop - 1]
    else:
        host = url[start:stop]
        for mark in _NOT_IN_A_HOST:
            if mark in host:
                raise ValueError("url: %s cannot be in the host of %r" % (mark, url))
    port = usual = 443 if tls else 80
    if stop < end:
        digits = url[stop + 1 : end]
        if url[stop] != ":":
            port = 0
        elif digits:
            port = int(digits) if digits.isdigit() else 0
    if not host or not 0 < port < 65536:
        raise ValueError("url: expected a host, and a port up to 65535, in %r" % url)
    at = url.find("#", end)
    target = url[end:at] if at >= 0 else url[end:]
    if not target.startswith("/"):
        target = "/" + target
    return tls, host, port, url[start : stop if port == usual else end], target


def _names(fields):
    """The names of the caller's fields, in lower case; ValueError for what is not the caller's to say."""
    if not fields:
        return ()
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
    if not grammar.is_token(name.encode()):
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


class Request:
    """What is to be sent; a redirect changes it, and sends it again."""

    auth = None  # value of an Authorization field
    kind = None  # Content-Type of the body, where it has one by itself
    end = None  # ticks_ms() at which deadline= is over
    verify = True
    cadata = None
    history = None  # (status, version, URL) of the answers that were not the last

    def __init__(self, method, url, fields, body, timeout):
        self.method = method
        self.fields = fields  # pairs, as the caller gave them
        self.body = body  # None, something with a buffer, or a _body.Stream
        self.timeout = timeout
        self.aim(url)

    def aim(self, url):
        self.tls, self.host, self.port, self.authority, self.target = split(url)
        self.url = url

    def leave(self, response):
        """Close an answer that is not the last one, and note it."""
        response.close()
        if self.history is None:
            self.history = []
        self.history.append((response.status_code, response.version, response.url))

    def rewind(self):
        """Whether the body can be sent (again) from its start."""
        return not hasattr(self.body, "rewind") or self.body.rewind()

    def exchange(self, version):
        """Send the request in the given version; return the Response, its body unread."""
        head = self._head(version)
        sock = self._connect()
        try:
            unsent = None
            try:
                self._send(sock, head)
            except OSError as e:
                # A server may answer, and close, before it has read all (9112 9.5).
                unsent = told(e, "sending to", self.url)
                if isinstance(unsent, Timeout):
                    raise unsent
            try:
                line, headers = self._await(sock)
            except OSError as e:
                raise unsent or e
            return Response(sock, self, version, line, headers)
        except BaseException as e:
            sock.close()
            raise told(e, "waiting for", self.url)

    def _head(self, version):
        """The head as it goes out; ValueError if there is no way to send it."""
        if self.method == "CONNECT" or not grammar.is_token(self.method.encode()):
            raise ValueError("method: expected a name such as GET, got %r" % self.method)
        names = _names(self.fields)
        out = bytearray()
        out.extend(self.method)
        out.extend(" ")
        out.extend(self.target)
        out.extend(" HTTP/")
        out.extend(version)
        out.extend("\r\n")
        if "host" not in names:
            _add(out, "Host", self.authority)
        for name, value in self.fields:
            if name.lower() != "content-length":
                _put(out, name, value)
        if self.auth and "authorization" not in names:
            _add(out, "Authorization", self.auth)
        if self.kind and "content-type" not in names:
            _add(out, "Content-Type", self.kind)
        if "connection" not in names:
            out.extend("Connection: close\r\n")
        length = self._length(version, names)
        if length is not None:
            _add(out, "Content-Length", str(length))
        elif self.body is not None:
            out.extend("Transfer-Encoding: chunked\r\n")
        out.extend("\r\n")
        return out

    def _length(self, version, names):
        """What Content-Length is to say, or None."""
        body = self.body
        if body is None:
            return 0 if self.method in ("POST", "PUT", "PATCH") else None  # 9110 8.6
        if not hasattr(body, "rewind"):
            return len(body)
        given = None
        if "content-length" in names:
            given = [value for name, value in self.fields if name.lower() == "content-length"][0]
        return body.length(version, given)

    def _connect(self):
        context = None
        if self.tls:
            from ._tls import make_context, wrap

            context = make_context(self.verify, self.cadata)
        sock = None
        try:
            places = socket.getaddrinfo(self.host, self.port, 0, socket.SOCK_STREAM)
            if not places:
                raise OSError(-2, "no address for this host")
            place = places[0]
            sock = socket.socket(place[0], place[1], place[2])
            if self.end is not None:
                from ._deadline import Deadline

                sock = Deadline(sock, self.timeout, self.end)
            elif self.timeout is not None:
                sock.settimeout(self.timeout)
            sock.connect(place[-1])
            return sock if context is None else wrap(context, sock, self.host)
        except BaseException as e:
            if sock is not None:
                sock.close()
            raise told(e, "connecting to", self.url)

    def _send(self, sock, head):
        body = self.body
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

    def _await(self, sock):
        """The status line and the Headers of the final answer."""
        for _ in range(_INTERIM + 1):
            line = grammar.read_status_line(sock)
            status = grammar.status_of(line)
            headers = Headers(grammar.read_fields(sock))
            if status >= 200:
                return line, headers
            if status == 101:
                if "upgrade" in _names(self.fields):
                    return line, headers
                raise ProtocolError("101 Switching Protocols, which was not asked for")
        raise ProtocolError("more than %d interim (1xx) answers" % _INTERIM)

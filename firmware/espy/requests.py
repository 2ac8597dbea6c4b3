"""HTTP client for MicroPython boards: the familiar requests, in HTTP/1.0 or HTTP/1.1.

    from espy import requests
    with requests.get("http://host/albums/1") as response:
        print(response.status_code, response.json()["title"])

    arguments --Request--> head -> socket -> status line, fields --_response.Response--> body
       |                    ^                       |    '-- out of the ordinary: _head, _framing
       '- more than a URL:  '---- once more: _again (another place), _auto (the other version)
          _ask

Heap is the budget, so what is here is what a plain GET takes, and each module that it
does without is loaded by the first request that needs it:

    _ask      options; with _fields, _data, _user      _head      heads that are not plain
    _upload   forms, files, generators                 _framing   chunked, odd lengths
    _url      URLs that are not plain                  _body      streams, limits; with _chunks
    _again    redirects; with _reference               _view      text, reason; with _headers
    _auto     http_version="auto"
    _names, errors, _odd, _wrong, _session, _deadline, _tls, _gzip: what they are called

A bad argument is a ValueError, raised before a socket is opened; whatever goes wrong
later is a RequestError. The body stays in the socket until it is asked for, but for what
came with the head. The socket is closed when the body has been read, when close() is
called, or with the first error.
The reference is docs/client.md; "9110" and "9112" in comments are RFCs.
"""

import socket
from gc import collect
from time import ticks_diff, ticks_ms

from ._response import Response

http_version = "1.1"  # of requests that do not say: "1.0", "1.1" or "auto"


def request(method, url, data=None, json=None, headers=None, stream=False, auth=None, timeout=10, parse_headers=True, **options):
    """Send one request and return its Response; docs/client.md says what each argument does."""
    if (
        (data is None and json is None and auth is None and not headers and not stream and not options)
        and method in ("GET", "HEAD", "DELETE")
        and (timeout == 10 or timeout is None or isinstance(timeout, (int, float)) and 0 < timeout <= 500000)
        and http_version == "1.1"
        and isinstance(url, str)
        and "@" not in url
    ):
        ask = Request(method, url, timeout)
    else:
        from ._ask import prepare

        ask = prepare(method, url, data, json, headers, stream, auth, timeout, **options)
    return ask.run()


def get(url, **kw):
    return request("GET", url, **kw)


def __getattr__(name):
    """What not every program names: head() and its like, Session, the errors."""
    from ._names import look

    return look(name)


class Request:
    """A plain request: what is sent, and where. What it has not is said once, in the class."""

    version = "1.1"
    tls = False
    body = None
    fields = ()  # (name, value)
    sock = None
    history = None  # (status, version, URL) of the answers that were not the last
    session = None
    unsent = None  # why not all of it could be sent, if the answer may have come all the same
    limit = None  # max_body=
    stream = False
    coded = False  # whether a content coding was asked for
    ahead = True  # whether more may be read than the head
    follows = True  # allow_redirects=

    def __init__(self, method, url, timeout):
        self.method = method
        self.timeout = timeout
        self.aim(url)

    def aim(self, url):
        """Take the URL apart: a plain one here, any other in _url."""
        self.url = url
        at = url.find("/", 7)
        if at < 0:
            at = len(url)
        host = authority = url[7:at]
        number = 80
        colon = host.find(":")
        if colon >= 0:
            port = host[colon + 1 :]
            host = host[:colon]
            number = int(port) if port.isdigit() else 0
        # What a plain URL is made of, the most frequent first: it is looked through for each
        # character. All of it may stand in a request line as it is.
        odd = url.strip("/.:0123456789etaoinsrhldcumfpgwybvkxjqz?&=-_+,;~!$'()*ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if odd or not url.startswith("http://") or not host or "?" in host or not 0 < number < 65536:
            from ._url import split

            self.tls, self.host, self.port, self.authority, self.target = split(url)
            return
        if self.tls:
            self.tls = False
        self.host = host
        self.port = number
        self.authority = host if number == 80 else authority
        self.target = url[at:] or "/"

    def run(self):
        """Send it, and go where it is redirected."""
        response = self.exchange()
        while response.status_code in (301, 302, 303, 307, 308):
            try:
                from ._again import follows

                if not follows(self, response):
                    break
            except BaseException:
                response.close()
                raise
            response = self.exchange()
        if self.body is not None:
            self.body = None
        return response

    def exchange(self):
        """Send it once; return the Response, its body unread."""
        begun = ticks_ms()
        self.sock = None  # has its place before there is something to close: a full heap has none
        doing = 0  # errors.told() has the words for it
        try:
            sock = self.connect()
            doing = 1
            self.send(sock)
            doing = 2
            response = Response(self, sock)
            response.elapsed_ms = ticks_diff(ticks_ms(), begun)
            return response
        except BaseException as e:
            if self.sock is not None:
                self.sock.close()
            collect()  # else what is loaded now would be strewn behind what the exchange leaves
            from .errors import told

            raise told(e, doing, self)
        finally:
            self.sock = None

    def connect(self):
        """A connection, which is self.sock as soon as there is something to close."""
        if self.tls:
            from ._tls import connect

            return connect(self)
        return self.dial()

    def dial(self):
        place = socket.getaddrinfo(self.host, self.port, 0, socket.SOCK_STREAM)[0]
        self.sock = sock = socket.socket(place[0], place[1], place[2])
        sock.settimeout(self.timeout)
        sock.connect(place[-1])
        return sock

    def send(self, sock):
        head = "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (self.method, self.target, self.authority)
        if sock.write(head) != len(head):
            raise OSError(110)

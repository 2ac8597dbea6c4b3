# What this repository is about: a thermometer that reports to a REST API. It speaks
# HTTP in a few lines of its own, which is just what needs testing.
import json
import socket


class Response:
    def __init__(self, status_code, reason, content):
        self.status_code = status_code
        self.reason = reason
        self.content = content

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


def request(method, url, json=None, **kw):
    if kw:
        raise TypeError("the thermometer's client has no %s" % ", ".join(kw))
    _, _, authority, path = url.split("/", 3)
    host, _, port = authority.partition(":")
    body = _dumps(json) if json is not None else b""
    s = socket.socket()
    try:
        s.settimeout(5)
        s.connect(socket.getaddrinfo(host, int(port or 80))[0][-1])
        s.write(b"%s /%s HTTP/1.0\r\nHost: %s\r\n" % (method.encode(), path.encode(), authority.encode()))
        if body:
            s.write(b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body))
        s.write(b"\r\n")
        s.write(body)
        return _read(s)
    finally:
        s.close()


def _dumps(value):
    return json.dumps(value).encode()


def _read(s):
    reply = s.read()
    head, _, content = reply.partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].split(None, 2)
    return Response(int(status[1]), status[2].decode() if len(status) > 2 else "", content)

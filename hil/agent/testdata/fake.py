# A client with everything that the agent can meet: what is asked of it stands in the URL.
import os

calls = 0  # since this module was imported


class Response:
    status_code = 200
    reason = "OK"
    headers = {"Content-Type": "text/plain"}
    version = "1.1"
    request_version = "1.0"
    url = "http://fake/"

    def __init__(self, content=b"body"):
        self._content = content

    @property
    def content(self):
        return self._content

    @property
    def text(self):
        return str(self._content, "utf-8")

    def json(self):
        import json

        return json.loads(self._content)

    def iter_content(self, size):
        for at in range(0, len(self._content), size):
            yield self._content[at : at + size]

    def readinto(self, buf):
        n = min(len(buf), len(self._content))
        buf[:n] = self._content[:n]
        self._content = self._content[n:]
        return n

    def close(self):
        print("closed")


class Broken(Response):
    @property
    def content(self):
        raise OSError(104)

    def iter_content(self, size):
        yield b"begun"
        raise OSError(104)


class Bare:
    """What micropython-lib's Response has, and no more."""

    def __init__(self):
        self.status_code = 404
        self.reason = b"Not\xe9"
        self.headers = None
        self.content = b"gone"


class Session:
    def __init__(self):
        self.calls = 0

    def get(self, url, **kw):
        self.calls += 1
        return Response(b"session call %d" % self.calls)


def get(url, **kw):
    return request("GET", url, **kw)


def post(url, **kw):
    return request("POST", url, **kw)


def request(method, url, **kw):
    global calls
    calls += 1
    with open("/asked.txt", "a") as f:
        f.write(".")
    return globals()["_" + url.split("/")[3].replace("-", "_")](method, url, kw)


def _show(method, url, kw):
    data = kw.pop("data", None)
    if data is not None and not isinstance(data, (str, bytes, dict, list)):
        data = list(data)
    headers = kw.pop("headers", None)
    shown = ["%s=%r" % (k, kw[k]) for k in sorted(kw)]
    shown.append("headers=%r data=%r" % (headers and list(getattr(headers, "items", lambda: headers)()), data))
    return Response((method + " " + " ".join(shown)).encode())


def _calls(method, url, kw):
    return Response(b"%d" % calls)


def _bytes(method, url, kw):
    n = int(url.split("/")[4])
    return Response(bytes((i * 7 + i // 256) & 255 for i in range(n)))


def _json(method, url, kw):
    return Response(b'{"b": [1, {"c": "\xc3\xa9"}], "a": null}')


def _posted(method, url, kw):
    return Response(kw["data"].encode())


def _infinity(method, url, kw):
    r = Response()
    r.json = lambda: {"x": float("inf")}
    return r


def _headers(method, url, kw):
    r = Response()
    r.headers = {"X-%03d" % i: "v" * 60 for i in range(100)}
    r.history = [(505, "1.1", "http://fake/1")]
    return r


def _bare(method, url, kw):
    return Bare()


def _broken(method, url, kw):
    return Broken()


def _refused(method, url, kw):
    raise OSError(111)


def _odd(method, url, kw):
    class Odd(ValueError):
        pass

    raise Odd("what \x01 \xe9 \u20ac?")


def _exit(method, url, kw):
    raise SystemExit


def _memory(method, url, kw):
    bytearray(1 << 30)


def _print(method, url, kw):
    print("one line")
    print("no end", end="")
    return Response()


def _stop(method, url, kw):
    import sys

    got = sys.stdin.read(1)  # the host sends it while the request is under way
    return Response(repr(got).encode())


def _hang(method, url, kw):
    import time

    print("hanging")
    while True:
        time.sleep(1)  # tests with a clock of their own could not end a loop that is busy

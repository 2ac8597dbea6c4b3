"""The agent's hands: one request with the client, and what it yielded as a record.

The client may be anything that looks like requests: what its Response lacks is left out.
Every exception is caught, whatever it is, since it is what the host wants to know.
"""

import gc
import json
import sys
from time import ticks_diff, ticks_us

from micropython import const
from ubinascii import a2b_base64, hexlify
from uhashlib import sha256

_kept = {}  # "session": what the steps of a scenario share
_ahead = {}  # client: what importing it took, where prepare has done it and nobody has used it


class _Body:
    """What was read of a body: counted and hashed in full, kept up to a limit."""

    def __init__(self, limit):
        self._digest = sha256()
        self._limit = limit
        self.length = 0
        self.kept = b""

    def take(self, piece):
        self._digest.update(piece)
        self.length += len(piece)
        room = self._limit - len(self.kept)
        if room <= 0:
            return
        if not self.kept:  # all of it, mostly: then it is not copied
            self.kept = piece if len(piece) <= room else memoryview(piece)[:room]
            return
        if not isinstance(self.kept, bytearray):
            self.kept = bytearray(self.kept)
        self.kept.extend(piece if len(piece) <= room else memoryview(piece)[:room])

    def describe(self):
        return {"length": self.length, "sha256": str(hexlify(self._digest.digest()), "ascii")}


_IMPORT = const(0)
_REQUEST = const(1)
_BODY = const(2)
_STEPS = ("import", "request", "body")


class _Clock:
    """Times, in microseconds, and allocated bytes of what is done one after the other.

    It counts by looking at the heap once a step, which walks all of it, and allocates
    nothing itself.
    """

    def __init__(self):
        self._us = [None, None, None]
        self._memory = [None, None, None]
        self.start()

    def start(self):
        self._bytes = gc.mem_alloc()
        self._at = ticks_us()

    def stop(self, step):
        now = ticks_us()
        allocated = gc.mem_alloc()
        self._us[step] = ticks_diff(now, self._at)
        self._memory[step] = allocated - self._bytes
        self._bytes = allocated
        self._at = ticks_us()

    def take(self, ahead):
        """Count the import that was done ahead as done now."""
        self._us[_IMPORT] = ahead._us[_IMPORT]
        self._memory[_IMPORT] = ahead._memory[_IMPORT]

    def end(self, record):
        free = gc.mem_free()
        reached = [i for i in range(len(_STEPS)) if self._us[i] is not None]
        record["us"] = {_STEPS[i]: self._us[i] for i in reached}
        record["memory"] = memory = {_STEPS[i]: self._memory[i] for i in reached}
        memory["free"] = free


def prepare(client):
    """Import the client anew, for the next request to find. If it raises, the request will tell."""
    _ahead.clear()
    forget(client)
    gc.collect()
    clock = _Clock()
    try:
        __import__(client)
        clock.stop(_IMPORT)
        _ahead[client] = clock
    except BaseException:
        forget(client)


def perform(ask, parts):
    """Carry out the request ask. Returns the record; what of it may be large goes into parts."""
    record = {"frame": "record", "response": None, "raises": None}
    kw = _arguments(ask)
    body = _Body(ask.get("body_limit", 0))
    values = {}
    ahead = _ahead.pop(ask["client"], None)
    if not ask.get("step") and not ahead:
        forget(ask["client"])
    gc.collect()
    clock = _Clock()
    step = _IMPORT
    try:
        caller = _caller(ask)
        clock.stop(_IMPORT)
        if ahead:
            clock.take(ahead)
        step = _REQUEST
        response = _call(caller, ask, kw)
        clock.stop(_REQUEST)
    except BaseException as e:
        clock.stop(step)
        clock.end(record)
        record["raises"] = _exception(_STEPS[step], e)
        return record
    record["raises"] = _read(response, ask, body, values, clock)
    record["response"] = _describe(response, ask, body, values, parts)
    parts["body"] = body.kept
    clock.end(record)
    return record


def forget(client):
    """Have the client, and whatever its package has beside the agent, imported anew."""
    close = getattr(_kept.pop("session", None), "close", None)
    if close:  # else its connections would be open until the next garbage collection
        close()
    package = client.split(".")[0]
    for name in list(sys.modules):
        if name == package or name.startswith(package + "."):
            if name not in ("espy", "espy.agent", "espy._perform"):
                del sys.modules[name]
                above, _, last = name.rpartition(".")
                parent = sys.modules.get(above)
                if hasattr(parent, last):  # where "from . import" would find the former one
                    delattr(parent, last)


def _caller(ask):
    """What has the get() and post() for this request: the client, or its Session."""
    __import__(ask["client"])
    client = sys.modules[ask["client"]]
    if not ask.get("session"):
        return client
    if "session" not in _kept:
        _kept["session"] = client.Session()
    return _kept["session"]


def _call(caller, ask, kw):
    """The request, by the function that a person would call for it."""
    method = ask["method"]
    if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        named = getattr(caller, method.lower(), None)
        if named:
            return named(ask["url"], **kw)
    return caller.request(method, ask["url"], **kw)


def _arguments(ask):
    """The keyword arguments that the request names, and no others: a client has defaults of its own."""
    kw = {}
    for name in ("http_version", "allow_redirects", "stream", "verify", "max_body", "data"):
        if name in ask:
            kw[name] = ask[name]
    for name in ("timeout", "deadline"):
        ms = ask.get(name + "_ms")
        if ms is not None:
            kw[name] = ms / 1000 if ms % 1000 else ms // 1000
    if "headers" in ask:
        kw["headers"] = _mapping(ask["headers"])
    if "auth" in ask:
        kw["auth"] = tuple(ask["auth"])
    if "cadata" in ask:
        kw["cadata"] = a2b_base64(ask["cadata"])
    if ask.get("has_json"):
        kw["json"] = ask.get("json")
    if "form" in ask:
        kw["data"] = _mapping(ask["form"])
    elif "body" in ask:
        kw["data"] = a2b_base64(ask["body"])
    elif "chunks" in ask:
        kw["data"] = (a2b_base64(chunk) for chunk in ask["chunks"])
    return kw


def _mapping(pairs):
    """pairs as a dict that keeps their order; as they are where a name stands twice."""
    from collections import OrderedDict

    pairs = [tuple(pair) for pair in pairs]
    ordered = OrderedDict(pairs)
    return ordered if len(ordered) == len(pairs) else pairs


def _read(response, ask, body, values, clock):
    """Take the body the way the host asks for; then text and json where it wants them. Returns what was raised."""
    how = ask.get("read") or "content"
    want = ask.get("want", ())
    step = "iter" if how in ("iter_content", "readinto") else "json" if how == "json" else "content"
    try:
        if how == "content":
            body.take(response.content)
        elif how == "iter_content":
            for piece in response.iter_content(ask.get("read_size") or 512):
                body.take(piece)
        elif how == "readinto":
            _read_into(response, body, bytearray(ask.get("read_size") or 512))
        elif how == "json":
            values["json"] = response.json()
        else:
            response.close()
        clock.stop(_BODY)
        if how == "json":
            _take_kept(response, body)
        if "text" in want:
            values["text"] = response.text
        step = "json"
        if "json" in want and "json" not in values:
            values["json"] = response.json()
    except BaseException as e:
        clock.stop(_BODY)
        return _exception(step, e)
    return None


def _read_into(response, body, block):
    source = response if hasattr(response, "readinto") else response.raw
    view = memoryview(block)
    while True:
        n = source.readinto(block)
        if not n:
            return
        body.take(bytes(view[:n]))


def _take_kept(response, body):
    """After json(): the bytes, if the client has kept them. Parsed from the stream, they are gone."""
    try:
        body.take(response.content)
    except Exception:
        pass


def _describe(response, ask, body, values, parts):
    headers = getattr(response, "headers", None)
    if hasattr(headers, "items"):
        headers = list(headers.items())
    parts["headers"] = json.dumps([(_text(name), _text(value)) for name, value in headers or ()])
    if "text" in values:
        parts["text"] = values["text"]
    if "json" in values and "json" in ask.get("want", ()):
        parts["json"] = _dumps(values["json"])
    return {
        "types": _types(ask.get("types", ()), response, values),
        "status_code": getattr(response, "status_code", 0),
        "reason": _text(getattr(response, "reason", "")),
        "version": _text(getattr(response, "version", "")),
        "request_version": _text(getattr(response, "request_version", "")),
        "url": _text(getattr(response, "url", "")),
        "history": [_hop(h) for h in getattr(response, "history", ())],
        "body": body.describe(),
    }


def _dumps(value):
    """value as JSON, however deep. json.dumps calls itself for each level, and a board's C stack is small."""
    try:
        return json.dumps(value)
    except RuntimeError:  # that was too deep
        pass
    text = []
    left = [value]  # to be written, the last first; a tuple is text as it is
    while left:
        it = left.pop()
        if isinstance(it, tuple):
            text.append(it[0])
        elif it and isinstance(it, (dict, list)):
            named = isinstance(it, dict)
            left.append(("}" if named else "]",))
            ahead = []
            for item in it:
                ahead.append((", " if ahead else "{" if named else "[",))
                if named:
                    ahead.append((json.dumps(item) + ": ",))
                    item = it[item]
                ahead.append(item)
            left.extend(reversed(ahead))
        else:
            text.append(json.dumps(it))
    return "".join(text)


def _hop(h):
    if isinstance(h, tuple):
        return h
    return (h.status_code, _text(getattr(h, "version", "")), _text(getattr(h, "url", "")))


def _types(names, response, values):
    """The classes of what the host names: json and json.a.0 of the parsed body, others of the Response."""
    found = {}
    for name in names:
        try:
            if name == "response":
                it = response
            elif name.split(".")[0] == "json":
                it = values["json"]
                for key in name.split(".")[1:]:
                    it = it[int(key) if isinstance(it, list) else key]
            else:
                it = getattr(response, name)
        except Exception:  # it cannot be had: it has no class
            continue
        found[name] = type(it).__name__
    return found


def _text(value):
    """value as str; clients differ in which fields are bytes, or None."""
    if value is None:
        return ""
    if isinstance(value, (bytes, bytearray)):
        try:
            return str(value, "utf-8")
        except UnicodeError:
            return "".join(chr(c) for c in value)
    return str(value)


def _exception(step, e):
    """An exception for the host; numbers of errors differ from port to port, so their names go along."""
    gc.collect()
    number = getattr(e, "errno", None)
    name = None
    if isinstance(number, int):
        import errno

        name = getattr(errno, "errorcode", {}).get(number)
    else:
        number = None
    text = str(e)
    return {"in": step, "type": type(e).__name__, "errno": number, "errno_name": name, "message": text[:1000]}

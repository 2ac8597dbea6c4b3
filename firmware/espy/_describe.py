"""What a request yielded, as a record for the host.

It is loaded when the request is over: until then its heap is the client's.
"""

import json
from gc import collect

from micropython import const
from ubinascii import b2a_base64

_SMALL = const(384)  # bytes of a part that go along with the record


def describe(response, types, values):
    """The fields of a Response. What this raises, the client raises: its fields may be made when they are read."""
    headers = getattr(response, "headers", None)
    if hasattr(headers, "items"):
        headers = list(headers.items())
    return {
        "headers": [(_text(name), _text(value)) for name, value in headers or ()],
        "types": _types(types, response, values),
        "status_code": getattr(response, "status_code", 0),
        "reason": _text(getattr(response, "reason", "")),
        "version": _text(getattr(response, "version", "")),
        "request_version": _text(getattr(response, "request_version", "")),
        "url": _text(getattr(response, "url", "")),
        "history": [_hop(h) for h in getattr(response, "history", ())],
    }


def pack(record, values, parts):
    """Take out of the record what may be large, put the parts that are small into it, and the sizes of all."""
    if record["response"]:
        parts["headers"] = json.dumps(record["response"].pop("headers"))
    if "text" in values:
        parts["text"] = values.pop("text")
    if "json" in values:
        parts["json"] = _dumps(values.pop("json"))
    record["parts"] = sizes = {}
    record["inline"] = inline = {}
    for name in parts:
        sizes[name] = size = len(memoryview(parts[name]))
        if size <= _SMALL:
            inline[name] = str(b2a_base64(parts[name])[:-1], "ascii")
    collect()  # what the request has left behind


def _dumps(value):
    """value as JSON, however deep."""
    try:
        return json.dumps(value)
    except RuntimeError:  # that was too deep
        from ._deep import dumps

        return dumps(value)


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


def exception(step, e):
    """An exception for the host; numbers of errors differ from port to port, so their names go along."""
    collect()
    number = getattr(e, "errno", None)
    name = None
    if isinstance(number, int):
        import errno

        name = getattr(errno, "errorcode", {}).get(number)
    else:
        number = None
    text = str(e)
    return {"in": step, "type": type(e).__name__, "errno": number, "errno_name": name, "message": text[:1000]}

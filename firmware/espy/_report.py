"""What a request yielded, as a record for the host, and the host's questions about it.

It is loaded when the request is over: until then its heap is the client's.
"""

import json
import sys
from gc import collect

from micropython import const
from ubinascii import b2a_base64, crc32

from .agent import say

_PIECE = const(768)  # bytes of a part that fit a frame, and a heap of 30 KB
_LINE = const(64)  # longer than any command


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
        if size <= _PIECE // 2:
            inline[name] = _base64(parts[name])
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


def _json(record):
    """The JSON of a record in pieces, each made when it is its turn: a kilobyte in one may not be free."""
    mark = "{"
    for name in record:
        value = record[name]
        yield '%s"%s": ' % (mark, name)
        if value and (name == "inline" or name == "response" and _is_long(value)):
            inner = "{"
            for key in value:
                yield "%s%s: " % (inner, json.dumps(key))
                yield json.dumps(value[key])
                inner = ", "
            yield "}"
        else:
            yield json.dumps(value)
        mark = ", "
    yield "}"


def _is_long(response):
    return len(response["url"]) + len(response["reason"]) > 256 or len(response["history"]) > 1 or len(response["types"]) > 4


def _base64(data):
    return str(b2a_base64(data)[:-1], "ascii")


def answer(record, parts):
    """Print the record, then obey the host."""
    say(2, _json(record))
    stdin = getattr(sys.stdin, "buffer", sys.stdin)  # some ports have text alone
    while True:
        line = _read_line(stdin)
        if line is None:
            return
        words = _checked(line)
        if not words:
            say(0, ('{"frame": "nak"}',))
            continue
        seq = int(words[0])
        if words[1] == "record":
            say(seq, _json(record))
        elif words[1] == "part":
            at = int(words[3])
            size = min(int(words[4]), _PIECE)
            part = parts.get(words[2])
            if part is None:  # the record itself, in characters
                part = _slice(_json(record), at, size)
                at, size = 0, 4 * size
            say(seq, ('{"frame": "part", "data": "', _piece(part, at, size), '"}'))
        else:
            say(seq, ('{"frame": "bye"}',))
            return


def _slice(pieces, at, size):
    """Some characters of a text that is made in pieces."""
    text = ""
    for piece in pieces:
        text += piece[at : at + size - len(text)]
        if len(text) == size:
            break
        at = max(0, at - len(piece))
    return text


def _piece(part, at, size):
    """Some of a part from there on, in base64: less where there is no room for more."""
    while True:
        try:
            return memoryview(b2a_base64(memoryview(part)[at : at + size]))[:-1]
        except MemoryError:
            if size < 100:
                raise
            size //= 2
            collect()


def _read_line(stdin):
    """The next line that is not empty; None after two interrupts in a row, or when nobody is there."""
    line = bytearray()
    before = 0
    while True:
        try:
            c = stdin.read(1)
        except UnicodeError:  # noise, where stdin is text
            continue
        if not c:
            return None
        c = ord(c)
        if c == 3 and before == 3:
            return None
        before = c
        if c != 10 and c != 13:
            if len(line) < _LINE:
                line.append(c)
        elif line:
            return line


def _checked(line):
    """The words of a command without its CRC; None if it was damaged."""
    try:
        seq, crc, rest = str(line, "ascii").split(" ", 2)
        if "%08x" % crc32(seq + " " + rest) == crc:
            return [seq] + rest.split(" ")
    except (UnicodeError, ValueError):
        pass
    return None

"""The record on its way to the host, and the host's questions about it.

It is loaded when the record is made: what it takes of the heap is then no longer the client's.
"""

import json
import sys
from gc import collect

from micropython import const
from ubinascii import b2a_base64, crc32

from .agent import say

_PIECE = const(768)  # bytes of a part that fit a frame, and a heap of 30 KB
_LINE = const(64)  # longer than any command


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

"""Runs one request with the client under test, and reports it to the host.

    host --run('{"client": "espy.requests", ...}', CRC)--> agent --get(url)--> client
    host <--start, record----------------------------------- agent
    host --part body 768, bye------> agent                 (until the host says bye)

What is said to the host are frames, lines that stand out from whatever else is printed:

    0x1e "espy SEQ JSON CRC" LF        CRC: CRC-32 of "SEQ JSON", eight hex digits

and what the host says while the agent waits are lines "SEQ CRC COMMAND", checked alike:
"record" (the record, again), "part NAME OFFSET" (some of what is too large for it), "bye".
Commands change nothing, so the host may ask for anything again, and every loss on the
line is repaired that way. A line that arrives damaged is answered by a frame "nak".
The frames are 0 hello, 1 start or nak, 2 the record; from 3 on, the command's number.

The client is not imported here: it is imported anew for every request.
"""

import gc
import json
import sys

from micropython import const
from ubinascii import b2a_base64, crc32  # u: in C, though some boards have a slow one in Python before it

_PIECE = const(768)  # bytes of a part that fit a frame, and a heap of 30 KB
_LINE = const(64)  # longer than any command


def _say(seq, pieces):
    """Print a frame of these pieces, one after the other: a frame may be half of what heap is left."""
    out = sys.stdout
    head = "%d " % seq
    out.write("\x1eespy ")
    out.write(head)
    crc = crc32(head)
    for piece in pieces:
        out.write(piece)
        crc = crc32(piece, crc)
    out.write(" %08x\n" % crc)


def hello():
    """Say what this board is, and which firmware it has."""
    try:
        with open("/lib/espy/firmware.json") as f:
            firmware = json.load(f)
    except (OSError, ValueError):  # no upload was ever finished
        firmware = {"hash": "", "form": ""}
    offers = []
    try:
        import tls  # noqa: F401

        offers.append("tls")
    except ImportError:
        pass
    if sys.platform != "webassembly":  # which collects no garbage while a program runs
        offers.append("heap")
    gc.collect()
    release = sys.implementation[1]
    text = ".".join(str(n) for n in release[:3])
    if len(release) > 3 and release[3]:
        text += "-" + release[3]
    about = {
        "frame": "hello",
        "micropython": text,
        "platform": sys.platform,
        "machine": getattr(sys.implementation, "_machine", ""),
        "firmware": firmware,
        "offers": offers,
        "mem_free": gc.mem_free(),
    }
    _say(0, (json.dumps(about),))


def prepare(client):
    """Do ahead what the next request with this client would begin with."""
    from ._perform import prepare

    prepare(client)


def run(request, crc):
    """Carry out a request (JSON) whose CRC-32 the host says is crc, and answer for it until bye."""
    import micropython

    # A stray 0x03 on the line is no interrupt; not every port can be told so.
    kbd_intr = getattr(micropython, "kbd_intr", None)
    if kbd_intr:
        kbd_intr(-1)
    try:
        came = crc32(request)
        _say(1, ('{"frame": "%s", "crc": "%08x"}' % ("start" if came == crc else "nak", came),))
        if came == crc:
            from ._perform import forget, perform

            parts = {}
            ask = json.loads(request)
            record = perform(ask, parts)
            if not ask.get("keep"):  # its heap is room for the record
                forget(ask["client"])
            _pack(record, parts)
            _answer(record, parts)
    finally:
        if kbd_intr:
            kbd_intr(3)


def _pack(record, parts):
    """Put the parts that are small into the record, and the sizes of all."""
    record["parts"] = sizes = {}
    record["inline"] = inline = {}
    for name in parts:
        sizes[name] = size = len(memoryview(parts[name]))
        if size <= _PIECE // 2:
            inline[name] = _base64(parts[name])
    gc.collect()  # what the request has left behind


def _json(value):
    """The JSON of a record in pieces, each made when it is its turn: a kilobyte in one may not be free."""
    if isinstance(value, dict) and value:
        mark = "{"
        for name in value:
            yield "%s%s: " % (mark, json.dumps(name))
            yield from _json(value[name])
            mark = ", "
        yield "}"
    else:
        yield json.dumps(value)


def _base64(data):
    return str(b2a_base64(data)[:-1], "ascii")


def _answer(record, parts):
    """Print the record, then obey the host."""
    _say(2, _json(record))
    stdin = getattr(sys.stdin, "buffer", sys.stdin)  # some ports have text alone
    while True:
        line = _read_line(stdin)
        if line is None:
            return
        words = _checked(line)
        if not words:
            _say(0, ('{"frame": "nak"}',))
            continue
        seq = int(words[0])
        if words[1] == "record":
            _say(seq, _json(record))
        elif words[1] == "part":
            at = int(words[3])
            piece = memoryview(parts[words[2]])[at : at + _PIECE]
            _say(seq, ('{"frame": "part", "data": "', _base64(piece), '"}'))
        else:
            _say(seq, ('{"frame": "bye"}',))
            return


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

"""Runs one request with the client under test, and reports it to the host.

    host --run('{"client": "espy.requests", ...}', CRC)--> agent --get(url)--> client
    host <--start, record----------------------------------- agent
    host --part body 768 768, bye--> agent                 (until the host says bye)

What is said to the host are frames, lines that stand out from whatever else is printed:

    0x1e "espy SEQ JSON CRC" LF        CRC: CRC-32 of "SEQ JSON", eight hex digits

and what the host says while the agent waits are lines "SEQ CRC COMMAND", checked alike:
"record" (the record, again), "part NAME OFFSET SIZE" (some of what is too large for it, or, as
"part record", of the record's own text, where frames of its length do not arrive), "bye".
Commands change nothing, so the host may ask for anything again, and every loss on the
line is repaired that way. A line that arrives damaged is answered by a frame "nak".
The frames are 0 hello, 1 start or nak, 2 the record; from 3 on, the command's number.

The client is not imported here: it is imported anew for every request.
"""

import json
import sys

from ubinascii import crc32  # u: in C, though some boards have a slow one in Python before it


def say(seq, pieces):
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


def run(request, crc):
    """Carry out a request (JSON) whose CRC-32 the host says is crc, and answer for it until bye."""
    import micropython

    # A stray 0x03 on the line is no interrupt; not every port can be told so.
    kbd_intr = getattr(micropython, "kbd_intr", None)
    if kbd_intr:
        kbd_intr(-1)
    try:
        from ._perform import collect, perform  # before the start: for want of room it may fail

        came = crc32(request)
        say(1, ('{"frame": "%s", "crc": "%08x"}' % ("start" if came == crc else "nak", came),))
        if came == crc:
            record, parts = perform(json.loads(request))
            collect()  # here, where nothing on the stack remembers the Response
            from ._report import answer

            answer(record, parts)
    finally:
        if kbd_intr:
            kbd_intr(3)

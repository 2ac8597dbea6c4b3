"""The agent's eyes: what a request takes, and the body of its Response, read the way the host asks for."""

import gc
from time import ticks_diff, ticks_us

from micropython import const
from ubinascii import hexlify
from uhashlib import sha256

IMPORT = const(0)
REQUEST = const(1)
BODY = const(2)
STEPS = ("import", "request", "body")


class Clock:
    """Times, in microseconds, and allocated bytes of what is done one after the other.

    It counts by looking at the heap once a step, which walks all of it and takes a good
    part of the time that a short request does, and allocates nothing itself.
    """

    def __init__(self):
        self._us = [None, None, None]
        self._memory = [None, None, None]
        self.heap = None  # all of it, where somebody has had the time to look
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

    def end(self, record):
        free = self.heap - self._bytes if self.heap else gc.mem_free()
        reached = [i for i in range(len(STEPS)) if self._us[i] is not None]
        record["us"] = {STEPS[i]: self._us[i] for i in reached}
        record["memory"] = memory = {STEPS[i]: self._memory[i] for i in reached}
        memory["free"] = free


class Body:
    """What was read of a body: counted and hashed in full, kept up to a limit.

    What comes in pieces is kept as far as a small part of the heap holds it: a client
    that streams is to have the rest.
    """

    def __init__(self, limit):
        self._digest = sha256()
        self._limit = limit
        self._room = None
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
        if self._room is None:
            self._room = gc.mem_free() // 8
        room = min(room, self._room - len(self.kept))
        if room <= 0:
            return
        if not isinstance(self.kept, bytearray):
            self.kept = bytearray(self.kept)
        self.kept.extend(piece if len(piece) <= room else memoryview(piece)[:room])

    def describe(self):
        return {"length": self.length, "sha256": str(hexlify(self._digest.digest()), "ascii")}


def read(response, ask, body, values, clock):
    """Take the body the way the host asks for; then text and json where it wants them. Returns what was raised, and in what."""
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
        clock.stop(BODY)
        if how == "json":
            _take_kept(response, body)
        if "text" in want:
            values["text"] = response.text
        step = "json"
        if "json" in want and "json" not in values:
            values["json"] = response.json()
    except BaseException as e:
        gc.collect()
        clock.stop(BODY)
        return step, e
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

"""What can be done before the requests, on a board that goes back to where it stood then."""

import gc
import os
import sys

from ._observe import IMPORT, Clock
from ._perform import ahead, forget


def prepare(client):
    """Import the client anew, for the next request to find. If it raises, the request will tell."""
    ahead.clear()
    forget(client)
    gc.collect()
    __import__("espy._arguments")
    from . import _describe, _perform, _report

    if "/rom/lib" in sys.path:
        # A virtual board collects when the program is over, and not before: what it then
        # walks the heap for is thrown away with all of its memory.
        _perform.collect = _describe.collect = _report.collect = int
    clock = Clock()
    try:
        __import__(client)
        clock.stop(IMPORT)
        clock.heap = gc.mem_free() + gc.mem_alloc()
        ahead[client] = clock
    except BaseException:
        forget(client)
    else:
        _rest(client)


def _rest(client):
    """Import what the client's package loads on use. It is not counted: where the heap is judged, nothing is done ahead."""
    package = client.rpartition(".")[0]
    folder = getattr(sys.modules[client], "__file__", "").rpartition("/")[0]
    if not package or not folder:
        return
    for file in os.listdir(folder):
        name, _, kind = file.rpartition(".")
        if kind in ("py", "mpy"):
            try:
                __import__(package + "." + name)
            except Exception:  # a request that needs it will tell
                pass

"""What can be done before the requests, on a board that goes back to where it stood then."""

import gc

from ._observe import IMPORT, Clock
from ._perform import ahead, forget


def prepare(client):
    """Import the client anew, for the next request to find. If it raises, the request will tell."""
    ahead.clear()
    forget(client)
    gc.collect()
    __import__("espy._arguments")
    __import__("espy._report")
    clock = Clock()
    try:
        __import__(client)
        clock.stop(IMPORT)
        ahead[client] = clock
    except BaseException:
        forget(client)

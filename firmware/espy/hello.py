"""What a board says of itself when the host opens a conversation."""

import gc
import json
import sys

from .agent import say


def hello():
    """Say what this board is, and which firmware it has."""
    try:
        with open("/lib/espy/firmware.json") as f:
            firmware = json.loads(f.readline())
    except (OSError, ValueError):  # no upload was ever finished
        firmware = {"hash": "", "form": ""}
    offers = []
    try:
        import tls

        if hasattr(tls, "CERT_REQUIRED"):  # axTLS, which ESP8266s have, verifies nothing
            offers.append("tls")
    except ImportError:
        pass
    if "/rom/lib" not in sys.path:  # of a virtual board, which collects no garbage while a program runs
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
    say(0, (json.dumps(about),))

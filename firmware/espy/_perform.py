"""The agent's hands: one request with the client.

The client may be anything that looks like requests. Every exception is caught, whatever
it is, since it is what the host wants to know.
"""

import sys
from gc import collect

from ._observe import IMPORT, REQUEST, STEPS, Body, Clock, read

_kept = {}  # "session", "ahead" (the client was imported ahead): what the steps of a scenario share
ahead = {}  # client: what importing it took, where it was done ahead and nobody has used it


def perform(ask):
    """Carry out the request ask. Returns the record, and the parts of it that may be large, by name."""
    from ._arguments import arguments

    kw = arguments(ask)
    del arguments
    record = {"frame": "record", "response": None, "raises": None}
    body = Body(ask.get("body_limit", 0))
    values = {}
    package = ask["client"].split(".")[0]
    names = package, package + "."
    response, raised = _request(ask, kw, record, body, values, names)
    kw = None
    try:
        from ._describe import describe, exception, pack
    except MemoryError as e:
        if response is not None:  # which leaves too little to look at it
            raised = "response", e
            response = None
        values.clear()
        _empty(names)
        _drop(ask["client"])
        collect()
        from ._describe import describe, exception, pack

    parts = {}
    if response is not None:
        parts["body"] = body.kept
        try:
            record["response"] = describe(response, ask.get("types", ()), values)
            record["response"]["body"] = body.describe()
        except BaseException as e:
            raised = "response", e
    if raised:
        record["raises"] = exception(*raised)
    response = raised = None
    pack(record, values, parts)
    if "ahead" not in _kept:
        _unload("espy._describe")  # what says the record has its room
    return record, parts


def _request(ask, kw, record, body, values, names):
    """The request, and its body. Returns the Response, and in what what was raised; None where there is none."""
    client = ask["client"]
    imported = ahead.pop(client, None)
    if imported:
        _kept["ahead"] = True
    if not ask.get("step") and not imported:
        forget(client)
    collect()
    response = raised = None
    clock = imported or Clock()
    step = IMPORT
    try:
        caller = _caller(ask)
        if imported:
            clock.start()
        else:
            clock.stop(IMPORT)
        step = REQUEST
        response = _call(caller, ask, kw)
        clock.stop(REQUEST)
    except BaseException as e:
        if isinstance(e, MemoryError):
            caller = kw = None
            _empty(names)
            _drop(client)  # what is empty is not to be found by an import
        collect()
        if step or not imported:
            clock.stop(step)
        raised = STEPS[step], e
    if response is not None:
        raised = read(response, ask, body, values, clock)
    clock.end(record)
    if "ahead" not in _kept and not ask.get("keep"):
        _drop(client)  # its heap is room for the record
    collect()
    return response, raised


_OWN = ("espy", "espy.agent", "espy._observe", "espy._perform")  # what stays


def _empty(names):
    """Let go of all that the client's modules hold. There may be no byte left, so nothing is allocated."""
    _kept.clear()
    for name in sys.modules:
        if (name == names[0] or name.startswith(names[1])) and name not in _OWN:
            sys.modules[name].__dict__.clear()


def forget(client):
    """Have the client, whatever its package has, and what the agent needs for a moment, imported anew."""
    close = getattr(_kept.pop("session", None), "close", None)
    if close:  # else its connections would be open until the next garbage collection
        try:
            close()
        except Exception:  # its requests are over, and told
            pass
    _drop(client)


def _drop(client):
    """Let go of modules. A Session stays, and with it what it needs: what it leaves open is for the host to see."""
    package = client.split(".")[0]
    for name in list(sys.modules):
        if name == package or name.startswith(package + ".") or name.startswith("espy."):
            if name not in _OWN:
                _unload(name)


def _unload(name):
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

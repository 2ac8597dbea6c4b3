"""What of espy.requests not every program names, made when it is named."""

from . import requests


def _verb(method):
    return lambda url, **kw: requests.request(method, url, **kw)


def look(name):
    """requests.name, for what is not in the file; it stays there for the next time."""
    if name in ("head", "post", "put", "patch", "delete"):
        it = _verb(name.upper())
    elif name == "Session":
        from ._session import Session as it
    elif name == "Headers":
        from ._headers import Headers as it
    else:
        from . import errors

        it = getattr(errors, name)
    setattr(requests, name, it)
    return it

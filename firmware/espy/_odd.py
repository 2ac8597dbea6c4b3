"""What is said of an answer or a body that is not what it was to be."""

import gc

gc.collect()  # else what is loaded now would be strewn behind what the exchange leaves

from .errors import IncompleteRead, RequestError


def no_answer():
    raise RequestError("the server closed the connection without an answer")


def short(came, due, chunked):
    more = "and more chunks" if chunked else "in all"
    raise IncompleteRead("the body ended after %d bytes; %d %s were due" % (came, due, more))


def no_json(response):
    content = response._content
    kind = response.headers.get("content-type")
    raise ValueError("expected JSON, got a body of type %s%s" % (kind, "" if content is None else ": %r" % content[:40]))

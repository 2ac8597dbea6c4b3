"""What espy.requests raises. All of it is an OSError with args (errno, message).

The numbers are Linux's on every board, whatever its own are, so that a program
tested on one board works on the next. A bad argument is no such error but a
ValueError, raised before anything is sent.
"""


class RequestError(OSError):
    """The exchange failed; errno is the socket's own, or ECONNRESET (104) where no answer came."""

    number = 104

    def __init__(self, message, number=None):
        super().__init__(self.number if number is None else number, message)

    def __str__(self):
        return self.args[1]


# (A class statement would keep code of its own on the heap.)

# timeout= or deadline= ran out; errno is ETIMEDOUT.
Timeout = type("Timeout", (RequestError,), {"number": 110})

# The reply, or the place it points to, is not HTTP as RFC 9112 has it; errno is EPROTO.
ProtocolError = type("ProtocolError", (RequestError,), {"number": 71})

# The connection ended inside a reply; errno is ECONNRESET.
IncompleteRead = type("IncompleteRead", (RequestError,), {})

# The reply is beyond a limit of the client, or beyond max_body=; errno is EMSGSIZE.
TooLarge = type("TooLarge", (RequestError,), {"number": 90})

# More than five redirects; errno is ELOOP.
TooManyRedirects = type("TooManyRedirects", (RequestError,), {"number": 40})


# What was being done, by number: words take heap, and all goes well most of the time.
_DOING = ("connecting to", "sending to", "waiting for", "reading the body of", "reading data= for")


def told(e, doing, ask):
    """e as the caller is to see it: a socket's OSError becomes a RequestError, all else stays."""
    if not isinstance(e, OSError) or isinstance(e, RequestError):
        return e
    number = e.args[0] if e.args else 0
    doing = _DOING[doing]
    # How boards say that a socket waited in vain: EAGAIN, EINPROGRESS (lwIP and Linux),
    # ETIMEDOUT (Linux and lwIP).
    if number in (11, 115, 119, 110, 116):
        return Timeout("%s %s: nothing came or went within the time allowed" % (doing, ask.url))
    text = str(e)
    return RequestError("%s %s: %s" % (doing, ask.url, "[Errno %s]" % text if text == str(number) else text), number)


def ended(e):
    """Whether e says that a connection had ended before an answer came."""
    # How they say that a connection had ended: EBADF, EPIPE, ECONNABORTED, ECONNRESET, ENOTCONN.
    return type(e) is RequestError and e.args[0] in (9, 32, 103, 104, 107, 128)

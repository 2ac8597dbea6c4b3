"""What is said of a bad argument: loaded where there is one, since words take heap."""

_WORDS = (
    'http_version: expected "1.0", "1.1" or "auto", got %r',
    "timeout, deadline: expected seconds above 0 and up to 500000, or None, got %r",
    "max_body: expected a number of bytes, or None, got %r",
    "method, url: expected str, got %r and %r",
    "method: expected a name such as GET, got %r",
    "headers: expected a dict or (name, value) pairs, got %r",
    "header field %r: expected str for its name",
    "header field %r: this cannot be a name",
    "header field %s: expected str, got %r",
    "header field %s: control character in %r",
    "header field %s: this is for the client to set",
    "header field %s: expected it once, got it more often",
    "url: expected two hex digits after %% in %r",
    "auth: expected (user, password), both str",
    "auth: a user cannot have a colon in it",
    "auth: control character in the user or the password",
)


def wrong(number, values):
    return ValueError(_WORDS[number] % values)

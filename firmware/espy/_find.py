"""Looking for things: fields in a head, the authority in a URL."""


def lines(response):
    """Each field as bytes: "name: value", with or without its line end."""
    if response._lines is not None:
        yield from response._lines
        return
    head = response._head
    at = head.find(b"\r\n") + 2
    while True:
        end = head.find(b"\r\n", at)
        if end == at:
            return
        yield head[at:end]
        at = end + 2


def after(line, colon):
    """The value of the field in line, without the white space around it (9110 5.6.3), and no other."""
    return line[colon + 1 :].strip(b" \t\r\n")


def find(response, name, joint=b", "):
    """The values of all fields called name (bytes, lower case), joined with ", " (9110 5.3), or None."""
    found = None
    size = len(name)
    for line in lines(response):
        if line.find(b":") == size and line[:size].lower() == name:
            value = after(line, size)
            found = value if found is None else found + joint + value
    return found


def text(data):
    """Bytes off the wire as str: UTF-8 if they are, else one character a byte (ISO 8859-1)."""
    try:
        return str(data, "utf-8")
    except UnicodeError:
        return "".join(chr(c) for c in data)


def span(url):
    """Where the authority of an absolute URL starts and ends: between :// and the path (RFC 3986 3.2)."""
    start = url.find("://") + 3
    end = len(url)
    for mark in ("/", "?", "#"):
        at = url.find(mark, start, end)
        if at >= 0:
            end = at
    return start, end

"""What came back: the head, read line by line, and the Response.

A reply as most servers send it is read here. What is out of the ordinary, whether right
or wrong, is _odd's; bodies that are not of a known length are _body's; and what few
programs look at is _view's.
"""


def read_fields(sock):
    """The lines of all fields up to the empty line, each "name: value" with its line end.

    Never a byte beyond it is read. A line ends in CR LF (9112 2.2).
    """
    lines = []
    room = 8192
    for _ in range(65):  # 64 fields, and the end
        line = sock.readline(128)  # a board reserves all that it allows (py/stream.c)
        size = len(line) if line else 0
        if not size or line[-1] != 10 or line.find(b"\r") != size - 2 or b"\0" in line:
            from ._odd import whole

            line = whole(sock, line, False)
            size = len(line)
        if size < 3 and line in b"\r\n":
            return lines
        room -= size
        # "name: value" as nearly all are: the first white space is behind a colon.
        at = line.find(b" ")
        if at < 2 or line[at - 1] != 58 or line[0] == 58 or room < 0 or b"\t" in line:
            colon = line.find(b":")
            if colon < 1 or -1 < at < colon or room < 0 or b"\t" in line:
                from ._odd import field

                field(lines, line, room)
                continue
        lines.append(line)
    from ._odd import too_many

    too_many()


def find(lines, name):
    """The values of all fields called name (bytes, lower case), joined with ", " (9110 5.3), or None."""
    found = None
    size = len(name)
    first = name[0] | 32  # cheaper to look at than the whole name
    for line in lines:
        if line[0] | 32 == first and line.find(b":") == size and line[:size].lower() == name:
            value = line[size + 1 :].strip()
            found = value if found is None else found + b", " + value
    return found


class Response:
    """What came back. What is not here is looked up in _view and _body."""

    _content = None
    _left = 0  # bytes left of the body, or of the chunk; -1: until the connection ends
    _body = None  # the _body.Body through which all of it is read, where it is not just a length

    def __init__(self, ask, sock):
        self._ask = ask
        self._sock = sock
        interim = 0
        while True:
            line = sock.readline(128)
            if not line or line[-1] != 10 or line.find(b"\r") != len(line) - 2 or b"\0" in line:
                from ._odd import whole

                line = whole(sock, line, True)
            # HTTP/1.1 200 OK (9112 4): what follows the code is optional
            if (
                len(line) > 12
                and line.startswith(b"HTTP/1.")
                and 47 < line[7] < 58
                and line[8] == 32
                and 48 < line[9] < 58
                and 47 < line[10] < 58
                and 47 < line[11] < 58
                and line[12] in b" \r\n"
            ):
                code = line[9] * 100 + line[10] * 10 + line[11] - 5328
            else:
                from ._odd import status

                status(line)
            lines = read_fields(sock)
            if code > 199:
                break
            from ._odd import switched

            interim += 1
            if switched(ask, code, interim):
                break
        self._line = line
        self._lines = lines
        self.status_code = code
        # How the body ends (9112 6.3); if there is none, so does the connection.
        if ask.method != "HEAD" and code != 204 and code != 304 and code != 101:
            length = find(lines, b"content-length")
            if find(lines, b"transfer-encoding") is None and (length is None or length.isdigit() and len(length) < 10):
                self._left = -1 if length is None else int(length)
            else:
                from ._framing import frame

                frame(self, length)
        if not self._left and self._body is None:
            self._content = b""
            if code != 101:  # there the connection speaks another protocol now, and is the caller's
                self._end()

    @property
    def content(self):
        """The body as bytes: read once, and kept."""
        if self._content is None:
            left = self._left
            if self._sock is None or left < 0 or self._body is not None or self._ask.limit is not None or self._ask.coded:
                from ._body import whole

                self._content = whole(self)
            else:
                try:
                    data = self._sock.read(left)  # allocated once
                    if data is None:
                        raise OSError(110)
                    if len(data) < left:
                        from ._odd import short

                        short(len(data), left, False)
                except BaseException as e:
                    self._fail(e)
                self._content = data
                self._end()
        return self._content

    def json(self):
        """The value of a JSON body. With stream=True it is parsed as it arrives, and the body not kept."""
        from json import loads

        if self._ask.stream:
            from ._body import json

            return json(self)
        content = self.content
        try:
            return loads(content)
        except ValueError:
            from ._odd import no_json

            no_json(self)

    def _fail(self, e):
        self.close()
        from .errors import told

        raise told(e, "reading the body of", self._ask)

    def _end(self):
        """All of the reply has been read."""
        if self._ask.session is not None:
            self._ask.session.keep(self)
        self.close()

    def close(self):
        """Close the connection, whether or not the body was read. Twice is no error."""
        sock = self._sock
        self._sock = None
        if sock is not None:
            sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getattr__(self, name):
        from ._view import look

        return look(self, name)

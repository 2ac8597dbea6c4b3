"""Header fields, for who looks at them."""

from ._response import find


def text(raw):
    """Bytes off the wire as str: UTF-8 if they are, else one character a byte (ISO 8859-1)."""
    try:
        return str(raw, "utf-8")
    except UnicodeError:
        return "".join(chr(c) for c in raw)


class Headers:
    """Header fields as they came: looked up in any case, every one of them kept."""

    def __init__(self, lines):
        self._lines = lines  # bytes, each "Name: value" with its line end

    def get(self, name, default=None):
        value = find(self._lines, name.lower().encode())
        return default if value is None else text(value)

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name):
        return self.get(name) is not None

    def __len__(self):
        return len(self._lines)

    def items(self):
        """(name, value) of every field as it was sent, in order, duplicates one by one."""
        for line in self._lines:
            colon = line.find(b":")
            yield text(line[:colon]), text(line[colon + 1 :].strip())

    def keys(self):
        for name, _ in self.items():
            yield name

    def values(self):
        for _, value in self.items():
            yield value

    def __iter__(self):
        return self.keys()

    def __repr__(self):
        return "Headers(%r)" % list(self.items())

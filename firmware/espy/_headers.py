"""Header fields, for who looks at them."""

from ._find import after, find, lines, text


class Headers:
    """Header fields as they came: looked up in any case, every one of them kept."""

    def __init__(self, response):
        self._response = response

    def get(self, name, default=None):
        value = find(self._response, name.lower().encode())
        return default if value is None else text(value)

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name):
        return self.get(name) is not None

    def __len__(self):
        return sum(1 for _ in lines(self._response))

    def items(self):
        """(name, value) of every field as it was sent, in order, duplicates one by one."""
        for line in lines(self._response):
            colon = line.find(b":")
            yield text(line[:colon]), text(after(line, colon))

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

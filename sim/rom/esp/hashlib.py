# hashlib with what the VM's own lacks and a port has. Package soc does it.
from uhashlib import *

import _profile


class _Hash:
    def __init__(self, data=b""):
        self._data = bytearray(data)

    def update(self, data):
        if self._data is None:
            raise ValueError("hash is final")
        self._data.extend(data)

    def digest(self):
        if self._data is None:
            raise ValueError("hash is final")
        f = open("/dev/" + self._name, "r+b")
        try:
            f.write(self._data)
            return f.read()
        finally:
            f.close()
            self._data = None


class sha1(_Hash):
    _name = "sha1"


if _profile.platform == "esp32":

    class md5(_Hash):
        _name = "md5"

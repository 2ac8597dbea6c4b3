# sys as the chip has it. What is not told here is the VM's own.
from sys import *
import sys as _vm
from collections import namedtuple as _namedtuple

import _profile

__name__ = "sys"

platform = _profile.platform
_own = _vm.implementation
implementation = _namedtuple("", ("name", "version", "_machine", "_mpy", "_build")[: len(_own)])(
    *((_own[0], _own[1], _profile.machine, _own[3] & 0x3FF | _profile.arch << 10, _profile.build)[: len(_own)])
)


def __getattr__(name):
    return getattr(_vm, name)

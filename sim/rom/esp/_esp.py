# What makes of a virtual board one with a chip: its names, and the clock of its port,
# which counts from 2000 and stands still at first. The device files are those of
# package soc.
import os
import sys
import time
from collections import namedtuple

import _profile

_2000 = 946684800  # seconds from 1970, where the VM's own calendar begins


def _now():
    f = open("/dev/rtc")
    s, us = f.read().split()
    f.close()
    return int(s), int(us)


def _time():
    return _now()[0]


def _time_ns():
    s, us = _now()
    return s * 1000000000 + us * 1000


def _gmtime(secs=None, _of=time.gmtime):
    return _of((_now()[0] if secs is None else int(secs)) + _2000)


def _mktime(t, _of=time.mktime):
    return int(_of(t)) - _2000


time.time = _time
time.time_ns = _time_ns
time.gmtime = time.localtime = _gmtime
time.mktime = _mktime


# The version as the banner has it: v1.27.0 on 2025-12-09.
_version = sys.version[sys.version.index("MicroPython ") + 12 :]
_release = _profile.release or ".".join(str(n) for n in sys.implementation.version[:3])
_uname = namedtuple("", "sysname nodename release version machine")(
    _profile.platform, _profile.platform, _release, _version, _profile.machine
)


def _os_uname():
    return _uname


os.uname = _os_uname

if _profile.platform == "esp8266":
    sys.path.append("/")

# The VM's sys cannot be written to: another stands in for it.
import _sys

sys.modules["sys"] = _sys
del sys.modules["_sys"]

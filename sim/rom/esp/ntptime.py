# ntptime as the boards have it frozen, but for the packets: the virtual network
# carries no UDP, so what a time server would answer comes from the host's own clock,
# to a board that is joined.
import socket
import time as _time

host = "pool.ntp.org"
timeout = 1


def time():
    try:
        f = open("/dev/ntp")
    except OSError:
        raise OSError(socket._NAME_UNKNOWN)  # as getaddrinfo, which comes first
    t = int(f.read())
    f.close()
    return t


def settime():
    import machine

    tm = _time.gmtime(time())
    machine.RTC().datetime((tm[0], tm[1], tm[2], tm[6] + 1, tm[3], tm[4], tm[5], 0))

# The board's socket module. A socket is the device file /dev/socket: see package
# link, whose operations the numbers below are.
import io
from micropython import const

AF_INET = const(2)
AF_INET6 = const(10)
SOCK_STREAM = const(1)
SOCK_DGRAM = const(2)
IPPROTO_IP = const(0)
IPPROTO_TCP = const(6)
SOL_SOCKET = const(1)
SO_REUSEADDR = const(4)
TCP_NODELAY = const(1)

_TIMEOUT = const(16)
_ONCE = const(17)
_LISTEN = const(18)
_ACCEPT = const(19)
_CLOSE = const(20)
_POLL = const(21)
_SHUTDOWN = const(22)
_PEER_PORT = const(23)
_ADDRESS = const(24)
_CONNECT = const(25)
_BIND = const(26)

_EINTR = const(27)  # as the board's C library has it

_IOCTL_POLL = const(3)
_IOCTL_CLOSE = const(4)
_POLL_INVALID = const(32)


# What getaddrinfo raises for a name that it cannot resolve is the port's affair.
try:
    import _profile

    _NAME_UNKNOWN = _profile.name_unknown
except ImportError:
    _NAME_UNKNOWN = -2  # EAI_NONAME


def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    f = open("/dev/dns/" + host)
    try:
        ip = f.read()
    except OSError:
        raise OSError(_NAME_UNKNOWN)
    finally:
        f.close()
    return [(AF_INET, type or SOCK_STREAM, proto, "", (ip, int(port)))]


# What a closed socket stands on: it refuses everything with EBADF.
_closed = open("/dev/socket", "r+b")
_closed.seek(0, _CLOSE)


# No method collects its arguments in a tuple: on a board's own socket, which is
# written in C, calling one costs no heap.
class socket(io.IOBase):
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP, _fd="/dev/socket"):
        if af != AF_INET and af != AF_INET6:
            raise OSError(97)  # EAFNOSUPPORT
        if type == SOCK_DGRAM:
            raise OSError(93)  # EPROTONOSUPPORT: this network carries TCP alone
        if type != SOCK_STREAM:
            raise OSError(22)  # EINVAL
        self._f = open(_fd, "r+b")

    def _address(self, addr):
        text = "%s %d" % (addr[0], addr[1])
        self._f.seek(0, _ADDRESS)
        self._f.write(text)

    def connect(self, addr):
        self._address(addr)
        again = 0
        while True:
            try:
                self._f.seek(again, _CONNECT)
                return
            except OSError as e:
                if e.errno != _EINTR:
                    raise
            again = 1

    def bind(self, addr):
        self._address(addr)
        self._f.seek(0, _BIND)

    def listen(self, backlog=2):
        self._f.seek(0, _LISTEN)

    def accept(self):
        while True:
            try:
                fd = self._f.seek(0, _ACCEPT)
                break
            except OSError as e:
                if e.errno != _EINTR:
                    raise
        s = socket(AF_INET, SOCK_STREAM, 0, fd)
        return s, ("127.0.0.1", s._f.seek(0, _PEER_PORT))

    def settimeout(self, t):
        self._f.seek(-1 if t is None else int((t + 0.0) * 1000), _TIMEOUT)

    def setblocking(self, on):
        self._f.seek(-1 if on else 0, _TIMEOUT)

    def setsockopt(self, level, option, value):
        pass

    def send(self, data):
        n = self._f.write(data)
        if n is None:
            raise OSError(11)  # EAGAIN
        return n

    def sendall(self, data):
        data = memoryview(data)
        while data:
            data = data[self.send(data) :]

    def write(self, data, at=None, size=None):
        if at is None:
            return self._f.write(data)
        if size is None:
            return self._f.write(data, at)
        return self._f.write(data, at, size)

    def recv(self, size):
        f = self._f
        f.seek(0, _ONCE)
        try:
            data = f.read(size)
        except KeyboardInterrupt:
            f.seek(1, _ONCE)
            raise
        if data is None:
            raise OSError(11)  # EAGAIN
        return data

    def read(self, size=-1):
        return self._f.read(size)

    def readinto(self, buf, size=None):
        if size is None:
            return self._f.readinto(buf)
        return self._f.readinto(buf, size)

    def readline(self, size=-1):
        return self._f.readline(size)

    def makefile(self, mode="rb", buffering=0):
        return self

    def shutdown(self, how):
        if how:  # SHUT_WR, SHUT_RDWR
            self._f.seek(0, _SHUTDOWN)

    def ioctl(self, request, arg):
        if request == _IOCTL_POLL:
            if self._f is _closed:
                return _POLL_INVALID
            return self._f.seek(arg, _POLL)
        if request == _IOCTL_CLOSE:
            self.close()
        return 0

    def close(self):
        if self._f is not _closed:
            self._f.close()
            self._f = _closed

# The ESP8266's tls module, which is axTLS: it verifies nothing, whatever it is told, and
# knows certificates of RSA alone, its own as DER. Package link does what it would.
import io
from micropython import const

import socket as _socket

PROTOCOL_TLS_CLIENT = const(0)
PROTOCOL_TLS_SERVER = const(1)
CERT_NONE = const(0)

# Those of package link, as in the tls of other boards.
_SECURE = const(27)
_HANDSHAKE = const(28)
_ALERT = const(35)

_EINTR = const(27)
_PROBLEMS = const(0x1000)
_RECORD = const(0x7200)
_EOF = const(0x7280)
_ALERTED = const(0x7780)

_SUITES = "TLS-RSA-WITH-AES-128-CBC-SHA256:TLS-RSA-WITH-AES-128-CBC-SHA:TLS-RSA-WITH-AES-256-CBC-SHA"


# What link says of a problem, as axTLS does. An alert is its own number, without a name.
def _error(f, problem):
    if problem == _EOF:
        return OSError(-256, "CONN_LOST")
    if problem == _RECORD:
        return OSError(-261, "INVALID_PROT_MSG")
    if problem == _ALERTED:
        return OSError(-f.seek(0, _ALERT))
    return OSError(-260, "INVALID_HANDSHAKE")


class SSLContext:
    def __init__(self, protocol):
        self._cert = self._key = b""

    @property
    def verify_mode(self):
        return CERT_NONE

    @verify_mode.setter
    def verify_mode(self, mode):
        pass

    def load_cert_chain(self, cert, key):
        self._cert, self._key = bytes(cert), bytes(key)

    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None):
        if not isinstance(sock, _socket.socket):
            raise OSError("stream operation not supported")  # here, only a socket can carry TLS
        s = SSLSocket()
        s._sock = sock
        s._f = f = sock._f
        f.seek(0, _SECURE)
        sizes = (1 if server_side else 0, len(self._cert), _SUITES, server_hostname or "")
        try:
            f.write(b"%d 0 0 %d 0 %s %s\n" % sizes + self._cert + self._key)
        except OSError:
            raise ValueError("invalid key")
        if do_handshake_on_connect and not server_side:
            s._handshake()
        return s


class SSLSocket(io.IOBase):
    def _handshake(self):
        again = 0
        while True:
            try:
                problem = self._f.seek(again, _HANDSHAKE)
                break
            except OSError as e:
                if e.errno != _EINTR:
                    raise
            again = 1
        if problem:
            raise _error(self._f, problem)

    # The connection that is lost has ended, to axTLS.
    def _do(self, end, f, *args):
        try:
            return f(*args)
        except OSError as e:
            if e.errno == _EOF:
                return end
            if e.errno > _PROBLEMS:
                raise _error(self._f, e.errno)
            raise

    def read(self, size=-1):
        return self._do(b"", self._f.read, size)

    def readinto(self, buf, size=None):
        if size is None:
            return self._do(0, self._f.readinto, buf)
        return self._do(0, self._f.readinto, buf, size)

    def readline(self, size=-1):
        return self._do(b"", self._f.readline, size)

    def write(self, data, *at):
        return self._do(0, self._f.write, data, *at)

    def setblocking(self, on):
        self._sock.setblocking(on)

    def ioctl(self, request, arg):
        if request == 4:
            self.close()
            return 0
        return self._sock.ioctl(request, arg)

    def close(self):
        self._sock.close()
        self._f = _socket._closed

# The board's tls module, which on a board is mbedtls: see package link, which does
# what it would.
import io
from micropython import const

import socket as _socket

PROTOCOL_TLS_CLIENT = const(0)
PROTOCOL_TLS_SERVER = const(1)
CERT_NONE = const(0)
CERT_OPTIONAL = const(1)
CERT_REQUIRED = const(2)
MBEDTLS_VERSION = "none: crypto/tls of Go"

_SECURE = const(27)
_HANDSHAKE = const(28)
_VERIFIED = const(29)
_TRUSTS = const(30)
_CIPHER = const(31)
_CIPHERS = const(32)
_PEER = const(33)
_VERDICT = const(34)

_EINTR = const(27)
_PROBLEMS = const(0x1000)
_VERIFY_FAILED = const(0x2700)
_ASKS = const(0x1001)
_REFUSED = const(0x1002)

# What link can say, by mbedtls's names and numbers without their sign.
_names = {
    0x2700: "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED",
    0x5E80: "MBEDTLS_ERR_SSL_BAD_CONFIG",
    0x6E00: "MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE",
    0x7100: "MBEDTLS_ERR_SSL_BAD_INPUT_DATA",
    0x7200: "MBEDTLS_ERR_SSL_INVALID_RECORD",
    0x7280: "MBEDTLS_ERR_SSL_CONN_EOF",
    0x7680: "MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED",
    0x7780: "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE",
}

_flags = (
    (1 << 0, "The certificate validity has expired"),
    (1 << 2, "The certificate Common Name (CN) does not match with the expected CN"),
    (1 << 3, "The certificate is not correctly signed by the trusted CA"),
    (1 << 9, "The certificate validity starts in the future"),
)


def _error(problem):
    return OSError(-problem, _names.get(problem, "UNKNOWN ERROR CODE"))


# What is in a file that the host has opened.
def _content(fd):
    with open(fd, "rb") as f:
        return f.read()


def _bytes(data):
    return data.encode() if isinstance(data, str) else bytes(memoryview(data))


class SSLContext:
    def __init__(self, protocol):
        self._server = protocol & 1
        self.verify_mode = CERT_NONE if self._server else CERT_REQUIRED
        self.verify_callback = None
        self._ca = self._cert = self._key = b""
        self._ciphers = ""

    def load_verify_locations(self, cadata):
        self._ca, before = _bytes(cadata), self._ca
        if not (self._ca and self._try()):
            self._ca = before
            raise ValueError("invalid cert")

    def load_cert_chain(self, cert, key):
        before = self._cert, self._key
        self._cert, self._key = _bytes(cert), _bytes(key)
        if not self._try():
            self._cert, self._key = before
            raise ValueError("invalid cert")

    def get_ciphers(self):
        f = open("/dev/tls", "r+b")
        try:
            self._settings(f, "")
            return str(_content(f.seek(0, _CIPHERS)), "ascii").split(":")
        finally:
            f.close()

    def set_ciphers(self, ciphers):
        if not isinstance(ciphers, (list, tuple)):
            raise TypeError("object '%s' isn't a tuple or list" % type(ciphers).__name__)
        before, self._ciphers = self._ciphers, ":".join(ciphers)
        if not ciphers or "" in ciphers or not self._try():
            self._ciphers = before
            raise _error(0x5E80)

    # Whether what is set can be read.
    def _try(self):
        f = open("/dev/tls", "r+b")
        try:
            self._settings(f, "")
            return not self._ca or f.seek(0, _TRUSTS)
        except OSError:
            return False
        finally:
            f.close()

    def _settings(self, f, host):
        asks = 0 if self.verify_callback is None else 1
        sizes = (self._server, self.verify_mode, len(self._ca), len(self._cert), asks, self._ciphers, host)
        f.seek(0, _SECURE)
        f.write(b"%d %d %d %d %d %s %s\n" % sizes + self._ca + self._cert + self._key)

    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None):
        if not isinstance(sock, _socket.socket):
            raise OSError("stream operation not supported")  # here, only a socket can carry TLS
        if server_hostname is None and self.verify_mode == CERT_REQUIRED and not server_side:
            raise ValueError("CERT_REQUIRED requires server_hostname")
        if server_hostname is not None and not isinstance(server_hostname, str):
            raise TypeError("can't convert '%s' object to str" % type(server_hostname).__name__)
        self._settings(sock._f, server_hostname or "")
        s = SSLSocket()
        s._sock = sock
        s._f = sock._f
        s._callback = self.verify_callback
        if do_handshake_on_connect:
            s._handshake()
        return s


class SSLSocket(io.IOBase):
    def _handshake(self):
        f = self._f
        again = problem = 0
        while True:
            try:
                problem = f.seek(again, _HANDSHAKE)
                if problem != _ASKS:
                    break
                self._judge()
            except OSError as e:
                if e.errno != _EINTR:
                    raise
            again = 1
        if problem == _VERIFY_FAILED:
            wrong = f.seek(0, _VERIFIED)
            raise ValueError("".join("\n%s\n" % text for flag, text in _flags if wrong & flag))
        if problem == _REFUSED:
            if -256 < self._verdict < 0:
                raise OSError(-self._verdict)
            raise OSError(self._verdict, "UNKNOWN ERROR CODE")
        if problem:
            raise _error(problem)

    # Has the program judge the peer's certificates, from the root on.
    def _judge(self):
        f = self._f
        chain = []
        while True:
            fd = f.seek(len(chain), _PEER)
            if not fd:
                break
            chain.append(_content(fd))
        try:
            while chain:
                self._verdict = -1
                der = chain.pop()
                verdict = self._callback(memoryview(der), len(chain))
                if not isinstance(verdict, (int, bool)):
                    raise TypeError("can't convert %s to int" % type(verdict).__name__)
                self._verdict = int(verdict)
                if verdict:
                    break
        finally:
            f.seek(self._verdict, _VERDICT)

    def getpeercert(self, binary_form):
        if not binary_form:
            raise NotImplementedError
        fd = self._f.seek(0, _PEER)
        return _content(fd) if fd else None

    def cipher(self):
        fd = self._f.seek(0, _CIPHER)
        return str(_content(fd), "ascii") if fd else None, "TLSv1.2" if fd else "unknown"

    def _do(self, f, *args):
        try:
            return f(*args)
        except OSError as e:
            if e.errno == _ASKS:
                self._judge()
                return self._do(f, *args)
            if self._f is _socket._closed:
                raise _error(0x7100)
            if e.errno > _PROBLEMS:
                raise _error(e.errno)
            raise

    def read(self, size=-1):
        return self._do(self._f.read, size)

    def readinto(self, buf, size=None):
        if size is None:
            return self._do(self._f.readinto, buf)
        return self._do(self._f.readinto, buf, size)

    def readline(self, size=-1):
        return self._do(self._f.readline, size)

    def write(self, data, *at):
        return self._do(self._f.write, data, *at)

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

"""https, on boards that have tls."""

from micropython import const

_VERIFY_FAILED = const(-0x2700)  # MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, as mbedtls numbers its other errors


def make_context(ask):
    """The tls.SSLContext for a request; ValueError if the board cannot do what is asked."""
    try:
        import tls  # what ssl is made of, which not every board has beside it
    except ImportError:
        raise ValueError("https: this board has no tls module")
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    if not getattr(ask, "verify", True):  # a plain request that was redirected has neither
        context.verify_mode = tls.CERT_NONE
        return context
    cadata = getattr(ask, "cadata", None)
    if cadata is None:
        raise ValueError("https: expected the CA's certificate as cadata=, or verify=False")
    if not hasattr(context, "load_verify_locations"):
        raise ValueError("https: the tls of this board cannot verify; verify=False goes without")
    context.verify_mode = tls.CERT_REQUIRED
    context.load_verify_locations(cadata)
    return context


class Secure:
    """A TLS connection that closes its socket as well, which MicroPython's own does not after an error."""

    def __init__(self, stream, sock):
        self.stream = stream
        self.sock = sock
        self.read = stream.read
        self.readinto = stream.readinto
        self.readline = stream.readline
        self.write = stream.write
        self.settimeout = sock.settimeout

    def recv(self, size):
        """At least a byte, and no more than a line: its read() waits for all that it is asked for."""
        data = self.stream.readline(min(size, 128))
        if data is None:
            raise OSError(110)
        return data

    def close(self):
        self.stream.close()
        self.sock.close()


def connect(ask):
    """A TLS connection. The certificate must be for the host wherever the tls of the board looks."""
    context = make_context(ask)
    sock = ask.dial()
    if hasattr(sock, "wrap"):  # a deadline is around the socket, and stays around the connection
        sock.wrap(lambda inner: _secure(context, inner, ask.host))
    else:
        ask.sock = sock = Secure(_secure(context, sock, ask.host), sock)
    return sock


def _secure(context, sock, host):
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except ValueError as e:  # so MicroPython says what mbedtls found wrong with the certificate
        raise OSError(_VERIFY_FAILED, str(e).strip())

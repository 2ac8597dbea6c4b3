"""https, on boards that have tls. Loaded on use."""

from micropython import const

_VERIFY_FAILED = const(-0x2700)  # MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, as mbedtls numbers its other errors


def make_context(verify, cadata):
    """The tls.SSLContext for a request; ValueError if the board cannot do what is asked."""
    try:
        import tls  # what ssl is made of, which not every board has beside it
    except ImportError:
        raise ValueError("https: this board has no tls module")
    if not verify:
        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        context.verify_mode = tls.CERT_NONE
        return context
    if cadata is None:
        raise ValueError("https: expected the CA's certificate as cadata=, or verify=False")
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    if not hasattr(context, "load_verify_locations"):
        raise ValueError("https: the tls of this board cannot verify; verify=False goes without")
    context.verify_mode = tls.CERT_REQUIRED
    context.load_verify_locations(cadata)
    return context


def wrap(context, sock, host):
    """sock with TLS over it. The certificate must be for host wherever the tls of the board looks."""
    if hasattr(sock, "wrap"):  # a deadline is around the socket, and stays around the connection
        sock.wrap(lambda inner: _secure(context, inner, host))
        return sock
    return _secure(context, sock, host)


def _secure(context, sock, host):
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except ValueError as e:  # so MicroPython says what mbedtls found wrong with the certificate
        raise OSError(_VERIFY_FAILED, str(e).strip())

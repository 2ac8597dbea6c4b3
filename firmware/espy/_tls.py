"""https, on boards that have ssl. Loaded on use."""


def make_context(verify, cadata):
    """The ssl.SSLContext for a request; ValueError if the board cannot do what is asked."""
    try:
        import ssl
    except ImportError:
        raise ValueError("https: this board has no ssl module")
    if not verify:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_mode = ssl.CERT_NONE
        return context
    if cadata is None:
        raise ValueError("https: expected the CA's certificate as cadata=, or verify=False")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not hasattr(context, "load_verify_locations"):
        raise ValueError("https: the ssl of this board cannot verify; verify=False goes without")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=cadata)
    return context


def wrap(context, sock, host):
    """sock with TLS over it. The certificate must be for host wherever the ssl of the board looks."""
    if hasattr(sock, "wrap"):  # a deadline is around the socket, and stays around the connection
        sock.wrap(lambda inner: context.wrap_socket(inner, server_hostname=host))
        return sock
    return context.wrap_socket(sock, server_hostname=host)

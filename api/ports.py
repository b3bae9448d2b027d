"""The port to serve on, taken before anything slow begins."""

import socket


class PortInUse(Exception):
    """The address cannot be served on; the text says why and what to do."""


def reserve(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; nobody can connect before `listen`. PortInUse if taken.

    A service that is still loading refuses connections, so that whoever waits for it can tell.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        reserved = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _in_use(host, port, error) from error
    try:
        # Without it a restarted service could not have its port back for a minute.
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(address)
    except OSError as error:
        reserved.close()
        raise _in_use(host, port, error) from error
    return reserved


def listen(reserved: socket.socket) -> None:
    """Let clients connect; PortInUse where another service that was also loading came first."""
    try:
        reserved.listen()
    except OSError as error:
        host, port = reserved.getsockname()[:2]
        raise _in_use(host, port, error) from error


def _in_use(host: str, port: int, error: OSError) -> PortInUse:
    """The error to show for the system's refusal."""
    return PortInUse(
        f"不能在 {host}:{port} 上提供服务（{error.strerror}）。请停掉占用它的程序，"
        "或用 --host、--port 换一个。 / "
        f"Cannot serve on {host}:{port}: {error.strerror}. Stop what uses it, or choose another "
        "with --host and --port."
    )

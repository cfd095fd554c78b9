"""The socket that a serving command listens on, and why it cannot."""

from __future__ import annotations

import errno
import socket

from interfaces.cli.errors import CommandError

BACKLOG = 1024


def listener_on(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CommandError: in use, not allowed, no such address."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CommandError(
            "no_such_address", f"{host} is no address of this machine: {error.strerror}."
        ) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_bound(host, port, error) from None
    return listener


def url_of(host: str, port: int) -> str:
    """As a client writes it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _not_bound(host: str, port: int, error: OSError) -> CommandError:
    if isinstance(error, PermissionError):
        text = f"This account may not listen on port {port} of {host}: choose one above 1023 with --port."
        return CommandError("port_not_allowed", text)
    if error.errno == errno.EADDRINUSE:
        text = f"Port {port} of {host} is in use by another program: stop it, or choose another with --port."
        return CommandError("port_in_use", text)
    return CommandError("no_such_address", f"Port {port} of {host} cannot be listened on: {error.strerror}.")

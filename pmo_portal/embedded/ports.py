"""A port nobody else listens on."""

from __future__ import annotations

import socket

from .data import Unusable

TRIES = 20


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without it a port stays "taken" for a minute after its last connection.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Unusable(
                f"Port {port} is for the administrator of this machine. Choose one above 1023 with"
                " --port."
            ) from None
        except OSError:
            return False
    return True


def choose(wanted: int) -> int:
    """The wanted port or the first free one of the next twenty.

    Raises:
        Unusable: all of them are taken.
    """
    if not 1 <= wanted <= 65535:
        raise Unusable(f"{wanted} is no port: choose one from 1 to 65535 with --port.")
    last = min(wanted + TRIES, 65535)
    for port in range(wanted, last + 1):
        if is_free(port):
            return port
    raise Unusable(f"Every port from {wanted} to {last} is taken. Choose another with --port.")

"""Sockets: what a program of ours listens on for HTTP, made apart from what answers there.

The supervisor makes the one for control and keeps it: who connects while control is started again
waits a moment and is not refused, and nobody else can take the port meanwhile.
"""

from __future__ import annotations

import socket
from typing import Final

from room110.cli.exits import Exit, Failure
from room110.facts import mend

BACKLOG: Final = 256
"""All sites and their consoles at once, while nobody answers."""


def listener(host: str, port: int, *, setting: str) -> socket.socket:
    """Raises Failure that names the *setting* of a port that is taken."""
    made = socket.socket()
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise Failure(
            Exit.FAILED, f"cannot bind TCP {host}:{port} ({error.strerror}); {mend(setting)}"
        ) from error
    return made


def inherited(number: int) -> socket.socket:
    """One that our parent made.  Raises Failure."""
    try:
        return socket.socket(fileno=number)
    except OSError as error:
        raise Failure(Exit.USAGE, f"file {number} is no socket of our parent") from error


def free_port() -> int:
    """A TCP port of loopback that nobody has at this moment, for a program that must be told one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

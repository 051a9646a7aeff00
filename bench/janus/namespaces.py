"""Namespaces: two network namespaces joined by a veth pair, so that both servers face one path.

Janus leaves loopback interfaces out, so loopback is no common ground.  Servers and whoever speaks to
their doors live in ``server``; the clients' media sockets are opened in ``clients``.  A socket stays
in the namespace it was made in, so a thread steps over for a moment, makes it, and steps back.

Nothing here is connected to anything else: no packet leaves the machine.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from room110.bench.wire import udp_socket

SERVER_ADDRESS: Final = "10.110.0.1"
CLIENT_ADDRESS: Final = "10.110.0.2"

_CLONE_NEWNET: Final = 0x40000000
_IP: Final = "/sbin/ip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    server: str
    clients: str


@contextmanager
def pair() -> Iterator[Pair]:
    """Both while inside; needs root.  The names carry our process id, so two runs do not meet."""
    number = os.getpid()
    made = Pair(server=f"room110-server-{number}", clients=f"room110-clients-{number}")
    ends = (
        (made.server, f"r110s{number}", SERVER_ADDRESS),
        (made.clients, f"r110c{number}", CLIENT_ADDRESS),
    )
    try:
        for name, _, _ in ends:
            _ip("netns", "add", name)
        (_, one, _), (_, other, _) = ends
        _ip("link", "add", one, "type", "veth", "peer", "name", other)
        for name, link, address in ends:
            _ip("link", "set", link, "netns", name)
            _ip("-n", name, "address", "add", f"{address}/24", "dev", link)
            _ip("-n", name, "link", "set", link, "up")
            _ip("-n", name, "link", "set", "lo", "up")
        yield made
    finally:
        # A veth goes with its namespace.
        for name, link, _ in ends:
            _ip("netns", "delete", name, check=False)
            _ip("link", "delete", link, check=False)


def command_in(name: str, *command: str) -> list[str]:
    """*command*, to be run in the namespace."""
    return [_IP, "netns", "exec", name, *command]


class ClientSide:
    """Opens sockets in the clients' namespace.  For one thread."""

    def __init__(self, name: str) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._there = os.open(Path("/var/run/netns", name), os.O_RDONLY | os.O_CLOEXEC)
        self._here = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    def open(self) -> socket.socket:
        self._enter(self._there)
        try:
            return udp_socket(CLIENT_ADDRESS)
        finally:
            self._enter(self._here)

    def close(self) -> None:
        os.close(self._there)
        os.close(self._here)

    def _enter(self, namespace: int) -> None:
        if self._libc.setns(namespace, _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def _ip(*arguments: str, check: bool = True) -> None:
    subprocess.run([_IP, *arguments], check=check, capture_output=not check)  # noqa: S603 - ours

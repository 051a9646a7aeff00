"""UdpPort: the one socket of the media plane.

asyncio's own datagram transport allocates 256 KiB for every datagram (29 us against 8:
research/aiortc.md 5c), so the socket is read here: a reader callback drains what has arrived,
at most ``BATCH`` datagrams a turn so that timers and signaling get theirs.

Nothing is queued outwards.  Media that the kernel cannot take now is worth nothing later, so a
full buffer drops the packet, by name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from bridge.media.core.drops import DropReason

Address = tuple[str, int]

BATCH = 128
RECEIVE_BYTES = 2048
"""More than any datagram of ours (1500 with every header); longer ones are cut and then dropped
by their size."""
KERNEL_BUFFER_BYTES = 4 << 20
"""64 publishers' key frames at once are about 1 MB; the kernel's sysctl limit may give less."""


class UdpPort:
    """Bound at once; :meth:`start` begins to read and :meth:`close` ends it."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        on_datagram: Callable[[bytes, Address, float], None],
        on_drop: Callable[[DropReason], None],
    ) -> None:
        self._on_datagram = on_datagram
        self._on_drop = on_drop
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, KERNEL_BUFFER_BYTES)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def address(self) -> Address:
        host, port = self._socket.getsockname()
        return host, port

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        loop.add_reader(self._socket, self._drain)

    def close(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._loop = None
        self._socket.close()

    def send(self, data: bytes, address: Address) -> bool:
        """Send or drop, never wait; whether the kernel took it."""
        try:
            self._socket.sendto(data, address)
        except BlockingIOError:
            self._on_drop(DropReason.SEND_BUFFER)
            return False
        except OSError:
            self._on_drop(DropReason.SEND_ERROR)
            return False
        return True

    def _drain(self) -> None:
        assert self._loop is not None
        now_s = self._loop.time()
        receive = self._socket.recvfrom
        for _ in range(BATCH):
            try:
                data, address = receive(RECEIVE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                # An ICMP error of an earlier send is reported here on Linux; the next
                # datagram is not to blame for it.
                self._on_drop(DropReason.SEND_ERROR)
                continue
            self._on_datagram(data, address, now_s)

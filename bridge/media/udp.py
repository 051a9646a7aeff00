"""UdpPort: a socket of the media plane.

asyncio's own datagram transport allocates 256 KiB for every datagram (29 us against 8:
research/aiortc.md 5c), so the socket is read here: a reader callback drains what has arrived,
at most ``BATCH`` datagrams a turn so that timers and signaling get theirs, and tells the owner
when that is done.

Several datagrams for one client leave in one call where the kernel knows UDP_SEGMENT (Linux 4.18):
it cuts the buffer itself, and the way through the network stack is gone once instead of once a
packet.  Where it does not know it, or refuses it for one way (a path with a smaller MTU, a device
without checksums), they leave one by one, and nothing is lost.

Nothing is queued outwards.  Media that the kernel cannot take now is worth nothing later, so a
full buffer drops the packets, by name.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence
from struct import Struct
from struct import error as StructError  # noqa: N812 - an exception
from typing import Any, Final, Protocol, TypeAlias

from bridge.media.core.drops import DropReason

Address: TypeAlias = tuple[Any, ...]
"""As the kernel tells it: host and port first; of IPv6 flow and scope behind; of TCP see
:class:`bridge.media.tcp.TcpAddress`.  Hashable, and given back as it came."""

BATCH: Final = 128
RECEIVE_BYTES: Final = 2048
"""More than any datagram of ours (1500 with every header); longer ones are cut and then dropped
by their size."""
KERNEL_BUFFER_BYTES: Final = 4 << 20
"""64 publishers' key frames at once are about 1 MB; the kernel's sysctl limit may give less."""

_SOL_UDP: Final = socket.IPPROTO_UDP
_UDP_SEGMENT: Final = 103
"""linux/udp.h; Python has no name for it."""
_SO_MEMINFO: Final = 55
_MEMINFO: Final = Struct("@9I")
_DROPS: Final = 8
"""asm-generic/socket.h and linux/sock_diag.h (Linux 4.12): the last number is what was dropped, for
want of room or with a wrong checksum."""
_SIZE: Final = Struct("@H").pack
_NEVER_AGAIN: Final = {errno.EIO, errno.EOPNOTSUPP, errno.ENOPROTOOPT}
_NOT_THIS_WAY: Final = {errno.EINVAL, errno.EMSGSIZE}


class Port(Protocol):
    """What carries datagrams of clients, whatever is below."""

    def send(self, data: bytes, address: Address) -> bool:
        """Send or drop, never wait; whether it was taken."""

    def send_all(self, packets: Sequence[bytes], size: int, address: Address) -> int:
        """Send or drop packets of *size* bytes each but the last, which may be shorter; how many
        were taken, from the first on."""


class UdpPort:
    """Bound at once; :meth:`start` begins to read and :meth:`close` ends it."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        on_datagram: Callable[[bytes, Address, float], None],
        on_drained: Callable[[], None],
        on_drop: Callable[[DropReason], None],
    ) -> None:
        """*on_drained* is called after the last *on_datagram* of a turn."""
        self._on_datagram = on_datagram
        self._on_drained = on_drained
        self._on_drop = on_drop
        is_ipv6 = ":" in host
        self._socket = socket.socket(
            socket.AF_INET6 if is_ipv6 else socket.AF_INET, socket.SOCK_DGRAM
        )
        self._socket.setblocking(False)
        if is_ipv6:
            # IPv4 has a socket of its own: an address must have one form only.
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, KERNEL_BUFFER_BYTES)
        self._segments = _knows_segments(self._socket)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()[:2]
        return host, port

    @property
    def refused(self) -> int | None:
        """Datagrams for this socket that the kernel threw away; None: it does not say."""
        try:
            said = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
            return int(_MEMINFO.unpack(said)[_DROPS])
        except (OSError, StructError):
            return None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        loop.add_reader(self._socket, self._drain)

    def close(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._loop = None
        self._socket.close()

    def send(self, data: bytes, address: Address) -> bool:
        why = self._refusal(data, address)
        if why is None:
            return True
        self._on_drop(why)
        return False

    def _refusal(self, data: bytes, address: Address) -> DropReason | None:
        try:
            self._socket.sendto(data, address)
        except BlockingIOError:
            return DropReason.SEND_BUFFER
        except OSError:
            return DropReason.SEND_ERROR
        return None

    def send_all(self, packets: Sequence[bytes], size: int, address: Address) -> int:
        if len(packets) > 1 and self._segments:
            try:
                self._socket.sendmsg(packets, ((_SOL_UDP, _UDP_SEGMENT, _SIZE(size)),), 0, address)
            except BlockingIOError:
                for _ in packets:
                    self._on_drop(DropReason.SEND_BUFFER)
                return 0
            except OSError as error:
                if error.errno in _NEVER_AGAIN:
                    self._segments = False
                elif error.errno not in _NOT_THIS_WAY:
                    for _ in packets:
                        self._on_drop(DropReason.SEND_ERROR)
                    return 0
            else:
                return len(packets)
        for sent, packet in enumerate(packets):
            why = self._refusal(packet, address)
            if why is not None:
                for _ in packets[sent:]:
                    self._on_drop(why)
                return sent
        return len(packets)

    def _drain(self) -> None:
        assert self._loop is not None
        time_s = self._loop.time
        receive = self._socket.recvfrom
        for _ in range(BATCH):
            try:
                data, address = receive(RECEIVE_BYTES)
            except BlockingIOError:
                break
            except OSError:
                # An ICMP error of an earlier send is reported here on Linux; the next
                # datagram is not to blame for it.
                self._on_drop(DropReason.SEND_ERROR)
                continue
            self._on_datagram(data, address, time_s())
        self._on_drained()


def _knows_segments(udp: socket.socket) -> bool:
    try:
        udp.getsockopt(_SOL_UDP, _UDP_SEGMENT)
    except OSError:
        return False
    return True

"""Ports: every socket of the plane, and the addresses it offers.

The same UDP port on each host, and the same TCP port (RFC 6544 passive) for lines where UDP does
not get through.  What is offered need not be what is bound: behind a NAT the world knows another
address (``media_advertise``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bridge.media.core.drops import DropReason
from bridge.media.plane import Candidate
from bridge.media.tcp import TcpPort
from bridge.media.told import Load
from bridge.media.udp import Address, Port, UdpPort


class Ports:
    """Bound when made; :meth:`start` begins to take and :meth:`close` ends everything."""

    def __init__(
        self,
        hosts: Sequence[str],
        port: int,
        tcp_port: int | None,
        *,
        on_datagram: Callable[[bytes, Address, Port, float], None],
        on_drained: Callable[[], None],
        on_drop: Callable[[DropReason], None],
        on_lost: Callable[[Address], object],
    ) -> None:
        """*port* 0 takes a free one, *tcp_port* None takes none.  *on_drained*: what the sockets held
        has been taken.  *on_lost*: a TCP connection has ended.  Raises OSError when a port is taken.
        """
        self._udp: list[UdpPort] = []
        self._tcp: TcpPort | None = None
        self._on_datagram = on_datagram
        self._on_drained = on_drained
        try:
            for host in hosts:
                self._udp.append(self._bound(host, port, on_drop))
                port = self._udp[0].address[1]
            if tcp_port is not None:
                self._tcp = TcpPort(
                    hosts,
                    tcp_port,
                    on_datagram=self._take_frame,
                    on_drained=on_drained,
                    on_drop=on_drop,
                    on_closed=lambda address, _why: on_lost(address),
                )
        except OSError:
            self.close()
            raise

    def _bound(self, host: str, port: int, on_drop: Callable[[DropReason], None]) -> UdpPort:
        def take(data: bytes, address: Address, now_s: float) -> None:
            self._on_datagram(data, address, udp, now_s)

        udp = UdpPort(host, port, on_datagram=take, on_drained=self._on_drained, on_drop=on_drop)
        return udp

    def _take_frame(self, data: bytes, address: Address, now_s: float) -> None:
        assert self._tcp is not None
        self._on_datagram(data, address, self._tcp, now_s)

    def candidates(self, advertise: Sequence[str]) -> tuple[Candidate, ...]:
        """What clients are offered: UDP first, since TCP makes every loss a delay."""
        udp = [Candidate(address=a, port=self._udp[0].address[1]) for a in advertise]
        if self._tcp is None:
            return tuple(udp)
        number = self._tcp.port
        tcp = [Candidate(address=a, port=number, transport="tcp") for a in advertise]
        return (*udp, *tcp)

    def load(self) -> Load:
        """What stands at the sockets now."""
        refused = [udp.refused for udp in self._udp]
        return Load(
            datagrams_refused=None if None in refused else sum(n or 0 for n in refused),
            tcp_connections=self._tcp.connections if self._tcp is not None else 0,
            tcp_waiting_bytes=self._tcp.waiting_bytes if self._tcp is not None else 0,
        )

    def confirm(self, address: Address, port: Port) -> None:
        """A client has proved that *address* is its own."""
        if self._tcp is not None and port is self._tcp:
            self._tcp.confirm(address)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        for udp in self._udp:
            udp.start(loop)
        if self._tcp is not None:
            self._tcp.start(loop)

    def advance(self, now_s: float) -> None:
        if self._tcp is not None:
            self._tcp.advance(now_s)

    def hang_up(self, addresses: Sequence[Address]) -> None:
        """A session has ended: its connections do too."""
        for address in addresses:
            if self._tcp is not None and len(address) > 2 and address[2] == "tcp":
                self._tcp.hang_up(address)

    def close(self) -> None:
        for udp in self._udp:
            udp.close()
        if self._tcp is not None:
            self._tcp.close()

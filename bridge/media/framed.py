"""FramedSocket: a TCP connection that carries datagrams whole (RFC 4571), for both its ends.

Own sockets as in :mod:`bridge.media.udp`, and as there nothing waits: what cannot be sent now is
kept up to a bound or dropped.

The bound is 256 KiB, two thirds of a second of a full stage: what is older is worth nothing.  The
kernel is told to keep little (TCP_NOTSENT_LOWAT), or megabytes would grow old there.  What does
not fit is dropped whole, by name; a frame that has begun is always finished.  STUN and DTLS may
have 16 KiB more: consent must not die of a picture.  A peer that takes nothing for 10 s is stuck,
and its owner's to close.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from bridge.media.core.drops import DropReason
from bridge.media.core.framing import (
    LENGTH_BYTES,
    MAX_FRAME_BYTES,
    Deframer,
    FrameTooLong,
    frame,
)

READ_BYTES: Final = 65536
"""In one turn, so that timers and the others get theirs."""
MAX_UNSENT_BYTES: Final = 256 << 10
CONTROL_RESERVE_BYTES: Final = 16 << 10
"""A DTLS flight has about 2 KiB, an answer to a check 100 bytes."""
KERNEL_UNSENT_BYTES: Final = 64 << 10
STUCK_S: Final = 10.0

_FIRST_MEDIA_BYTE: Final = b"\x80"


class Ending(StrEnum):
    """Why a connection ended that its owner did not close."""

    PEER_CLOSED = "peer_closed"
    FRAME_TOO_LONG = "frame_too_long"
    ERROR = "error"  # reset, unreachable and the like
    UNCONFIRMED = "unconfirmed"
    CROWDED = "crowded"  # the oldest of too many
    NOT_READING = "not_reading"


class FramedSocket:
    """Takes over a connected socket.

    ``on_drained`` is called after the last ``on_datagram`` of a turn.
    ``on_lost`` is called at most once, in the loop and never from inside :meth:`send`, when the
    connection ends by itself; it is closed then.
    """

    def __init__(
        self,
        connected: socket.socket,
        loop: asyncio.AbstractEventLoop,
        *,
        on_datagram: Callable[[bytes, float], object],
        on_lost: Callable[[Ending], object],
        on_drained: Callable[[], object] = lambda: None,
        read_bytes: int = READ_BYTES,
    ) -> None:
        self.read_bytes = read_bytes
        self._socket = connected
        self._loop = loop
        self._on_datagram = on_datagram
        self._on_lost = on_lost
        self._on_drained = on_drained
        self._deframer = Deframer()
        self._unsent = bytearray()
        self._moved_s = 0.0
        self._is_open = True
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, KERNEL_UNSENT_BYTES)
        loop.add_reader(connected, self._read)

    def send(self, data: bytes) -> DropReason | None:
        """Send or drop, never wait; why it was dropped, if it was."""
        return self.send_all((data,))[1]

    def send_all(self, packets: Sequence[bytes]) -> tuple[int, DropReason | None]:
        """Send or drop packets of one kind, in one call of the kernel; how many were taken, from
        the first on, and why the others were not."""
        if not self._is_open or max(map(len, packets)) > MAX_FRAME_BYTES:
            return 0, DropReason.SEND_ERROR
        room = MAX_UNSENT_BYTES - len(self._unsent)
        if packets[0][:1] < _FIRST_MEDIA_BYTE:
            room += CONTROL_RESERVE_BYTES
        frames = []
        for packet in packets:
            room -= LENGTH_BYTES + len(packet)
            if room < 0:
                break
            frames.append(frame(packet))
        framed = b"".join(frames)
        if not self._unsent:
            try:
                sent = self._socket.send(framed)
            except BlockingIOError:
                sent = 0
            except OSError:
                self._loop.call_soon(self.lose, Ending.ERROR)
                return 0, DropReason.SEND_ERROR
            framed = framed[sent:]
            if framed:
                self._moved_s = self._loop.time()
                self._loop.add_writer(self._socket, self._write)
        self._unsent += framed
        return len(frames), None if len(frames) == len(packets) else DropReason.SEND_BUFFER

    @property
    def waiting_bytes(self) -> int:
        return len(self._unsent)

    def is_stuck(self, now_s: float) -> bool:
        return bool(self._unsent) and now_s - self._moved_s > STUCK_S

    def lose(self, ending: Ending) -> None:
        """Close it, and say so unless it was closed before."""
        if self._is_open:
            self.close()
            self._on_lost(ending)

    def close(self) -> None:
        """May be called twice."""
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()
            self._unsent.clear()

    def _read(self) -> None:
        try:
            data = self._socket.recv(self.read_bytes)
            frames = self._deframer.feed(data)
        except BlockingIOError:
            return
        except OSError:
            self.lose(Ending.ERROR)
            return
        except FrameTooLong:
            self.lose(Ending.FRAME_TOO_LONG)
            return
        if not data:
            self.lose(Ending.PEER_CLOSED)
            return
        now_s = self._loop.time()
        for datagram in frames:
            if not self._is_open:
                break
            self._on_datagram(datagram, now_s)
        if frames:
            self._on_drained()

    def _write(self) -> None:
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError:
            self.lose(Ending.ERROR)
            return
        self._moved_s = self._loop.time()
        del self._unsent[:sent]
        if not self._unsent:
            self._loop.remove_writer(self._socket)

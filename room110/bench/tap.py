"""Tap: how long a packet is in the service, measured from outside, to the last of those it goes to.

A raw publisher notes when it hands each video packet to the kernel; raw subscribers have the kernel
stamp each datagram as it is delivered (``SO_TIMESTAMPNS``, socket(7)).  Both are the machine's one
clock, and neither waits for a Python process to be scheduled.  On loopback a datagram is delivered
inside the sender's call, so the difference is what the service added: its wake-up, what stood before
the packet in its queue, and the fan-out up to this subscriber.

The latest stamp of a packet among all taps counts.  Taps stand at both ends of the order in which
clients joined, which is the order in which a packet is sent out.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from room110.bench.shape import number_of
from room110.bench.wire import Wire

SO_TIMESTAMPNS: Final = 35
"""asm-generic/socket.h; the socket module has no name for it."""
PICTURE_BYTES: Final = 500
"""Sound is smaller."""

_SOL_SOCKET: Final = 1
_TIMESPEC: Final = struct.Struct("=qq")


class Tap(Wire):
    """A subscriber that knows when the kernel had each video packet of a raw publisher for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._socket.setsockopt(_SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.arrived_ns: dict[int, int] = {}
        """Number of the packet -> CLOCK_REALTIME."""

    def drain(self) -> None:
        receive, take = self._socket.recvmsg, self.tally.take
        while True:
            try:
                data, ancillary, _, _ = receive(2048, 64)
            except (BlockingIOError, ConnectionError):
                return
            if not data:
                continue
            if not is_rtp(data):
                self._other(data)
                continue
            take(data, len(data))
            if self.connected and len(data) > PICTURE_BYTES:
                number, at_ns = self._number(data), stamp_ns(ancillary)
                if number is not None and at_ns is not None:
                    self.arrived_ns[number] = at_ns


class Sent:
    """Give :meth:`note` to a publisher's ``on_sent``."""

    def __init__(self) -> None:
        self.at_ns: dict[int, int] = {}

    def note(self, packet: bytes) -> None:
        if len(packet) > PICTURE_BYTES:
            number = number_of(packet)
            assert number is not None
            self.at_ns[number] = time.time_ns()


def is_rtp(data: bytes) -> bool:
    """RFC 7983 and RFC 5761: by the first two bytes."""
    return 128 <= data[0] < 192 and not 192 <= data[1] < 224  # noqa: PLR2004 - as they are known


def stamp_ns(ancillary: Sequence[tuple[int, int, bytes]]) -> int | None:
    for level, kind, value in ancillary:
        if level == _SOL_SOCKET and kind == SO_TIMESTAMPNS and len(value) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(value)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


def added_ms(sent_ns: Mapping[int, int], taps: Sequence[Mapping[int, int]]) -> Iterator[float]:
    """Of each packet that came to all taps: from the call that sent it to the last delivery."""
    for number, at_ns in sent_ns.items():
        arrived = [tap[number] for tap in taps if number in tap]
        if len(arrived) == len(taps):
            yield (max(arrived) - at_ns) / 1e6


def missing(sent_ns: Mapping[int, int], taps: Sequence[Mapping[int, int]]) -> int:
    """Packets that some tap did not get, of those before the last that all had."""
    if not all(taps):
        return len(sent_ns)
    last = min(max(tap) for tap in taps)
    return sum(number <= last and number not in tap for number in sent_ns for tap in taps)

"""PacketHistory: the last packets of one incoming stream, to send again those a subscriber lost.

It is kept per source and not per subscriber: 60 subscribers of one picture ask for the same bytes,
and what differs between them (header, numbers) is made anew.  It holds packets as they came,
decrypted.  It also says which packets are copies: what :meth:`PacketHistory.get` gives has come
before.

**How many.**  Whoever asks does so within a few round trips, so two seconds are plenty; mediasoup
keeps as much, LiveKit and Jitsi 500 packets (research/sfu-anchors.md 1a).  A 720p layer is about
250 packets a second, so 512 are two seconds of it; smaller layers are remembered longer at the
same or less memory.  512 of at most 1.2 KB are 0.6 MB for a layer that is on the stage, and a
gallery of 64 layers q (about 16 packets a second of 1.2 KB) is 40 MB at worst, after half a
minute: give such layers 64 packets (four seconds, 5 MB).

**Numbers.**  A slot is the lowest bits of the sequence number, so the size is a power of two: of
any other size the slots would lose their order where the numbers wrap.  A slot holds a packet of
the last N numbers or nothing: numbers that are jumped over empty theirs.  So no number need be
stored beside the packet, and one that is used again 65536 packets later never brings up the old.
"""

from __future__ import annotations

from typing import Final

PACKETS: Final = 512

_NOTHING_YET: Final = -1


class PacketHistory:
    """A ring by sequence number (16 bits)."""

    __slots__ = ("_mask", "_next", "_packets")

    def __init__(self, packets: int = PACKETS) -> None:
        """*packets*: how many to remember, a power of two of at most 32768 (half the circle)."""
        if packets < 1 or packets & (packets - 1) or packets > 0x8000:
            raise ValueError(f"{packets} is no power of two up to 32768")
        self._mask = packets - 1
        self._packets: list[bytes | None] = [None] * packets
        self._next = _NOTHING_YET  # the number after the newest one

    def put(self, seq: int, packet: bytes) -> None:
        """A packet came.  One too late to be of the last N is not kept."""
        if seq != self._next:
            if not self._make_room(seq):
                return
        else:
            self._next = (seq + 1) & 0xFFFF
        self._packets[seq & self._mask] = packet

    def _make_room(self, seq: int) -> bool:
        """Something else than the next number.  Whether there is a place for it."""
        if self._next == _NOTHING_YET:
            self._next = (seq + 1) & 0xFFFF
            return True
        behind = (self._next - 1 - seq) & 0xFFFF
        if behind <= 0x8000:  # as in serial.py, half the circle is no advance
            return behind <= self._mask
        skipped = (seq - self._next) & 0xFFFF
        for number in range(self._next, self._next + min(skipped, self._mask + 1)):
            self._packets[number & self._mask] = None
        self._next = (seq + 1) & 0xFFFF
        return True

    def get(self, seq: int) -> bytes | None:
        """The packet with this number, if it came and is one of the last N."""
        if (self._next - 1 - seq) & 0xFFFF > self._mask:
            return None
        return self._packets[seq & self._mask]

    def is_behind(self, seq: int) -> bool:
        """Whether this number is older than all that is remembered."""
        behind = (self._next - 1 - seq) & 0xFFFF
        return self._next != _NOTHING_YET and self._mask < behind <= 0x8000  # half: no advance

    def clear(self) -> None:
        """The stream began anew with other numbers: nothing of before is asked for."""
        self._packets = [None] * (self._mask + 1)
        self._next = _NOTHING_YET

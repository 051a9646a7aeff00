"""Packets on their way through: read once, written for many.

A packet that goes to sixty subscribers is parsed once.  What is left of it is a plain tuple
(:data:`Packet`): its numbers, and the bytes that nobody changes.  Per subscriber
:func:`write` makes a fresh header, and of VP8 the few descriptor bytes that count.

:func:`groups` says which packets may leave in one call of the kernel (UDP_SEGMENT): all of one
size but the last, which may be shorter.  A packetizer cuts a frame into parts that differ by a
byte or so, therefore the smaller ones are filled up with RTP padding (RFC 3550 section 5.1), by
at most ``MAX_PADDING`` bytes: less than one packet's own headers cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from struct import Struct
from typing import Final, TypeAlias

from bridge.media.core.rewrite import Run

HEADER_BYTES: Final = 12
MAX_PADDING: Final = 32
MAX_GROUP: Final = 16
"""Packets in one call: beyond sixteen the cost per packet falls no more (research/aiortc.md 8), and
Linux takes at most 64."""
MAX_GROUP_BYTES: Final = 48_000
"""Below the 64 KiB of a datagram's length, headers and authentication tags included."""

PLAIN: Final = -1
"""A :data:`Packet` whose *descriptor* has nothing to patch: sound, H.264, padding alone."""

Packet: TypeAlias = tuple[int, int, int, int, int, int, int, int, bytes]
"""(index, timestamp, first, marker, descriptor, picture_id, tl0, tier, rest).

*index*: sequence number without wraps.  *first*: the first byte of the header, with the padding
bit if *rest* ends in padding.  *marker*: 0x80 or 0.  *descriptor*: the first two bytes of a VP8
descriptor with numbers to patch, else :data:`PLAIN`.  *picture_id* (without wraps) and *tl0* are -1
when the descriptor has none.  *tier*: the temporal layer in the low two bits, with
:data:`STARTS_FRAME` and :data:`SYNC`.  *rest*: what follows the descriptor's numbers, to the end of
the payload.
"""

TID: Final = 0x03
STARTS_FRAME: Final = 0x04
SYNC: Final = 0x08
"""Its frame needs no other but one of the lowest temporal layer (Y of RFC 7741)."""

_HEADER: Final = Struct("!BBHII").pack
_SEND_TIME: Final = Struct("!HHI").pack
_BOTH: Final = Struct("!HHB").pack
_PICTURE_ID: Final = Struct("!HH").pack
_TL0: Final = Struct("!HB").pack


BARE: Final = (0, b"")
"""A :data:`Tail` of nothing."""

Tail: TypeAlias = tuple[int, bytes]
"""What follows the fixed header, of all packets of a source in one delivery, and the bits of the first
byte that say so: see :func:`tail`."""


def write(packet: Packet, run: Run, ssrc: int, tail: Tail = BARE) -> tuple[bytes, bytes]:
    """Header and payload for one subscriber.

    *run* is the run as of this packet (:meth:`Run.at`, for one that may be late).
    """
    bits, behind = tail
    index, timestamp, first, marker, descriptor, picture_id, tl0, _, rest = packet
    header = _HEADER(
        first | bits,
        marker | run.payload_type,
        index + run.index_delta & 0xFFFF,
        timestamp + run.timestamp_delta & 0xFFFFFFFF,
        ssrc,
    )
    if behind:
        header += behind
    if descriptor == PLAIN:
        return header, rest
    if picture_id < 0:
        return header, _TL0(descriptor, tl0 + run.tl0_delta & 0xFF) + rest
    # 15 bits always: see bridge.media.core.vp8.
    picture_id = 0x8000 | picture_id + run.picture_id_delta & 0x7FFF
    if tl0 < 0:
        return header, _PICTURE_ID(descriptor, picture_id) + rest
    return header, _BOTH(descriptor, picture_id, tl0 + run.tl0_delta & 0xFF) + rest


@cache
def csrc_of(site: str) -> int:
    """The number by which a site is known as a contributing source: its code's digits times ten, and
    the number of the room; 790 is 79, 792 is 79-2, 1100 is room 110.  0 for what is no code."""
    code, _, room = site.partition("-")
    digits = code + (room or "0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def tail(csrc: int | None, send_time: int | None, now_s: float) -> Tail:
    """What the header says beside its numbers.

    *csrc* (RFC 3550 section 5.1, as RFC 7667 section 3.7 has it for a middlebox that switches): whose
    picture this is, frame by frame.  *send_time* is the number of the extension that says when the
    packet leaves, in 2**-18 s, wrapping every 64 s.
    """
    bits, behind = BARE if csrc is None else (1, csrc.to_bytes(4, "big"))
    if send_time is not None:
        bits |= 0x10
        behind += _SEND_TIME(0xBEDE, 1, send_time << 28 | 2 << 24 | int(now_s * 0x40000) & 0xFFFFFF)
    return bits, behind


def groups(packets: Iterable[Packet]) -> list[list[Packet]]:
    """The same packets in the same order, in groups that one call can send; some are padded."""
    made: list[list[Packet]] = []
    group: list[Packet] = []
    smallest = largest = 0
    shut = False  # the last one was shorter: none may follow it
    for packet in packets:
        size = size_of(packet)
        fits = (
            group
            and not shut
            and len(group) < MAX_GROUP
            and (len(group) + 1) * max(size, largest) <= MAX_GROUP_BYTES
            and size - smallest <= MAX_PADDING
        )
        if not fits:
            made.append(group := [])
            smallest = largest = size
            shut = False
        elif size < largest - MAX_PADDING:
            shut = True
        else:
            smallest, largest = min(smallest, size), max(largest, size)
        group.append(packet)
    return [_evened(group) for group in made]


def size_of(packet: Packet) -> int:
    """Bytes of its payload as it goes out."""
    _, _, _, _, descriptor, picture_id, tl0, _, rest = packet
    size = len(rest)
    if descriptor != PLAIN:
        size += 2 + 2 * (picture_id >= 0) + (tl0 >= 0)
    return size


def _evened(group: Sequence[Packet]) -> list[Packet]:
    size = max(map(size_of, group))
    last = group[-1]
    return [*(_padded(packet, size) for packet in group[:-1]), last]


def _padded(packet: Packet, size: int) -> Packet:
    missing = size - size_of(packet)
    if missing == 0:
        return packet
    index, timestamp, first, marker, descriptor, picture_id, tl0, tier, rest = packet
    rest += bytes(missing - 1) + bytes((missing,))
    return index, timestamp, first | 0x20, marker, descriptor, picture_id, tl0, tier, rest

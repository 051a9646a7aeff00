"""RTX: a lost packet sent again, in a stream of its own (RFC 4588, SSRC-multiplexed).

    | RTP header: SSRC, payload type and sequence number of the repeating stream |
    | original sequence number, 16 bits | original payload                       |

Timestamp and marker are those of the original.  The stream of its own is more than a formality:
under AES-GCM a packet sent twice with the same SSRC and number must have the same bytes (RFC 7714
section 8.4), and it lets loss be counted on the line itself, repairs apart.

Here packets are decrypted ones.  What we repeat says anew when it leaves.  What publishers repeat
keeps CSRC list and extensions, which say when it left and which m-line it is from; its padding goes.

A repeating stream also carries padding alone: a sender that wants to know whether a line carries
more has nothing better to send.  Nothing in it is for a decoder.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from bridge.media.core.rtp import pack_header

_HEADER: Final = Struct("!BBHII")
_PADDED: Final = 0x20
_NUMBER_BYTES: Final = 2

MAX_PADDING_BYTES: Final = 255
"""One byte counts them (RFC 3550 section 5.1)."""


def wrap(
    packet: bytes,
    *,
    start: int,
    ssrc: int,
    payload_type: int,
    seq: int,
    tail: tuple[int, bytes] = (0, b""),
) -> bytes:
    """One of our packets, its payload beginning at *start*, as number *seq* of *ssrc*, with a *tail*
    of its own (:func:`bridge.media.core.packets.tail`)."""
    _, second, number, timestamp, _ = _HEADER.unpack_from(packet)
    return b"%b%b%b%b" % (
        _HEADER.pack(0x80 | tail[0], second & 0x80 | payload_type, seq, timestamp, ssrc),
        tail[1],
        number.to_bytes(_NUMBER_BYTES, "big"),
        packet[start:],
    )


def unwrap(data: bytes, start: int, stop: int, *, ssrc: int, payload_type: int) -> bytes | None:
    """The packet that is repeated here, as it was in the stream *ssrc*; None if there is none.

    *start* and *stop* are as ``rtp.header_length`` and ``rtp.payload_end`` give them.
    """
    body = start + _NUMBER_BYTES
    if stop < body:
        return None
    first, second, _, timestamp, _ = _HEADER.unpack_from(data)
    number = data[start] << 8 | data[start + 1]
    return b"%b%b%b" % (
        _HEADER.pack(first & ~_PADDED, second & 0x80 | payload_type, number, timestamp, ssrc),
        data[12:start],
        data[body:stop],
    )


def padding(
    ssrc: int,
    payload_type: int,
    seq: int,
    timestamp: int,
    size: int,
    tail: tuple[int, bytes] = (0, b""),
) -> bytes:
    """A packet of nothing but *size* bytes of padding, 1 to 255.  *tail*: see
    :func:`bridge.media.core.packets.tail`.

    Raises ValueError for any other size.
    """
    if not 1 <= size <= MAX_PADDING_BYTES:
        raise ValueError(f"padding has 1 to {MAX_PADDING_BYTES} bytes, not {size}")
    header = bytearray(pack_header(False, payload_type, seq, timestamp, ssrc))
    header[0] |= _PADDED | tail[0]
    return bytes(header) + tail[1] + bytes(size - 1) + bytes((size,))

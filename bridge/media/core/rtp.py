"""RTP headers (RFC 3550 section 5.1) and their extensions (RFC 8285), as ints and bytes.

A packet is read once and sent to many, so nothing here makes an object of it: callers ask for
the numbers they need.  :func:`header_length` is the door: what it lets pass, the other functions
may be asked about; only :func:`is_rtcp` and :func:`extension` take any bytes.

Senders write the one-byte form of extensions alone (ids 1 to 14, 1 to 16 bytes): MID, RID and
audio level fit, and it needs no ``extmap-allow-mixed``.  Both forms are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Final

AUDIO_CLOCK_HZ: Final = 48000
"""Opus always, whatever it samples at (RFC 7587 section 4.1)."""
VIDEO_CLOCK_HZ: Final = 90000
"""VP8 (RFC 7741 section 4.1)."""

FIXED_HEADER_BYTES: Final = 12

_HEADER: Final = Struct("!BBHII")
_ONE_BYTE_FORM: Final = 0xBEDE
_TWO_BYTE_FORM: Final = 0x1000  # the lower four bits are "appbits" and mean nothing to us


class RtpMalformed(ValueError):
    """The peer sent something that is no RTP packet."""


def is_rtcp(data: bytes) -> bool:
    """Whether this is RTCP among RTP on one port (RFC 5761 section 4)."""
    return len(data) > 1 and 192 <= data[1] <= 223


def header_length(data: bytes) -> int:
    """Bytes before the payload: fixed header, CSRC list and extension.

    Raises RtpMalformed on a wrong version and when the packet is shorter than it claims.
    """
    size = len(data)
    if size < FIXED_HEADER_BYTES:
        raise RtpMalformed("shorter than a header")
    first = data[0]
    if first >> 6 != 2:
        raise RtpMalformed("not version 2")
    length = FIXED_HEADER_BYTES + 4 * (first & 0x0F)
    if first & 0x10:
        length += 4
        if size < length:
            raise RtpMalformed("shorter than its extension's head")
        length += 4 * (data[length - 2] << 8 | data[length - 1])
    if size < length:
        raise RtpMalformed("shorter than its header claims")
    return length


def payload_end(data: bytes) -> int:
    """Where the payload ends and the padding begins.

    An empty payload is legal: some senders probe the line with padding alone.
    Raises RtpMalformed when the padding counts nothing or reaches into the header.
    """
    if not data[0] & 0x20:
        return len(data)
    end = len(data) - data[-1]
    if end == len(data) or end < header_length(data):
        raise RtpMalformed("impossible padding")
    return end


def fixed_header(data: bytes) -> tuple[bool, int, int, int, int]:
    """Marker, payload type, sequence number, timestamp and SSRC."""
    _, second, seq, timestamp, ssrc = _HEADER.unpack_from(data)
    return second > 0x7F, second & 0x7F, seq, timestamp, ssrc


def extension(data: bytes, wanted_id: int) -> bytes | None:
    """The value of one header extension; None if it is not there.

    Any bytes are safe; of a broken extension what stands before the break counts.
    """
    if len(data) < FIXED_HEADER_BYTES or not data[0] & 0x10:
        return None
    at = FIXED_HEADER_BYTES + 4 * (data[0] & 0x0F) + 4
    if len(data) < at:
        return None
    form = data[at - 4] << 8 | data[at - 3]
    end = min(len(data), at + 4 * (data[at - 2] << 8 | data[at - 1]))
    if form == _ONE_BYTE_FORM:
        return _find_one_byte(data, at, end, wanted_id)
    if form & 0xFFF0 == _TWO_BYTE_FORM:
        return _find_two_byte(data, at, end, wanted_id)
    return None


def _find_one_byte(data: bytes, at: int, end: int, wanted_id: int) -> bytes | None:
    while at < end:
        head = data[at]
        at += 1
        if head == 0:  # padding
            continue
        number, value_end = head >> 4, at + (head & 0x0F) + 1
        # RFC 8285 section 4.2: id 15, and id 0 with a length, end the processing.
        if number in (0, 15) or value_end > end:
            return None
        if number == wanted_id:
            return data[at:value_end]
        at = value_end
    return None


def _find_two_byte(data: bytes, at: int, end: int, wanted_id: int) -> bytes | None:
    while at < end:
        number = data[at]
        at += 1
        if number == 0:  # padding
            continue
        if at == end:
            return None
        value_end = at + 1 + data[at]
        if value_end > end:
            return None
        if number == wanted_id:
            return data[at + 1 : value_end]
        at = value_end
    return None


def pack_header(marker: bool, payload_type: int, seq: int, timestamp: int, ssrc: int) -> bytes:
    """A header without CSRC list, extension or padding; the numbers are in range."""
    return _HEADER.pack(0x80, marker << 7 | payload_type, seq, timestamp, ssrc)


def pack_header_with_extensions(
    marker: bool,
    payload_type: int,
    seq: int,
    timestamp: int,
    ssrc: int,
    extensions: Mapping[int, bytes],
) -> bytes:
    """A header with extensions ``{id: value}`` in their order; with none, a plain one.

    Raises ValueError for an id or a value that the one-byte form cannot carry.
    """
    if not extensions:
        return pack_header(marker, payload_type, seq, timestamp, ssrc)
    header = _HEADER.pack(0x90, marker << 7 | payload_type, seq, timestamp, ssrc)
    return header + write_one_byte_extensions(extensions)


def write_one_byte_extensions(extensions: Mapping[int, bytes]) -> bytes:
    """The extension block that follows the fixed header: head, elements, padding to 32 bits.

    Raises ValueError for an id or a value that the one-byte form cannot carry.
    """
    body = bytearray()
    for number, value in extensions.items():
        if not (1 <= number <= 14 and 1 <= len(value) <= 16):
            raise ValueError(f"extension {number} of {len(value)} bytes has no one-byte form")
        body.append(number << 4 | len(value) - 1)
        body += value
    body += bytes(-len(body) % 4)
    return _ONE_BYTE_FORM.to_bytes(2, "big") + (len(body) // 4).to_bytes(2, "big") + body

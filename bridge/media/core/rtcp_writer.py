"""Writing RTCP: packets to bytes, and compounds that every receiver must take.

What is written is strict: a compound starts with SR or RR and has the CNAME of its first sender
(RFC 3550 section 6.1), so that receivers that know nothing of reduced size (RFC 5506) take it.
Sizes are not judged here: what fits a datagram is known to who chooses the packets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bridge.media.core.rtcp import (
    APPLICATION_FORMAT,
    BLOCK,
    CNAME,
    FEEDBACK,
    HEAD,
    MAX_REPORTS,
    NACK_FORMAT,
    PAYLOAD_FEEDBACK,
    PLI_FORMAT,
    RR,
    SDES,
    SENDER_INFO,
    SR,
    TRANSPORT_FEEDBACK,
    Nack,
    Outgoing,
    PictureLoss,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
    SourceDescription,
)


def pack(packet: Outgoing) -> bytes:
    """One packet, not yet a compound.

    Raises ValueError for more than MAX_REPORTS report blocks, for a CNAME over 255 bytes and for
    a NACK that names no packet.
    """
    match packet:
        case SenderReport():
            info = SENDER_INFO.pack(
                packet.ssrc,
                packet.ntp,
                packet.rtp,
                packet.packets & 0xFFFFFFFF,
                packet.octets & 0xFFFFFFFF,
            )
            return _report(SR, info, packet.reports)
        case ReceiverReport():
            return _report(RR, packet.ssrc.to_bytes(4, "big"), packet.reports)
        case SourceDescription():
            text = packet.cname.encode()
            if len(text) > 255:
                raise ValueError("a CNAME has at most 255 bytes")
            chunk = packet.ssrc.to_bytes(4, "big") + bytes((CNAME, len(text))) + text
            return _packet(SDES, 1, chunk + bytes(4 - len(chunk) % 4))
        case PictureLoss():
            return _packet(PAYLOAD_FEEDBACK, PLI_FORMAT, FEEDBACK.pack(packet.sender, packet.media))
        case Nack():
            return _packet(TRANSPORT_FEEDBACK, NACK_FORMAT, _nack(packet))
        case Remb():
            return _packet(PAYLOAD_FEEDBACK, APPLICATION_FORMAT, _remb(packet))
        case _:
            assert_never(packet)


def compound(packets: Sequence[Outgoing], *, cname: str) -> bytes:
    """The packets in their order, with *cname* for the first one's SSRC behind it.

    Raises ValueError when the first is neither SR nor RR.  Its size is the caller's care.
    """
    first, *others = packets
    if not isinstance(first, SenderReport | ReceiverReport):
        raise ValueError("a compound starts with a report")  # noqa: TRY004 (not a wrong type)
    description = SourceDescription(ssrc=first.ssrc, cname=cname)
    return b"".join(map(pack, (first, description, *others)))


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return HEAD.pack(0x80 | count, kind, len(body) // 4) + body


def _report(kind: int, head: bytes, reports: tuple[ReportBlock, ...]) -> bytes:
    if len(reports) > MAX_REPORTS:
        raise ValueError(f"a report has at most {MAX_REPORTS} blocks")
    blocks = b"".join(
        BLOCK.pack(
            block.ssrc,
            block.fraction_lost,
            block.lost.to_bytes(3, "big", signed=True),
            block.highest,
            block.jitter,
            block.last_sr,
            block.delay_since_sr,
        )
        for block in reports
    )
    return _packet(kind, len(reports), head + blocks)


def _nack(packet: Nack) -> bytes:
    """Each entry is a number and a mask of the 16 behind it.  Numbers in ascending order (across
    the wrap, too) need the fewest entries; in any other order they are all named as well."""
    if not packet.seqs:
        raise ValueError("a NACK names a packet")
    body = bytearray(FEEDBACK.pack(packet.sender, packet.media))
    first, mask = packet.seqs[0], 0
    for seq in packet.seqs[1:]:
        bit = (seq - first - 1) & 0xFFFF
        if bit < 16:
            mask |= 1 << bit
        else:
            body += (first << 16 | mask).to_bytes(4, "big")
            first, mask = seq, 0
    return bytes(body + (first << 16 | mask).to_bytes(4, "big"))


def _remb(packet: Remb) -> bytes:
    exponent = max(packet.bitrate_bps.bit_length() - 18, 0)
    mantissa = packet.bitrate_bps >> exponent
    return (
        FEEDBACK.pack(packet.sender, 0)
        + b"REMB"
        + (len(packet.ssrcs) << 24 | exponent << 18 | mantissa).to_bytes(4, "big")
        + b"".join(ssrc.to_bytes(4, "big") for ssrc in packet.ssrcs)
    )

"""RTCP: what receivers and senders tell each other (RFC 3550 section 6, RFC 4585, RFC 5104).

Reading is strict about lengths and tolerant about everything else: a compound is accepted or
refused as a whole, packets and feedback of unknown kinds are stepped over, SR and RR may carry
profile extensions, and reduced-size compounds (RFC 5506) are legal.  Writing is strict: a
compound starts with SR or RR and has a CNAME (RFC 3550 section 6.1).

Rates are so low (a few packets per session and second) that these are objects.  REMB is
draft-alvestrand-rmcat-remb-03, which never became an RFC and which every browser speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final, TypeAlias, assert_never

MAX_REPORTS: Final = 31
"""Report blocks that one SR or RR can count; more go into further compounds in turn."""

_SR: Final = 200
_RR: Final = 201
_SDES: Final = 202
_BYE: Final = 203
_TRANSPORT_FEEDBACK: Final = 205
_PAYLOAD_FEEDBACK: Final = 206
_NACK_FORMAT: Final = 1
_PLI_FORMAT: Final = 1
_FIR_FORMAT: Final = 4
_APPLICATION_FORMAT: Final = 15
_CNAME: Final = 1

_HEAD: Final = Struct("!BBH")
_SENDER_INFO: Final = Struct("!IQIII")
_BLOCK: Final = Struct("!IB3sIIII")
_FEEDBACK: Final = Struct("!II")

_NTP_EPOCH_S: Final = 2_208_988_800
"""Seconds from 1900 to 1970."""


class RtcpMalformed(ValueError):
    """The peer sent something that is no RTCP compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBlock:
    """How one stream is received (RFC 3550 section 6.4.1)."""

    ssrc: int
    fraction_lost: int
    """Since the last report, in 256ths."""
    lost: int
    """Cumulative, 24 bits, signed."""
    highest: int
    """Extended highest sequence number received."""
    jitter: int
    """In ticks of the stream's clock."""
    last_sr: int
    """Middle 32 bits of the NTP time in the last sender report; 0 before the first."""
    delay_since_sr: int
    """In 65536ths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderReport:
    ssrc: int
    ntp: int
    """64 bits: seconds since 1900 and their fraction."""
    rtp: int
    """The same moment on the stream's clock."""
    packets: int
    octets: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverReport:
    ssrc: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescription:
    """One chunk of an SDES packet that has a CNAME; other items are not kept."""

    ssrc: int
    cname: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bye:
    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLoss:
    """PLI: *sender* asks for a key frame of *media*."""

    sender: int
    media: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FullIntra:
    """FIR (RFC 5104 section 4.3.1): the same wish, for several streams."""

    sender: int
    media: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nack:
    sender: int
    media: int
    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remb:
    """The sender of these streams may send this much altogether."""

    sender: int
    bitrate_bps: int
    """Written with 18 significant bits, rounded down."""
    ssrcs: tuple[int, ...]


Outgoing: TypeAlias = SenderReport | ReceiverReport | SourceDescription | PictureLoss | Remb
Rtcp: TypeAlias = Outgoing | Bye | FullIntra | Nack


def parse(data: bytes) -> list[Rtcp]:
    """All packets of a compound that we know, in order.

    Raises RtcpMalformed when any packet, known or not, is not as long as it claims.
    """
    if not data:
        raise RtcpMalformed("empty")
    found: list[Rtcp] = []
    at, size = 0, len(data)
    while at < size:
        if size - at < 4:
            raise RtcpMalformed("shorter than a header")
        first, kind, words = _HEAD.unpack_from(data, at)
        if first >> 6 != 2:
            raise RtcpMalformed("not version 2")
        end = at + 4 + 4 * words
        if end > size:
            raise RtcpMalformed("shorter than its header claims")
        body = data[at + 4 : end]
        if first & 0x20:
            body = _unpadded(body, last=end == size)
        found += _packets(kind, first & 0x1F, body)
        at = end
    return found


def _unpadded(body: bytes, *, last: bool) -> bytes:
    count = body[-1] if body else 0
    if not last or count == 0 or count % 4 or count > len(body):
        raise RtcpMalformed("impossible padding")
    return body[:-count]


def _packets(kind: int, count: int, body: bytes) -> Iterable[Rtcp]:
    if kind == _SR:
        _need(body, 24 + 24 * count)
        ssrc, ntp, rtp, packets, octets = _SENDER_INFO.unpack_from(body)
        yield SenderReport(
            ssrc=ssrc,
            ntp=ntp,
            rtp=rtp,
            packets=packets,
            octets=octets,
            reports=_blocks(body, 24, count),
        )
    elif kind == _RR:
        _need(body, 4 + 24 * count)
        yield ReceiverReport(ssrc=_word(body, 0), reports=_blocks(body, 4, count))
    elif kind == _SDES:
        yield from _chunks(body, count)
    elif kind == _BYE:
        _need(body, 4 * count)
        yield Bye(ssrcs=_words(body, 0, count))
    elif kind in (_TRANSPORT_FEEDBACK, _PAYLOAD_FEEDBACK):
        _need(body, 8)
        sender, media = _FEEDBACK.unpack_from(body)
        yield from _feedback(kind, count, sender, media, body[8:])


def _feedback(kind: int, form: int, sender: int, media: int, fci: bytes) -> Iterable[Rtcp]:
    if kind == _TRANSPORT_FEEDBACK:
        if form == _NACK_FORMAT:
            yield Nack(sender=sender, media=media, seqs=tuple(_nacked(fci)))
    elif form == _PLI_FORMAT:
        yield PictureLoss(sender=sender, media=media)
    elif form == _FIR_FORMAT:
        if len(fci) % 8:
            raise RtcpMalformed("FIR entries are 8 bytes each")
        yield FullIntra(sender=sender, media=tuple(_word(fci, at) for at in range(0, len(fci), 8)))
    elif form == _APPLICATION_FORMAT and fci[:4] == b"REMB":
        _need(fci, 8)
        _need(fci, 8 + 4 * fci[4])
        mantissa = (fci[5] & 0x03) << 16 | fci[6] << 8 | fci[7]
        yield Remb(
            sender=sender, bitrate_bps=mantissa << (fci[5] >> 2), ssrcs=_words(fci, 8, fci[4])
        )


def _nacked(fci: bytes) -> Iterable[int]:
    # RFC 4585 section 6.2.1: a packet and a mask of the 16 that follow it.
    for at in range(0, len(fci), 4):
        word = _word(fci, at)
        seq, mask = word >> 16, word & 0xFFFF
        yield seq
        for bit in range(16):
            if mask >> bit & 1:
                yield (seq + bit + 1) & 0xFFFF


def _chunks(body: bytes, count: int) -> Iterable[SourceDescription]:
    at = 0
    for _ in range(count):
        _need(body, at + 4)
        ssrc = _word(body, at)
        at += 4
        while True:
            _need(body, at + 1)
            item = body[at]
            if item == 0:
                break
            _need(body, at + 2)
            text_end = at + 2 + body[at + 1]
            _need(body, text_end)
            if item == _CNAME:
                text = body[at + 2 : text_end].decode(errors="replace")
                yield SourceDescription(ssrc=ssrc, cname=text)
            at = text_end
        at += 4 - at % 4  # one to four zero bytes end a chunk on a word's border
        _need(body, at)


def _blocks(body: bytes, start: int, count: int) -> tuple[ReportBlock, ...]:
    return tuple(_block(body, start + 24 * n) for n in range(count))


def _block(body: bytes, at: int) -> ReportBlock:
    ssrc, fraction, lost, highest, jitter, last_sr, delay = _BLOCK.unpack_from(body, at)
    return ReportBlock(
        ssrc=ssrc,
        fraction_lost=fraction,
        lost=int.from_bytes(lost, "big", signed=True),
        highest=highest,
        jitter=jitter,
        last_sr=last_sr,
        delay_since_sr=delay,
    )


def _need(body: bytes, size: int) -> None:
    if len(body) < size:
        raise RtcpMalformed("shorter than its contents claim")


def _word(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 4], "big")


def _words(body: bytes, start: int, count: int) -> tuple[int, ...]:
    return tuple(_word(body, start + 4 * n) for n in range(count))


def pack(packet: Outgoing) -> bytes:
    """One packet, not yet a compound.

    Raises ValueError for more than MAX_REPORTS report blocks and for a CNAME over 255 bytes.
    """
    match packet:
        case SenderReport():
            info = _SENDER_INFO.pack(
                packet.ssrc,
                packet.ntp,
                packet.rtp,
                packet.packets & 0xFFFFFFFF,
                packet.octets & 0xFFFFFFFF,
            )
            return _report(_SR, info, packet.reports)
        case ReceiverReport():
            return _report(_RR, packet.ssrc.to_bytes(4, "big"), packet.reports)
        case SourceDescription():
            text = packet.cname.encode()
            if len(text) > 255:
                raise ValueError("a CNAME has at most 255 bytes")
            chunk = packet.ssrc.to_bytes(4, "big") + bytes((_CNAME, len(text))) + text
            return _packet(_SDES, 1, chunk + bytes(4 - len(chunk) % 4))
        case PictureLoss():
            return _packet(
                _PAYLOAD_FEEDBACK, _PLI_FORMAT, _FEEDBACK.pack(packet.sender, packet.media)
            )
        case Remb():
            return _packet(_PAYLOAD_FEEDBACK, _APPLICATION_FORMAT, _remb(packet))
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
    return _HEAD.pack(0x80 | count, kind, len(body) // 4) + body


def _report(kind: int, head: bytes, reports: tuple[ReportBlock, ...]) -> bytes:
    if len(reports) > MAX_REPORTS:
        raise ValueError(f"a report has at most {MAX_REPORTS} blocks")
    blocks = b"".join(
        _BLOCK.pack(
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


def _remb(packet: Remb) -> bytes:
    exponent = max(packet.bitrate_bps.bit_length() - 18, 0)
    mantissa = packet.bitrate_bps >> exponent
    return (
        _FEEDBACK.pack(packet.sender, 0)
        + b"REMB"
        + (len(packet.ssrcs) << 24 | exponent << 18 | mantissa).to_bytes(4, "big")
        + b"".join(ssrc.to_bytes(4, "big") for ssrc in packet.ssrcs)
    )


def ntp_from_unix(seconds: float) -> int:
    """64-bit NTP time of a Unix time; in 2036 it wraps, as RFC 3550 section 4 expects."""
    return (int(seconds * 0x100000000) + (_NTP_EPOCH_S << 32)) & 0xFFFFFFFFFFFFFFFF


def middle32(ntp: int) -> int:
    """The form of an NTP time that report blocks carry: 65536ths of a second."""
    return ntp >> 16 & 0xFFFFFFFF


def round_trip_s(*, now_ntp: int, block: ReportBlock) -> float | None:
    """Seconds there and back, from a report about our own stream (RFC 3550 section 6.4.1).

    None before the peer has seen a sender report of ours.  Never negative: a peer that claims a
    longer delay than passed is taken as next door.
    """
    if block.last_sr == 0:
        return None
    ticks = (middle32(now_ntp) - block.last_sr - block.delay_since_sr) & 0xFFFFFFFF
    return 0.0 if ticks >= 0x80000000 else ticks / 0x10000

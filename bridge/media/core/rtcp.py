"""RTCP: what receivers and senders tell each other (RFC 3550 section 6, RFC 4585, RFC 5104).

The packets, and how they are read: strict about lengths and tolerant about everything else.  A
compound is accepted or refused as a whole, packets and feedback of unknown kinds are stepped over,
SR and RR may carry profile extensions, and reduced-size compounds (RFC 5506) are legal.  How they
are written is :mod:`bridge.media.core.rtcp_writer`.

Rates are so low (a few packets per session and second) that these are objects.  REMB is
draft-alvestrand-rmcat-remb-03, which never became an RFC and which every browser speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final, TypeAlias

MAX_REPORTS: Final = 31
"""Report blocks that one SR or RR can count; more go into further compounds in turn."""

SR: Final = 200
RR: Final = 201
SDES: Final = 202
_BYE: Final = 203
TRANSPORT_FEEDBACK: Final = 205
PAYLOAD_FEEDBACK: Final = 206
NACK_FORMAT: Final = 1
PLI_FORMAT: Final = 1
_FIR_FORMAT: Final = 4
APPLICATION_FORMAT: Final = 15
CNAME: Final = 1

HEAD: Final = Struct("!BBH")
SENDER_INFO: Final = Struct("!IQIII")
BLOCK: Final = Struct("!IB3sIIII")
FEEDBACK: Final = Struct("!II")


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
    """*sender* misses these packets of *media* (RFC 4585 section 6.2.1)."""

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


Outgoing: TypeAlias = SenderReport | ReceiverReport | SourceDescription | PictureLoss | Nack | Remb
Rtcp: TypeAlias = Outgoing | Bye | FullIntra


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
        first, kind, words = HEAD.unpack_from(data, at)
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
    if kind == SR:
        _need(body, 24 + 24 * count)
        ssrc, ntp, rtp, packets, octets = SENDER_INFO.unpack_from(body)
        yield SenderReport(
            ssrc=ssrc,
            ntp=ntp,
            rtp=rtp,
            packets=packets,
            octets=octets,
            reports=_blocks(body, 24, count),
        )
    elif kind == RR:
        _need(body, 4 + 24 * count)
        yield ReceiverReport(ssrc=_word(body, 0), reports=_blocks(body, 4, count))
    elif kind == SDES:
        yield from _chunks(body, count)
    elif kind == _BYE:
        _need(body, 4 * count)
        yield Bye(ssrcs=_words(body, 0, count))
    elif kind in (TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK):
        _need(body, 8)
        sender, media = FEEDBACK.unpack_from(body)
        yield from _feedback(kind, count, sender, media, body[8:])


def _feedback(kind: int, form: int, sender: int, media: int, fci: bytes) -> Iterable[Rtcp]:
    if kind == TRANSPORT_FEEDBACK:
        if form == NACK_FORMAT:
            yield Nack(sender=sender, media=media, seqs=tuple(_nacked(fci)))
    elif form == PLI_FORMAT:
        yield PictureLoss(sender=sender, media=media)
    elif form == _FIR_FORMAT:
        if len(fci) % 8:
            raise RtcpMalformed("FIR entries are 8 bytes each")
        yield FullIntra(sender=sender, media=tuple(_word(fci, at) for at in range(0, len(fci), 8)))
    elif form == APPLICATION_FORMAT and fci[:4] == b"REMB":
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
            if item == CNAME:
                text = body[at + 2 : text_end].decode(errors="replace")
                yield SourceDescription(ssrc=ssrc, cname=text)
            at = text_end
        at += 4 - at % 4  # one to four zero bytes end a chunk on a word's border
        _need(body, at)


def _blocks(body: bytes, start: int, count: int) -> tuple[ReportBlock, ...]:
    return tuple(_block(body, start + 24 * n) for n in range(count))


def _block(body: bytes, at: int) -> ReportBlock:
    ssrc, fraction, lost, highest, jitter, last_sr, delay = BLOCK.unpack_from(body, at)
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

"""The client's half of negotiation, for our own endpoints: write an offer, read the answer.

The offer says what a browser in the same room would say and nothing else: VP8 unless told
otherwise, with NACK and retransmissions, layers by RID, no SSRC for layered picture (the
extensions name it and its repair).  Film is stereo under a number of its own, for a payload type
means the same in all m-lines of a bundle (RFC 9143 section 9.1).  Candidates are left out: an
ICE-lite server learns our address from our checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bridge.media.core.layers import LAYERS
from bridge.media.core.sdp_terms import (
    FEEDBACK,
    LEVEL,
    MID,
    NACK,
    PROTOCOL,
    REPAIRED_RID,
    RID,
    RTX,
    SEND_TIME,
    Spoken,
    rtx_of,
    sources,
)
from bridge.media.core.sdp_text import MediaLine, SdpRejected, parse_description
from bridge.media.plane import Candidate, Codec, Payload
from bridge.media.slots import CAMERA, CONTENT, CONTENT_SOUND, MIC, Direction, Medium, Slot

EXTENSIONS: Final = {MID: 1, LEVEL: 2, RID: 3, REPAIRED_RID: 4, SEND_TIME: 5}
PAYLOADS: Final[Mapping[Codec, Payload]] = {
    Codec.OPUS: Payload(number=111),
    Codec.VP8: Payload(number=96, rtx=97),
    Codec.H264: Payload(number=102, rtx=103),
}
STEREO: Final = Payload(number=112)
_OPUS_FMTP: Final = "minptime=10;useinbandfec=1"
_FMTP: Final = {
    Codec.OPUS: _OPUS_FMTP,
    Codec.VP8: "",
    Codec.H264: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLine:
    """One m-line of the answer."""

    mid: str
    kind: str
    direction: str
    """From the server: ``recvonly`` where we send, ``sendonly`` where we receive."""
    payload_type: int
    """Of the answer's first codec."""
    rtx_payload_type: int | None = None
    ssrc: int | None
    """Of what we will receive; None where we send."""
    rtx_ssrc: int | None = None
    nack: bool = False
    """The server asks for lost packets, or answers when we do."""
    rids: tuple[str, ...]
    """Layers the server takes; empty for one encoding."""
    extensions: Mapping[str, int]
    """URI -> number the server takes."""
    stream: str
    """Lines of one stream belong together (lip sync); empty where we send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an endpoint needs to connect and to send."""

    ufrag: str
    pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    ice_lite: bool
    candidates: tuple[Candidate, ...]
    """Best first among those of one transport."""
    lines: Mapping[str, AnsweredLine]
    """By mid."""


def mids_of(slots: Sequence[Slot]) -> dict[str, str]:
    """The map from mid to slot name that goes with :func:`build_offer`."""
    return {str(index): slot.name for index, slot in enumerate(slots)}


def build_offer(
    slots: Sequence[Slot],
    *,
    ufrag: str,
    pwd: str,
    fingerprint: str,
    cname: str,
    ssrcs: Mapping[str, int],
    rtx_ssrcs: Mapping[str, int] | None = None,
    layers: Sequence[str] = LAYERS,
    codecs: Sequence[Codec] = (Codec.VP8,),
) -> str:
    """An offer with one m-line per slot, mids ``0``, ``1``, ... in order.

    ``ssrcs`` names the SSRC of sending slots that have one encoding (all but a camera with
    ``layers``), ``rtx_ssrcs`` that of its retransmissions; others are left to the extensions.
    ``codecs`` are those of picture, most wanted first.
    """
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids_of(slots))}",
        "a=extmap-allow-mixed",
        f"a=ice-ufrag:{ufrag}",
        f"a=ice-pwd:{pwd}",
        f"a=fingerprint:sha-256 {fingerprint}",
        "a=setup:actpass",
    ]
    for mid, slot in enumerate(slots):
        sends = slot.direction is Direction.SEND
        formats = tuple(_formats(slot, codecs))
        numbers = " ".join(str(number) for form in formats for number in form.numbers)
        lines += [
            f"m={slot.kind} 9 {PROTOCOL} {numbers}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{mid}",
            "a=sendonly" if sends else "a=recvonly",
            "a=rtcp-mux",
            "a=rtcp-rsize",
        ]
        for form in formats:
            lines += form.attributes
        layered = layers if slot == CAMERA else ()
        lines += (f"a=extmap:{EXTENSIONS[uri]} {uri}" for uri in _extensions(slot, bool(layered)))
        if layered:
            lines += [f"a=rid:{layer} send" for layer in layered]
            lines.append(f"a=simulcast:send {';'.join(layered)}")
        if sends:
            lines.append(f"a=msid:{cname} {slot.name}")
        if sends and slot.name in ssrcs:
            lines += sources(ssrcs[slot.name], (rtx_ssrcs or {}).get(slot.name), cname)
    return "\r\n".join((*lines, ""))


def _formats(slot: Slot, codecs: Sequence[Codec]) -> Iterator[Spoken]:
    if slot.kind is Medium.VIDEO:
        for codec in codecs:
            yield Spoken(codec=codec, payload=PAYLOADS[codec], fmtp=_FMTP[codec], feedback=FEEDBACK)
    elif slot == CONTENT_SOUND or slot.name == CONTENT:
        fmtp = f"{_OPUS_FMTP};stereo=1;sprop-stereo=1"
        yield Spoken(codec=Codec.OPUS, payload=STEREO, fmtp=fmtp, feedback=())
    else:
        payload = PAYLOADS[Codec.OPUS]
        yield Spoken(codec=Codec.OPUS, payload=payload, fmtp=_OPUS_FMTP, feedback=())


def _extensions(slot: Slot, layered: bool) -> Iterator[str]:
    yield MID
    if slot.direction is Direction.SEND:
        yield SEND_TIME
    if slot == MIC:
        yield LEVEL
    if layered:
        yield RID
        yield REPAIRED_RID


def parse_answer(text: str) -> Answer:
    """Read an answer.  Raises :class:`SdpRejected` when it is malformed or refuses an m-line."""
    answer = parse_description(text)
    if answer.setup != "passive":
        raise SdpRejected(f"a=setup is {answer.setup}, must be passive: the client speaks first")
    candidates = dict.fromkeys(each for line in answer.media for each in line.candidates)
    return Answer(
        ufrag=answer.ufrag,
        pwd=answer.pwd,
        fingerprints=answer.fingerprints,
        ice_lite=answer.ice_lite,
        candidates=tuple(candidates),
        lines={line.mid: _answered(index, line) for index, line in enumerate(answer.media)},
    )


def _answered(index: int, line: MediaLine) -> AnsweredLine:
    if line.port == 0:
        raise SdpRejected(f"m-line {index}: refused by the answer")
    codec = next((form for form in line.formats if form.encoding != RTX), None)
    if codec is None:
        raise SdpRejected(f"m-line {index}: no codec")
    ssrc = line.ssrcs[0] if line.ssrcs else None
    repairs = {group[0]: group[1:] for words, group in line.ssrc_groups if words == "FID"}
    return AnsweredLine(
        mid=line.mid,
        kind=line.kind,
        direction=line.direction,
        payload_type=codec.payload_type,
        rtx_payload_type=rtx_of(line, codec),
        ssrc=ssrc,
        rtx_ssrc=next(iter(repairs.get(ssrc, ())), None) if ssrc is not None else None,
        nack=NACK in codec.feedback,
        rids=line.simulcast.get("recv", line.recv_rids),
        extensions={uri: extension.number for uri, extension in line.extensions.items()},
        stream=line.msid.split(" ", 1)[0],
    )

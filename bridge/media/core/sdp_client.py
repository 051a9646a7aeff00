"""The client's half of negotiation, for our own endpoints: write an offer, read the answer.

The offer says what a browser in the same room would say and nothing else: one payload type per
medium, layers by RID, no SSRC for layered picture (the extensions name it).  Candidates are left
out: an ICE-lite server learns our address from our checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bridge.media.core.sdp import FEEDBACK, LAYERS, LEVEL, MID, PROTOCOL, RID, RTPMAP
from bridge.media.core.sdp_text import MediaLine, SdpRejected, parse_description
from bridge.media.slots import CAMERA, MIC, Direction, Medium, Slot

MID_EXTENSION: Final = 1
LEVEL_EXTENSION: Final = 2
RID_EXTENSION: Final = 3
PAYLOAD_TYPES: Final = {Medium.AUDIO: 111, Medium.VIDEO: 96}
_FMTP: Final = {Medium.AUDIO: "minptime=10;useinbandfec=1", Medium.VIDEO: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLine:
    """One m-line of the answer."""

    mid: str
    kind: str
    direction: str
    """From the server: ``recvonly`` where we send, ``sendonly`` where we receive."""
    payload_type: int
    ssrc: int | None
    """Of what we will receive; None where we send."""
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
    candidates: tuple[tuple[str, int], ...]
    """Address and UDP port, best first."""
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
    layers: Sequence[str] = LAYERS,
) -> str:
    """An offer with one m-line per slot, mids ``0``, ``1``, ... in order.

    ``ssrcs`` names the SSRC of sending slots that have one encoding (the microphone; the camera
    when ``layers`` is empty); others are left to RID.
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
        number = PAYLOAD_TYPES[slot.kind]
        lines += [
            f"m={slot.kind} 9 {PROTOCOL} {number}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{mid}",
            "a=sendonly" if sends else "a=recvonly",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            f"a=rtpmap:{number} {RTPMAP[slot.kind]}",
            f"a=extmap:{MID_EXTENSION} {MID}",
        ]
        if _FMTP[slot.kind]:
            lines.append(f"a=fmtp:{number} {_FMTP[slot.kind]}")
        if slot.kind is Medium.VIDEO:
            lines += [f"a=rtcp-fb:{number} {feedback}" for feedback in FEEDBACK]
        if slot == MIC:
            lines.append(f"a=extmap:{LEVEL_EXTENSION} {LEVEL}")
        if slot == CAMERA and layers:
            lines.append(f"a=extmap:{RID_EXTENSION} {RID}")
            lines += [f"a=rid:{layer} send" for layer in layers]
            lines.append(f"a=simulcast:send {';'.join(layers)}")
        if sends:
            lines.append(f"a=msid:{cname} {slot.name}")
        if sends and slot.name in ssrcs:
            lines.append(f"a=ssrc:{ssrcs[slot.name]} cname:{cname}")
    return "\r\n".join((*lines, ""))


def parse_answer(text: str) -> Answer:
    """Read an answer.  Raises :class:`SdpRejected` when it is malformed or refuses an m-line."""
    answer = parse_description(text)
    if answer.setup != "passive":
        raise SdpRejected(f"a=setup is {answer.setup}, must be passive: the client speaks first")
    candidates = dict.fromkeys(pair for line in answer.media for pair in line.candidates)
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
    if not line.codecs:
        raise SdpRejected(f"m-line {index}: no codec")
    return AnsweredLine(
        mid=line.mid,
        kind=line.kind,
        direction=line.direction,
        payload_type=line.codecs[0].payload_type,
        ssrc=line.ssrcs[0] if line.ssrcs else None,
        rids=line.simulcast.get("recv", line.recv_rids),
        extensions={uri: extension.number for uri, extension in line.extensions.items()},
        stream=line.msid.split(" ", 1)[0],
    )

"""Terms: the codecs, feedback and header extensions we speak, and which formats of an m-line are
they.

Sound is Opus (RFC 7587), picture VP8 (RFC 7741) or H.264 (RFC 6184).  Nothing is transcoded, so
of H.264 only what every browser decodes is taken: a baseline profile (``profile-level-id`` 42....,
constrained or not) with ``packetization-mode=1``.  A format without ``profile-level-id`` would be
baseline at level 1, a picture of 176x144, and is not meant.  Format parameters are echoed as they
were offered: of H.264 the profile must agree (RFC 6184 section 8.2.2), and Opus is stereo where the
client says so.

An m-line may list several H.264 formats; the first that fits is ours, one number for each codec.

Picture is repaired by generic NACK (RFC 4585) and retransmission (RFC 4588).  Sound is not, even
where NACK is offered: a frame is 20 ms, Opus mends a lost one from its neighbours, and what comes
back after a round trip is mostly too late to be played.  Transport-wide feedback is not spoken,
REMB steers instead (Chromium then sends REMB as a watcher too).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.media.core.sdp_text import Format, MediaLine, SdpRejected
from bridge.media.plane import Codec, Payload
from bridge.media.slots import Medium

MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

PROTOCOL: Final = "UDP/TLS/RTP/SAVPF"
NACK: Final = "nack"
FEEDBACK: Final = ("goog-remb", "ccm fir", NACK, "nack pli")
"""Of picture."""
RTPMAP: Final[Mapping[Codec, str]] = {
    Codec.OPUS: "opus/48000/2",
    Codec.VP8: "VP8/90000",
    Codec.H264: "H264/90000",
}
RTX: Final = "rtx/90000"

_CODECS: Final = {
    Medium.AUDIO: {"opus/48000/2": Codec.OPUS},
    Medium.VIDEO: {"vp8/90000": Codec.VP8, "h264/90000": Codec.H264},
}
_BASELINE: Final = re.compile(r"42[0-9A-Fa-f]{4}")
_PAYLOAD_TYPES: Final = frozenset(range(128)).difference(range(64, 96))
"""Without those that look like RTCP when both share a port (RFC 5761 section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A codec of an m-line that both sides speak, in the client's numbers."""

    codec: Codec
    payload: Payload
    fmtp: str
    feedback: tuple[str, ...]

    @property
    def numbers(self) -> Iterator[int]:
        """As they stand behind ``m=``."""
        yield self.payload.number
        if self.payload.rtx is not None:
            yield self.payload.rtx

    @property
    def attributes(self) -> Iterator[str]:
        number, rtx = self.payload.number, self.payload.rtx
        yield f"a=rtpmap:{number} {RTPMAP[self.codec]}"
        if self.fmtp:
            yield f"a=fmtp:{number} {self.fmtp}"
        for feedback in self.feedback:
            yield f"a=rtcp-fb:{number} {feedback}"
        if rtx is not None:
            yield f"a=rtpmap:{rtx} {RTX}"
            yield f"a=fmtp:{rtx} apt={number}"


def spoken(line: MediaLine, medium: Medium, where: str) -> tuple[Spoken, ...]:
    """Our codecs among the formats of an m-line, in its order, each once; at least one.

    Raises :class:`SdpRejected`, beginning with *where*.
    """
    numbers = [form.payload_type for form in line.formats]
    if len(set(numbers)) != len(numbers):
        raise SdpRejected(f"{where}: a payload type stands for two formats")
    repaired = medium is Medium.VIDEO
    found: dict[Codec, Spoken] = {}
    for form in line.formats:
        codec = _codec(form, medium)
        if codec is None or codec in found:
            continue
        one = Spoken(
            codec=codec,
            payload=Payload(number=form.payload_type, rtx=rtx_of(line, form) if repaired else None),
            fmtp=form.fmtp,
            feedback=tuple(word for word in FEEDBACK if repaired and word in form.feedback),
        )
        for number in one.numbers:
            if number not in _PAYLOAD_TYPES:
                raise SdpRejected(f"{where}: payload type {number} is not usable")
        found[codec] = one
    if not found:
        wanted = " or ".join(RTPMAP[codec] for codec in _CODECS[medium].values())
        raise SdpRejected(f"{where}: does not offer {wanted} as we speak it")
    return tuple(found.values())


def rtx_of(line: MediaLine, form: Format) -> int | None:
    """The payload type that repeats packets of this one; None when the m-line has none."""
    apt = str(form.payload_type)
    for other in line.formats:
        if other.encoding == RTX and _parameters(other.fmtp).get("apt") == apt:
            return other.payload_type
    return None


def _codec(form: Format, medium: Medium) -> Codec | None:
    codec = _CODECS[medium].get(form.encoding)
    if codec is not Codec.H264:
        return codec
    said = _parameters(form.fmtp)
    fits = said.get("packetization-mode") == "1" and _BASELINE.fullmatch(
        said.get("profile-level-id", "")
    )
    return codec if fits else None


def _parameters(fmtp: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in fmtp.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def sources(ssrc: int, rtx_ssrc: int | None, cname: str) -> Iterator[str]:
    """The lines that name a stream, and the one that repeats its packets (RFC 5576 FID)."""
    if rtx_ssrc is not None:
        yield f"a=ssrc-group:FID {ssrc} {rtx_ssrc}"
    yield f"a=ssrc:{ssrc} cname:{cname}"
    if rtx_ssrc is not None:
        yield f"a=ssrc:{rtx_ssrc} cname:{cname}"

"""Negotiation: which offers we take, and our answer to them.

The rules are few because the session is fixed (DESIGN section 5): the client offers one bundled
transport with exactly the m-lines of its slots, in order; we take all of it or refuse all of it,
and never negotiate again.  We are ICE-lite and always passive, so that the peer speaks first and
we, as DTLS server, choose the SRTP profile.

What the answer leaves out is not spoken: no plain NACK and no RTX (there is no history yet), no
transport-wide feedback (REMB steers instead; Chromium then sends REMB as a watcher too), no layer
but q and f.  Header extensions are taken only on m-lines the client sends on: RFC 9143 obliges
whoever accepts MID to send it, and our packets are told apart by the SSRCs the answer names.

The transport's attributes stand once, at session level, where every browser and aiortc read them;
at 74 m-lines that is 14 KB less than repeating them.  The candidates are repeated in each m-line
because aiortc takes them from the last one of a bundle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bridge.media.core.sdp_text import (
    Codec,
    Description,
    MediaLine,
    SdpRejected,
    parse_description,
)
from bridge.media.plane import Downlink, Greeting, SessionSpec, Uplink
from bridge.media.slots import CAMERA, MIC, Direction, Medium, Slot

__all__ = ["Offer", "SdpRejected", "negotiate", "parse_offer"]

MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

PROTOCOL: Final = "UDP/TLS/RTP/SAVPF"
LAYERS: Final = ("q", "f")
FEEDBACK: Final = ("goog-remb", "ccm fir", "nack pli")
RTPMAP: Final = {Medium.AUDIO: "opus/48000/2", Medium.VIDEO: "VP8/90000"}

_DIGESTS: Final = ("sha-256", "sha-384", "sha-512")
_OFFERED_DIRECTION: Final = {Direction.SEND: "sendonly", Direction.RECEIVE: "recvonly"}
_ANSWERED_DIRECTION: Final = {Direction.SEND: "recvonly", Direction.RECEIVE: "sendonly"}
_PAYLOAD_TYPES: Final = frozenset(range(128)).difference(range(64, 96))
"""Without those that look like RTCP when both share a port (RFC 5761 section 4)."""
_EXTENSION_NUMBERS: Final = frozenset(range(1, 256)) - {15}
"""Those of RFC 8285 in either form of header."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A description that can be answered by us, whatever the slots are."""

    description: Description


def parse_offer(text: str) -> Offer:
    """Read an offer and judge all that does not depend on the slots.

    Any text gives an :class:`Offer` or raises :class:`SdpRejected`.
    """
    offer = parse_description(text)
    if offer.ice_lite:
        raise SdpRejected("the offer is ICE-lite like we are; one end must check")
    if offer.setup not in {"actpass", "active"}:
        raise SdpRejected(f"a=setup is {offer.setup}, must be actpass or active: we are passive")
    if not any(algorithm in _DIGESTS for algorithm, _ in offer.fingerprints):
        raise SdpRejected(f"no a=fingerprint of {', '.join(_DIGESTS)}")
    named: set[int] = set()
    for index, line in enumerate(offer.media):
        where = f"m-line {index}"
        if line.protocol != PROTOCOL:
            raise SdpRejected(f"{where}: protocol is {line.protocol}, must be {PROTOCOL}")
        if line.port == 0 and not line.bundle_only:
            raise SdpRejected(f"{where}: rejected by its own offer (port 0)")
        if line.mid not in offer.bundle:
            raise SdpRejected(f"{where}: mid {line.mid} is not in the BUNDLE group")
        if not line.rtcp_mux:
            raise SdpRejected(f"{where}: a=rtcp-mux is missing")
        if named.intersection(line.ssrcs):
            raise SdpRejected(f"{where}: an SSRC is named by an earlier m-line too")
        named.update(line.ssrcs)
    if len(offer.bundle) != len(offer.media):
        raise SdpRejected("the BUNDLE group names a mid that has no m-line")
    return Offer(offer)


def negotiate(
    offer: Offer,
    slots: Sequence[Slot],
    mids: Mapping[str, str],
    *,
    session: str,
    site: str,
    local_ufrag: str,
    local_pwd: str,
    ssrcs: Callable[[Slot], int],
    greeting: Greeting,
) -> tuple[str, SessionSpec]:
    """Answer an offer for these slots: the answer's text and what the plane must know.

    ``mids`` is the client's own map from mid to slot name and must agree with the order of the
    slots.  ``ssrcs`` is asked once per receiving slot; the caller owes different numbers.  Raises
    :class:`SdpRejected` with the m-line and the cause when the offer is not exactly this session.
    """
    description = offer.description
    _match(description, slots, mids)
    uplinks: list[Uplink] = []
    downlinks: list[Downlink] = []
    sections: list[str] = []
    for index, (line, slot) in enumerate(zip(description.media, slots, strict=True)):
        where = f"m-line {index} ({slot.name})"
        codec = _codec(line, slot, where)
        if slot.direction is Direction.SEND:
            uplink = _uplink(line, slot, codec, where)
            uplinks.append(uplink)
            special = _receiving(line, uplink)
        else:
            downlink = Downlink(
                slot=slot.name,
                kind=slot.kind,
                mid=line.mid,
                payload_type=codec.payload_type,
                ssrc=ssrcs(slot),
            )
            downlinks.append(downlink)
            special = _sending(downlink, cname=session)
        sections += _section(line, slot, codec, greeting)
        sections += special
        sections += _candidates(greeting)
    spec = SessionSpec(
        session=session,
        site=site,
        local_ufrag=local_ufrag,
        local_pwd=local_pwd,
        remote_ufrag=description.ufrag,
        remote_fingerprints=description.fingerprints,
        uplinks=tuple(uplinks),
        downlinks=tuple(downlinks),
        cname=session,
    )
    head = [
        "v=0",
        f"o=- 1 1 IN IP4 {greeting.candidates[0][0]}",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(line.mid for line in description.media)}",
        *(["a=extmap-allow-mixed"] if description.allow_mixed else []),
        f"a=ice-ufrag:{local_ufrag}",
        f"a=ice-pwd:{local_pwd}",
        f"a=fingerprint:sha-256 {greeting.fingerprint}",
        "a=setup:passive",
    ]
    return "\r\n".join((*head, *sections, "")), spec


def _match(description: Description, slots: Sequence[Slot], mids: Mapping[str, str]) -> None:
    media = description.media
    if len(media) != len(slots):
        raise SdpRejected(f"{len(media)} m-lines offered for {len(slots)} slots")
    if mids.keys() - {line.mid for line in media}:
        raise SdpRejected("the slot map names a mid that the offer lacks")
    for index, (line, slot) in enumerate(zip(media, slots, strict=True)):
        where = f"m-line {index} ({slot.name})"
        if mids.get(line.mid) != slot.name:
            raise SdpRejected(f"{where}: the slot map says {mids.get(line.mid)}")
        if line.kind != slot.kind:
            raise SdpRejected(f"{where}: is {line.kind}, must be {slot.kind}")
        wanted = _OFFERED_DIRECTION[slot.direction]
        if line.direction != wanted:
            raise SdpRejected(f"{where}: direction is {line.direction}, must be {wanted}")


def _codec(line: MediaLine, slot: Slot, where: str) -> Codec:
    encoding = RTPMAP[slot.kind]
    for codec in line.codecs:
        if codec.encoding == encoding.lower():
            if codec.payload_type not in _PAYLOAD_TYPES:
                raise SdpRejected(f"{where}: payload type {codec.payload_type} is not usable")
            return codec
    raise SdpRejected(f"{where}: does not offer {encoding}")


def _uplink(line: MediaLine, slot: Slot, codec: Codec, where: str) -> Uplink:
    rids = _layers(line, where) if slot == CAMERA else ()
    repairs = {
        ssrc
        for semantics, group in line.ssrc_groups
        if semantics in {"FID", "FEC-FR"}
        for ssrc in group[1:]
    }
    if any(semantics == "SIM" for semantics, _ in line.ssrc_groups):
        raise SdpRejected(f"{where}: simulcast by a=ssrc-group:SIM, must be by a=rid")
    rid_extension = _sent_extension(line, RID) if rids else None
    if rids and rid_extension is None:
        raise SdpRejected(f"{where}: has a=rid without the header extension that carries it")
    return Uplink(
        slot=slot.name,
        kind=slot.kind,
        mid=line.mid,
        payload_type=codec.payload_type,
        rids=rids,
        ssrcs=tuple(ssrc for ssrc in line.ssrcs if ssrc not in repairs),
        mid_extension=_sent_extension(line, MID),
        rid_extension=rid_extension,
        level_extension=_sent_extension(line, LEVEL) if slot == MIC else None,
    )


def _layers(line: MediaLine, where: str) -> tuple[str, ...]:
    sent = line.simulcast.get("send", line.send_rids)
    rids = tuple(rid for rid in line.send_rids if rid in LAYERS and rid in sent)
    if line.send_rids and not rids:
        raise SdpRejected(f"{where}: none of its layers is {' or '.join(LAYERS)}")
    return rids


def _sent_extension(line: MediaLine, uri: str) -> int | None:
    """The extension's number if the client will send it under one that exists."""
    extension = line.extensions.get(uri)
    if extension is None or extension.direction not in {None, "sendrecv", "sendonly"}:
        return None
    return extension.number if extension.number in _EXTENSION_NUMBERS else None


def _section(line: MediaLine, slot: Slot, codec: Codec, greeting: Greeting) -> Iterator[str]:
    address, port = greeting.candidates[0]
    number = codec.payload_type
    yield f"m={slot.kind} {port} {PROTOCOL} {number}"
    yield f"c=IN IP4 {address}"
    yield f"a=mid:{line.mid}"
    yield f"a={_ANSWERED_DIRECTION[slot.direction]}"
    yield "a=rtcp-mux"
    if line.rtcp_rsize:
        yield "a=rtcp-rsize"
    yield f"a=rtpmap:{number} {RTPMAP[slot.kind]}"
    if codec.fmtp:
        yield f"a=fmtp:{number} {codec.fmtp}"
    if slot.kind is Medium.VIDEO:
        for feedback in FEEDBACK:
            if feedback in codec.feedback:
                yield f"a=rtcp-fb:{number} {feedback}"


def _receiving(line: MediaLine, uplink: Uplink) -> Iterator[str]:
    for uri, number in (
        (MID, uplink.mid_extension),
        (RID, uplink.rid_extension),
        (LEVEL, uplink.level_extension),
    ):
        if number is not None:
            offered = line.extensions[uri].direction
            answered = {None: "", "sendrecv": "/sendrecv", "sendonly": "/recvonly"}[offered]
            yield f"a=extmap:{number}{answered} {uri}"
    for rid in uplink.rids:
        yield f"a=rid:{rid} recv"
    if uplink.rids and line.simulcast:
        yield f"a=simulcast:recv {';'.join(uplink.rids)}"


def _sending(downlink: Downlink, *, cname: str) -> Iterator[str]:
    # sound and picture of one place share the stream, so that the client keeps their lips in step
    yield f"a=msid:{downlink.slot} {downlink.slot}.{downlink.kind}"
    yield f"a=ssrc:{downlink.ssrc} cname:{cname}"


def _candidates(greeting: Greeting) -> Iterator[str]:
    for preference, (address, port) in enumerate(greeting.candidates):
        priority = (126 << 24) + ((65535 - preference) << 8) + 255
        yield f"a=candidate:{preference + 1} 1 udp {priority} {address} {port} typ host"
    yield "a=end-of-candidates"

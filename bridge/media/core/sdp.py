"""Negotiation: which offers we take, and what is agreed by our answer.

The rules are few because the session is fixed (DESIGN section 5): the client offers one bundled
transport with exactly the m-lines of its slots, in order; we take all of it or refuse all of it,
and negotiate again only to restart ICE.  We are ICE-lite and always passive, so that the peer
speaks first and we, as DTLS server, choose the SRTP profile.

A client sends each slot in one codec, the first of its own list that we know, so that what a slot
carries never changes its kind.  It receives in every codec it can decode: the forwarder sends
whichever the source has, in the subscriber's number for it.

What the answer leaves out is not spoken.  Header extensions are taken only on m-lines the client
sends on: RFC 9143 obliges whoever accepts MID to send it, and our packets are told apart by the
SSRCs the answer names.  But for abs-send-time of pictures, by which the client judges its line.

An ICE restart (RFC 8445 section 9, RFC 8839 section 4.4.1) offers the same session under new ICE
names; the DTLS association, the SSRCs and all numbers go on.  Anything else that has changed is
another session and needs a PeerConnection of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bridge.media.core.layers import LAYERS
from bridge.media.core.sdp_answer import Agreed, write_answer
from bridge.media.core.sdp_terms import (
    LEVEL,
    MID,
    NACK,
    PROTOCOL,
    REPAIRED_RID,
    RID,
    SEND_TIME,
    Spoken,
    spoken,
)
from bridge.media.core.sdp_text import (
    Description,
    MediaLine,
    SdpRejected,
    parse_description,
)
from bridge.media.plane import Downlink, Greeting, Payload, SessionSpec, Uplink
from bridge.media.slots import CAMERA, MIC, Direction, Medium, Slot

__all__ = ["Offer", "SdpRejected", "negotiate", "parse_offer", "renegotiate"]

_DIGESTS: Final = ("sha-256", "sha-384", "sha-512")
_OFFERED_DIRECTION: Final = {Direction.SEND: "sendonly", Direction.RECEIVE: "recvonly"}
_EXTENSION_NUMBERS: Final = frozenset(range(1, 256)) - {15}
"""Those of RFC 8285 in either form of header."""
_ONE_BYTE_NUMBERS: Final = frozenset(range(1, 15))
"""Those of the form that we write."""


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
        ssrcs = {*line.ssrcs, *(ssrc for _, group in line.ssrc_groups for ssrc in group)}
        if named & ssrcs:
            raise SdpRejected(f"{where}: an SSRC is named by an earlier m-line too")
        named |= ssrcs
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
    bandwidth_bps: int | None = None,
) -> tuple[str, SessionSpec]:
    """Answer an offer for these slots: the answer's text and what the plane must know.

    ``mids`` is the client's own map from mid to slot name and must agree with the order of the
    slots.  ``ssrcs`` is asked for every stream we may send, one per receiving slot and one more
    for its retransmissions; the caller owes different numbers.  Raises :class:`SdpRejected` with
    the m-line and the cause when the offer is not exactly this session.
    """
    description = offer.description
    _match(description, slots, mids)
    agreed: list[Agreed] = []
    for index, (line, slot) in enumerate(zip(description.media, slots, strict=True)):
        where = f"m-line {index} ({slot.name})"
        codecs = spoken(line, slot.kind, where)
        if slot.direction is Direction.SEND:
            uplink = _uplink(line, slot, codecs[0], where)
            payload = Payload(number=uplink.payload_type, rtx=uplink.rtx_payload_type)
            codecs = (replace(codecs[0], payload=payload),)
            agreed.append(Agreed(line=line, slot=slot, spoken=codecs, link=uplink))
        else:
            downlink = _downlink(line, slot, codecs, ssrcs)
            agreed.append(Agreed(line=line, slot=slot, spoken=codecs, link=downlink))
    spec = SessionSpec(
        session=session,
        site=site,
        local_ufrag=local_ufrag,
        local_pwd=local_pwd,
        remote_ufrag=description.ufrag,
        remote_fingerprints=description.fingerprints,
        uplinks=tuple(each.link for each in agreed if isinstance(each.link, Uplink)),
        downlinks=tuple(each.link for each in agreed if isinstance(each.link, Downlink)),
        cname=session,
        bandwidth_bps=bandwidth_bps,
    )
    answer = write_answer(
        description,
        agreed,
        local_ufrag=local_ufrag,
        local_pwd=local_pwd,
        cname=session,
        greeting=greeting,
    )
    return answer, spec


def renegotiate(
    offer: Offer,
    spec: SessionSpec,
    slots: Sequence[Slot],
    mids: Mapping[str, str],
    *,
    local_ufrag: str,
    local_pwd: str,
    greeting: Greeting,
) -> tuple[str, SessionSpec]:
    """Answer an offer that restarts ICE for a session agreed before as *spec*.

    What comes back differs from the old answer and spec in the ICE names alone.  Raises
    :class:`SdpRejected` when the offer changes more, or does not change those.
    """
    known = iter(
        ssrc
        for downlink in spec.downlinks
        for ssrc in (downlink.ssrc, downlink.rtx_ssrc)
        if ssrc is not None
    )
    answer, renewed = negotiate(
        offer,
        slots,
        mids,
        session=spec.session,
        site=spec.site,
        local_ufrag=local_ufrag,
        local_pwd=local_pwd,
        # 0 when more are asked for than there were: then it is another session, and refused below
        ssrcs=lambda _: next(known, 0),
        greeting=greeting,
        bandwidth_bps=spec.bandwidth_bps,
    )
    if renewed.remote_ufrag == spec.remote_ufrag:
        raise SdpRejected("an ICE restart has a new a=ice-ufrag")
    if renewed.remote_fingerprints != spec.remote_fingerprints:
        raise SdpRejected("an ICE restart keeps its a=fingerprint")
    before: tuple[Uplink | Downlink, ...] = (*spec.uplinks, *spec.downlinks)
    for old, new in zip(before, (*renewed.uplinks, *renewed.downlinks), strict=True):
        if old != new:
            raise SdpRejected(f"an ICE restart keeps its m-lines; that of {old.slot} differs")
    return answer, renewed


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


def _uplink(line: MediaLine, slot: Slot, codec: Spoken, where: str) -> Uplink:
    rids = _layers(line, where) if slot == CAMERA else ()
    if any(semantics == "SIM" for semantics, _ in line.ssrc_groups):
        raise SdpRejected(f"{where}: simulcast by a=ssrc-group:SIM, must be by a=rid")
    rid_extension = _sent_extension(line, RID) if rids else None
    if rids and rid_extension is None:
        raise SdpRejected(f"{where}: has a=rid without the header extension that carries it")
    repairs = [
        (semantics, group[0], ssrc)
        for semantics, group in line.ssrc_groups
        if semantics in {"FID", "FEC-FR"}
        for ssrc in group[1:]
    ]
    repairing = {ssrc for _, _, ssrc in repairs}
    repaired_rid_extension = _sent_extension(line, REPAIRED_RID) if rids else None
    # without it nobody could tell which layer a retransmission is of; the client then repeats the
    # packet as it was
    repeats = not rids or repaired_rid_extension is not None
    return Uplink(
        slot=slot.name,
        kind=slot.kind,
        mid=line.mid,
        codec=codec.codec,
        payload_type=codec.payload.number,
        rtx_payload_type=codec.payload.rtx if repeats else None,
        rids=rids,
        ssrcs=tuple(ssrc for ssrc in line.ssrcs if ssrc not in repairing),
        rtx_ssrcs={
            ssrc: repaired
            for semantics, repaired, ssrc in repairs
            if semantics == "FID" and repaired not in repairing
        },
        nack=NACK in codec.feedback,
        mid_extension=_sent_extension(line, MID),
        rid_extension=rid_extension,
        repaired_rid_extension=repaired_rid_extension,
        level_extension=_sent_extension(line, LEVEL) if slot == MIC else None,
        send_time_extension=_sent_extension(line, SEND_TIME),
    )


def _downlink(
    line: MediaLine, slot: Slot, codecs: Sequence[Spoken], ssrcs: Callable[[Slot], int]
) -> Downlink:
    repaired = any(each.payload.rtx is not None for each in codecs)
    return Downlink(
        slot=slot.name,
        kind=slot.kind,
        mid=line.mid,
        payloads={each.codec: each.payload for each in codecs},
        ssrc=ssrcs(slot),
        rtx_ssrc=ssrcs(slot) if repaired else None,
        # Sound has no part in a receiver's estimate, so its packets are not made longer for it.
        send_time_extension=(
            _received_extension(line, SEND_TIME) if slot.kind is Medium.VIDEO else None
        ),
    )


def _layers(line: MediaLine, where: str) -> tuple[str, ...]:
    sent = line.simulcast.get("send", line.send_rids)
    rids = tuple(rid for rid in line.send_rids if rid in LAYERS and rid in sent)
    if line.send_rids and not rids:
        raise SdpRejected(f"{where}: none of its layers is {', '.join(LAYERS)}")
    return rids


def _received_extension(line: MediaLine, uri: str) -> int | None:
    """The extension's number if the client will take it under one that our form of header has."""
    extension = line.extensions.get(uri)
    if extension is None or extension.direction not in {None, "sendrecv", "recvonly"}:
        return None
    return extension.number if extension.number in _ONE_BYTE_NUMBERS else None


def _sent_extension(line: MediaLine, uri: str) -> int | None:
    """The extension's number if the client will send it under one that exists."""
    extension = line.extensions.get(uri)
    if extension is None or extension.direction not in {None, "sendrecv", "sendonly"}:
        return None
    return extension.number if extension.number in _EXTENSION_NUMBERS else None

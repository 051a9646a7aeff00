"""The answer as text: what was agreed, written so that Chromium, Firefox and aiortc take it.

The transport's attributes stand once, at session level, where every browser and aiortc read them;
at 78 m-lines that is 15 KB less than repeating them.  The candidates are repeated in each m-line
because aiortc takes them from the last one of a bundle.

UDP goes before TCP whatever the greeting's order, by the type preference (RFC 6544 section 4.2
wants it lower for TCP; 90 is what Chromium gives its own); among those of one transport the
greeting's order counts.

Of a slot with retransmissions two SSRCs are named, the picture's and its repair's, grouped as FID
(RFC 5576): aiortc receives retransmissions only when it finds exactly two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bridge.media.core.sdp_terms import (
    LEVEL,
    MID,
    PROTOCOL,
    REPAIRED_RID,
    RID,
    SEND_TIME,
    Spoken,
    sources,
)
from bridge.media.core.sdp_text import Description, MediaLine
from bridge.media.plane import Candidate, Downlink, Greeting, Uplink
from bridge.media.slots import Slot

_TYPE_PREFERENCE: Final = {"udp": 126, "tcp": 90}
_LOCAL_PREFERENCE: Final = {
    "udp": (1 << 16) - 1,
    # RFC 6544 section 4.2: thirteen bits of ours below the direction, which is 4 for passive hosts
    "tcp": (4 << 13) + (1 << 13) - 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One m-line, as both sides will use it."""

    line: MediaLine
    """The offer's."""
    slot: Slot
    spoken: tuple[Spoken, ...]
    link: Uplink | Downlink


def write_answer(
    offer: Description,
    agreed: Sequence[Agreed],
    *,
    local_ufrag: str,
    local_pwd: str,
    cname: str,
    greeting: Greeting,
) -> str:
    # where a peer without ICE would send: nobody, but RFC 8839 section 4.2.1 wants it written
    default = next(
        (each for each in greeting.candidates if each.transport == "udp"), greeting.candidates[0]
    )
    candidates = [*_candidates(greeting.candidates), "a=end-of-candidates"]
    lines = [
        "v=0",
        f"o=- 1 1 {_network(default)}",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(line.mid for line in offer.media)}",
        *(["a=extmap-allow-mixed"] if offer.allow_mixed else []),
        f"a=ice-ufrag:{local_ufrag}",
        f"a=ice-pwd:{local_pwd}",
        f"a=fingerprint:sha-256 {greeting.fingerprint}",
        "a=setup:passive",
    ]
    for one in agreed:
        lines += _section(one, default)
        if isinstance(one.link, Uplink):
            lines += _receiving(one.line, one.link)
        else:
            lines += _sending(one.line, one.link, cname=cname)
        lines += candidates
    return "\r\n".join((*lines, ""))


def _network(candidate: Candidate) -> str:
    return f"IN {'IP6' if ':' in candidate.address else 'IP4'} {candidate.address}"


def _section(agreed: Agreed, default: Candidate) -> Iterator[str]:
    numbers = " ".join(str(number) for each in agreed.spoken for number in each.numbers)
    yield f"m={agreed.slot.kind} {default.port} {PROTOCOL} {numbers}"
    yield f"c={_network(default)}"
    yield f"a=mid:{agreed.line.mid}"
    yield "a=recvonly" if isinstance(agreed.link, Uplink) else "a=sendonly"
    yield "a=rtcp-mux"
    if agreed.line.rtcp_rsize:
        yield "a=rtcp-rsize"
    for each in agreed.spoken:
        yield from each.attributes


def _receiving(line: MediaLine, uplink: Uplink) -> Iterator[str]:
    for uri, number in (
        (MID, uplink.mid_extension),
        (RID, uplink.rid_extension),
        (REPAIRED_RID, uplink.repaired_rid_extension),
        (LEVEL, uplink.level_extension),
        (SEND_TIME, uplink.send_time_extension),
    ):
        if number is not None:
            offered = line.extensions[uri].direction
            answered = {None: "", "sendrecv": "/sendrecv", "sendonly": "/recvonly"}[offered]
            yield f"a=extmap:{number}{answered} {uri}"
    for rid in uplink.rids:
        yield f"a=rid:{rid} recv"
    if uplink.rids and line.simulcast:
        yield f"a=simulcast:recv {';'.join(uplink.rids)}"


def _sending(line: MediaLine, downlink: Downlink, *, cname: str) -> Iterator[str]:
    # sound and picture of one place share the stream, so that the client keeps their lips in step
    yield f"a=msid:{downlink.slot} {downlink.slot}.{downlink.kind}"
    number = downlink.send_time_extension
    if number is not None:
        offered = line.extensions[SEND_TIME].direction
        answered = {None: "", "sendrecv": "/sendrecv", "recvonly": "/sendonly"}[offered]
        yield f"a=extmap:{number}{answered} {SEND_TIME}"
    yield from sources(downlink.ssrc, downlink.rtx_ssrc, cname)


def _candidates(candidates: Iterable[Candidate]) -> Iterator[str]:
    for place, each in enumerate(candidates):
        transport = each.transport
        local = _LOCAL_PREFERENCE[transport] - place
        priority = (_TYPE_PREFERENCE[transport] << 24) + (local << 8) + 255
        passive = " tcptype passive" if transport == "tcp" else ""
        yield (
            f"a=candidate:{place + 1} 1 {transport} {priority} {each.address} {each.port}"
            f" typ host{passive}"
        )

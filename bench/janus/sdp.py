"""Sdp: the four descriptions between a raw client and Janus.

Publishers offer one sound and one picture, SSRCs named, no header extensions.  Subscribers answer
what Janus offers, line for line, with its first codec.  Both take generic NACK and PLI for picture,
as Room 110's clients do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from room110.bench.wire import Address, Wire

OPUS: Final = 111
VP8: Final = 96
_FEEDBACK: Final = ("nack", "nack pli", "goog-remb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """What is needed to connect to the other side."""

    address: Address
    ufrag: str
    pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str


def offer(wire: Wire) -> str:
    """Of a publisher."""
    publisher = wire.publisher
    assert publisher is not None
    publisher.audio.payload_type, publisher.video.payload_type = OPUS, VP8
    return _text(
        wire,
        setup="actpass",
        lines=[
            _line(wire, "audio", "0", OPUS, "opus/48000/2", "sendonly", publisher.audio.ssrc),
            _line(wire, "video", "1", VP8, "VP8/90000", "sendonly", publisher.video.ssrc),
        ],
        mids=["0", "1"],
    )


def answer(wire: Wire, offered: str) -> str:
    """Of a subscriber."""
    lines, mids = [], []
    for section in re.split(r"(?m)^(?=m=)", offered)[1:]:
        kind, number = re.findall(r"m=(\w+) \d+ \S+ (\d+)", section)[0]
        mid = re.findall(r"a=mid:(\S+)", section)[0]
        codec = re.findall(rf"a=rtpmap:{number} (\S+)", section)[0]
        lines.append(_line(wire, kind, mid, int(number), codec, "recvonly", None))
        mids.append(mid)
    return _text(wire, setup="active", lines=lines, mids=mids)


def remote(text: str) -> Remote:
    """Read Janus' side."""

    def first(pattern: str) -> str:
        return str(re.findall(pattern, text)[0])

    candidate = re.findall(r"a=candidate:\S+ 1 (?i:udp) \d+ (\S+) (\d+) typ host", text)[0]
    return Remote(
        address=(candidate[0], int(candidate[1])),
        ufrag=first(r"a=ice-ufrag:(\S+)"),
        pwd=first(r"a=ice-pwd:(\S+)"),
        fingerprints=(re.findall(r"a=fingerprint:(\S+) (\S+)", text)[0],),
        setup=first(r"a=setup:(\w+)"),
    )


def _text(wire: Wire, *, setup: str, lines: list[list[str]], mids: list[str]) -> str:
    head = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}",
        f"a=fingerprint:sha-256 {wire.fingerprint}",
        f"a=setup:{setup}",
    ]
    return "\r\n".join([*head, *(text for line in lines for text in line), ""])


def _line(
    wire: Wire, kind: str, mid: str, number: int, codec: str, direction: str, ssrc: int | None
) -> list[str]:
    address, port = wire.address
    feedback = [f"a=rtcp-fb:{number} {word}" for word in _FEEDBACK] if kind == "video" else []
    named = [f"a=ssrc:{ssrc} cname:{wire.name}"] if ssrc is not None else []
    return [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{mid}",
        f"a={direction}",
        "a=rtcp-mux",
        f"a=ice-ufrag:{wire.ufrag}",
        f"a=ice-pwd:{wire.pwd}",
        f"a=rtpmap:{number} {codec}",
        *feedback,
        *named,
        f"a=candidate:1 1 udp 2130706431 {address} {port} typ host",
        "a=end-of-candidates",
    ]

"""Acknowledged: what a client has said by RTCP of itself, for the windows.

* How often it asked for packets or key frames and named a rate, and how often it was asked; a
  storm of either is seen in them (research/monitoring.md 2).
* When it last reported how it receives us.
* When it last acknowledged sound of the stage: a report block about a sound of room 110 or a
  speaker whose highest number has grown.  Then that sound has arrived at the machine; whether its
  loudspeaker plays it, nobody can know from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from bridge.media.core import rtcp
from bridge.media.slots import CONTENT, STAGE_SOUNDS
from bridge.media.streams import Outlet

_NAMES: Final[Mapping[type[object], str]] = {
    rtcp.Nack: "nack",
    rtcp.PictureLoss: "pli",
    rtcp.FullIntra: "fir",
    rtcp.Remb: "remb",
}
FEEDBACK: Final = tuple(_NAMES.values())
_VOICES: Final = frozenset(STAGE_SOUNDS) - {CONTENT}


class Acknowledged:
    """Of one client."""

    __slots__ = ("_highest", "reported_s", "said", "stage_s", "told")

    def __init__(self) -> None:
        self.said: Counter[str] = Counter()
        """Feedback messages of the client, by :data:`FEEDBACK`."""
        self.told: Counter[str] = Counter()
        """Those to it."""
        self.reported_s: float | None = None
        self.stage_s: float | None = None
        self._highest: dict[int, int] = {}
        """SSRC of a voice of the stage -> the highest number it has acknowledged."""

    def hear(
        self, packets: Iterable[rtcp.Rtcp], outlets: Mapping[int, Outlet], now_s: float
    ) -> None:
        """The client has said this."""
        count(packets, self.said)
        for packet in packets:
            if isinstance(packet, rtcp.SenderReport | rtcp.ReceiverReport):
                for block in packet.reports:
                    outlet = outlets.get(block.ssrc)
                    if outlet is not None:
                        self._on_block(outlet, block.highest, now_s)

    def _on_block(self, outlet: Outlet, highest: int, now_s: float) -> None:
        self.reported_s = now_s
        if outlet.kind == "audio" and outlet.slot in _VOICES:
            if highest > self._highest.get(outlet.ssrc, -1):
                self.stage_s = now_s
            self._highest[outlet.ssrc] = highest


def count(packets: Iterable[object], into: Counter[str]) -> None:
    """Count what is feedback among *packets*."""
    for packet in packets:
        name = _NAMES.get(type(packet))
        if name is not None:
            into[name] += 1

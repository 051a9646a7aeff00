"""Streams: what comes in, what goes out, and how they are plugged together.

* A :class:`Source` is one incoming stream: a site's sound, or one layer of its picture.
* An :class:`Outlet` is one outgoing stream: a slot of a subscriber, with the SSRC it keeps for
  its whole life.  It is *aimed* at a site by the plan and *fed* by one source of that site.
* A :class:`Feed` is all there is of one site and kind: its sources by layer and the outlets
  aimed at it.  It outlives the site's sessions, so that an aimed outlet finds the source of a
  session that comes later.

They hold the table; :mod:`bridge.media.forwarder` decides what happens in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.media.core import layers
from bridge.media.core.clock import SessionClock, SourceClock
from bridge.media.core.keyframes import KeyframeRequests
from bridge.media.core.reception import Reception
from bridge.media.core.rewrite import Rewriter
from bridge.media.core.rtcp import ReportBlock
from bridge.media.core.rtp import AUDIO_CLOCK_HZ, VIDEO_CLOCK_HZ

ALIVE_S = 1.0
"""A layer without a packet for this long is not sent at present: 15 frame times at 15 fps."""

CLOCK_HZ = {"audio": AUDIO_CLOCK_HZ, "video": VIDEO_CLOCK_HZ}


class Source:
    """One incoming stream.  Made by its session when the first packet names it."""

    __slots__ = (
        "_session_clock",
        "ask",
        "bytes",
        "clock",
        "feed",
        "keyframes",
        "keyframes_seen",
        "layer",
        "level_dbov",
        "level_extension",
        "open",
        "outlets",
        "payload_type",
        "reception",
        "slot",
        "ssrc",
    )

    def __init__(
        self,
        feed: Feed,
        *,
        slot: str,
        layer: str,
        ssrc: int,
        payload_type: int,
        level_extension: int | None,
        clock: SessionClock,
        ask: Callable[[int], None],
    ) -> None:
        self.feed = feed
        self.slot = slot
        self.layer = layer
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.level_extension = level_extension
        self.ask = ask
        self.open = False
        self.outlets: list[Outlet] = []
        self.reception = Reception(ssrc=ssrc, clock_rate_hz=CLOCK_HZ[feed.kind])
        self._session_clock = clock
        self.clock = SourceClock(clock, self.reception)
        self.keyframes = KeyframeRequests()
        self.keyframes_seen = 0
        self.bytes = 0
        self.level_dbov: int | None = None

    def alive(self, now_s: float) -> bool:
        newest_s = self.reception.newest_at_s
        return newest_s is not None and now_s - newest_s < ALIVE_S

    def restart(self) -> None:
        """Its numbers jumped: what its reports said of its timestamps is void until the next."""
        self.clock = SourceClock(self._session_clock, self.reception)

    def on_sender_report(self, ntp: int, rtp: int, now_s: float) -> None:
        self.reception.on_sender_report(ntp, now_s)
        self.clock.on_sender_report(ntp=ntp, rtp=rtp, now_s=now_s)


class Outlet:
    """One outgoing stream: a slot of one subscriber."""

    __slots__ = (
        "aimed_s",
        "feed",
        "fresh",
        "kind",
        "reported",
        "rewriter",
        "send",
        "site",
        "slot",
        "source",
        "top",
    )

    def __init__(
        self,
        *,
        site: str,
        slot: str,
        kind: str,
        rewriter: Rewriter,
        send: Callable[[bytes], None],
    ) -> None:
        self.site = site
        """The room the subscriber stands in: never shown here."""
        self.slot = slot
        self.kind = kind
        self.top = layers.Q if slot.startswith("gallery.") else layers.F
        """The best layer it may show: thumbnails are small, a place on the stage is not."""
        self.rewriter = rewriter
        self.send = send
        self.feed: Feed | None = None
        self.source: Source | None = None
        self.fresh = True
        """The next packet begins a new run of the rewriter."""
        self.aimed_s = 0.0
        self.reported: ReportBlock | None = None
        """What the subscriber last said of it."""

    def takes(self, source: Source) -> bool:
        """Whether a key frame of *source* moves this outlet to it."""
        if not layers.fits(source.layer, self.top):
            return False
        present = self.source
        if present is None or present.feed is not self.feed:
            return True
        return layers.below(present.layer, source.layer)


@dataclass(slots=True)
class Feed:
    """All there is of one site and kind."""

    site: str
    kind: str
    sources: dict[str, Source] = field(default_factory=dict)
    aimed: list[Outlet] = field(default_factory=list)

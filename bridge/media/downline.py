"""Downline: what one subscriber's line carries, and which layer each of its pictures gets.

The thinking is done by :mod:`bridge.media.core.estimate` (how much) and
:mod:`bridge.media.core.allocation` (for what); here they meet the streams: what each layer costs
is measured, or, of one that does not flow, taken from its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from bridge.media.core import layers
from bridge.media.core.allocation import Choice, LayerRate, Wish, allocate, wanted_bps
from bridge.media.core.estimate import FLOOR_BPS, DownlinkEstimate
from bridge.media.core.rtcp import ReportBlock
from bridge.media.delivery import Delivery
from bridge.media.plane import Ladder
from bridge.media.slots import CONTENT
from bridge.media.streams import Feed, Outlet

_RANKS: Final = {CONTENT: 0, "speaker.1": 1, "speaker.2": 2, "chair": 3}
_GALLERY_RANK: Final = 4
_TEMPORAL_SHARES: Final = ((), (0.6,), (0.4, 0.6))
"""Of a layer's rate up to each temporal layer but the last, by how many there are above the lowest:
libwebrtc's allocation for VP8."""
SETTLE_S: Final = 1.0
"""Receivers average over a second: for so long after a fall what they say is too much, and nothing goes
up.  Nor is there time to ask for a layer that does not flow."""
DRAIN_S: Final = 0.15
"""What the key frame of a small picture takes on a line of 400 kbit/s.  Asked for as soon as the line is
found to drown it comes before the full queue has room for it, and is here half a second later (tried
with Chromium)."""


class Downline:
    def __init__(self, cap_bps: int | None) -> None:
        """*cap_bps*: what the roster says the line carries."""
        self.estimate = DownlinkEstimate(cap_bps=cap_bps)
        self.choices: Mapping[str, Choice] = {}
        """By slot, of pictures whose source sends something."""
        self.ladder = Ladder.FULL
        self.drains_until_s: float | None = None
        """No picture begins before: the line's queue is full."""
        self.padding_bps = 0
        """To send beside the media now, to try the line."""
        self.padding_owed = 0.0
        """Bytes of it that are due."""
        self._highest: dict[int, int] = {}
        """SSRC -> extended highest number that its last report said."""
        self._sound_bps = 0
        self._bytes = self._padding_bytes = 0
        self._at_s: float | None = None
        self._was_limited = False
        self._known = (0, 0)
        """Falls and drownings of the estimate when it was last allocated."""
        self._feeds: dict[str, Feed] = {}
        """Slot -> what it was aimed at when it was last allocated."""

    # What the subscriber says.

    def on_remb(self, bps: int, now_s: float) -> None:
        # A browser that is told no send times leaves sound out of it.
        self.estimate.on_remb(bps + self._sound_bps, now_s)

    def on_reports(self, blocks: Iterable[ReportBlock], now_s: float, *, sound: bool) -> None:
        """*sound*: they are about sound, all of them."""
        for block in blocks:
            before = self._highest.get(block.ssrc)
            self._highest[block.ssrc] = block.highest
            packets = block.highest - before if before is not None else 0
            if packets > 0:
                self.estimate.on_report(block.fraction_lost / 256, packets, now_s, sound=sound)

    @property
    def is_free(self) -> bool:
        """Nothing limits it, and nothing did when it was last allocated: there is nothing to choose."""
        return self.estimate.bps is None and self.ladder is Ladder.FULL and not self._was_limited

    @property
    def has_fallen(self) -> bool:
        """It carries less than when it was last allocated."""
        return self._known != (self.estimate.falls, self.estimate.drownings)

    @property
    def drowns(self) -> bool:
        """Hardly anything came of what was sent since it was last allocated."""
        return self.estimate.drownings != self._known[1]

    # What is sent.

    def measure(self, delivery: Delivery, padding_bytes: int, now_s: float) -> None:
        """What left since the last call; *padding_bytes* is a count that grows."""
        sent, padding = delivery.bytes - self._bytes, padding_bytes - self._padding_bytes
        lasted_s = now_s - self._at_s if self._at_s is not None else 0.0
        self._at_s, self._bytes, self._padding_bytes = now_s, delivery.bytes, padding_bytes
        if lasted_s > 0:
            self.estimate.on_sent(
                int(sent * 8 / lasted_s), now_s, padding_bps=int(padding * 8 / lasted_s)
            )

    def allocate(self, outlets: Collection[Outlet], now_s: float) -> Mapping[str, Choice]:
        """The choice for every picture slot that is aimed at a source which sends."""
        aimed = [o for o in outlets if o.kind == "video" and o.feed is not None]
        wishes = [wish for o in aimed if (wish := self._wish(o, now_s)) is not None]
        heard = sum(o.kind == "audio" and o.source is not None for o in outlets)
        sound_bps = self._sound_bps = heard * layers.SOUND_BPS
        self.estimate.wants(wanted_bps(wishes, sound_bps=sound_bps))
        # A fifth more than all of it, for the margin that a slot needs to come back.
        first_bps = sum(w.layers[0].bps for w in wishes if w.layers and w.rank < _GALLERY_RANK)
        self.estimate.least_bps = max(FLOOR_BPS, int((sound_bps + first_bps) * 1.2))
        if self.drowns:
            self.drains_until_s = now_s + DRAIN_S
        self._known = (self.estimate.falls, self.estimate.drownings)
        self._was_limited = not (self.estimate.bps is None and self.ladder is Ladder.FULL)
        feeds = {o.slot: o.feed for o in aimed if o.feed is not None}
        # A slot that shows another site now knows no margin.
        before = {s: c for s, c in self.choices.items() if self._feeds.get(s) is feeds.get(s)}
        self._feeds = feeds
        self.choices = allocate(
            self.estimate.bps,
            wishes,
            before,
            sound_bps=sound_bps,
            may_rise=not self._settles(now_s),
        )
        return self.choices

    def _settles(self, now_s: float) -> bool:
        return now_s - self.estimate.fell_s < SETTLE_S

    def _wish(self, outlet: Outlet, now_s: float) -> Wish | None:
        feed = outlet.feed
        assert feed is not None
        flowing = {layer for layer, source in feed.sources.items() if source.alive(now_s)}
        choice = flowing if flowing and self._settles(now_s) else feed.layers
        rates = [
            self._rate(feed, layer, now_s)
            for layer in feed.layers
            if layer in choice and layers.fits(layer, outlet.largest) and self._is_allowed(layer)
        ]
        if not feed.sources:
            return None
        rank = _RANKS.get(outlet.slot, _GALLERY_RANK)
        return Wish(slot=outlet.slot, rank=rank, layers=tuple(rates))

    def _is_allowed(self, layer: str) -> bool:
        if self.ladder is Ladder.SOUND:
            return False
        return self.ladder is Ladder.FULL or layer == layers.Q

    @staticmethod
    def _rate(feed: Feed, layer: str, now_s: float) -> LayerRate:
        source = feed.sources.get(layer)
        bps = layers.BITRATES_BPS[layer]
        shares: Sequence[float] = ()
        if source is not None and source.rate.is_known(now_s):
            bps = int(source.rate.bps)
            shares = _TEMPORAL_SHARES[min(source.pictures.top_tid, len(_TEMPORAL_SHARES) - 1)]
        return LayerRate(
            layer=layer, bps=bps, temporal_bps=tuple(int(bps * share) for share in shares)
        )

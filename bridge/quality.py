"""Quality: how well it goes on every site's line, from one look to the next, for the windows.

Of a site whose room device is connected: how its packets go, when something was last heard of it and
what, what its line may carry, how loud its microphone is, and the estimate of its sound with what
that was made from.  Of all sites together: how round trips, losses and jitters spread.

A look at statistics that were there before (the media process had nothing new, or is gone) says
nothing new: ages would grow younger by it.  Moments are conference seconds.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bridge.clients import Way, way_of
from bridge.conference.words import SiteCode
from bridge.media.core.drops import DropReason
from bridge.media.plane import PlaneStats, SessionStats, SourceStats
from bridge.media.slots import MIC, Medium
from bridge.media.times import Times
from bridge.mos import delay_s, mos
from bridge.traffic import FRESH_S, SOUNDS, Direction, Flow, SiteTraffic

RTT_BOUNDS_S: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 2.0)
LOSS_BOUNDS: Final = (0.0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5)
JITTER_BOUNDS_S: Final = (0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0)
DIRECTIONS: Final[tuple[Direction, ...]] = ("uplink", "downlink")
MEDIA: Final = (Medium.AUDIO.value, Medium.VIDEO.value)
WITHHELD: Final = (DropReason.BANDWIDTH.value, DropReason.CODEC.value)

LOOKS_OF_LOSS: Final = 11
"""Ten seconds between the first and the last: a lost packet of sound is one of 500."""
LOOKS_OF_LEVEL: Final = 5
"""A look sees one packet; between words it is silent.  As long as a scrape takes to come again."""

_NO_FLOW: Final = Flow()

Said = Mapping[SiteCode, Mapping[str, float]]
"""What the pages of connected rooms said last (:mod:`bridge.clients`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One direction of a line, as sound is heard over it."""

    loss: float
    """Of the last ten seconds."""
    delay_s: float
    mos: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """A site's line at the last look; moments of what has not been yet are None."""

    path: Way = ""
    heard_s: float | None = None
    """Any authentic packet."""
    sound_s: float | None = None
    picture_s: float | None = None
    reported_s: float | None = None
    """It said how it receives."""
    stage_s: float | None = None
    """It acknowledged sound of the stage, over this connection or one before."""
    allowed_bps: int | None = None
    line_bps: int | None = None
    withheld: Mapping[str, int] = field(default_factory=dict)
    """Picture slots that are empty for a reason of :data:`WITHHELD`."""
    level_dbov: int | None = None
    """The loudest of :data:`LOOKS_OF_LEVEL` looks."""
    sound: Mapping[Direction, Sound] = field(default_factory=dict)
    """Where sound goes, and the round trip is known."""


UNKNOWN: Final = Quality()
"""Of a site whose line is not up."""


class _Memory:
    """What one site's next look needs."""

    __slots__ = ("counts", "levels", "session", "stage_s")

    def __init__(self) -> None:
        self.session = ""
        self.counts: dict[tuple[Direction, str], deque[tuple[int, int]]] = {}
        """Packets and losses at the last looks."""
        self.levels: deque[int] = deque(maxlen=LOOKS_OF_LEVEL)
        self.stage_s: float | None = None

    def follow(self, session: str) -> None:
        """Of another connection only what it has acknowledged is remembered."""
        if session != self.session:
            self.session = session
            self.counts.clear()
            self.levels.clear()


class Qualities:
    def __init__(self) -> None:
        self.of: dict[SiteCode, Quality] = {}
        """Sites whose room device is connected."""
        self.rtts = Times(RTT_BOUNDS_S)
        self.losses = {direction: Times(LOSS_BOUNDS) for direction in DIRECTIONS}
        self.jitters = {
            (direction, medium): Times(JITTER_BOUNDS_S)
            for direction in DIRECTIONS
            for medium in MEDIA
        }
        self._memories: dict[SiteCode, _Memory] = {}
        self._seen: tuple[SessionStats, ...] = ()

    def look(
        self,
        stats: PlaneStats,
        rooms: Mapping[str, SiteCode],
        traffic: SiteTraffic,
        said: Said,
        *,
        now_s: float,
    ) -> None:
        """*rooms*: media session of a connected room device -> site; *traffic* has had this look."""
        if stats.sessions is self._seen:
            return
        self._seen = stats.sessions
        of: dict[SiteCode, Quality] = {}
        for session in stats.sessions:
            site = rooms.get(session.session)
            if site is not None and session.connected:
                memory = self._memories.setdefault(site, _Memory())
                memory.follow(session.session)
                of[site] = self._of(session, site, memory, traffic, said.get(site, {}), now_s)
        self.of = of

    def begin(self) -> None:
        """Another conference: its seconds begin anew."""
        self.of.clear()
        self._memories.clear()

    def _of(
        self,
        session: SessionStats,
        site: SiteCode,
        memory: _Memory,
        traffic: SiteTraffic,
        said: Mapping[str, float],
        now_s: float,
    ) -> Quality:
        def moment(age_s: float | None) -> float | None:
            return None if age_s is None else now_s - age_s

        _remember_level(memory, session.sources)
        self._spread(session, site, memory, traffic)
        acknowledged = session.acknowledged
        if acknowledged.stage_age_s is not None:
            memory.stage_s = now_s - acknowledged.stage_age_s
        withheld = Counter(what for what in session.shown.values() if what in WITHHELD)
        return Quality(
            path=way_of(session.path, said),
            heard_s=moment(session.age_s),
            sound_s=moment(_age_s(session.sources, sounds=True)),
            picture_s=moment(_age_s(session.sources, sounds=False)),
            reported_s=moment(acknowledged.reported_age_s),
            stage_s=memory.stage_s,
            allowed_bps=session.allowed_bps,
            line_bps=session.line_bps,
            withheld={reason: withheld[reason] for reason in WITHHELD},
            level_dbov=max(memory.levels, default=None),
            sound=_sound(session, site, memory, traffic, said),
        )

    def _spread(
        self, session: SessionStats, site: SiteCode, memory: _Memory, traffic: SiteTraffic
    ) -> None:
        """Take the new counts, and observe."""
        if session.rtt_s is not None:
            self.rtts.note(session.rtt_s)
        for direction in DIRECTIONS:
            packets = lost = 0
            for medium in MEDIA:
                flow = traffic.flows.get((site, direction, medium), _NO_FLOW)
                counts = memory.counts.setdefault((direction, medium), deque(maxlen=LOOKS_OF_LOSS))
                before = counts[-1] if counts else (flow.packets, flow.lost)
                counts.append((flow.packets, flow.lost))
                packets += flow.packets - before[0]
                lost += flow.lost - before[1]
                if flow.jitter_s is not None:
                    self.jitters[direction, medium].note(flow.jitter_s)
            loss = _loss(direction, packets, lost)
            if loss is not None:
                self.losses[direction].note(loss)


def _sound(
    session: SessionStats,
    site: SiteCode,
    memory: _Memory,
    traffic: SiteTraffic,
    said: Mapping[str, float],
) -> dict[Direction, Sound]:
    rtt_s = said.get("rtt_s") if session.rtt_s is None else session.rtt_s
    if rtt_s is None:
        return {}
    sound: dict[Direction, Sound] = {}
    for direction in DIRECTIONS:
        counts = memory.counts[direction, "audio"]
        loss = _loss(direction, counts[-1][0] - counts[0][0], counts[-1][1] - counts[0][1])
        if loss is None:
            continue
        flow = traffic.flows.get((site, direction, "audio"), _NO_FLOW)
        late_s = delay_s(
            rtt_s=rtt_s,
            jitter_s=flow.jitter_s or 0.0,
            buffer_s=said.get("jitter_buffer_s") if direction == "downlink" else None,
        )
        sound[direction] = Sound(loss=loss, delay_s=late_s, mos=mos(loss=loss, delay_s=late_s))
    return sound


def _loss(direction: Direction, packets: int, lost: int) -> float | None:
    """The ratio; None: nothing was sent.  Of the uplink *packets* are those that came, of the
    downlink those that were sent."""
    expected = packets + lost if direction == "uplink" else packets
    return min(1.0, lost / expected) if expected > 0 else None


def _remember_level(memory: _Memory, sources: tuple[SourceStats, ...]) -> None:
    for source in sources:
        if source.slot == MIC.name:
            if source.level_dbov is None or source.age_s is None or source.age_s > FRESH_S:
                memory.levels.clear()
            else:
                memory.levels.append(source.level_dbov)
            return
    memory.levels.clear()


def _age_s(sources: tuple[SourceStats, ...], *, sounds: bool) -> float | None:
    """Of the newest packet of one medium."""
    ages = (s.age_s for s in sources if s.age_s is not None and (s.slot in SOUNDS) is sounds)
    return min(ages, default=None)

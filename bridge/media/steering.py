"""Steering: the slow loops of the plane, that make streams fit their lines.

* Every ``ALLOCATE_TURNS``: what each subscriber's line carries, and which layers it gets of it.  At
  once when its line is found to carry less: on a line that was full in 20 ms every turn counts.
* Every ``ESTIMATE_TURNS``: what each publisher's line carries.
* Every ``REPAIR_S`` while packets are missing: asking for them, and for a key frame when that is
  given up; and while a line is being tried: padding.

Layers that some subscriber needs beyond those that control asks for anyway (``h``, on lines that
do not carry ``f``) are told to control, which asks the publishers: :class:`LayerDemand`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Final

from bridge.media import whispers
from bridge.media.core import layers
from bridge.media.core.rtx import MAX_PADDING_BYTES
from bridge.media.core.tiers import WHOLE
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Ladder, LayerDemand, Plan, PlaneEvent
from bridge.media.session import MediaSession
from bridge.media.slots import CONTENT, GALLERY
from bridge.media.streams import Outlet, medium_of
from bridge.media.utterance import Lent

TURN_S: Final = 0.1
ALLOCATE_TURNS: Final = 2
ESTIMATE_TURNS: Final = 5
REPAIR_S: Final = 0.01
"""How often what is missing is looked at, while something is, and how finely padding is spread: in
one burst it would fill a queue by itself."""
_WIDE_BPS: Final = layers.BITRATES_BPS[layers.F]


class Steering:
    def __init__(self, forwarder: Forwarder, say: Callable[[PlaneEvent], None]) -> None:
        self._forwarder = forwarder
        self._say = say
        self._plan = Plan()
        self._demand: dict[str, frozenset[str]] = {}
        self._turn = 0
        self.lent: Lent = {}
        """Outlets that speak to their room while the plan wants nothing of them."""

    def set_plan(self, plan: Plan) -> None:
        """Gates at once; the caller owes :meth:`aim` for every connected session."""
        self._plan = plan
        self._forwarder.set_gates(plan.gates, content=plan.slots.get(CONTENT))
        heard = (site for slots in plan.private.values() for site in slots.values())
        self._forwarder.whispers.set(frozenset(heard))

    def aim(self, session: MediaSession, now_s: float) -> None:
        """Let each slot of a subscriber show whom the plan says."""
        private = self._plan.private.get(session.spec.session, {})
        for outlet in session.outlets.values():
            site = self._plan.slots.get(outlet.slot)
            medium = medium_of(outlet.slot, outlet.kind)
            if outlet.slot.startswith(GALLERY):
                is_watched = site is not None and site == self._plan.watched
                outlet.largest = layers.F if is_watched else layers.Q
            if outlet.kind == "audio" and outlet.slot in private:
                site, medium = private[outlet.slot], whispers.MEDIUM
            if site is None and outlet in self.lent:
                site, medium = self.lent[outlet]
            self._forwarder.aim(outlet, site, medium, now_s)
        self.steer(session, now_s)

    def steer(self, session: MediaSession, now_s: float) -> None:
        """Choose the layers of one subscriber: its slots have moved, or its line."""
        ladder = self._take_ladder(session)
        outlets, line = session.outlets.values(), session.downline
        drowns = line.drowns
        choices = line.allocate(outlets, now_s)
        if line.drains_until_s is not None and now_s >= line.drains_until_s:
            line.drains_until_s = None
        for outlet in outlets:
            if outlet.kind != "video":
                continue
            choice = choices.get(outlet.slot)
            tid = WHOLE if choice is None or choice.max_tid is None else choice.max_tid
            if choice is None:
                # Nothing comes yet; what does must not go round the ladder until the next turn, nor
                # be more than a thin line carries.
                is_wide = line.estimate.bps is None or line.estimate.bps >= _WIDE_BPS
                top = (outlet.largest if is_wide else layers.Q) if ladder is Ladder.FULL else None
            else:
                top = outlet.largest if choice.layer == layers.ONLY else choice.layer
            if line.drains_until_s is not None and not _shows(outlet, top):
                # It would be fed with the old one until the key frame of the new is here, and the
                # queue that this has to go through would stay full.
                top = None
            self._forwarder.limit(outlet, top, tid, now_s)
            if drowns:
                outlet.former.clear()  # nor is anything of it sent again

    def heard(self, session: MediaSession, now_s: float) -> None:
        """A subscriber has said something: its line may have fallen."""
        if session.downline.has_fallen:
            self.steer(session, now_s)

    def advance(self, session: MediaSession, place: int, now_s: float) -> None:
        """One turn of one session; *place* spreads the sessions over the turns."""
        turn = self._turn + place
        if turn % ESTIMATE_TURNS == 0:
            session.upline.advance(session.sources.values(), now_s)
        if turn % ALLOCATE_TURNS == 0:
            for source in session.sources.values():
                source.measure(now_s)
            session.downline.measure(session.delivery, session.delivery.padding_bytes, now_s)
            self._take_ladder(session)
            if not session.downline.is_free:
                self.steer(session, now_s)
            session.downline.padding_bps = session.downline.estimate.probe_bps(now_s)
        elif session.downline.drains_until_s is not None:
            self.steer(session, now_s)

    def _take_ladder(self, session: MediaSession) -> Ladder:
        ladder = self._plan.ladder.get(session.spec.site, Ladder.FULL)
        session.upline.ladder = session.downline.ladder = ladder
        return ladder

    def end_turn(self) -> None:
        """All sessions have had theirs: say which layers are needed now."""
        self._turn += 1
        if self._turn % ALLOCATE_TURNS:
            return
        needed: defaultdict[str, set[str]] = defaultdict(set)
        for outlet in self._forwarder.outlets:
            feed = outlet.feed
            if feed is not None and outlet.top == layers.H and layers.H in feed.layers:
                needed[feed.site].add(layers.H)
        demand = {site: frozenset(wanted) for site, wanted in needed.items()}
        for site in demand.keys() | self._demand.keys():
            wanted = demand.get(site, frozenset())
            if wanted != self._demand.get(site, frozenset()):
                self._say(LayerDemand(site=site, layers=wanted))
        self._demand = demand

    def repair(self, session: MediaSession, now_s: float) -> bool:
        """Ask the publisher for what is missing and due, of pictures that somebody sees, and pad the
        line of a subscriber that is being tried.  Whether there is more to do in ``REPAIR_S``."""
        is_busy = self._pad(session)
        for source in session.sources.values():
            missing = source.missing
            if missing is None or not source.outlets:
                continue
            seqs = missing.due(now_s, session.rtt_s)
            if seqs:
                session.ask_again(source.ssrc, seqs)
            if missing.gave_up:
                missing.gave_up = False
                self._forwarder.ask_keyframe(source, now_s)
            is_busy = is_busy or missing.next_deadline() is not None
        return is_busy

    @staticmethod
    def _pad(session: MediaSession) -> bool:
        bps = session.downline.padding_bps
        if bps <= 0:
            return False
        for ssrc, repeats in session.repeats.items():
            outlet = session.outlets[ssrc]
            if outlet.feed is not None:
                session.downline.padding_owed += bps * REPAIR_S / 8
                while session.downline.padding_owed >= MAX_PADDING_BYTES:
                    session.downline.padding_owed -= MAX_PADDING_BYTES
                    session.delivery.pad(outlet, repeats, MAX_PADDING_BYTES, outlet.newest()[1])
                return True
        return False


def _shows(outlet: Outlet, top: str | None) -> bool:
    """Whether it shows *top* or less."""
    return outlet.source is not None and top is not None and layers.fits(outlet.source.layer, top)

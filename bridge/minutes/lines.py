"""Lines: which were lost, for how long, and how good each site's was on the whole.

An outage begins when a line that was up is lost and ends when it is back; a room that said goodbye
has none.  After the closing everybody hangs up, and that is no outage either: one that goes on
then is measured up to it.  The share of a line is of the session, recess and all, so a site that
never came has none of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.events import LinkChanged, PhaseChanged
from bridge.conference.state import Conference
from bridge.conference.words import Hold, Link, Phase, SiteCode
from bridge.minutes.steps import Moment, Step, title_of

SESSION = frozenset({Phase.OPEN, Phase.RECESS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    site: SiteCode
    title: str
    since: Moment
    until: Moment | None
    """None: it was not back before the closing, or where the journal ends."""
    seconds: float
    phase: Phase
    """In which it began."""
    speaking: bool
    """It interrupted a speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line of one site, over the session."""

    site: SiteCode
    title: str
    up_s: float
    session_s: float
    drops: int
    longest_s: float

    @property
    def share(self) -> float | None:
        """Of the session; None: there was none yet."""
        return self.up_s / self.session_s if self.session_s > 0 else None


@dataclass(slots=True)
class _Lost:
    since: Moment
    phase: Phase
    speaking: bool


class Lines:
    """Gathers outages and lines, step by step."""

    def __init__(self) -> None:
        self._lost: dict[SiteCode, _Lost] = {}
        self._outages: list[Outage] = []
        self._up_s: dict[SiteCode, float] = {}
        self._session_s = 0.0
        self._seen_s = 0.0

    def see(self, step: Step) -> None:
        self._pass(step)
        match step.event:
            case LinkChanged(site=site, to=Link.LOST):
                before = step.before.sites[site].link
                if before is Link.UP and step.before.phase is not Phase.CLOSED:
                    self._lost[site] = _Lost(step.at, step.before.phase, _is_speaking(step, site))
            case LinkChanged(site=site, to=Link.UP):
                self._back(step.after, site, step.at, step.at.at_s)
            case PhaseChanged(to=Phase.CLOSED):
                for site in tuple(self._lost):
                    self._back(step.after, site, None, step.at.at_s)
            case _:
                pass

    def told(
        self, last: Conference, *, now_s: float
    ) -> tuple[tuple[Outage, ...], tuple[Line, ...]]:
        """All outages, oldest first, and the lines in the order of the roster."""
        for site in tuple(self._lost):
            self._back(last, site, None, now_s)
        self._outages.sort(key=lambda outage: outage.since.at_s)
        return tuple(self._outages), tuple(self._line(last, site) for site in last.sites)

    def _pass(self, step: Step) -> None:
        """Time has passed as it was before this step."""
        passed_s = step.at.at_s - self._seen_s
        self._seen_s = step.at.at_s
        if passed_s <= 0 or step.before.phase not in SESSION:
            return
        self._session_s += passed_s
        for code, site in step.before.sites.items():
            if site.link is Link.UP:
                self._up_s[code] = self._up_s.get(code, 0.0) + passed_s

    def _back(
        self, conference: Conference, site: SiteCode, at: Moment | None, now_s: float
    ) -> None:
        lost = self._lost.pop(site, None)
        if lost is None:
            return
        outage = Outage(
            site=site,
            title=title_of(conference, site),
            since=lost.since,
            until=at,
            seconds=now_s - lost.since.at_s,
            phase=lost.phase,
            speaking=lost.speaking,
        )
        self._outages.append(outage)

    def _line(self, last: Conference, site: SiteCode) -> Line:
        drops = [o for o in self._outages if o.site == site and o.phase in SESSION]
        return Line(
            site=site,
            title=title_of(last, site),
            up_s=self._up_s.get(site, 0.0),
            session_s=self._session_s,
            drops=len(drops),
            longest_s=max((outage.seconds for outage in drops), default=0.0),
        )


def _is_speaking(step: Step, site: SiteCode) -> bool:
    """The hold comes before the loss that causes it."""
    return any(r.site == site and Hold.LINK in (r.holds or {}) for r in step.before.granted)

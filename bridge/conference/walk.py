"""Walk: what technicians have heard and seen, going from site to site (*Thử tiếng, thử hình*,
practice.md 16): values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.conference.check_events import WalkBegun, WalkJudged
from bridge.conference.check_words import WalkPicture, WalkSound
from bridge.conference.words import SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is known of one site; also without ever having been there."""

    took_s: float = 0.0
    """All its turns, the present one not counted."""
    skipped: bool = False
    sound: WalkSound | None = None
    picture: WalkPicture | None = None
    note: str | None = None
    by: str | None = None
    """Who has judged it last, ``judged_s``."""
    judged_s: float | None = None

    @property
    def is_done(self) -> bool:
        """Nobody needs to go there again."""
        return self.skipped or self.sound is not None or self.picture is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    by: str | None = None
    """Who has begun it, ``begun_s``; None: nobody has."""
    begun_s: float | None = None
    ended_s: float | None = None
    current: SiteCode | None = None
    since_s: float = 0.0
    """Of the present turn."""
    visits: Mapping[SiteCode, Visit] = field(default_factory=dict)

    @property
    def is_on(self) -> bool:
        return self.begun_s is not None and self.ended_s is None

    def visit(self, site: SiteCode) -> Visit:
        return self.visits.get(site, Visit())

    def begun(self, event: WalkBegun) -> Walk:
        visits = {} if event.anew else self.visits
        return Walk(by=event.by, begun_s=event.at_s, since_s=event.at_s, visits=visits)

    def moved(self, site: SiteCode | None, *, at_s: float) -> Walk:
        """To *site*; the turn of the present one is over."""
        walk = self
        if self.current is not None:
            took_s = self.visit(self.current).took_s + at_s - self.since_s
            walk = self._with(self.current, took_s=took_s)
        return replace(walk, current=site, since_s=at_s)

    def skipped(self, site: SiteCode) -> Walk:
        return self._with(site, skipped=True)

    def judged(self, event: WalkJudged) -> Walk:
        said: dict[str, Any] = {
            name: getattr(event, name)
            for name in ("sound", "picture", "note")
            if getattr(event, name) is not None
        }
        return self._with(event.site, **said, skipped=False, by=event.by, judged_s=event.at_s)

    def ended(self, *, at_s: float) -> Walk:
        return replace(self.moved(None, at_s=at_s), ended_s=at_s)

    def _with(self, site: SiteCode, **fields: Any) -> Walk:
        return replace(self, visits={**self.visits, site: replace(self.visit(site), **fields)})

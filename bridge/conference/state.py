"""The state of a conference: values only.  :mod:`bridge.conference.evolve` makes the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.conference.events import Policy
from bridge.conference.words import EndReason, Help, Hold, Link, Phase, RequestStatus, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    link: Link = Link.DOWN
    link_since_s: float = 0.0
    blocked: bool = False
    """The chair's mute.  Keyed by site: it outlives every connection."""
    help: Help | None = None
    seen: bool = False
    """Was ever connected in this conference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One floor request, from the first word to the minutes; a finished one is never forgotten."""

    id: int
    floor: str
    site: SiteCode
    by: str
    status: RequestStatus
    created_s: float
    text: str | None = None
    limit_s: int | None = None
    continues: int | None = None
    granted_s: float | None = None
    ended_s: float | None = None
    reason: EndReason | None = None
    used_s: float = 0.0
    """Speaking time charged up to ``since_s``; held time is never charged."""
    since_s: float | None = None
    """The clock runs from here; None when it stands."""
    holds: Mapping[Hold, float] | None = None
    """Cause -> since; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    id: str
    title: str
    rehearsal: bool
    policy: Policy
    phase: Phase
    phase_since_s: float
    sites: Mapping[SiteCode, Site]
    """Roster order, room 110 last."""
    requests: Mapping[int, Request]
    """In order of id; ids count from 1."""
    queue: tuple[int, ...]
    """Exactly the accepted requests; position = index + 1 and is never stored twice."""
    next: SiteCode | None
    """The site told to prepare."""

    @property
    def holders(self) -> tuple[Request, ...]:
        """Granted requests, oldest grant first."""
        granted = [r for r in self.requests.values() if r.status is RequestStatus.GRANTED]
        return tuple(sorted(granted, key=lambda r: (r.granted_s or 0.0, r.id)))

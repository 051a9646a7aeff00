"""The state of a conference: values only.  :mod:`bridge.conference.evolve` makes the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.conference.agenda import Agenda
from bridge.conference.checked import Checks
from bridge.conference.numbered import Numbered
from bridge.conference.policy import Policy
from bridge.conference.rollcall import Rollcall
from bridge.conference.walk import Walk
from bridge.conference.words import (
    SPEECH,
    EndReason,
    Help,
    Hold,
    Ladder,
    Link,
    Phase,
    ProbeKind,
    RequestKind,
    RequestStatus,
    Role,
    SiteCode,
    SlateKind,
    Via,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    title: str = ""
    name: str = ""
    link: Link = Link.DOWN
    link_since_s: float = 0.0
    blocked: bool = False
    """The chair's mute.  Keyed by site: it outlives every connection."""
    cut: bool = False
    """A technician has stopped a howl."""
    help: Help | None = None
    seen: bool = False
    """Was ever connected in this conference."""
    standby: bool = False
    """A second room device waits."""
    ladder: Ladder = Ladder.FULL
    limit_s: int | None = None
    """Speaking time of its own; None: the policy's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One floor request, from the first word to the minutes; a finished one is never forgotten."""

    id: int
    floors: tuple[str, ...]
    site: SiteCode
    by: str
    status: RequestStatus
    created_s: float
    kind: RequestKind = RequestKind.HAND
    priority: int = 2
    text: str | None = None
    group: str | None = None
    respond: bool = False
    limit_s: int | None = None
    item: int | None = None
    continues: int | None = None
    via: Via = Via.LINE
    granted_s: float | None = None
    ended_s: float | None = None
    reason: EndReason | None = None
    started: bool = False
    """The clock has begun: a microphone was live, or patience ended."""
    used_s: float = 0.0
    """Speaking time charged up to ``since_s``; held time is never charged."""
    since_s: float | None = None
    """The clock runs from here; None when it stands."""
    warned: bool = False
    over: bool = False
    holds: Mapping[Hold, float] | None = None
    """Cause -> since; None when there is none."""

    def spoken_s(self, now_s: float) -> float:
        """Speaking time so far."""
        return self.used_s + (now_s - self.since_s if self.since_s is not None else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chair:
    """Who may act as the chair: persons with the role, or one deputy."""

    deputy: str | None = None
    """The deputy who has the chair; None: the named chair has."""
    epoch: int = 1
    """Grows with every change."""
    away_since_s: float | None = None
    """No console of the chair is connected since then; None: one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carousel:
    sites: tuple[SiteCode, ...]
    every_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    broadcast: SiteCode | None = None
    broadcast_since_s: float = 0.0
    broadcast_shown: bool = False
    """It has been told for long enough and is on the screen."""
    watch: SiteCode | None = None
    watch_since_s: float = 0.0
    carousel: Carousel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    site: SiteCode
    kind: ProbeKind
    by: str
    since_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slate:
    text: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    at_s: float
    by: str
    site: SiteCode | None
    to: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    place: str | None = None
    chair: str | None = None
    secretary: str | None = None
    organizer: str | None = None
    starts: str | None = None


NOTES_KEPT = 100
"""In the state; the journal keeps all."""


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
    requests: Numbered[Request] = field(default_factory=Numbered)
    """In order of id; ids count from 1."""
    queue: tuple[int, ...] = ()
    """Exactly the accepted requests; position = index + 1 and is never stored twice."""
    next: SiteCode | None = None
    """The site told to prepare."""
    opened_s: float | None = None
    """When the session was first opened."""
    chair: Chair = field(default_factory=Chair)
    consoles: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)
    """Person -> roles, of those with a console connected."""
    agenda: Agenda = field(default_factory=Agenda)
    rollcall: Rollcall = field(default_factory=Rollcall)
    views: Views = field(default_factory=Views)
    probe: Probe | None = None
    slates: Mapping[SlateKind, Slate] = field(default_factory=dict)
    locked: bool = False
    notes: tuple[Note, ...] = ()
    """The last :data:`NOTES_KEPT`, oldest first."""
    description: Description = field(default_factory=Description)
    checks: Checks = field(default_factory=Checks)
    walk: Walk = field(default_factory=Walk)

    @property
    def granted(self) -> tuple[Request, ...]:
        """Requests that have a floor, oldest grant first."""
        granted = [r for r in self.requests.values() if r.status is RequestStatus.GRANTED]
        return tuple(sorted(granted, key=lambda r: (r.granted_s or 0.0, r.id)))

    def holders_of(self, floor: str) -> tuple[Request, ...]:
        """Those that have *floor*, oldest grant first."""
        return tuple(request for request in self.granted if floor in request.floors)

    @property
    def holders(self) -> tuple[Request, ...]:
        """Those that have the speech floor."""
        return self.holders_of(SPEECH)

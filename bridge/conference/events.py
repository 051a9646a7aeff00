"""Events: what has happened, in the past tense.  They are the only thing the journal keeps.

Folding the events of a conference in order gives its state (:mod:`bridge.conference.evolve`);
nothing in here needs the command that caused it.  ``at_s`` is conference seconds: it starts at
0.0 when the conference begins and never runs back, also over restarts.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.words import (
    EndReason,
    Help,
    Hold,
    Link,
    Phase,
    RequestHandling,
    RequestStatus,
    SiteCode,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """RFC 6501 section 4.5 where it has the name."""

    max_floor_users: int = 1
    """How many may hold the speech floor at once, 1 to 4; room 110 is never counted."""
    request_handling: RequestHandling = RequestHandling.QUEUE
    limit_s: int | None = 300
    """Speaking time bound at the grant; None: no limit."""
    grace_s: float = 20.0
    """A holder whose line is lost keeps the floor this long."""
    down_after_s: float = 120.0
    """A lost link counts as down after this long."""
    reopen_within_s: float = 900.0
    """A closed conference may be reopened this long (practice.md 14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceBegun:
    """Always revision 1 of a journal."""

    at_s: float
    conference: str
    title: str
    rehearsal: bool
    sites: tuple[SiteCode, ...]
    """Roster order, room 110 last."""
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChanged:
    at_s: float
    to: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChanged:
    at_s: float
    site: SiteCode
    to: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMade:
    """A request exists: ``pending``, or ``accepted`` at ``position`` (1-based) of the queue."""

    at_s: float
    request: int
    floor: str
    site: SiteCode
    by: str
    status: RequestStatus
    position: int | None = None
    text: str | None = None
    limit_s: int | None = None
    continues: int | None = None
    """The revoked request whose rest this is (a continuation)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAccepted:
    """Entered the queue, or moved in it, at ``position`` (1-based)."""

    at_s: float
    request: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestGranted:
    at_s: float
    request: int
    limit_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEnded:
    at_s: float
    request: int
    status: RequestStatus
    reason: EndReason
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStarted:
    at_s: float
    request: int
    cause: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded:
    at_s: float
    request: int
    cause: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChanged:
    at_s: float
    site: SiteCode
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpChanged:
    at_s: float
    site: SiteCode
    to: Help | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextChosen:
    at_s: float
    site: SiteCode | None


Event = (
    ConferenceBegun
    | PhaseChanged
    | LinkChanged
    | RequestMade
    | RequestAccepted
    | RequestGranted
    | RequestEnded
    | HoldStarted
    | HoldEnded
    | BlockChanged
    | HelpChanged
    | NextChosen
)

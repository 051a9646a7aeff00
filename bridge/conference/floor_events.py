"""Floor events: what has happened to the conference, its lines and its floors."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.policy import Policy
from bridge.conference.words import (
    ChairChange,
    EndReason,
    Hold,
    Link,
    Phase,
    RequestKind,
    RequestStatus,
    Role,
    SiteCode,
    Via,
)


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
    titles: tuple[str, ...] = ()
    """What stands on the wall of each of *sites*, in their order; minutes need it later."""
    names: tuple[str, ...] = ()
    """Short names, likewise."""


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
    floors: tuple[str, ...]
    site: SiteCode
    by: str
    status: RequestStatus
    position: int | None = None
    kind: RequestKind = RequestKind.HAND
    priority: int = 2
    text: str | None = None
    limit_s: int | None = None
    group: str | None = None
    respond: bool = False
    item: int | None = None
    """The agenda item whose turn this is."""
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
    via: Via = Via.LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted:
    """The first live microphone, or the patience with it: speaking time runs from here."""

    at_s: float
    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWarned:
    """``policy.warn_s`` are left."""

    at_s: float
    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOver:
    """The limit is reached."""

    at_s: float
    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitExtended:
    """The new limit of a holder; the warning is to come again if it is ahead."""

    at_s: float
    request: int
    limit_s: int


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
class NextChosen:
    at_s: float
    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLimited:
    """The speaking time of a site from its next grant on; None: the policy's."""

    at_s: float
    site: SiteCode
    limit_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged:
    at_s: float
    to: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairPassed:
    """The chair is with a deputy now, or (``to`` None) with whoever is named chair."""

    at_s: float
    to: str | None
    how: ChairChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSeen:
    """The first console of a person came (``on``) or the last one went."""

    at_s: float
    user: str
    on: bool
    roles: tuple[Role, ...] = ()


FloorEvent = (
    ConferenceBegun
    | PhaseChanged
    | LinkChanged
    | RequestMade
    | RequestAccepted
    | RequestGranted
    | ClockStarted
    | TimeWarned
    | TimeOver
    | LimitExtended
    | RequestEnded
    | HoldStarted
    | HoldEnded
    | BlockChanged
    | NextChosen
    | SiteLimited
    | PolicyChanged
    | ChairPassed
    | ConsoleSeen
)

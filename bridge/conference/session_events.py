"""Session events: what has happened around the floor."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.agenda import Draft
from bridge.conference.words import (
    Help,
    ItemStatus,
    Ladder,
    Mark,
    ProbeKind,
    SiteCode,
    SlateKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpChanged:
    at_s: float
    site: SiteCode
    to: Help | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CutChanged:
    """A howl is stopped, or let go; a holder is held (``technical``) meanwhile."""

    at_s: float
    site: SiteCode
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderChanged:
    at_s: float
    site: SiteCode
    to: Ladder


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyChanged:
    """A second room device waits, or no longer."""

    at_s: float
    site: SiteCode
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSwitched:
    """The standby device is the active one now."""

    at_s: float
    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRestarted:
    """A room device was told to make new media."""

    at_s: float
    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDropped:
    """A technician hung up."""

    at_s: float
    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeStarted:
    at_s: float
    site: SiteCode
    kind: ProbeKind
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeEnded:
    at_s: float
    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastChosen:
    """A site is to be shown to all and has been told; None: none is."""

    at_s: float
    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastShown:
    """It is on the screen."""

    at_s: float
    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchChosen:
    at_s: float
    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarouselSet:
    """Sites are watched in turn; none: no longer."""

    at_s: float
    sites: tuple[SiteCode, ...]
    every_s: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SlateWritten:
    """What a slate says; neither text nor time: nothing."""

    at_s: float
    slate: SlateKind
    text: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLoaded:
    at_s: float
    items: tuple[Draft, ...]
    append: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStarted:
    at_s: float
    item: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEnded:
    """The item is done or skipped; if it was current, none is."""

    at_s: float
    item: int
    status: ItemStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoved:
    """Planned (again): before all that is planned (``first``), behind *after*, or at the end."""

    at_s: float
    item: int
    after: int | None = None
    first: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RollcallOpened:
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RollcallMarked:
    """By the site itself or by the secretary; mark None: taken away."""

    at_s: float
    site: SiteCode
    mark: Mark | None
    by: str
    reason: str | None = None
    head: str | None = None
    title: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollcallClosed:
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSent:
    at_s: float
    by: str
    site: SiteCode | None
    """Of a site; None: from the desk."""
    to: str
    """A site, ``desk`` or ``technicians``."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesNoted:
    """The secretary's words."""

    at_s: float
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockChanged:
    at_s: float
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceDescribed:
    """What the minutes say of it; None: as it was."""

    at_s: float
    place: str | None = None
    chair: str | None = None
    secretary: str | None = None
    organizer: str | None = None
    starts: str | None = None


SessionEvent = (
    HelpChanged
    | CutChanged
    | LadderChanged
    | StandbyChanged
    | DeviceSwitched
    | MediaRestarted
    | SiteDropped
    | ProbeStarted
    | ProbeEnded
    | BroadcastChosen
    | BroadcastShown
    | WatchChosen
    | CarouselSet
    | SlateWritten
    | AgendaLoaded
    | ItemStarted
    | ItemEnded
    | ItemMoved
    | RollcallOpened
    | RollcallMarked
    | RollcallClosed
    | NoteSent
    | MinutesNoted
    | LockChanged
    | ConferenceDescribed
)

"""Session commands: what is wished of everything around the floor.

The agenda and the roll call, the programme and the views, the sites as technicians handle them,
and what people say to one another in writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge.conference.agenda import Draft
from bridge.conference.words import Ladder, Mark, ProbeKind, SiteCode, SlateKind

# The agenda


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLoad:
    """Put items on the agenda, all or none; what is planned is replaced, unless ``append``."""

    items: tuple[Draft, ...]
    append: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaNext:
    """End the current item and begin the next planned one, or the one that is named."""

    item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaFinish:
    """End the current item; none follows yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaSkip:
    """Pass over an item, the current one too.  It may return."""

    item: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaDefer:
    """Put an item after another (None: to the end); the current one is interrupted."""

    item: int
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaReturn:
    """Let an item that was skipped or done be the next."""

    item: int


# The roll call


@dataclass(frozen=True, slots=True, kw_only=True)
class RollcallOpen:
    """Begin it, or open it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollcallAnswer:
    """A site says that it is there: who leads it, and how many are in the room."""

    head: str
    title: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollcallMark:
    """The secretary's word; None takes a mark away.  Absent and excused need a reason."""

    site: SiteCode
    mark: Mark | None
    reason: str | None = None
    head: str | None = None
    title: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollcallClose:
    """End it; who answers later is late."""


# Views and the programme


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewBroadcast:
    """Show a site to all, without a word of it (None: back to whoever speaks)."""

    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewWatch:
    """Look at a site on the monitor of the desks (None: at nobody); ends the carousel."""

    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCarousel:
    """Watch sites in turn, ``every_s`` each, those that are up; None stops it."""

    sites: tuple[SiteCode, ...] | Literal["online"] | None
    every_s: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeSlate:
    """What is written on a slate, and until when; neither: nothing.  ``notice`` covers the stage."""

    slate: SlateKind
    text: str | None = None
    until: str | None = None
    """Time of day, ISO 8601 with its zone."""


# Sites


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCut:
    """Stop a howl: gate shut, clock stopped, floor kept; room 110 too."""

    site: SiteCode
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteProbe:
    """Listen to a site behind its shut gate, at most a minute, or talk with it (None: end it)."""

    site: SiteCode | None
    kind: ProbeKind = ProbeKind.LISTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSwitch:
    """Let the standby device of a site be its active one."""

    site: SiteCode | None = None
    """None is the actor's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRestart:
    """Have a room device make new media; ``force`` also while it speaks or is next."""

    site: SiteCode
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDrop:
    """Hang up a site; it may come back."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLadder:
    """Say what the line of a site may carry."""

    site: SiteCode
    to: Ladder


# People


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRaise:
    """A site needs a technician."""

    site: SiteCode | None = None
    """None is the actor's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAck:
    """A technician has seen it and will call back."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpClose:
    """It is mended, or no longer needed."""

    site: SiteCode | None = None
    """None is the actor's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSend:
    """A line in writing, between a site and desk or technicians; never site to site."""

    to: SiteCode | Literal["desk", "technicians"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesNote:
    """The secretary's own words for the minutes."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceLock:
    """Take no viewer and no further device; a site of the roster always gets in."""

    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceDescribe:
    """What the minutes say of the conference; a field that is None stays as it was."""

    place: str | None = None
    chair: str | None = None
    secretary: str | None = None
    organizer: str | None = None
    starts: str | None = None
    """Planned time of day, ISO 8601 with its zone."""


SessionCommand = (
    AgendaLoad
    | AgendaNext
    | AgendaFinish
    | AgendaSkip
    | AgendaDefer
    | AgendaReturn
    | RollcallOpen
    | RollcallAnswer
    | RollcallMark
    | RollcallClose
    | ViewBroadcast
    | ViewWatch
    | ViewCarousel
    | ProgrammeSlate
    | SiteCut
    | SiteProbe
    | SiteSwitch
    | SiteRestart
    | SiteDrop
    | SiteLadder
    | HelpRaise
    | HelpAck
    | HelpClose
    | NoteSend
    | MinutesNote
    | ConferenceLock
    | ConferenceDescribe
)

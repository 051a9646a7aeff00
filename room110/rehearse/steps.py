"""Steps: what a script is made of.

A script is data.  It says what people do and what happens to lines, never how: a player makes facts
and commands of it in virtual time, another one WebSocket messages and broken media.  Durations are
those of a real conference; a player may shorten them.  A step names a request by its site
(:attr:`Say.of`), because numbers are the conference's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bridge.conference.commands import PersonCommand
from bridge.conference.words import CENTRE, SPEECH, RefusalCode, SiteCode
from room110.rehearse.people import Person
from room110.rehearse.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """For whoever looks on."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Somebody sends a command, and the answer is what it must be."""

    by: Person
    command: PersonCommand
    of: SiteCode | None = None
    """``command.request`` is the ongoing request of this site."""
    floor: str = SPEECH
    """For which floor that request is."""
    turn: bool = False
    """It is the site's turn in the agenda, not its hand."""
    refused: RefusalCode | None = None
    """The no that must come; None: yes."""
    limit_s: int | None = None
    """Speaking time that the grant must bind; None: not looked at."""
    behind: bool = False
    """Thought on the revision before the last command."""
    may_fail: bool = False
    """Any answer is right: for disturbances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """All at once."""

    says: tuple[Say, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    seconds: float
    least_s: float = 0.0
    """At any speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of sites come, break, or are hung up with a goodbye."""

    sites: tuple[SiteCode, ...]
    to: str
    """``up``, ``lost`` or ``left``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consoles:
    """People come to their consoles, or are gone."""

    people: tuple[Person, ...]
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mic:
    """The microphone of a site that has the floor is live."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Wait for what must come by itself."""

    what: str
    is_so: Callable[[Screen], bool]
    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Exactly these are heard in the rooms now, each by all others."""

    sites: tuple[SiteCode, ...] = ()
    centre: bool = True
    """Room 110 is."""
    probed: SiteCode | None = None
    """Heard by technicians alone."""
    talks: bool = False
    """The probed site hears room 110."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """The machine of a site shows slides or a film, or stops."""

    on: bool
    site: SiteCode = CENTRE


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """Control dies and starts again on its journal; media goes on, or with *whole* dies too."""

    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """A second room device of a site waits, or no longer."""

    site: SiteCode
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeisure:
    """Steps that take their time whatever the speed: left out where the clock is shortened."""

    steps: tuple[Step, ...]


Step = (
    Chapter
    | Say
    | Together
    | Wait
    | Lines
    | Consoles
    | Mic
    | Until
    | Heard
    | Film
    | Restart
    | Standby
    | AtLeisure
)
Script = tuple[Step, ...]

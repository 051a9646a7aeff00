"""House commands: facts the service itself brings, lines, devices and consoles, and the clock.

They need no authority and come from nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.conference.check_words import Reason, Verdict
from bridge.conference.figures import Figures
from bridge.conference.words import Role, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUp:
    """The media session of a site's room device is connected and alive."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost:
    """No authenticated packet for 5 s, or the media session closed without a word."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLeft:
    """The room device said goodbye."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class MicLive:
    """The microphone of a site that has the floor is on: its speaking time begins."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbySeen:
    """A site has (``on``) or has no second room device that waits."""

    site: SiteCode
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyTook:
    """The waiting device of a site is the active one now, for the other fell silent."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMeasured:
    """What a line check of the present round found."""

    site: SiteCode
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    figures: Figures = field(default_factory=Figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleCame:
    """The first console of a person is connected."""

    user: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleWent:
    """The last console of a person is gone."""

    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recover:
    """The service started on an existing journal.

    A site whose media a surviving worker carries keeps its link and its floor.  Every other link
    that was up or lost is lost from now, and its holder held (cause ``link``) from now, so an
    outage is charged to nobody and every grace starts anew.  No console is connected.
    """

    alive: frozenset[SiteCode] = frozenset()
    """Sites whose room device has its media still; those of another conference are none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time has passed; do what is due."""


HouseCommand = (
    LinkUp
    | LinkLost
    | SiteLeft
    | MicLive
    | StandbySeen
    | StandbyTook
    | SiteMeasured
    | ConsoleCame
    | ConsoleWent
    | Recover
    | Tick
)

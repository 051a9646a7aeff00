"""Commands: what somebody wants to happen to the conference.

A command is a wish, named after RFC 8855 and floor-control practice where they have a word
for it.  It carries no time and no identity: :func:`bridge.conference.decide.decide` is given
both beside it.  Commands of people come through the doors (signaling) and are checked against
the authority table; commands of the house (links, the clock) come from the service itself and
carry ``authority=None``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge.conference.words import Phase, Role, SiteCode

OnFull = Literal["reject", "replace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, and what may be used to judge it."""

    user: str
    """Name of the person or device, as the token has it; kept in the journal."""
    roles: frozenset[Role] = frozenset()
    """All roles of the token; the authority table picks the one that allows the command."""
    site: SiteCode | None = None
    """The room the person or device stands in, if any."""


HOUSE = Actor(user="room110")
"""The service itself: links seen by the media plane and the clock.  Needs no authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequest:
    """Ask for a floor.  A site asks for itself; chair and secretary may ask for another."""

    floor: str = "speech"
    site: SiteCode | None = None
    """The beneficiary; None is the actor's own site."""
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRelease:
    """Give back a granted floor, or withdraw a request (one message, RFC 8855 section 10.2.1)."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairAccept:
    """Put a pending request into the queue, or move an accepted one.

    ``position`` counts from 1; 0 or None is after the last.
    """

    request: int
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairGrant:
    """Give the floor to a request; ``replace`` revokes the oldest holder in the same act."""

    request: int
    on_full: OnFull = "reject"
    limit_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairCall:
    """Mời phát biểu: give the floor to a site, whether or not it asked."""

    site: SiteCode
    on_full: OnFull = "replace"
    limit_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairDeny:
    request: int
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairRevoke:
    """Take the floor back.  ``request`` None: whoever holds it (all holders)."""

    request: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairNext:
    """Tell a site to prepare (None: nobody).  It opens its microphone behind the shut gate."""

    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairMute:
    """Block (``on``) or unblock a site, or all of them.

    ``all`` is every provincial site except those in ``but``; room 110 is blocked only by name.
    """

    site: SiteCode | Literal["all"]
    on: bool = True
    but: tuple[SiteCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairPhase:
    to: Phase


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
class Recover:
    """The service started on an existing journal.

    A site whose media a surviving worker carries keeps its link and its floor.  Every other link
    that was up or lost is lost from now, and its holder held (cause ``link``) from now, so an
    outage is charged to nobody and every grace starts anew.
    """

    alive: frozenset[SiteCode] = frozenset()
    """Sites whose room device has its media still; those of another conference are none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time has passed; do what is due."""


PersonCommand = (
    FloorRequest
    | FloorRelease
    | ChairAccept
    | ChairGrant
    | ChairCall
    | ChairDeny
    | ChairRevoke
    | ChairNext
    | ChairMute
    | ChairPhase
    | HelpRaise
    | HelpAck
    | HelpClose
)
HouseCommand = LinkUp | LinkLost | SiteLeft | Recover | Tick
Command = PersonCommand | HouseCommand

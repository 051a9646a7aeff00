"""Floor commands: what is wished of the floor, and the chair's means to give and take it.

Named after RFC 8855 where it has the word.  A command is a wish without time and identity: both
are given to :func:`bridge.conference.decide.decide` beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bridge.conference.words import SPEECH, Phase, SiteCode, Via

OnFull = Literal["reject", "replace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequest:
    """Ask for the floor, or for several at once, which are then given together or not at all.

    A site asks for itself; chair and secretary may ask for another.
    """

    floors: tuple[str, ...] = (SPEECH,)
    site: SiteCode | None = None
    """The beneficiary; None is the actor's own site."""
    priority: int | None = None
    """0 to 4, RFC 8855 section 5.2.4; None is normal (2).  A site's own is at most normal."""
    limit_s: int | None = None
    """Speaking time; only chair and secretary may say it."""
    text: str | None = None
    group: str | None = None
    """The group of questions it belongs to."""
    respond: bool = False
    """To reply to the present speaker; the chair may put it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRelease:
    """Give back a granted floor, or withdraw a request (one message, RFC 8855 section 10.2.1)."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairAccept:
    """Put a pending request into the queue, or move an accepted one.

    ``position`` counts from 1; 0 or None is after the last of its priority or a higher one.
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
    """Mời phát biểu: give the floor to a site, whether or not it asked.

    By telephone it needs no line.  The site's own hand is used if there is one; its agenda entry
    only if ``agenda_item`` names it.  ``floors`` None: speech, and what else its hand asks with it.
    """

    site: SiteCode
    floors: tuple[str, ...] | None = None
    on_full: OnFull = "replace"
    limit_s: int | None = None
    via: Via = Via.LINE
    agenda_item: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairDeny:
    request: int
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairRevoke:
    """Take the floor back.  ``request`` None: whoever holds speech (all holders)."""

    request: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairNext:
    """Tell a site to prepare (None: nobody).  It opens its microphone behind the shut gate."""

    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairHold:
    """Interrupt a speaker: gate shut, clock stopped, floor kept."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairResume:
    """Let an interrupted speaker go on.  Lifts the chair's hold and no other."""

    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairExtend:
    """Lengthen the speaking time of a holder by ``add_s``; the warning comes again."""

    request: int
    add_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairLimit:
    """The speaking time of one site from its next grant on; None: that of the policy."""

    site: SiteCode
    limit_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairMute:
    """Block (``on``) or unblock a site, or all of them.

    ``all`` is every provincial site except those in ``but``; room 110 is blocked only by name.
    """

    site: SiteCode | Literal["all"]
    on: bool = True
    but: tuple[SiteCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairSilence:
    """Shut every gate at once, room 110's too; floors are kept, held by the chair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairPolicy:
    """Change the policy: names of its fields and their new values, at least one."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairPhase:
    to: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairHandover:
    """Give the chair to a person at a console: a deputy, or back to the named chair."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairAssume:
    """Take the chair: the named chair at any time, a deputy when the chair is away too long."""


FloorCommand = (
    FloorRequest
    | FloorRelease
    | ChairAccept
    | ChairGrant
    | ChairCall
    | ChairDeny
    | ChairRevoke
    | ChairNext
    | ChairHold
    | ChairResume
    | ChairExtend
    | ChairLimit
    | ChairMute
    | ChairSilence
    | ChairPolicy
    | ChairPhase
    | ChairHandover
    | ChairAssume
)

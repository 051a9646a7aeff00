"""Check commands: what is wished of line checks and of the walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge.conference.check_words import WalkPicture, WalkSound
from bridge.conference.words import SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """Check the lines of these sites, those that have one; ``all``: everybody's, 110's too."""

    sites: tuple[SiteCode, ...] | Literal["all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStop:
    """End the round; what was measured stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHeard:
    """The number that the loudspeaker of a site spoke, as somebody there heard it."""

    number: str
    site: SiteCode | None = None
    """None is the actor's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkBegin:
    """Go from site to site, in their order, and talk with each; ``anew``: forget what was said."""

    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkNext:
    """On to the next site of which nothing was said yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkSkip:
    """Pass over the present site, and on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkGo:
    """To a certain site, forward or back; to the present one: talk with it again."""

    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkJudge:
    """Say how a site is heard and seen; what is None stays as it was."""

    site: SiteCode
    sound: WalkSound | None = None
    picture: WalkPicture | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkEnd:
    """No further; what was said stays."""


CheckCommand = (
    CheckRun
    | CheckStop
    | CheckHeard
    | WalkBegin
    | WalkNext
    | WalkSkip
    | WalkGo
    | WalkJudge
    | WalkEnd
)

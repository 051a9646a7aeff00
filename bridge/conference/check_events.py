"""Check events: what has happened in a line check and in the walk (*Thử tiếng, thử hình*)."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.conference.check_words import Reason, Verdict, WalkPicture, WalkSound
from bridge.conference.figures import Figures
from bridge.conference.words import SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBegun:
    """A round of line checks begins: these sites, in this order."""

    at_s: float
    by: str
    sites: tuple[SiteCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChecked:
    at_s: float
    site: SiteCode
    by: str
    """Who asked for the round."""
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    figures: Figures = field(default_factory=Figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEnded:
    """The round is over; ``stopped``: before all of its sites were checked."""

    at_s: float
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberHeard:
    """Somebody in the room says which number its loudspeaker spoke."""

    at_s: float
    site: SiteCode
    by: str
    number: str
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkBegun:
    """The walk begins, or goes on; ``anew``: with nothing said of any site."""

    at_s: float
    by: str
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkMoved:
    """Whose turn it is; None: nobody's, for all have been seen."""

    at_s: float
    site: SiteCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkSkipped:
    at_s: float
    site: SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkJudged:
    """What was heard and seen of a site; None: as it was."""

    at_s: float
    site: SiteCode
    by: str
    sound: WalkSound | None = None
    picture: WalkPicture | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkEnded:
    at_s: float


CheckEvent = (
    CheckBegun
    | SiteChecked
    | CheckEnded
    | NumberHeard
    | WalkBegun
    | WalkMoved
    | WalkSkipped
    | WalkJudged
    | WalkEnded
)

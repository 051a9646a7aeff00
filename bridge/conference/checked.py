"""Checked: what line checks have found, site by site, and the round that is going on: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bridge.conference.check_events import CheckBegun, NumberHeard, SiteChecked
from bridge.conference.check_words import Reason, Verdict
from bridge.conference.figures import Figures
from bridge.conference.words import SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The last check of one site."""

    at_s: float
    by: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    figures: Figures
    heard: bool | None = None
    """Whether the number was heard right, by the last word of it; None: no word."""
    tries: int = 0
    """Words of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    by: str
    since_s: float
    sites: tuple[SiteCode, ...]
    left: tuple[SiteCode, ...]
    """Those of which nothing is known yet, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    round: Round | None = None
    sites: Mapping[SiteCode, Checked] = field(default_factory=dict)

    def begun(self, event: CheckBegun) -> Checks:
        return replace(
            self,
            round=Round(by=event.by, since_s=event.at_s, sites=event.sites, left=event.sites),
        )

    def found(self, event: SiteChecked) -> Checks:
        checked = Checked(
            at_s=event.at_s,
            by=event.by,
            verdict=event.verdict,
            reasons=event.reasons,
            figures=event.figures,
        )
        going_on = self.round
        if going_on is not None:
            left = tuple(site for site in going_on.left if site != event.site)
            going_on = replace(going_on, left=left)
        return replace(self, round=going_on, sites={**self.sites, event.site: checked})

    def heard(self, event: NumberHeard) -> Checks:
        checked = self.sites[event.site]
        checked = replace(checked, heard=event.right, tries=checked.tries + 1)
        return replace(self, sites={**self.sites, event.site: checked})

    def ended(self) -> Checks:
        return replace(self, round=None)

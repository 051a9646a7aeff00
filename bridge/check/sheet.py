"""Sheet: go or no go, site by site, from the journal alone (practice.md 16, 17 and 30).

What the last line check found of each site, whether somebody heard the number that its loudspeaker
spoke, what technicians heard and saw when they walked by, and the check before: in the same journal, or
else the last of the conference before.  Every site of the conference has its row, in the order of the
seats, checked or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bridge.conference.check_events import NumberHeard, SiteChecked, WalkBegun, WalkJudged
from bridge.conference.check_words import Reason, Verdict
from bridge.conference.figures import Figures
from bridge.conference.state import Conference
from bridge.conference.walk import Visit
from bridge.conference.words import Link, SiteCode
from bridge.minutes.steps import Entry, Moment, name_of, steps_of, title_of

RANKS = {Verdict.PASS: 2, Verdict.WATCH: 1, Verdict.FAIL: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One check of one site."""

    at: Moment
    by: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    figures: Figures
    heard: bool | None = None
    """Whether the number was heard right; None: nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    site: SiteCode
    title: str
    name: str
    link: Link
    """When the journal ends."""
    last: Look | None
    before: Look | None
    visit: Visit | None
    """None: nobody walked by, and nothing was said."""
    judged: Moment | None

    @property
    def trend(self) -> int | None:
        """Better than the check before (1), as it was (0), worse (-1); None: there are no two."""
        if self.last is None or self.before is None:
            return None
        now, then = RANKS[self.last.verdict], RANKS[self.before.verdict]
        return (now > then) - (now < then)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSheet:
    conference: str
    title: str
    rehearsal: bool
    starts: str | None
    """When the session is planned to begin."""
    until: Moment
    """The last word of the journal."""
    walked_by: str | None
    rows: tuple[Row, ...]

    def count(self, verdict: Verdict | None) -> int:
        """Sites with this verdict; None: those that were not checked."""
        verdicts = [None if row.last is None else row.last.verdict for row in self.rows]
        return verdicts.count(verdict)


Looks = Mapping[SiteCode, Look]
"""The last of each site."""


def sheet_of(entries: Iterable[Entry], former: Looks | None = None) -> CheckSheet:
    """*former*: what :func:`looks_in` says of the conference before.

    NothingToTell: the journal has no beginning.
    """
    looks: dict[SiteCode, tuple[Look, ...]] = {}
    judged: dict[SiteCode, Moment] = {}
    conference: Conference | None = None
    until = Moment(at_s=0.0, wall="")
    for step in steps_of(entries):
        conference, until = step.after, step.at
        match step.event:
            case SiteChecked(site=site) as event:
                looks[site] = (*looks.get(site, ()), _look(event, step.at))
            case NumberHeard(site=site, right=right):
                *others, last = looks[site]
                looks[site] = (*others, replace(last, heard=right))
            case WalkJudged(site=site):
                judged[site] = step.at
            case _:
                pass
    assert conference is not None  # or steps_of had raised
    former = former or {}
    return CheckSheet(
        conference=conference.id,
        title=conference.title,
        rehearsal=conference.rehearsal,
        starts=conference.description.starts,
        until=until,
        walked_by=conference.walk.by,
        rows=tuple(
            Row(
                site=site,
                title=title_of(conference, site),
                name=name_of(conference, site),
                link=state.link,
                last=looks[site][-1] if site in looks else None,
                before=_before(looks.get(site, ()), former.get(site)),
                visit=conference.walk.visits.get(site),
                judged=judged.get(site) if site in conference.walk.visits else None,
            )
            for site, state in conference.sites.items()
        ),
    )


def has_any(entries: Iterable[Entry]) -> bool:
    """Whether a sheet would say more than who is there: a site was checked, or somebody walked."""
    events = (event for entry in entries for event in entry.events)
    return any(isinstance(event, SiteChecked | WalkBegun) for event in events)


def looks_in(entries: Iterable[Entry]) -> Looks:
    """What a conference leaves for the next to be compared with; NothingToTell as above."""
    rows = sheet_of(entries).rows
    return {row.site: row.last for row in rows if row.last is not None}


def _before(looks: tuple[Look, ...], former: Look | None) -> Look | None:
    """The check before the last; of another day if there is but one, or none."""
    return looks[-2] if len(looks) > 1 else former


def _look(event: SiteChecked, at: Moment) -> Look:
    return Look(
        at=at,
        by=event.by,
        verdict=event.verdict,
        reasons=event.reasons,
        figures=event.figures,
    )

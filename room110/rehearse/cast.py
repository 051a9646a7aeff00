"""Cast: which sites take part, and who plays what.

The whole cast is the 63 provinces: two come late, one is excused, twelve report as the agenda has it,
fifteen raise their hands in the discussion.  A small cast plays the same with fewer; a part that nobody
is left for is given to somebody who has one already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from typing import Final

from bridge.conference.agenda import Draft
from bridge.conference.words import ItemKind, SiteCode
from config.agenda import AgendaRow
from config.roster import Roster

LEAST: Final = 8
"""Provinces: two late, one excused, and five who speak."""
REPORTS: Final = 12
HANDS: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    present: tuple[SiteCode, ...]
    """In seat order; they are there from the beginning."""
    late: tuple[SiteCode, ...]
    excused: SiteCode
    reports: tuple[SiteCode, ...]
    """In the order of the agenda."""
    hands: tuple[SiteCode, ...]
    """In the order in which they go up."""
    agenda: tuple[Draft, ...]

    @property
    def provinces(self) -> tuple[SiteCode, ...]:
        """All that ever have a line."""
        return (*self.present, *self.late)


def cast(roster: Roster, rows: Sequence[AgendaRow], *, sites: int, chance: Random) -> Cast:
    """With the first *sites* provinces of *roster*, and the agenda as *rows* have it.

    ValueError: fewer than :data:`LEAST`.
    """
    if sites < LEAST:
        raise ValueError(f"at least {LEAST} provinces are needed, not {sites}")
    codes = [site.code for site in roster.sites[:-1]][:sites]
    wanted = [row.site for row in rows if row.site is not None]
    count = min(REPORTS, sites - 3)
    reports = [code for code in wanted if code in codes][:count]
    others = [code for code in codes if code not in reports]
    reports += islice(others, count - len(reports))
    others = [code for code in codes if code not in reports]
    excused, late = others[-1], tuple(others[-3:-1])
    present = tuple(code for code in codes if code != excused and code not in late)
    hands = chance.sample(present, min(HANDS, len(present)))
    return Cast(
        present=present,
        late=late,
        excused=excused,
        reports=tuple(reports),
        hands=tuple(hands),
        agenda=_agenda(rows, reports),
    )


def _agenda(rows: Sequence[AgendaRow], reports: Sequence[SiteCode]) -> tuple[Draft, ...]:
    """The rows as drafts; their sites are *reports*, and rows nobody is left for are dropped."""
    turns = iter(reports)
    drafts = []
    for row in rows:
        draft = Draft(
            kind=ItemKind(row.kind),
            title=row.title,
            minutes=row.minutes,
            site=row.site,
            speaker=row.speaker,
            position=row.position,
            group=row.group,
        )
        if row.site is not None:
            site = next(turns, None)
            if site is None:
                continue
            draft = replace(draft, site=site)
        drafts.append(draft)
    return tuple(drafts)

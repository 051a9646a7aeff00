"""Expected: whose absence is a fault.

An alarm for every province that is not there yet would wake everybody before each conference, and
one for a province that said it cannot come would never end (practice.md 31).  So a site is expected
only while the session is open, unless the roll call has it as excused, absent or left; and only if it
was ready today, or the session has been open for ten minutes: who was never there may be late.
"""

from __future__ import annotations

from typing import Final

from bridge.conference.state import Conference
from bridge.conference.words import Link, Mark, Phase, SiteCode

PATIENCE_S: Final = 600.0
_AWAY: Final = frozenset({Mark.EXCUSED, Mark.ABSENT})
_NOT_MISSED: Final = _AWAY | {Mark.LEFT}


def is_excused(conference: Conference, site: SiteCode) -> bool:
    """Whether the roll call has it as excused or absent."""
    attendance = conference.rollcall.marks.get(site)
    return attendance is not None and attendance.mark in _AWAY


def is_expected(
    conference: Conference, site: SiteCode, *, now_s: float, since_midnight_s: float
) -> bool:
    """*since_midnight_s*: how long today has lasted where the conference is."""
    if conference.phase is not Phase.OPEN or conference.opened_s is None:
        return False
    attendance = conference.rollcall.marks.get(site)
    if attendance is not None and attendance.mark in _NOT_MISSED:
        return False
    if now_s - conference.opened_s >= PATIENCE_S:
        return True
    it = conference.sites[site]
    return it.link is Link.UP or (it.seen and now_s - it.link_since_s <= since_midnight_s)

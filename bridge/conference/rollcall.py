"""The roll call (điểm danh): who is there, as people say it; lines are another fact.

A site answers for itself while the call is open and is *present*; who answers after it was closed
is *late*.  The secretary marks anybody: absent and excused with a reason, left, present again.
Every mark is stamped; the history is the journal's.  An open line is no presence and a lost one
no absence, for a clerk may be there without a director (research/floor-control.md 5.9).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bridge.conference.words import Mark, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """The last mark of a site."""

    mark: Mark
    at_s: float
    by: str
    reason: str | None = None
    head: str | None = None
    """Who leads the site."""
    title: str | None = None
    """What that person is."""
    count: int | None = None
    """Persons in the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollcall:
    is_open: bool = False
    opened_s: float | None = None
    """Last time; None: never yet."""
    closed_s: float | None = None
    marks: Mapping[SiteCode, Attendance] = field(default_factory=dict)

    def opened(self, *, at_s: float) -> Rollcall:
        return replace(self, is_open=True, opened_s=at_s)

    def closed(self, *, at_s: float) -> Rollcall:
        return replace(self, is_open=False, closed_s=at_s)

    def marked(self, site: SiteCode, attendance: Attendance | None) -> Rollcall:
        """With this mark; without one the site is not marked.

        What a mark does not say of head, title and count stays as it was said before.
        """
        marks = {**self.marks}
        before = marks.pop(site, None)
        if attendance is not None:
            if before is not None:
                attendance = replace(
                    attendance,
                    head=attendance.head or before.head,
                    title=attendance.title or before.title,
                    count=before.count if attendance.count is None else attendance.count,
                )
            marks[site] = attendance
        return replace(self, marks=marks)

    def counts(self) -> dict[Mark, int]:
        """How many sites have each mark that some site has."""
        return dict(Counter(attendance.mark for attendance in self.marks.values()))

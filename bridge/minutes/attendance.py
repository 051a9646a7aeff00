"""Attendance: who was there, as people said it, site by site in the order of the roster.

The last mark of a site is the core's; here is what the marks before it leave behind: when a late
site came, when one left and when it was back.  A mark that says a site was never there takes that
history with it, and so does a secretary who sets *late* right: it was a mistake, not an arrival.
A line is no presence; of a site that nobody marked it is at least told whether it had one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.conference.events import LinkChanged, RollcallClosed, RollcallMarked, RollcallOpened
from bridge.conference.state import Conference
from bridge.conference.words import Link, Mark, SiteCode
from bridge.minutes.steps import Moment, Step, name_of, title_of

WAS_THERE = frozenset({Mark.PRESENT, Mark.LATE, Mark.LEFT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One site."""

    site: SiteCode
    title: str
    name: str
    mark: Mark | None
    """None: nobody marked it."""
    reason: str | None
    """Why it is absent or excused."""
    head: str | None
    position: str | None
    """What the head is."""
    count: int | None
    """Persons in the room."""
    late: Moment | None
    left: tuple[Moment, ...]
    returned: tuple[Moment, ...]
    connected: Moment | None
    """When its line was first up; None: never."""

    @property
    def was_there(self) -> bool:
        return self.mark in WAS_THERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    seats: tuple[Seat, ...]
    opened: Moment | None
    """When the roll was last called; None: never."""
    closed: Moment | None
    at_close: Mapping[Mark, int] | None
    """How many sites had each mark then."""

    @property
    def persons(self) -> int:
        """In the rooms of all sites that were there and said so."""
        return sum(seat.count or 0 for seat in self.seats if seat.was_there)


@dataclass(slots=True)
class _History:
    late: Moment | None = None
    left: list[Moment] = field(default_factory=list)
    returned: list[Moment] = field(default_factory=list)
    connected: Moment | None = None

    def marked(self, before: Mark | None, after: Mark | None, at: Moment) -> None:
        if after not in WAS_THERE:
            self.late = None
            self.left.clear()
            self.returned.clear()
        elif after is Mark.LEFT:
            if before is not Mark.LEFT:
                self.left.append(at)
        elif before is Mark.LEFT:
            self.returned.append(at)
        elif after is Mark.LATE:
            self.late = self.late or at
        else:
            self.late = None


class Attendances:
    """Gathers the attendance, step by step."""

    def __init__(self) -> None:
        self._histories: dict[SiteCode, _History] = {}
        self._opened: Moment | None = None
        self._closed: Moment | None = None
        self._at_close: Mapping[Mark, int] | None = None

    def see(self, step: Step) -> None:
        match step.event:
            case RollcallMarked(site=site, mark=mark):
                before = step.before.rollcall.marks.get(site)
                self._of(site).marked(before.mark if before else None, mark, step.at)
            case RollcallOpened():
                self._opened, self._closed, self._at_close = step.at, None, None
            case RollcallClosed():
                self._closed, self._at_close = step.at, step.after.rollcall.counts()
            case LinkChanged(site=site, to=Link.UP):
                history = self._of(site)
                history.connected = history.connected or step.at
            case _:
                pass

    def told(self, last: Conference) -> Attendance:
        return Attendance(
            seats=tuple(self._seat(last, site) for site in last.sites),
            opened=self._opened,
            closed=self._closed,
            at_close=self._at_close,
        )

    def _of(self, site: SiteCode) -> _History:
        return self._histories.setdefault(site, _History())

    def _seat(self, last: Conference, site: SiteCode) -> Seat:
        said, history = last.rollcall.marks.get(site), self._of(site)
        return Seat(
            site=site,
            title=title_of(last, site),
            name=name_of(last, site),
            mark=said.mark if said else None,
            reason=said.reason if said else None,
            head=said.head if said else None,
            position=said.title if said else None,
            count=said.count if said else None,
            late=history.late,
            left=tuple(history.left),
            returned=tuple(history.returned),
            connected=history.connected,
        )

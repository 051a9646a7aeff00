"""Facts: a conference, once it is told: what all its documents are written from.

Pure and made from the journal alone: the same records give the same facts, on any machine and at
any time.  The journal may break off anywhere after its first record; what goes on then has no
end, and every figure is as of the last record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bridge.conference.events import MinutesNoted, PhaseChanged
from bridge.conference.state import Conference
from bridge.conference.words import CENTRE, Phase
from bridge.minutes.attendance import Attendance, Attendances
from bridge.minutes.chairing import Acting, Chairing, Handover
from bridge.minutes.incidents import Incident, Incidents
from bridge.minutes.lines import Line, Lines, Outage
from bridge.minutes.lives import Fate, Lives
from bridge.minutes.programme import ItemFacts, Programme
from bridge.minutes.speeches import Asked, Speech, floor_of
from bridge.minutes.steps import Entry, Moment, Step, steps_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A phase, as long as it lasted."""

    phase: Phase
    since: Moment
    until: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The secretary's words."""

    at: Moment
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    records: int
    events: int
    requests: int
    fates: Mapping[Fate, int]
    """How many requests had each fate that some had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    conference: str
    title: str
    rehearsal: bool
    place: str | None
    organizer: str | None
    chair: str | None
    secretary: str | None
    starts: str | None
    """Planned time of day."""
    begun: Moment
    last: Moment
    """Of the last record."""
    stretches: tuple[Stretch, ...]
    attendance: Attendance
    items: tuple[ItemFacts, ...]
    late_s: float | None
    """How far behind its plan the session was at the end; None: it was not begun, or had none."""
    speeches: tuple[Speech, ...]
    showings: tuple[Speech, ...]
    """Slides or a film without a word."""
    asked: tuple[Asked, ...]
    """Every request, and what became of it."""
    handovers: tuple[Handover, ...]
    acting: tuple[Acting, ...]
    notes: tuple[Noted, ...]
    outages: tuple[Outage, ...]
    lines: tuple[Line, ...]
    incidents: tuple[Incident, ...]
    counts: Counts

    @property
    def opened(self) -> Moment | None:
        """The first opening."""
        return next((s.since for s in self.stretches if s.phase is Phase.OPEN), None)

    @property
    def closed(self) -> Moment | None:
        """The closing; None: the conference goes on."""
        end = self.stretches[-1]
        return end.since if end.phase is Phase.CLOSED else None

    @property
    def provinces(self) -> int:
        """How many sites there are besides room 110."""
        return sum(line.site != CENTRE for line in self.lines)


def minutes_of(entries: Iterable[Entry]) -> Minutes:
    """The facts of a journal.  NothingToTell: it does not begin with a conference."""
    teller = _Teller()
    for step in steps_of(entries):
        teller.see(step)
    return teller.told()


class _Teller:
    def __init__(self) -> None:
        self._attendances = Attendances()
        self._programme = Programme()
        self._lives = Lives()
        self._lines = Lines()
        self._incidents = Incidents()
        self._chairing = Chairing()
        self._stretches: list[Stretch] = []
        self._notes: list[Noted] = []
        self._records: set[int] = set()
        self._events = 0
        self._at: Moment
        self._state: Conference

    def see(self, step: Step) -> None:
        for gatherer in (
            self._attendances,
            self._programme,
            self._lives,
            self._lines,
            self._incidents,
            self._chairing,
        ):
            gatherer.see(step)
        match step.event:
            case PhaseChanged(to=phase):
                self._enter(phase, step.at)
            case MinutesNoted(by=by, text=text):
                self._notes.append(Noted(at=step.at, by=by, text=text))
            case _ if not self._stretches:
                self._enter(step.after.phase, step.at)
            case _:
                pass
        self._records.add(step.rev)
        self._events += 1
        self._at, self._state = step.at, step.after

    def told(self) -> Minutes:
        last, now_s = self._state, self._at.at_s
        said = last.description
        floor = floor_of(last, self._lives, now_s=now_s)
        outages, lines = self._lines.told(last, now_s=now_s)
        handovers, acting = self._chairing.told()
        end = self._stretches[-1]
        end_s = end.since.at_s if end.phase is Phase.CLOSED else now_s
        return Minutes(
            conference=last.id,
            title=last.title,
            rehearsal=last.rehearsal,
            place=said.place,
            organizer=said.organizer,
            chair=said.chair,
            secretary=said.secretary,
            starts=said.starts,
            begun=self._stretches[0].since,
            last=self._at,
            stretches=tuple(self._stretches),
            attendance=self._attendances.told(last),
            items=self._programme.told(last, now_s=now_s),
            late_s=last.agenda.late_s(opened_s=last.opened_s, now_s=end_s),
            speeches=floor.speeches,
            showings=floor.showings,
            asked=floor.asked,
            handovers=handovers,
            acting=acting,
            notes=tuple(self._notes),
            outages=outages,
            lines=lines,
            incidents=self._incidents.told(),
            counts=Counts(
                records=len(self._records),
                events=self._events,
                requests=len(floor.asked),
                fates=dict(Counter(asked.fate for asked in floor.asked)),
            ),
        )

    def _enter(self, phase: Phase, at: Moment) -> None:
        if self._stretches:
            before = self._stretches.pop()
            self._stretches.append(Stretch(phase=before.phase, since=before.since, until=at))
        self._stretches.append(Stretch(phase=phase, since=at, until=None))

"""Incidents: what technicians did and were asked to do, and where the service itself stood still.

One row for each, with its beginning and its end; of a help call also when somebody answered it.
An incident that goes on where the journal ends has no end and no length.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bridge.conference.events import (
    CutChanged,
    DeviceSwitched,
    HelpChanged,
    LadderChanged,
    MediaRestarted,
    ProbeEnded,
    ProbeStarted,
    SiteDropped,
)
from bridge.conference.words import Help, SiteCode
from bridge.minutes.lines import SESSION
from bridge.minutes.steps import Moment, Step, title_of

RECOVER = "recover"
"""The command with which a service goes on after a restart."""


class IncidentKind(StrEnum):
    CUT = "cut"
    """A howl was stopped."""
    HELP = "help"
    SWITCH = "switch"
    """Another device of a room took its seat."""
    MEDIA_RESTART = "media_restart"
    DROP = "drop"
    """A technician hung up."""
    LADDER = "ladder"
    """What a line may carry was changed."""
    PROBE = "probe"
    """A private line with a site."""
    SERVICE_RESTART = "service_restart"
    """From the last record before to the first after it."""
    CHAIR_AWAY = "chair_away"
    """No console of the chair, in the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    kind: IncidentKind
    site: SiteCode | None
    title: str | None
    since: Moment
    by: str
    """Who caused or asked for it."""
    until: Moment | None = None
    acknowledged: Moment | None = None
    """Of a help call."""
    detail: str | None = None
    """The kind of a probe, the new step of a ladder."""

    @property
    def seconds(self) -> float | None:
        return None if self.until is None else self.until.at_s - self.since.at_s

    @property
    def to_answer_s(self) -> float | None:
        """How long a help call waited: for its answer, or for its end if nobody answered."""
        answered = self.acknowledged or self.until
        return None if answered is None else answered.at_s - self.since.at_s


_Key = tuple[IncidentKind, SiteCode | None]


class Incidents:
    """Gathers them, step by step."""

    def __init__(self) -> None:
        self._all: list[Incident] = []
        self._open: dict[_Key, int] = {}
        """Where those stand that go on."""
        self._last: Moment | None = None
        self._recovered_rev = 0

    def see(self, step: Step) -> None:
        if step.command == RECOVER and step.rev != self._recovered_rev and self._last is not None:
            self._recovered_rev = step.rev
            self._begin(step, IncidentKind.SERVICE_RESTART, None, since=self._last, until=step.at)
        self._last = step.at
        self._chair(step)
        match step.event:
            case CutChanged(site=site, on=True):
                self._begin(step, IncidentKind.CUT, site)
            case CutChanged(site=site):
                self._end(step, IncidentKind.CUT, site)
            case HelpChanged(site=site, to=to):
                self._help(step, site, to)
            case ProbeStarted(site=site, kind=kind):
                self._begin(step, IncidentKind.PROBE, site, detail=kind.value)
            case ProbeEnded(site=site):
                self._end(step, IncidentKind.PROBE, site)
            case DeviceSwitched(site=site):
                self._begin(step, IncidentKind.SWITCH, site, until=step.at)
            case MediaRestarted(site=site):
                self._begin(step, IncidentKind.MEDIA_RESTART, site, until=step.at)
            case SiteDropped(site=site):
                self._begin(step, IncidentKind.DROP, site, until=step.at)
            case LadderChanged(site=site, to=ladder):
                self._begin(step, IncidentKind.LADDER, site, until=step.at, detail=ladder.value)
            case _:
                pass

    def told(self) -> tuple[Incident, ...]:
        """Oldest first; without a chair that a restart of the service counted away for no time."""
        lasted = (i for i in self._all if i.kind is not IncidentKind.CHAIR_AWAY or i.seconds != 0)
        return tuple(sorted(lasted, key=lambda incident: incident.since.at_s))

    def _chair(self, step: Step) -> None:
        was_away = step.before.chair.away_since_s is not None
        is_away = step.after.chair.away_since_s is not None
        if was_away and not is_away:
            self._end(step, IncidentKind.CHAIR_AWAY, None)
        elif is_away and not was_away and step.after.phase in SESSION:
            self._begin(step, IncidentKind.CHAIR_AWAY, None)

    def _help(self, step: Step, site: SiteCode, to: Help | None) -> None:
        key = (IncidentKind.HELP, site)
        if to is None:
            self._end(step, *key)
        elif to is Help.RAISED and key not in self._open:
            self._begin(step, *key)
        elif to is Help.ACKNOWLEDGED and key in self._open:
            place = self._open[key]
            call = self._all[place]
            self._all[place] = replace(call, acknowledged=call.acknowledged or step.at)

    def _begin(
        self,
        step: Step,
        kind: IncidentKind,
        site: SiteCode | None,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        detail: str | None = None,
    ) -> None:
        """It goes on, unless *until* is said."""
        if until is None:
            self._open[kind, site] = len(self._all)
        incident = Incident(
            kind=kind,
            site=site,
            title=None if site is None else title_of(step.after, site),
            since=since or step.at,
            by=step.actor,
            until=until,
            detail=detail,
        )
        self._all.append(incident)

    def _end(self, step: Step, kind: IncidentKind, site: SiteCode | None) -> None:
        place = self._open.pop((kind, site), None)
        if place is not None:
            self._all[place] = replace(self._all[place], until=step.at)

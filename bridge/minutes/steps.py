"""Steps: a journal read once more, event by event, with the state around each.

The documents of a conference are made from its journal alone, also while it goes on and also
from a journal that breaks off.  What a running state says (speaking time above all) is taken from
the core's own fold and not computed a second time, so paper and screen agree to the second.

Two clocks are in a record and are never mixed: conference seconds measure how long, the wall says
what time of day it was.  A service that stood still for an hour made no conference seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bridge.conference.events import ConferenceBegun, Event
from bridge.conference.evolve import begun, evolve
from bridge.conference.state import Conference
from bridge.conference.words import Role, SiteCode


class Entry(Protocol):
    """What is needed of a record of the journal (:class:`bridge.records.Record`)."""

    @property
    def rev(self) -> int: ...
    @property
    def at_s(self) -> float: ...
    @property
    def wall(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def authority(self) -> Role | None: ...
    @property
    def command(self) -> str: ...
    @property
    def events(self) -> tuple[Event, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    at_s: float
    """Conference seconds."""
    wall: str
    """Time of day, ISO 8601 with its zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event.  Nobody keeps the states of all steps: there are thousands of them."""

    at: Moment
    rev: int
    actor: str
    authority: Role | None
    command: str
    event: Event
    before: Conference
    after: Conference


class NothingToTell(ValueError):
    """The journal has no first record: the program died while it made the file, or it is lost."""


def steps_of(entries: Iterable[Entry]) -> Iterator[Step]:
    """The events of *entries*, one by one.  NothingToTell: there is none, or no beginning."""
    conference: Conference | None = None
    for entry in entries:
        for event in entry.events:
            if conference is not None:
                after = evolve(conference, event)
            elif isinstance(event, ConferenceBegun):
                conference = after = begun(event)
            else:
                break
            yield Step(
                at=Moment(at_s=event.at_s, wall=entry.wall),
                rev=entry.rev,
                actor=entry.actor,
                authority=entry.authority,
                command=entry.command,
                event=event,
                before=conference,
                after=after,
            )
            conference = after
        if conference is None:
            break
    if conference is None:
        raise NothingToTell("the journal does not begin with a conference")


def title_of(conference: Conference, site: SiteCode) -> str:
    """What stands on the wall of *site*, or the nearest to it that is known."""
    state = conference.sites[site]
    return state.title or state.name or site


def name_of(conference: Conference, site: SiteCode) -> str:
    """How people call *site* in short."""
    state = conference.sites[site]
    return state.name or state.title or site

"""Evolve: one event further.  Folding the journal is the only way to a state, live or restarted.

No rule is decided here: what an event says is so.  What follows from events is kept where it
belongs: of requests in :mod:`requests`, of the agenda and the roll call in their own values.  Here
follows one thing more: whether a console of the chair is connected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bridge.conference import check_course, requests, surroundings
from bridge.conference.chair import with_presence
from bridge.conference.events import (
    BlockChanged,
    ChairPassed,
    CheckEvent,
    ConferenceBegun,
    ConsoleSeen,
    Event,
    LinkChanged,
    NextChosen,
    PhaseChanged,
    PolicyChanged,
    RequestMade,
    SessionEvent,
    SiteLimited,
)
from bridge.conference.state import Chair, Conference, Site
from bridge.conference.words import Link, Phase


def begun(event: ConferenceBegun) -> Conference:
    """The conference as it begins: in the lobby, nobody there."""
    blank = [""] * len(event.sites)
    titles = dict(zip(event.sites, event.titles or blank, strict=True))
    names = dict(zip(event.sites, event.names or blank, strict=True))
    return Conference(
        id=event.conference,
        title=event.title,
        rehearsal=event.rehearsal,
        policy=event.policy,
        phase=Phase.LOBBY,
        phase_since_s=event.at_s,
        sites={
            code: Site(title=titles[code], name=names[code], link_since_s=event.at_s)
            for code in event.sites
        },
        chair=Chair(away_since_s=event.at_s),
    )


def fold(events: Iterable[Event]) -> Conference:
    """The state after *events*, the first of which begins the conference.

    ValueError: it does not, or another begins later.
    """
    journal = iter(events)
    first = next(journal, None)
    if not isinstance(first, ConferenceBegun):
        raise ValueError("a journal starts with ConferenceBegun")  # noqa: TRY004  # a bad journal
    return fold_into(begun(first), journal)


def fold_into(conference: Conference, events: Iterable[Event]) -> Conference:
    """The state after *events*, one after the other."""
    for event in events:
        conference = evolve(conference, event)
    return conference


def evolve(conference: Conference, event: Event) -> Conference:
    """The next state.  The caller owes events in their order, with times that never run back."""
    if isinstance(event, SessionEvent):
        return surroundings.changed(conference, event)
    if isinstance(event, CheckEvent):
        return check_course.changed(conference, event)
    match event:
        case ConferenceBegun():
            raise ValueError("a conference begins once")
        case PhaseChanged(at_s=at_s, to=phase):
            opened_s = conference.opened_s
            if phase is Phase.OPEN and opened_s is None:
                opened_s = at_s
            return replace(conference, phase=phase, phase_since_s=at_s, opened_s=opened_s)
        case LinkChanged(at_s=at_s, to=to):
            seen = conference.sites[event.site].seen or to is Link.UP
            return surroundings.with_site(
                conference, event.site, link=to, link_since_s=at_s, seen=seen
            )
        case BlockChanged(site=site, on=on):
            return surroundings.with_site(conference, site, blocked=on)
        case SiteLimited(site=site, limit_s=limit_s):
            return surroundings.with_site(conference, site, limit_s=limit_s)
        case NextChosen(site=chosen):
            return replace(conference, next=chosen)
        case PolicyChanged(to=policy):
            return replace(conference, policy=policy)
        case ChairPassed(at_s=at_s, to=deputy):
            chair = replace(conference.chair, deputy=deputy, epoch=conference.chair.epoch + 1)
            return with_presence(replace(conference, chair=chair), at_s=at_s)
        case ConsoleSeen(at_s=at_s, user=user, on=on, roles=roles):
            consoles = {person: r for person, r in conference.consoles.items() if person != user}
            if on:
                consoles[user] = roles
            return with_presence(replace(conference, consoles=consoles), at_s=at_s)
        case RequestMade():
            return requests.made(conference, event)
        case _:
            return requests.changed(conference, event)

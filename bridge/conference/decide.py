"""Decide: a wish and a state give events, or a no.

``decide`` changes nothing and knows no clock; the caller journals the events, folds them in and
tells the world.  It only says who answers: the authority table first, then :mod:`wishes` (people)
or :mod:`links` (the house).  The checks come in the order of ``RefusalCode``, so that the same
mistake always hears the same no, and a refused command leaves no trace.

The order of events inside one decision is law: every invariant of the floor is true after each
event, not only after the last.  After every decision two things follow by themselves: with
``auto_advance`` a free floor is given on, and then what may not be so any more is ended (a probe,
a broadcast, a walk).
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference import advance, checks, links, programme, walking, wishes
from bridge.conference.authority import authorise
from bridge.conference.checks import Refused
from bridge.conference.commands import (
    Actor,
    Command,
    HouseCommand,
    LinkLost,
    LinkUp,
    MicLive,
    SiteLeft,
    SiteMeasured,
    StandbySeen,
    StandbyTook,
)
from bridge.conference.course import Course
from bridge.conference.events import ConferenceBegun, Event, Policy
from bridge.conference.policy import MAX_SPEAKERS
from bridge.conference.state import Conference
from bridge.conference.words import CENTRE, Refusal, RefusalCode, Role, SiteCode

_OF_A_SITE = LinkUp | LinkLost | SiteLeft | MicLive | StandbySeen | StandbyTook | SiteMeasured


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer is yes."""

    events: tuple[Event, ...]
    """To be journalled and folded in order; empty when everything is so already."""
    authority: Role | None
    """By which role it was decided (``as`` in the journal); None: by the house."""
    after: Conference
    """What the events make."""


def begin(
    *,
    conference: str,
    title: str,
    rehearsal: bool,
    sites: tuple[SiteCode, ...],
    policy: Policy,
    titles: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
) -> ConferenceBegun:
    """The first event of a conference, at 0.0 s.

    ValueError: a site is named twice, 110 is not last, titles or names are not one for each site,
    or 0 to 4 holders are not what is allowed.
    """
    if not sites or sites[-1] != CENTRE or len(set(sites)) != len(sites):
        raise ValueError(f"sites are named once each, {CENTRE} last: {sites}")
    if not {len(titles), len(names)} <= {0, len(sites)}:
        raise ValueError("a title and a name for each site, or for none")
    if not 0 <= policy.max_floor_users <= MAX_SPEAKERS:
        raise ValueError(f"0 to 4 sites may hold the floor, not {policy.max_floor_users}")
    return ConferenceBegun(
        at_s=0.0,
        conference=conference,
        title=title,
        rehearsal=rehearsal,
        sites=sites,
        policy=policy,
        titles=titles,
        names=names,
    )


def decide(
    conference: Conference, command: Command, actor: Actor, *, now_s: float
) -> Decision | Refusal:
    """What *command* of *actor* makes happen at *now_s* (conference seconds).

    The caller owes a *now_s* that never runs back, and takes commands of the house from nobody
    else: they are not checked against the authority table.
    """
    try:
        if isinstance(command, HouseCommand):
            course = Course(conference, actor, None, now_s=now_s)
            if isinstance(command, _OF_A_SITE):
                checks.known_site(conference, command.site)
            links.happen(course, command)
        else:
            authority = authorise(actor, command, conference)
            if authority is None:
                what = f"{type(command).__name__} in {conference.phase}"
                text = f"{what} is not for {actor.user}"
                return Refusal(code=RefusalCode.NOT_AUTHORIZED, text=text)
            course = Course(conference, actor, authority, now_s=now_s)
            wishes.fulfil(course, command)
    except Refused as no:
        return no.refusal
    advance.advance(course)
    course.add_all(programme.swept(course.conference, now_s=now_s))
    course.add_all(walking.swept(course.conference, now_s=now_s))
    return Decision(
        events=tuple(course.events), authority=course.authority, after=course.conference
    )

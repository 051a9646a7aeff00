"""Decide: a wish and a state give events, or a no.

``decide`` changes nothing and knows no clock; the caller journals the events, folds them in and
tells the world.  It only says who answers: the authority table first, then :mod:`wishes` (people),
:mod:`phases`, or :mod:`links` (the house).  The checks come in the order of ``RefusalCode``, so
that the same mistake always hears the same no, and a refused command leaves no trace.

The order of events inside one decision is law: every invariant of the conference is true after
each event, not only after the last.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference import checks
from bridge.conference.authority import authorise
from bridge.conference.checks import Refused
from bridge.conference.commands import Actor, Command, HouseCommand, LinkLost, LinkUp, SiteLeft
from bridge.conference.events import ConferenceBegun, Event, Policy
from bridge.conference.links import decide_house
from bridge.conference.state import Conference
from bridge.conference.wishes import Wish
from bridge.conference.words import CENTRE, Refusal, RefusalCode, Role, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer is yes."""

    events: tuple[Event, ...]
    """To be journalled and folded in order; empty when everything is so already."""
    authority: Role | None
    """By which role it was decided (``as`` in the journal); None: by the house."""


def begin(
    *, conference: str, title: str, rehearsal: bool, sites: tuple[SiteCode, ...], policy: Policy
) -> ConferenceBegun:
    """The first event of a conference, at 0.0 s.

    ValueError: a site is named twice, 110 is not last, or 1 to 4 holders are not what is allowed.
    """
    if not sites or sites[-1] != CENTRE or len(set(sites)) != len(sites):
        raise ValueError(f"sites are named once each, {CENTRE} last: {sites}")
    if not 1 <= policy.max_floor_users <= 4:  # noqa: PLR2004  # speaker.1 to speaker.4
        raise ValueError(f"1 to 4 sites may hold the floor, not {policy.max_floor_users}")
    return ConferenceBegun(
        at_s=0.0,
        conference=conference,
        title=title,
        rehearsal=rehearsal,
        sites=sites,
        policy=policy,
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
            if isinstance(command, LinkUp | LinkLost | SiteLeft):
                checks.known_site(conference, command.site)
            return Decision(events=decide_house(conference, command, now_s=now_s), authority=None)
        authority = authorise(actor, command, conference)
        if authority is None:
            what = f"{type(command).__name__} in {conference.phase}"
            text = f"{what} is not for {actor.user}"
            return Refusal(code=RefusalCode.NOT_AUTHORIZED, text=text)
        wish = Wish(conference=conference, actor=actor, authority=authority, now_s=now_s)
        return Decision(events=tuple(wish.fulfil(command)), authority=authority)
    except Refused as no:
        return no.refusal

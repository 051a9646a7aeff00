"""The chair: who acts by its authority, and what happens when nobody is there to.

The chair belongs to a person with a right given before, not to a socket.  In the room the Minister
does not click; whoever sits at a console with the role *chair* acts as the chair, each under a
name of their own.  It can be handed to a deputy at a console; from that moment the named chair's
consoles have no authority but one: to take it back, at any time.  Nobody is elected.

When the last console of the chair is gone the chair is *away*: nothing is cut and nothing
advances by itself.  After ``policy.chair_grace_s`` a deputy may assume it.  (H.243 has the single
token; research/floor-control.md 5.7, invariant I11.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from bridge.conference.actor import Actor
from bridge.conference.checks import Refused
from bridge.conference.events import ChairPassed, ConsoleSeen, Event
from bridge.conference.floor_commands import ChairAssume, ChairHandover
from bridge.conference.house_commands import ConsoleCame, ConsoleWent
from bridge.conference.state import Conference
from bridge.conference.words import ChairChange, RefusalCode, Role


def is_chair(conference: Conference, user: str, roles: Collection[Role]) -> bool:
    """Whether this person acts by the chair's authority now."""
    deputy = conference.chair.deputy
    if deputy is None:
        return Role.CHAIR in roles
    return user == deputy and Role.DEPUTY in roles


def with_presence(conference: Conference, *, at_s: float) -> Conference:
    """With the chair here or away, as the consoles say; who was away before is so since then."""
    present = any(is_chair(conference, *console) for console in conference.consoles.items())
    since_s = conference.chair.away_since_s
    if present is (since_s is None):
        return conference
    away_since_s = None if present else at_s
    return replace(conference, chair=replace(conference.chair, away_since_s=away_since_s))


def is_present(conference: Conference) -> bool:
    """Whether a console of the chair is connected."""
    return conference.chair.away_since_s is None


def seen(
    conference: Conference, command: ConsoleCame | ConsoleWent, *, now_s: float
) -> Iterator[Event]:
    """The consoles of a person came or went; nothing, if that is known."""
    user = command.user
    if isinstance(command, ConsoleCame):
        roles = tuple(sorted(command.roles))
        if conference.consoles.get(user) != roles:
            yield ConsoleSeen(at_s=now_s, user=user, on=True, roles=roles)
    elif user in conference.consoles:
        yield ConsoleSeen(at_s=now_s, user=user, on=False)


def hand_over(conference: Conference, command: ChairHandover, *, now_s: float) -> Iterator[Event]:
    """Give the chair away.  Refused (``user_not_found``): to nobody who has a console."""
    roles = conference.consoles.get(command.to)
    if roles is None:
        raise Refused(RefusalCode.USER_NOT_FOUND, f"no console of {command.to} is connected")
    if is_chair(conference, command.to, roles):
        return
    if Role.CHAIR in roles:
        yield ChairPassed(at_s=now_s, to=None, how=ChairChange.HANDED_OVER)
    elif Role.DEPUTY in roles:
        yield ChairPassed(at_s=now_s, to=command.to, how=ChairChange.HANDED_OVER)
    else:
        raise Refused(RefusalCode.BAD_STATE, f"{command.to} is neither chair nor deputy")


def assume(
    conference: Conference, _command: ChairAssume, actor: Actor, *, now_s: float
) -> Iterator[Event]:
    """Take the chair.  Refused (``bad_state``): a deputy, while the chair is here or not yet
    away for long."""
    if is_chair(conference, actor.user, actor.roles):
        return
    if Role.CHAIR in actor.roles:
        yield ChairPassed(at_s=now_s, to=None, how=ChairChange.RECLAIMED)
        return
    since_s = conference.chair.away_since_s
    if since_s is None:
        raise Refused(RefusalCode.BAD_STATE, "the chair is here")
    left_s = since_s + conference.policy.chair_grace_s - now_s
    if left_s > 0:
        raise Refused(
            RefusalCode.BAD_STATE, f"the chair is away; wait {left_s:.0f} s", wait_s=left_s
        )
    yield ChairPassed(at_s=now_s, to=actor.user, how=ChairChange.ASSUMED)

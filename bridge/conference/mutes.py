"""Mutes: the chair's own valve, and the settings by which floors are given.

A block is keyed by site and outlives every connection; it is lifted by the chair's word or by
giving the floor.  ``chair.silence`` is the key for the bad moment: every speaker is interrupted and
room 110 blocked in one act, nobody loses a floor, and each is let go on by name.  So in the session
it ends the going on by itself too (``policy.auto_advance``), or the next of the queue would be heard
in the room that was to be silent; the chair turns it on again.
"""

from __future__ import annotations

from dataclasses import replace

from bridge.conference import checks
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import BlockChanged, HoldStarted, PolicyChanged, SiteLimited
from bridge.conference.floor_commands import ChairLimit, ChairMute, ChairPolicy
from bridge.conference.policy import MAX_SPEAKERS
from bridge.conference.words import CENTRE, Hold, Phase, RefusalCode


def mute(course: Course, command: ChairMute) -> None:
    conference = course.conference
    for spared in command.but:
        checks.known_site(conference, spared)
    if command.site == "all":
        named = [site for site in conference.sites if site != CENTRE]
    else:
        named = [checks.known_site(conference, command.site)]
    for site in named:
        if site not in command.but and conference.sites[site].blocked is not command.on:
            course.add(BlockChanged(at_s=course.now_s, site=site, on=command.on))


def silence(course: Course) -> None:
    now = course.conference
    if now.policy.auto_advance and now.phase in {Phase.OPEN, Phase.RECESS}:
        course.add(PolicyChanged(at_s=course.now_s, to=replace(now.policy, auto_advance=False)))
    if not now.sites[CENTRE].blocked:
        course.add(BlockChanged(at_s=course.now_s, site=CENTRE, on=True))
    for holder in course.conference.granted:
        if Hold.CHAIR not in (holder.holds or {}):
            course.add(HoldStarted(at_s=course.now_s, request=holder.id, cause=Hold.CHAIR))


def limit(course: Course, command: ChairLimit) -> None:
    site = checks.known_site(course.conference, command.site)
    if course.conference.sites[site].limit_s != command.limit_s:
        course.add(SiteLimited(at_s=course.now_s, site=site, limit_s=command.limit_s))


def policy(course: Course, command: ChairPolicy) -> None:
    """Refused (``floor_full``): more sites have the floor than it would allow.

    The caller owes values of the right types; ``max_floor_users`` is 0 to 4.
    """
    changed = replace(course.conference.policy, **command.changes)
    if not 0 <= changed.max_floor_users <= MAX_SPEAKERS:
        raise Refused(RefusalCode.BAD_STATE, f"0 to {MAX_SPEAKERS} sites may hold the floor")
    holders = [holder.id for holder in course.conference.holders]
    if len(holders) > changed.max_floor_users:
        text = f"{len(holders)} sites have the floor"
        raise Refused(RefusalCode.FLOOR_FULL, text, holders=holders)
    if changed != course.conference.policy:
        course.add(PolicyChanged(at_s=course.now_s, to=changed))

"""Checking: rounds of line checks, and the proof of a loudspeaker.

A round is wished here and carried out outside (:mod:`bridge.check.round`), which tells what it has
measured as a fact of the house; so the journal has who asked, what was found, and when.  One round
at a time: two would measure one another.  It takes whoever of those named has a line; who has none
is not waited for.  A restart of the service ends it, and what was found stays.

Bursts fill a line for seconds, and the number is heard in the room: both only before the session
(practice.md 17), that is in the lobby, and in the recess of a rehearsal.  Else a check looks on.

The number is said to nobody but the room.  Who types it has :data:`TRIES` tries, then it is luck.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bridge.conference import checks
from bridge.conference.check_commands import CheckHeard, CheckRun
from bridge.conference.check_events import CheckBegun, CheckEnded, NumberHeard, SiteChecked
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.house_commands import SiteMeasured
from bridge.conference.state import Conference
from bridge.conference.words import Link, Phase, RefusalCode

TRIES: Final = 3


def run(course: Course, command: CheckRun) -> None:
    """Refused: one runs (``bad_state``), nobody named has a line (``site_offline``)."""
    conference = course.conference
    named = conference.sites if command.sites == "all" else command.sites
    for site in named:
        checks.known_site(conference, site)
    if conference.checks.round is not None:
        raise Refused(RefusalCode.BAD_STATE, "a line check is running")
    sites = tuple(
        code for code, site in conference.sites.items() if code in named and site.link is Link.UP
    )
    if not sites:
        raise Refused(RefusalCode.SITE_OFFLINE, "none of these sites has a line")
    course.add(CheckBegun(at_s=course.now_s, by=course.actor.user, sites=sites))


def stopped(conference: Conference, *, now_s: float) -> Iterator[CheckEnded]:
    """The round ends, if there is one."""
    if conference.checks.round is not None:
        yield CheckEnded(at_s=now_s, stopped=True)


def measured(course: Course, command: SiteMeasured) -> None:
    """What a round found of a site; of no round, or twice: nothing."""
    going_on = course.conference.checks.round
    if going_on is None or command.site not in going_on.left:
        return
    course.add(
        SiteChecked(
            at_s=course.now_s,
            site=command.site,
            by=going_on.by,
            verdict=command.verdict,
            reasons=command.reasons,
            figures=command.figures,
        )
    )
    if going_on.left == (command.site,):
        course.add(CheckEnded(at_s=course.now_s))


def heard(course: Course, command: CheckHeard) -> None:
    """Refused (``bad_state``): no number was spoken, it is being spoken, or it was tried enough."""
    conference = course.conference
    site = checks.known_site(conference, command.site or course.actor.site)
    going_on, last = conference.checks.round, conference.checks.sites.get(site)
    if going_on is not None and site in going_on.left:
        raise Refused(RefusalCode.BAD_STATE, f"site {site} is being checked")
    if last is None or last.figures.played is None:
        raise Refused(RefusalCode.BAD_STATE, f"no number was spoken at site {site}")
    if last.heard:
        return
    if last.tries >= TRIES:
        raise Refused(RefusalCode.BAD_STATE, f"tried {TRIES} times: check site {site} again")
    right = command.number == last.figures.played
    course.add(
        NumberHeard(
            at_s=course.now_s,
            site=site,
            by=course.actor.user,
            number=command.number,
            right=right,
        )
    )


def may_burst(conference: Conference) -> bool:
    """Whether a check may fill a line, and be heard in the room."""
    if conference.phase is Phase.LOBBY:
        return True
    return conference.rehearsal and conference.phase is Phase.RECESS

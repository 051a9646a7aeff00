"""Walking: *Thử tiếng, thử hình*, from site to site in their order (practice.md 16).

Whose turn it is has a private line with the technicians, both ways, and nobody else has one: the
probe of :mod:`programme`, with its limit of a minute; to go to the present site again begins another.
*Next* is one key.  It goes forward only, past those without a line and those of whom something was
said; behind the last it is nobody's turn, and who was missed is gone to by name.  A site that was
skipped is judged when somebody goes back.

In the lobby and in a recess.  The opening ends it; later it goes on where nothing was said yet, for
what was said stays.  Room 110 walks and is not walked to.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.conference import checks
from bridge.conference.check_commands import WalkBegin, WalkJudge
from bridge.conference.check_events import (
    WalkBegun,
    WalkEnded,
    WalkJudged,
    WalkMoved,
    WalkSkipped,
)
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import ProbeStarted
from bridge.conference.programme import probe_ended
from bridge.conference.state import Conference
from bridge.conference.words import (
    CENTRE,
    Link,
    Phase,
    ProbeKind,
    RefusalCode,
    SiteCode,
)

WALKED = frozenset({Phase.LOBBY, Phase.RECESS})


def begin(course: Course, command: WalkBegin) -> None:
    """Nothing happens if it is on."""
    if course.conference.walk.is_on:
        return
    course.add(WalkBegun(at_s=course.now_s, by=course.actor.user, anew=command.anew))
    _turn_to(course, _following(course.conference))


def on(course: Course) -> None:
    """To the next site.  Refused (``bad_state``): nobody walks."""
    _is_on(course.conference)
    _turn_to(course, _following(course.conference))


def skip(course: Course) -> None:
    """Refused (``bad_state``): it is nobody's turn."""
    current = course.conference.walk.current
    if current is None:
        raise Refused(RefusalCode.BAD_STATE, "it is nobody's turn")
    course.add(WalkSkipped(at_s=course.now_s, site=current))
    _turn_to(course, _following(course.conference))


def go(course: Course, site: SiteCode) -> None:
    """Refused: nobody walks, or it is room 110 (``bad_state``); it has no line."""
    _can_be_walked_to(course.conference, site)
    _is_on(course.conference)
    checks.is_connected(course.conference, site)
    _turn_to(course, site)


def judge(course: Course, command: WalkJudge) -> None:
    """Refused (``bad_state``): there was no walk, or it is room 110."""
    conference = course.conference
    _can_be_walked_to(conference, command.site)
    if conference.walk.begun_s is None:
        raise Refused(RefusalCode.BAD_STATE, "nobody has begun a walk")
    visit = conference.walk.visit(command.site)
    said = {name: getattr(command, name) for name in ("sound", "picture", "note")}
    if all(value in (None, getattr(visit, name)) for name, value in said.items()):
        return
    course.add(WalkJudged(at_s=course.now_s, site=command.site, by=course.actor.user, **said))


def end(course: Course) -> None:
    """Nothing happens if nobody walks."""
    if course.conference.walk.is_on:
        if _talks(course.conference, course.conference.walk.current):
            course.add_all(probe_ended(course.conference, now_s=course.now_s))
        course.add(WalkEnded(at_s=course.now_s))


def swept(conference: Conference, *, now_s: float) -> Iterator[WalkEnded]:
    """In the session nobody walks."""
    if conference.walk.is_on and conference.phase not in WALKED:
        yield WalkEnded(at_s=now_s)


def _turn_to(course: Course, site: SiteCode | None) -> None:
    """The other line ends before the turn goes, and this one begins after it came."""
    walk = course.conference.walk
    if site == walk.current and _talks(course.conference, site):
        return
    course.add_all(probe_ended(course.conference, now_s=course.now_s))
    if site != walk.current:
        course.add(WalkMoved(at_s=course.now_s, site=site))
    if site is not None:
        course.add(
            ProbeStarted(at_s=course.now_s, site=site, kind=ProbeKind.TALK, by=course.actor.user)
        )


def _following(conference: Conference) -> SiteCode | None:
    walk, sites = conference.walk, list(conference.sites)
    start = 0 if walk.current is None else sites.index(walk.current) + 1
    for code in sites[start:]:
        is_up = conference.sites[code].link is Link.UP
        if code != CENTRE and is_up and not walk.visit(code).is_done:
            return code
    return None


def _talks(conference: Conference, site: SiteCode | None) -> bool:
    probe = conference.probe
    return probe is not None and (probe.site, probe.kind) == (site, ProbeKind.TALK)


def _is_on(conference: Conference) -> None:
    if not conference.walk.is_on:
        raise Refused(RefusalCode.BAD_STATE, "nobody walks: begin first")


def _can_be_walked_to(conference: Conference, site: SiteCode) -> None:
    checks.known_site(conference, site)
    if site == CENTRE:
        raise Refused(RefusalCode.BAD_STATE, f"nobody walks to room {CENTRE}")

"""Care: how technicians handle sites, and what people write to one another.

A cut stops a howl at once, in any phase and of any site, and never opens what was shut: when it
is let go, everything is as the floor says.  To hang up, or to begin media anew, is no decision
about the floor either; the line's own rules follow.  Notes go between a site and the desk or the
technicians, never from site to site.
"""

from __future__ import annotations

from bridge.conference import checks
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import (
    ConferenceDescribed,
    CutChanged,
    DeviceSwitched,
    HelpChanged,
    LadderChanged,
    LockChanged,
    MediaRestarted,
    MinutesNoted,
    NoteSent,
    SiteDropped,
)
from bridge.conference.session_commands import (
    ConferenceDescribe,
    NoteSend,
    SiteCut,
    SiteLadder,
    SiteRestart,
)
from bridge.conference.state import Conference
from bridge.conference.words import Help, Link, RefusalCode, Role, SiteCode

DESK = "desk"
TECHNICIANS = "technicians"


def cut(course: Course, command: SiteCut) -> None:
    site = checks.known_site(course.conference, command.site)
    if course.conference.sites[site].cut is not command.on:
        course.add(CutChanged(at_s=course.now_s, site=site, on=command.on))


def switch(course: Course, site: SiteCode | None) -> None:
    """Refused (``bad_state``): no device waits; or the site itself asks while it is on the stage."""
    code = checks.known_site(course.conference, site or course.actor.site)
    if not course.conference.sites[code].standby:
        raise Refused(RefusalCode.BAD_STATE, f"site {code} has no standby device")
    if course.authority is Role.SITE and is_busy(course.conference, code):
        raise Refused(RefusalCode.BAD_STATE, "while it speaks or is next, a technician switches")
    course.add(DeviceSwitched(at_s=course.now_s, site=code))


def restart(course: Course, command: SiteRestart) -> None:
    """Refused (``bad_state``): the site speaks or is next, and ``force`` is not said."""
    site = checks.known_site(course.conference, command.site)
    if is_busy(course.conference, site) and not command.force:
        raise Refused(RefusalCode.BAD_STATE, f"site {site} speaks or is next; say force")
    checks.is_connected(course.conference, site)
    course.add(MediaRestarted(at_s=course.now_s, site=site))


def drop(course: Course, site: SiteCode) -> None:
    """Refused (``site_offline``): there is nobody to hang up."""
    checks.known_site(course.conference, site)
    if course.conference.sites[site].link is Link.DOWN:
        raise Refused(RefusalCode.SITE_OFFLINE, f"site {site} has no line")
    course.add(SiteDropped(at_s=course.now_s, site=site))


def ladder(course: Course, command: SiteLadder) -> None:
    site = checks.known_site(course.conference, command.site)
    if course.conference.sites[site].ladder is not command.to:
        course.add(LadderChanged(at_s=course.now_s, site=site, to=command.to))


def help_(course: Course, site: SiteCode | None, to: Help | None) -> None:
    code = checks.known_site(course.conference, site or course.actor.site)
    present = course.conference.sites[code].help
    if to is Help.ACKNOWLEDGED and present is None:
        raise Refused(RefusalCode.BAD_STATE, f"site {code} needs no help")
    if present is not to:
        course.add(HelpChanged(at_s=course.now_s, site=code, to=to))


def note(course: Course, command: NoteSend) -> None:
    """A site writes to desk or technicians, these to a site."""
    site = None
    if course.authority is Role.SITE:
        site = checks.known_site(course.conference, course.actor.site)
    if command.to not in {DESK, TECHNICIANS}:
        checks.known_site(course.conference, command.to)
    course.add(
        NoteSent(
            at_s=course.now_s, by=course.actor.user, site=site, to=command.to, text=command.text
        )
    )


def minutes(course: Course, text: str) -> None:
    course.add(MinutesNoted(at_s=course.now_s, by=course.actor.user, text=text))


def lock(course: Course, *, on: bool) -> None:
    if course.conference.locked is not on:
        course.add(LockChanged(at_s=course.now_s, on=on))


def describe(course: Course, command: ConferenceDescribe) -> None:
    names = ("place", "chair", "secretary", "organizer", "starts")
    said = {name: getattr(command, name) for name in names}
    known = course.conference.description
    if any(value not in (None, getattr(known, name)) for name, value in said.items()):
        course.add(ConferenceDescribed(at_s=course.now_s, **said))


def is_busy(conference: Conference, site: SiteCode) -> bool:
    """Whether the site has a floor or is next."""
    return conference.next == site or any(r.site == site for r in conference.granted)

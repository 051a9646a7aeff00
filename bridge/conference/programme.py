"""The programme: what is on the screen beside the floor, and who listens in.

* A **broadcast** shows a site to all, its sound stays shut.  The site is told first and comes on
  the screen :data:`PREPARE_S` later (practice.md A8); nobody is surprised by a camera.
* The **watch** is the monitor of the desks; the **carousel** turns it, over the sites that are up.
  Who watches somebody has stopped the carousel.
* A **probe** lets technicians listen behind a shut gate, or talk with a site: in the lobby, or
  with the site that is next, for :data:`PROBE_S` at most.  The room is told, the journal keeps it.
* A **slate** says why there is no stage.  What stands on one is set beforehand, by kind; a notice
  covers the stage for as long as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bridge.conference import checks
from bridge.conference.checks import Refused
from bridge.conference.course import Course
from bridge.conference.events import (
    BroadcastChosen,
    BroadcastShown,
    CarouselSet,
    Event,
    ProbeEnded,
    ProbeStarted,
    SlateWritten,
    WatchChosen,
)
from bridge.conference.gate import may_probe
from bridge.conference.session_commands import ProgrammeSlate, SiteProbe, ViewCarousel
from bridge.conference.state import Carousel, Conference, Slate
from bridge.conference.words import CENTRE, Link, Phase, RefusalCode, SiteCode, Via

PREPARE_S: Final = 3.0
PROBE_S: Final = 60.0
PICTURES: Final = 2
"""Speakers whose picture has a place on the stage."""


def broadcast(course: Course, site: SiteCode | None) -> None:
    conference = course.conference
    if site is not None:
        checks.known_site(conference, site)
        checks.session_is_open(conference)
        checks.is_connected(conference, site)
        speakers = {holder.site for holder in conference.holders if holder.via is Via.LINE}
        if site not in speakers and site != CENTRE and len(speakers) >= PICTURES:
            raise Refused(RefusalCode.FLOOR_FULL, "every picture of the stage has a speaker")
    if site != conference.views.broadcast:
        course.add(BroadcastChosen(at_s=course.now_s, site=site))


def watch(course: Course, site: SiteCode | None) -> None:
    if site is not None:
        checks.known_site(course.conference, site)
    if course.conference.views.carousel is not None:
        course.add(CarouselSet(at_s=course.now_s, sites=()))
    if site != course.conference.views.watch:
        course.add(WatchChosen(at_s=course.now_s, site=site))


def carousel(course: Course, command: ViewCarousel) -> None:
    conference = course.conference
    if command.sites is None:
        if conference.views.carousel is not None:
            course.add(CarouselSet(at_s=course.now_s, sites=()))
        return
    if command.sites == "online":
        sites = tuple(site for site in conference.sites if site != CENTRE)
    else:
        sites = tuple(dict.fromkeys(command.sites))
    for site in sites:
        checks.known_site(conference, site)
    if not sites:
        raise Refused(RefusalCode.SITE_NOT_FOUND, "no site is named")
    if conference.views.carousel == Carousel(sites=sites, every_s=command.every_s):
        return
    course.add(CarouselSet(at_s=course.now_s, sites=sites, every_s=command.every_s))
    course.add_all(turned(course.conference, now_s=course.now_s))


def slate(course: Course, command: ProgrammeSlate) -> None:
    wanted = Slate(text=command.text, until=command.until)
    if course.conference.slates.get(command.slate, Slate()) != wanted:
        course.add(
            SlateWritten(
                at_s=course.now_s, slate=command.slate, text=command.text, until=command.until
            )
        )


def probe(course: Course, command: SiteProbe) -> None:
    """Begin it, in place of another; or end it."""
    conference, site = course.conference, command.site
    if site is not None:
        checks.known_site(conference, site)
        if site == CENTRE:
            raise Refused(RefusalCode.BAD_STATE, f"room {CENTRE} is not probed")
        if conference.phase is not Phase.LOBBY and conference.next != site:
            raise Refused(
                RefusalCode.BAD_STATE, "only in the lobby, or the next speaker, is probed"
            )
        checks.is_connected(conference, site)
    present = conference.probe
    if present is not None and (present.site, present.kind) == (site, command.kind):
        return
    course.add_all(probe_ended(conference, now_s=course.now_s))
    if site is not None:
        course.add(
            ProbeStarted(at_s=course.now_s, site=site, kind=command.kind, by=course.actor.user)
        )


def probe_ended(conference: Conference, *, now_s: float) -> Iterator[Event]:
    """The probe ends, if there is one."""
    if conference.probe is not None:
        yield ProbeEnded(at_s=now_s, site=conference.probe.site)


def swept(conference: Conference, *, now_s: float) -> Iterator[Event]:
    """What must not be so any more: a probe nobody may have, a broadcast of who is not there."""
    current = conference.probe
    if current is not None and not may_probe(conference, current.site):
        yield ProbeEnded(at_s=now_s, site=current.site)
    shown = conference.views.broadcast
    if shown is not None:
        is_up = conference.sites[shown].link is Link.UP
        if not is_up or conference.phase is not Phase.OPEN:
            yield BroadcastChosen(at_s=now_s, site=None)


def probe_ends_s(conference: Conference) -> float | None:
    return None if conference.probe is None else conference.probe.since_s + PROBE_S


def shown_s(conference: Conference) -> float | None:
    """When the broadcast site comes on the screen; None: it is, or there is none."""
    views = conference.views
    if views.broadcast is None or views.broadcast_shown:
        return None
    return views.broadcast_since_s + PREPARE_S


def turns_s(conference: Conference) -> float | None:
    """When the carousel turns; None: there is none, or nobody to turn to."""
    views = conference.views
    if views.carousel is None or _following(conference) == views.watch:
        return None
    return views.watch_since_s + views.carousel.every_s


def turned(conference: Conference, *, now_s: float) -> Iterator[Event]:
    """The carousel shows the next site that is up."""
    site = _following(conference)
    if site != conference.views.watch:
        yield WatchChosen(at_s=now_s, site=site)


def due(conference: Conference, *, now_s: float) -> Iterator[Event]:
    """What the passing of time does to the views."""
    at_s = probe_ends_s(conference)
    if at_s is not None and at_s <= now_s:
        yield from probe_ended(conference, now_s=now_s)
    at_s, site = shown_s(conference), conference.views.broadcast
    if at_s is not None and site is not None and at_s <= now_s:
        yield BroadcastShown(at_s=now_s, site=site)
    at_s = turns_s(conference)
    if at_s is not None and at_s <= now_s:
        yield from turned(conference, now_s=now_s)


def _following(conference: Conference) -> SiteCode | None:
    """The next of the carousel that is up; the present one, if no other is."""
    views = conference.views
    sites = () if views.carousel is None else views.carousel.sites
    start = sites.index(views.watch) + 1 if views.watch in sites else 0
    for site in (*sites[start:], *sites[:start]):
        if conference.sites[site].link is Link.UP:
            return site
    return views.watch

"""Surroundings: what events around the floor make of the conference.

Sites as technicians see them, the views, the agenda, the roll call, slates and notes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, assert_never

from bridge.conference import requests
from bridge.conference.events import (
    AgendaLoaded,
    BroadcastChosen,
    BroadcastShown,
    CarouselSet,
    ConferenceDescribed,
    CutChanged,
    DeviceSwitched,
    HelpChanged,
    ItemEnded,
    ItemMoved,
    ItemStarted,
    LadderChanged,
    LockChanged,
    MediaRestarted,
    MinutesNoted,
    NoteSent,
    ProbeEnded,
    ProbeStarted,
    RollcallClosed,
    RollcallMarked,
    RollcallOpened,
    SessionEvent,
    SiteDropped,
    SlateWritten,
    StandbyChanged,
    WatchChosen,
)
from bridge.conference.rollcall import Attendance
from bridge.conference.state import NOTES_KEPT, Carousel, Conference, Note, Probe, Slate
from bridge.conference.words import SiteCode


def with_site(conference: Conference, code: SiteCode, **fields: Any) -> Conference:
    """With these *fields* of one site."""
    site = replace(conference.sites[code], **fields)
    return replace(conference, sites={**conference.sites, code: site})


def changed(conference: Conference, event: SessionEvent) -> Conference:  # a table
    """The next state."""
    match event:
        case HelpChanged(site=site, to=to):
            return with_site(conference, site, help=to)
        case CutChanged(at_s=at_s, site=site, on=on):
            return requests.cut(with_site(conference, site, cut=on), site, on=on, at_s=at_s)
        case LadderChanged(site=site, to=step):
            return with_site(conference, site, ladder=step)
        case StandbyChanged(site=site, on=on):
            return with_site(conference, site, standby=on)
        case DeviceSwitched() | MediaRestarted() | SiteDropped() | MinutesNoted():
            # Told to those who act on it, and to the minutes; nothing of it stays.
            return conference
        case ProbeStarted() | ProbeEnded():
            return _probed(conference, event)
        case BroadcastChosen() | BroadcastShown() | WatchChosen() | CarouselSet():
            return _viewed(conference, event)
        case SlateWritten(slate=kind, text=text, until=until):
            slates = {other: slate for other, slate in conference.slates.items() if other != kind}
            if text is not None or until is not None:
                slates[kind] = Slate(text=text, until=until)
            return replace(conference, slates=slates)
        case AgendaLoaded() | ItemStarted() | ItemEnded() | ItemMoved():
            return _planned(conference, event)
        case RollcallOpened() | RollcallMarked() | RollcallClosed():
            return _called(conference, event)
        case NoteSent():
            note = Note(at_s=event.at_s, by=event.by, site=event.site, to=event.to, text=event.text)
            return replace(conference, notes=(*conference.notes, note)[-NOTES_KEPT:])
        case LockChanged(on=on):
            return replace(conference, locked=on)
        case ConferenceDescribed():
            names = ("place", "chair", "secretary", "organizer", "starts")
            said = {name: getattr(event, name) for name in names}
            said = {name: value for name, value in said.items() if value is not None}
            return replace(conference, description=replace(conference.description, **said))
    assert_never(event)


def _probed(conference: Conference, event: ProbeStarted | ProbeEnded) -> Conference:
    probe = None
    if isinstance(event, ProbeStarted):
        probe = Probe(site=event.site, kind=event.kind, by=event.by, since_s=event.at_s)
    return replace(conference, probe=probe)


def _viewed(
    conference: Conference, event: BroadcastChosen | BroadcastShown | WatchChosen | CarouselSet
) -> Conference:
    views = conference.views
    match event:
        case BroadcastChosen(at_s=at_s, site=site):
            views = replace(views, broadcast=site, broadcast_since_s=at_s, broadcast_shown=False)
        case BroadcastShown():
            views = replace(views, broadcast_shown=True)
        case WatchChosen(at_s=at_s, site=site):
            views = replace(views, watch=site, watch_since_s=at_s)
        case CarouselSet(sites=sites, every_s=every_s):
            carousel = Carousel(sites=sites, every_s=every_s) if sites else None
            views = replace(views, carousel=carousel)
    return replace(conference, views=views)


def _planned(
    conference: Conference, event: AgendaLoaded | ItemStarted | ItemEnded | ItemMoved
) -> Conference:
    agenda = conference.agenda
    match event:
        case AgendaLoaded(items=items, append=append):
            agenda = agenda.with_items(items, append=append)
        case ItemStarted(at_s=at_s, item=item):
            agenda = agenda.started(item, at_s=at_s)
        case ItemEnded(at_s=at_s, item=item, status=status):
            agenda = agenda.ended(item, status, at_s=at_s)
        case ItemMoved(item=item, after=after):
            agenda = agenda.moved(item, after=after, first=event.first, deferred=event.deferred)
    return replace(conference, agenda=agenda)


def _called(
    conference: Conference, event: RollcallOpened | RollcallMarked | RollcallClosed
) -> Conference:
    rollcall = conference.rollcall
    match event:
        case RollcallOpened(at_s=at_s):
            rollcall = rollcall.opened(at_s=at_s)
        case RollcallClosed(at_s=at_s):
            rollcall = rollcall.closed(at_s=at_s)
        case RollcallMarked():
            rollcall = rollcall.marked(event.site, attendance_of(event))
    return replace(conference, rollcall=rollcall)


def attendance_of(event: RollcallMarked) -> Attendance | None:
    """The mark an event makes; None: it takes one away."""
    if event.mark is None:
        return None
    return Attendance(
        mark=event.mark,
        at_s=event.at_s,
        by=event.by,
        reason=event.reason,
        head=event.head,
        title=event.title,
        count=event.count,
    )

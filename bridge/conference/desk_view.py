"""The desk's view: everything, as JSON-able objects for chair, secretary and technicians.

Also the pieces that other audiences are shown a part of (:mod:`bridge.conference.projection`).
How late the session is stands nowhere, for it ticks: ``agenda.due_s`` is the planned time of what
is over, and a client adds the current item's share (:meth:`bridge.conference.agenda.Agenda.late_s`
says how).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from bridge.conference import check_view
from bridge.conference.agenda import Agenda, Item
from bridge.conference.floor import ONGOING
from bridge.conference.gate import ongoing, open_gates, word_of
from bridge.conference.patch import plain, without_none
from bridge.conference.rollcall import Attendance
from bridge.conference.state import Conference, Note, Request
from bridge.conference.words import Ladder, RequestStatus, SiteCode


def desk(conference: Conference, titles: Mapping[SiteCode, str]) -> dict[str, Any]:
    """What the desk sees beside what is public."""
    asked = ongoing(conference)
    heard = open_gates(conference)
    spoken = _spoken(conference)
    views, probe = conference.views, conference.probe
    carousel = views.carousel
    described = conference.description
    return {
        "next": conference.next,
        "queue": list(conference.queue),
        "policy": _policy(conference),
        "chair": _words(conference.chair),
        "consoles": {user: [r.value for r in roles] for user, roles in conference.consoles.items()},
        "rollcall": {
            **plain(
                opened_s=conference.rollcall.opened_s,
                closed_s=conference.rollcall.closed_s,
            ),
            "marks": {site: attendance(mark) for site, mark in conference.rollcall.marks.items()},
        },
        "views": plain(
            broadcast=views.broadcast,
            broadcast_shown=views.broadcast_shown,
            watch=views.watch,
            carousel=None if carousel is None else {"every_s": carousel.every_s},
        ),
        "probe": None if probe is None else _words(probe),
        "slates": {kind.value: _words(slate) for kind, slate in conference.slates.items()},
        "notes": [note(each) for each in conference.notes],
        "description": _words(described),
        "check": check_view.check(conference.checks),
        "walk": check_view.walk(conference.walk),
        "sites": {
            code: plain(
                title=titles[code],
                link=site.link.value,
                link_since_s=site.link_since_s,
                blocked=site.blocked,
                cut=site.cut,
                standby=site.standby,
                ladder=None if site.ladder is Ladder.FULL else site.ladder.value,
                limit_s=site.limit_s,
                help=site.help.value if site.help else None,
                gate=code in heard,
                floor=word_of(asked.get(code), is_next=conference.next == code).value,
                request=asked[code].id if code in asked else None,
                spoken=spoken.get(code),
            )
            for code, site in conference.sites.items()
        },
        "requests": {
            str(request.id): _request(request)
            for request in conference.requests.values()
            if request.status in ONGOING
        },
    }


def agenda(plan: Agenda) -> dict[str, Any]:
    """Public: titles and how far it is."""
    return plain(
        items={str(number): _item(item) for number, item in plan.items.items()},
        order=list(plan.order),
        current=plan.current,
        due_s=plan.due_s,
    )


def attendance(mark: Attendance) -> dict[str, Any]:
    return _words(mark)


def note(sent: Note) -> dict[str, Any]:
    return _words(sent)


def clock(request: Request) -> dict[str, float] | None:
    """The speaking time of a holder; None: the request has no floor."""
    if request.status is not RequestStatus.GRANTED:
        return None
    return plain(used_s=request.used_s, since_s=request.since_s)


def _policy(conference: Conference) -> dict[str, Any]:
    return _words(conference.policy)


def _item(item: Item) -> dict[str, Any]:
    return plain(
        **_words(item.draft),
        status=item.status.value,
        started_s=item.started_s,
        took_s=item.took_s,
        deferred=item.deferred,
    )


def _request(request: Request) -> dict[str, Any]:
    holds = {cause.value: since_s for cause, since_s in (request.holds or {}).items()}
    return plain(
        site=request.site,
        status=request.status.value,
        floors=list(request.floors),
        kind=request.kind.value,
        priority=request.priority,
        by=request.by,
        text=request.text,
        group=request.group,
        respond=request.respond,
        created_s=request.created_s,
        granted_s=request.granted_s,
        limit_s=request.limit_s,
        clock=clock(request),
        started=request.started,
        warned=request.warned,
        over=request.over,
        via=request.via.value,
        item=request.item,
        holds=holds or None,
        continues=request.continues,
    )


def _spoken(conference: Conference) -> dict[SiteCode, dict[str, Any]]:
    """Accumulated speaking time of every site that has had the speech floor, as a clock."""
    used: dict[SiteCode, float] = {}
    since: dict[SiteCode, float] = {}
    for request in conference.requests.values():
        if "speech" in request.floors and request.granted_s is not None:
            used[request.site] = used.get(request.site, 0.0) + request.used_s
            if request.since_s is not None:
                since[request.site] = request.since_s
    return {site: plain(used_s=used_s, since_s=since.get(site)) for site, used_s in used.items()}


def _words(value: Any) -> dict[str, Any]:
    """A flat value as JSON has it."""
    written = {field.name: getattr(value, field.name) for field in fields(value)}
    return without_none(
        {name: w.value if isinstance(w, StrEnum) else w for name, w in written.items()}
    )

"""Projections: what each audience may see of the one state, as a JSON-able snapshot.

* **desk** (chair, deputy, secretary, technician): everything.
* **site**: what is public, and its own standing; never the queue (unless the policy shows it),
  another site's request, line, block or gate.  Whom the chair passed over is not a province's to
  read (practice.md A21, A22).
* **wall** (screens, viewers): what is public.

Public are the phase, the programme, who speaks, who is on the air, the agenda's titles, and the
names of the sites.  No value is ever null: absent means none, so that snapshots can be patched
(:mod:`bridge.conference.patch`).  Keys of objects are strings, request ids too.  Times are
conference seconds; a clock is ``{used_s, since_s}``, and whoever shows it counts on from
``since_s`` himself: there are no ticking messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bridge.conference import check_view, desk_view, gate
from bridge.conference.actor import Actor
from bridge.conference.floor import ONGOING
from bridge.conference.patch import without_none
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CENTRE,
    SPEECH,
    Link,
    Phase,
    QueueVisible,
    RequestStatus,
    Role,
    SiteCode,
    SlateKind,
    Via,
)

DESK_ROLES: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TECHNICIAN})

_SLATES: Final = {
    Phase.LOBBY: SlateKind.LOBBY,
    Phase.RECESS: SlateKind.RECESS,
    Phase.CLOSED: SlateKind.END,
}

_WAITING: Final = frozenset({Phase.LOBBY, Phase.RECESS})
"""When everybody looks at a slate and asks who is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who looks.  ``site`` is set for a site, and only then."""

    kind: Literal["desk", "site", "wall"]
    site: SiteCode | None = None


DESK: Final = Audience(kind="desk")
WALL: Final = Audience(kind="wall")


def audience_of(actor: Actor) -> Audience:
    """The audience *actor* belongs to; the most his roles allow."""
    if actor.roles & DESK_ROLES:
        return DESK
    if Role.SITE in actor.roles and actor.site is not None:
        return Audience(kind="site", site=actor.site)
    return WALL


def public(conference: Conference) -> dict[str, Any]:
    """What everybody may see of *conference*: made once, and shared by all audiences."""
    seen = {
        "conference": conference.id,
        "connected": _connected(conference) if conference.phase in _WAITING else None,
        "title": conference.title,
        "rehearsal": conference.rehearsal,
        "phase": conference.phase.value,
        "phase_since_s": conference.phase_since_s,
        "opened_s": conference.opened_s,
        "locked": conference.locked,
        "starts": conference.description.starts,
        "place": conference.description.place,
        "rollcall_open": conference.rollcall.is_open,
        "on_air": gate.on_air(conference),
        "content": gate.content(conference),
        "programme": _programme(conference),
        "speakers": list(gate.speakers(conference)),
        "by_phone": [r.site for r in conference.holders if r.via is Via.PHONE],
        "agenda": desk_view.agenda(conference.agenda),
    }
    return without_none(seen)


def project(
    conference: Conference,
    audience: Audience,
    *,
    titles: Mapping[SiteCode, str],
    shared: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The snapshot of *conference* for *audience*.  The caller owes a title for every site.

    *shared* is what :func:`public` says of this conference, for whoever projects it more than once.
    """
    snapshot: dict[str, Any] = {**(public(conference) if shared is None else shared)}
    if audience.kind == "desk":
        snapshot |= desk_view.desk(conference, titles)
    else:
        snapshot["sites"] = {site: {"title": titles[site]} for site in conference.sites}
    if audience.site is not None:
        snapshot["own"] = _own(conference, audience.site)
        if conference.policy.queue_visible is QueueVisible.ALL:
            snapshot["queue_sites"] = [
                conference.requests[number].site for number in conference.queue
            ]
    return without_none(snapshot)


def _connected(conference: Conference) -> dict[str, int]:
    """How many provinces have a line, of how many."""
    provinces = [site for code, site in conference.sites.items() if code != CENTRE]
    return {"up": sum(site.link is Link.UP for site in provinces), "of": len(provinces)}


def _programme(conference: Conference) -> dict[str, Any]:
    slate = _SLATES.get(conference.phase)
    if slate is None and SlateKind.NOTICE in conference.slates:
        slate = SlateKind.NOTICE
    centre_is_lost = conference.sites[CENTRE].link is not Link.UP
    if slate is None and centre_is_lost and not gate.speakers(conference):
        slate = SlateKind.CENTRE_LOST
    if slate is None:
        return {"kind": "stage"}
    written = conference.slates.get(slate)
    words = {} if written is None else {"text": written.text, "until": written.until}
    return without_none({"kind": "slate", "slate": slate.value, **words})


def _own(conference: Conference, code: SiteCode) -> dict[str, Any]:
    site = conference.sites[code]
    request = gate.ongoing(conference).get(code)
    is_next = conference.next == code
    views, probe = conference.views, conference.probe
    broadcast = None
    if views.broadcast == code:
        broadcast = "shown" if views.broadcast_shown else "preparing"
    mark = conference.rollcall.marks.get(code)
    notes = [note for note in conference.notes if code in {note.to, note.site}]
    return without_none(
        {
            "site": code,
            "link": site.link.value,
            "blocked": site.blocked,
            "cut": site.cut,
            "gate": gate.gate(conference, code),
            "floor": gate.word_of(request, is_next=is_next).value,
            "next": is_next,
            "standby": site.standby,
            "help": site.help.value if site.help else None,
            "broadcast": broadcast,
            "probe": probe.kind.value if probe is not None and probe.site == code else None,
            "attendance": None if mark is None else desk_view.attendance(mark),
            "notes": [desk_view.note(note) for note in notes] or None,
            "request": None if request is None else _own_request(conference, request),
            "content": _own_content(conference, code),
            "check": check_view.own(conference.checks, code),
        }
    )


def _own_request(conference: Conference, request: Request) -> dict[str, Any]:
    return without_none(
        {
            "id": request.id,
            "status": request.status.value,
            "floors": list(request.floors),
            "kind": request.kind.value,
            "created_s": request.created_s,
            "group": request.group,
            "limit_s": request.limit_s,
            "warn_s": conference.policy.warn_s,
            "warned": request.warned,
            "over": request.over,
            "clock": desk_view.clock(request),
            "holds": sorted(cause.value for cause in request.holds or {}) or None,
        }
    )


def _own_content(conference: Conference, code: SiteCode) -> dict[str, Any] | None:
    """Its request for the content floor alone, if there is one."""
    for request in conference.requests.values():
        if request.site == code and request.status in ONGOING and SPEECH not in request.floors:
            return {
                "id": request.id,
                "status": request.status.value,
                "shown": request.status is RequestStatus.GRANTED and not request.holds,
            }
    return None

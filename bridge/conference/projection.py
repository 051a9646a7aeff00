"""Projections: what each audience may see of the one state, as a JSON-able snapshot.

* **desk** (chair, deputy, secretary, technician): everything.
* **site**: what is public, and its own standing; never the queue, another site's request, line,
  block or gate.  Whom the chair passed over is not a province's to read (practice.md A21, A22).
* **wall** (screens, viewers): what is public.

Public are the phase, the programme, who speaks, who is on the air, and the names of the sites.
No value is ever null: absent means none, so that snapshots can be patched
(:mod:`bridge.conference.patch`).  Keys of objects are strings, request ids too.  Times are
conference seconds; a clock is ``{used_s, since_s}``, and whoever shows it counts on from
``since_s`` himself: there are no ticking messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bridge.conference.commands import Actor
from bridge.conference.floor import ONGOING
from bridge.conference.gate import gate, on_air, ongoing, open_gates, speakers, word_of
from bridge.conference.state import Conference, Request
from bridge.conference.words import CENTRE, Link, Phase, RequestStatus, Role, SiteCode

DESK_ROLES: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TECHNICIAN})

_SLATES: Final = {Phase.LOBBY: "lobby", Phase.RECESS: "recess", Phase.CLOSED: "end"}


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


def project(
    conference: Conference, audience: Audience, *, titles: Mapping[SiteCode, str]
) -> dict[str, Any]:
    """The snapshot of *conference* for *audience*.  The caller owes a title for every site."""
    snapshot: dict[str, Any] = {
        "conference": conference.id,
        "title": conference.title,
        "rehearsal": conference.rehearsal,
        "phase": conference.phase.value,
        "phase_since_s": conference.phase_since_s,
        "on_air": on_air(conference),
        "programme": _programme(conference),
        "speakers": list(speakers(conference)),
    }
    if audience.kind == "desk":
        snapshot |= _desk(conference, titles)
    else:
        snapshot["sites"] = {site: {"title": titles[site]} for site in conference.sites}
    if audience.site is not None:
        snapshot["own"] = _own(conference, audience.site)
    return _without_none(snapshot)


def _programme(conference: Conference) -> dict[str, str]:
    slate = _SLATES.get(conference.phase)
    centre_is_lost = conference.sites[CENTRE].link is not Link.UP
    if slate is None and centre_is_lost and not speakers(conference):
        slate = "centre_lost"
    return {"kind": "stage"} if slate is None else {"kind": "slate", "slate": slate}


def _desk(conference: Conference, titles: Mapping[SiteCode, str]) -> dict[str, Any]:
    policy = conference.policy
    asked = ongoing(conference)
    heard = open_gates(conference)
    return {
        "next": conference.next,
        "queue": list(conference.queue),
        "policy": _without_none(
            {
                "max_floor_users": policy.max_floor_users,
                "request_handling": policy.request_handling.value,
                "limit_s": policy.limit_s,
                "grace_s": policy.grace_s,
                "down_after_s": policy.down_after_s,
                "reopen_within_s": policy.reopen_within_s,
            }
        ),
        "sites": {
            code: _without_none(
                {
                    "title": titles[code],
                    "link": site.link.value,
                    "link_since_s": site.link_since_s,
                    "blocked": site.blocked,
                    "help": site.help.value if site.help else None,
                    "gate": code in heard,
                    "floor": word_of(asked.get(code), is_next=conference.next == code).value,
                    "request": asked[code].id if code in asked else None,
                }
            )
            for code, site in conference.sites.items()
        },
        "requests": {
            str(request.id): _request(request)
            for request in conference.requests.values()
            if request.status in ONGOING
        },
    }


def _request(request: Request) -> dict[str, Any]:
    holds = {cause.value: since_s for cause, since_s in (request.holds or {}).items()}
    return _without_none(
        {
            "site": request.site,
            "status": request.status.value,
            "floor": request.floor,
            "by": request.by,
            "text": request.text,
            "created_s": request.created_s,
            "limit_s": request.limit_s,
            "clock": _clock(request),
            "holds": holds or None,
            "continues": request.continues,
        }
    )


def _own(conference: Conference, code: SiteCode) -> dict[str, Any]:
    site = conference.sites[code]
    request = ongoing(conference).get(code)
    is_next = conference.next == code
    own: dict[str, Any] = {
        "site": code,
        "link": site.link.value,
        "blocked": site.blocked,
        "gate": gate(conference, code),
        "floor": word_of(request, is_next=is_next).value,
        "next": is_next,
    }
    if site.help is not None:
        own["help"] = site.help.value
    if request is not None:
        own["request"] = _without_none(
            {
                "id": request.id,
                "status": request.status.value,
                "created_s": request.created_s,
                "limit_s": request.limit_s,
                "clock": _clock(request),
            }
        )
    return own


def _clock(request: Request) -> dict[str, float] | None:
    if request.status is not RequestStatus.GRANTED:
        return None
    return _without_none({"used_s": request.used_s, "since_s": request.since_s})


def _without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

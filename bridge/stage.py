"""The stage: what everybody gets, derived from the conference and from who is there.

It decides three things and nothing else: whose gates are open (from the conference alone), who
stands in which slot, and which picture layers each publisher is asked for.  It has no memory but
the seats it is handed back: a holder keeps its speaker slot while it holds, so that no picture
jumps to another place because somebody else finished (DESIGN section 5).

Rules:

* Outside the open phase the programme is a slate: no stage slot has a source.
* ``chair`` is room 110; holders fill ``speaker.1`` to ``speaker.4`` in order of their grants, and a
  site that is broadcast stands in the first free place with a picture.  Who speaks by telephone
  stands in none: the room hears it through 110.
* ``content`` is whose slides or film are shown.
* The gallery shows every site at its roster position to those who have gallery slots, in any
  phase: a technician must see a black camera before the session.
* Layers: gallery asks for q; the stage for q and f, of those it has a picture place for; the next
  speaker for f as well, so that its key frame is one round trip away when it is called.  Whom the
  desks watch: f too.  Nobody watching: none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bridge.conference.gate import content, gate, open_gates, private
from bridge.conference.state import Conference
from bridge.conference.words import CENTRE, Phase, SiteCode, Via
from bridge.media.plane import Ladder, Plan
from bridge.media.slots import CONTENT, MAX_SPEAKERS, STAGE_PICTURES, gallery

LOW = "q"
HIGH = "f"

Seats = Mapping[int, SiteCode]
"""Speaker place (1 to 4) -> holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    seats: Seats = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    slots: Mapping[str, SiteCode] = field(default_factory=dict)
    """The stage part of the plan's slots, as clients are told it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicWish:
    """What a room's device is asked to do (``media.set``)."""

    mic: Literal["live", "ask", "mute"]
    on_air: bool


def set_stage(conference: Conference, before: Stage, *, gallery_watched: bool) -> Stage:
    """The stage of this conference; *before* is the one this function returned last."""
    seats = _seats(conference, before.seats)
    slots: dict[str, SiteCode] = {}
    if conference.phase is Phase.OPEN:
        slots["chair"] = CENTRE
        slots |= {f"speaker.{place}": site for place, site in seats.items()}
        shows = content(conference)
        if shows is not None:
            slots[CONTENT] = shows
    wants: dict[SiteCode, set[str]] = {}
    cameras = (place for place in STAGE_PICTURES if place in slots and place != CONTENT)
    for site in (slots[place] for place in cameras):
        wants.setdefault(site, set()).update((LOW, HIGH))
    if conference.next is not None:
        wants.setdefault(conference.next, set()).add(HIGH)
    everybody: dict[str, SiteCode] = {}
    if gallery_watched:
        for position, site in enumerate(conference.sites):
            everybody[gallery(position)] = site
            wants.setdefault(site, set()).add(LOW)
        if conference.views.watch is not None:
            wants.setdefault(conference.views.watch, set()).add(HIGH)
    plan = Plan(
        gates=open_gates(conference),
        slots=everybody | slots,
        wants={site: frozenset(layers) for site, layers in wants.items()},
        watched=conference.views.watch if gallery_watched else None,
        ladder={
            code: Ladder(site.ladder.value)
            for code, site in conference.sites.items()
            if site.ladder.value != Ladder.FULL
        },
    )
    return Stage(seats=seats, plan=plan, slots=slots)


def seats_in(plan: Plan) -> Seats:
    """The seats of a plan that somebody else has made."""
    places = {place: plan.slots.get(f"speaker.{place}") for place in range(1, MAX_SPEAKERS + 1)}
    return {place: site for place, site in places.items() if site is not None}


def _seats(conference: Conference, before: Seats) -> Seats:
    sites = [r.site for r in conference.holders if r.via is Via.LINE]
    shown = conference.views.broadcast
    if shown is not None and shown != CENTRE and shown not in sites:
        sites.append(shown)
    seats = {place: site for place, site in before.items() if site in sites}
    for site in sites:
        if site not in seats.values():
            free = (place for place in range(1, MAX_SPEAKERS + 1) if place not in seats)
            place = next(free, None)
            # A fourth speaker comes before a picture nobody speaks for.
            if place is None and shown in seats.values():
                place = next(place for place, other in seats.items() if other == shown)
            if place is not None:
                seats[place] = site
    return dict(sorted(seats.items()))


def mic_wish(conference: Conference, site: SiteCode, *, consents: bool = False) -> MicWish:
    """What to ask of a site's microphone.

    A room is asked to open when it is to be heard soon, and to mute when it is not; a hold is
    no reason to mute, since the floor is kept (practice.md 11).  Only where the roster says that
    somebody has consented (*consents*) is a microphone opened from here; else ``ask`` asks.
    """
    holds = any(r.site == site and r.via is Via.LINE for r in conference.holders)
    soon = conference.phase is Phase.OPEN and (site in (CENTRE, conference.next) or holds)
    soon = soon or site in private(conference)
    opens: Literal["live", "ask"] = "live" if consents else "ask"
    return MicWish(mic=opens if soon else "mute", on_air=gate(conference, site))

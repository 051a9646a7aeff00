"""Directions: what a stage asks of the rooms and shows to everybody.

Microphones first, then layers, then who stands where: a room is asked to open before anybody is told
to look at it.  Each session hears only what is new to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bridge.conference.state import Conference
from bridge.conference.words import SiteCode
from bridge.outgoing import MediaSet, MediaWant
from bridge.outgoing import Stage as StageMessage
from bridge.sessions import Sessions
from bridge.stage import Stage, mic_wish

Layers = Mapping[SiteCode, frozenset[str]]


def direct(
    sessions: Sessions,
    conference: Conference,
    stage: Stage,
    *,
    demand: Layers,
    consents: Collection[SiteCode] = (),
    rev: int,
) -> None:
    """*demand* is which layers beyond the plan's some subscriber needs, *consents* whose microphone
    may be opened from here."""
    rooms = sessions.rooms()
    for site, session in rooms.items():
        wish = mic_wish(conference, site, consents=site in consents)
        session.tell_once(MediaSet(mic=wish.mic, on_air=wish.on_air))
    for site, session in rooms.items():
        wanted = stage.plan.wants.get(site, frozenset())
        # Nobody needs another layer of what nobody watches.
        wanted |= demand.get(site, frozenset()) if wanted else frozenset()
        session.tell_once(MediaWant(layers=sorted(wanted)))
    for session in sessions:
        shown = stage.plan.slots if session.has_gallery else stage.slots
        slots = {slot: site for slot, site in shown.items() if site != session.site}
        session.show(StageMessage(rev=rev, slots=slots))

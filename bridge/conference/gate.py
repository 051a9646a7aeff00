"""The gate: what the room hears, as one derived fact per site.

``gate(s) = link up and not blocked and not cut and phase open and (s is 110, or s speaks)``, where
*speaks* means: has a granted speech request that nothing holds.  Nothing else opens a gate and
nothing is stored: whoever wants to know asks the state.  Room 110 needs no floor but is under the
same valve, or 63 rooms would hear it from its first connection and through every recess
(practice.md A1).  Slides and film have the same valve with the content floor, but for the chair's
mute: that is of microphones.  The floor word is the site's standing in the procedure and knows
nothing of line or mute.

A probe opens no gate.  What it lets through goes to whom it names and to nobody else
(:func:`private`; practice.md A8).
"""

from __future__ import annotations

from bridge.conference.floor import ONGOING
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CENTRE,
    CONTENT,
    SPEECH,
    FloorWord,
    Link,
    Phase,
    ProbeKind,
    RequestStatus,
    SiteCode,
    Via,
)


def gate(conference: Conference, site: SiteCode) -> bool:
    """Whether the sound of *site* is let through.  KeyError: not of this conference."""
    return _valve(conference, site) and (site == CENTRE or site in _on_the_line(conference))


def open_gates(conference: Conference) -> frozenset[SiteCode]:
    """Every site whose gate is open."""
    sites = (CENTRE, *_on_the_line(conference))
    return frozenset(site for site in sites if _valve(conference, site))


def content(conference: Conference) -> SiteCode | None:
    """Whose slides or film are shown and heard."""
    for request in conference.holders_of(CONTENT):
        if not request.holds and _may_be_seen(conference, request.site):
            return request.site
    return None


def on_air(conference: Conference) -> SiteCode | None:
    """The site to be shown: the one that is broadcast, else the newest speaker who is heard, else
    110 if it is."""
    if conference.phase is not Phase.OPEN:
        return None
    views = conference.views
    if (
        views.broadcast is not None
        and views.broadcast_shown
        and _is_up(conference, views.broadcast)
    ):
        return views.broadcast
    for request in reversed(conference.holders):
        is_heard = request.via is Via.PHONE or _valve(conference, request.site)
        if is_heard and not request.holds:
            return request.site
    return CENTRE if _valve(conference, CENTRE) else None


def private(conference: Conference) -> dict[SiteCode, SiteCode | None]:
    """Sites heard behind their gate -> the site that hears them; None: the technicians do."""
    probe = conference.probe
    if probe is None or not may_probe(conference, probe.site):
        return {}
    heard: dict[SiteCode, SiteCode | None] = {probe.site: None}
    if probe.kind is ProbeKind.TALK:
        heard[CENTRE] = probe.site
    return heard


def may_probe(conference: Conference, site: SiteCode) -> bool:
    """Whether technicians may listen to *site* now: in the lobby to anybody, in a recess to whom
    they have walked to, else to the next speaker alone."""
    walked = conference.phase is Phase.RECESS and conference.walk.current == site
    is_for = conference.phase is Phase.LOBBY or walked or conference.next == site
    return is_for and _is_up(conference, site)


def speakers(conference: Conference) -> tuple[SiteCode, ...]:
    """Sites that have the speech floor and are not held, oldest grant first."""
    return tuple(r.site for r in conference.holders if not r.holds)


def ongoing(conference: Conference) -> dict[SiteCode, Request]:
    """Of every site that asks to speak or speaks, the request that stands for it.

    What has the floor before what waits; of what waits its own hand before its agenda turn, and
    of what is alike the older.
    """
    found: dict[SiteCode, Request] = {}
    for request in conference.requests.values():
        if SPEECH in request.floors and request.status in ONGOING:
            other = found.get(request.site)
            if other is None or _weight(request) > _weight(other):
                found[request.site] = request
    return found


def _weight(request: Request) -> tuple[bool, bool]:
    return request.status is RequestStatus.GRANTED, request.item is None


def floor_word(conference: Conference, site: SiteCode) -> FloorWord:
    """The floor fact of *site*."""
    return word_of(ongoing(conference).get(site), is_next=conference.next == site)


def word_of(request: Request | None, *, is_next: bool) -> FloorWord:
    """The floor fact of a site with this ongoing *request*."""
    if request is not None and request.status is RequestStatus.GRANTED:
        return FloorWord.HELD if request.holds else FloorWord.SPEAKING
    if is_next:
        return FloorWord.NEXT
    return FloorWord.NONE if request is None else FloorWord.REQUESTED


def _on_the_line(conference: Conference) -> tuple[SiteCode, ...]:
    """Speakers but those who telephone: their sound comes through room 110, and once."""
    return tuple(r.site for r in conference.holders if not r.holds and r.via is Via.LINE)


def _is_up(conference: Conference, site: SiteCode) -> bool:
    return conference.sites[site].link is Link.UP


def _may_be_seen(conference: Conference, site: SiteCode) -> bool:
    is_cut = conference.sites[site].cut
    return _is_up(conference, site) and not is_cut and conference.phase is Phase.OPEN


def _valve(conference: Conference, site: SiteCode) -> bool:
    return _may_be_seen(conference, site) and not conference.sites[site].blocked

"""The gate: what the room hears, as one derived fact per site.

``gate(s) = link up and not blocked and phase open and (s is 110, or s speaks)``, where *speaks*
means: has a granted speech request that nothing holds.  Nothing else opens a gate and nothing is
stored: whoever wants to know asks the state.  Room 110 needs no floor but is under the same
valve, or 63 rooms would hear it from its first connection and through every recess (practice.md
A1).  The floor word is the site's standing in the procedure and knows nothing of line or mute.
"""

from __future__ import annotations

from bridge.conference.floor import ONGOING
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CENTRE,
    SPEECH,
    FloorWord,
    Link,
    Phase,
    RequestStatus,
    SiteCode,
)


def gate(conference: Conference, site: SiteCode) -> bool:
    """Whether the sound of *site* is let through.  KeyError: not of this conference."""
    return _valve(conference, site) and (site == CENTRE or site in speakers(conference))


def open_gates(conference: Conference) -> frozenset[SiteCode]:
    """Every site whose gate is open."""
    return frozenset(site for site in (CENTRE, *speakers(conference)) if _valve(conference, site))


def on_air(conference: Conference) -> SiteCode | None:
    """The site to be shown: the newest speaker whose gate is open, else 110 if its gate is."""
    for site in (*reversed(speakers(conference)), CENTRE):
        if _valve(conference, site):
            return site
    return None


def speakers(conference: Conference) -> tuple[SiteCode, ...]:
    """Sites that have the speech floor and are not held, oldest grant first."""
    return tuple(r.site for r in conference.holders if r.floor == SPEECH and not r.holds)


def ongoing(conference: Conference) -> dict[SiteCode, Request]:
    """The ongoing speech request of every site that has one (it never has two)."""
    return {
        r.site: r for r in conference.requests.values() if r.floor == SPEECH and r.status in ONGOING
    }


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


def _valve(conference: Conference, site: SiteCode) -> bool:
    state = conference.sites[site]
    return state.link is Link.UP and not state.blocked and conference.phase is Phase.OPEN

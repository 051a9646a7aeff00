"""Deadlines: the moments at which the conference changes by itself.

The grace of a speaker whose line is lost, the patience with a lost line, the clocks of speakers,
and what the views promise.  A grace counts from when its *hold* began, not from the link's last
change: a link that goes from lost to down would else keep the floor for ever.

``decide(Tick)`` asks the same functions with the same arithmetic, so that after a tick at *t*
the next deadline is later than *t*, to the last bit of a float.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.conference import clocks, programme
from bridge.conference.state import Conference, Request, Site
from bridge.conference.words import Hold, Link


def grace_ends_s(conference: Conference, request: Request) -> float | None:
    """When a holder loses the floor to its lost line; None: its line holds nothing up."""
    since_s = (request.holds or {}).get(Hold.LINK)
    return None if since_s is None else since_s + conference.policy.grace_s


def down_at_s(conference: Conference, site: Site) -> float | None:
    """When a lost link counts as down; None: it is not lost."""
    if site.link is not Link.LOST:
        return None
    return site.link_since_s + conference.policy.down_after_s


def next_deadline(conference: Conference) -> float | None:
    """Conference seconds at which a ``Tick`` is due; None: nothing will happen by itself."""
    return min((at_s for at_s in _moments(conference) if at_s is not None), default=None)


def _moments(conference: Conference) -> Iterator[float | None]:
    for request in conference.granted:
        yield grace_ends_s(conference, request)
        yield clocks.starts_s(conference, request)
        yield clocks.warns_s(conference, request)
        yield clocks.over_s(request)
        if clocks.is_expired(conference, request):
            # The chair has come back, or the policy changed: at once.
            yield request.granted_s
    for site in conference.sites.values():
        yield down_at_s(conference, site)
    yield programme.probe_ends_s(conference)
    yield programme.shown_s(conference)
    yield programme.turns_s(conference)

"""Deadlines: the moments at which the conference changes by itself.

There are two: the grace of a speaker whose line is lost, and the end of patience with a lost
line.  A grace counts from when its *hold* began, not from the link's last change: a link that
goes from lost to down would else keep the floor for ever.

``decide(Tick)`` asks the same functions with the same arithmetic, so that after a tick at *t*
the next deadline is later than *t*, to the last bit of a float.
"""

from __future__ import annotations

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
    moments = [grace_ends_s(conference, request) for request in conference.holders]
    moments += [down_at_s(conference, site) for site in conference.sites.values()]
    return min((at_s for at_s in moments if at_s is not None), default=None)

"""Tally: what has happened in the conferences, counted from the stream of their changes.

A floor is counted twice: when it is given, by the command that gave it, and when it ends, by the
reason.  A link that was up is a disconnect when it is lost and when the site says goodbye; a link
that was lost and is given up later is none.  A device that replaces another, a restart of the
service and the end of a conference are no disconnects of a site: nobody has to look into them.
"""

from __future__ import annotations

from collections import Counter

from bridge.conference.events import LinkChanged, RequestEnded, RequestGranted
from bridge.conference.words import Link, RequestStatus, SiteCode
from bridge.events import Change


class Tally:
    """For as long as the service runs."""

    def __init__(self) -> None:
        self.connects: Counter[SiteCode] = Counter()
        self.disconnects: Counter[tuple[SiteCode, str]] = Counter()
        """By site, and ``bye`` or ``lost``."""
        self.floor_changes: Counter[str] = Counter()
        """By command for a floor given, by reason for one that ended."""

    def note(self, change: Change) -> None:
        """The listener of :meth:`bridge.events.Emitter.on_changed`."""
        for event in change.events:
            match event:
                case LinkChanged(site=site, to=Link.UP):
                    self.connects[site] += 1
                case LinkChanged(site=site) if change.before.sites[site].link is Link.UP:
                    reason = "bye" if change.command == "site.left" else "lost"
                    self.disconnects[site, reason] += 1
                case RequestGranted():
                    self.floor_changes[change.command] += 1
                case RequestEnded(request=request, reason=cause):
                    before = change.before.requests.get(request)
                    if before is not None and before.status is RequestStatus.GRANTED:
                        self.floor_changes[cause.value] += 1
                case _:
                    pass

"""Tally: what has happened in the conferences, counted from the stream of their changes.

A floor is counted twice: when it is given, by the command that gave it, and when it ends, by the
reason.  A link that was up is a disconnect when it is lost and when the site says goodbye; a link
that was lost and is given up later is none.  A device that replaces another, a restart of the
service and the end of a conference are no disconnects of a site: nobody has to look into them.

Speaking time is what the conference charges; that of the conferences before is added, so that it never
falls.  A gate is open since the change that opened it; of one that was open when this process began
nobody remembers when it was, so it counts from then.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bridge.conference.events import LinkChanged, RequestEnded, RequestGranted
from bridge.conference.gate import open_gates
from bridge.conference.state import Conference
from bridge.conference.words import SPEECH, Link, RequestStatus, SiteCode
from bridge.events import Change


class Tally:
    """For as long as the service runs."""

    def __init__(self) -> None:
        self.connects: Counter[SiteCode] = Counter()
        self.disconnects: Counter[tuple[SiteCode, str]] = Counter()
        """By site, and ``bye`` or ``lost``."""
        self.floor_changes: Counter[str] = Counter()
        """By command for a floor given, by reason for one that ended."""
        self._opened: dict[SiteCode, float] = {}
        """Site whose gate is open -> since when, Unix time."""
        self._conference: Conference | None = None
        """As it was last seen."""
        self._before: dict[SiteCode, float] = {}
        """Speaking time in the conferences before."""

    def note(self, change: Change) -> None:
        """The listener of :meth:`bridge.events.Emitter.on_changed`."""
        self._follow(change.after)
        self._see_gates(change.after, datetime.fromisoformat(change.wall).timestamp())
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

    def gates(self, conference: Conference, *, wall_s: float) -> dict[SiteCode, float]:
        """Site whose gate is open -> since when, Unix time."""
        self._see_gates(conference, wall_s)
        return self._opened

    def spoken_s(self, conference: Conference, *, now_s: float) -> dict[SiteCode, float]:
        """Site -> its speaking time so far, in this conference and those before."""
        self._follow(conference)
        spoken = dict(self._before)
        for site, seconds in _spoken_s(conference, now_s).items():
            spoken[site] = spoken.get(site, 0.0) + seconds
        return spoken

    def _see_gates(self, conference: Conference, wall_s: float) -> None:
        now_open = open_gates(conference)
        if now_open != self._opened.keys():
            self._opened = {site: self._opened.get(site, wall_s) for site in now_open}

    def _follow(self, conference: Conference) -> None:
        last, self._conference = self._conference, conference
        if last is not None and last.id != conference.id:
            # It is closed, and so are its clocks.
            for site, seconds in _spoken_s(last, 0.0).items():
                self._before[site] = self._before.get(site, 0.0) + seconds


def _spoken_s(conference: Conference, now_s: float) -> dict[SiteCode, float]:
    spoken: dict[SiteCode, float] = {}
    for request in conference.requests.values():
        if SPEECH in request.floors and request.granted_s is not None:
            spoken[request.site] = spoken.get(request.site, 0.0) + request.spoken_s(now_s)
    return spoken

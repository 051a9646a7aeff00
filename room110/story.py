"""Story: the conference as the desk hears it, told in a line per event.

Keeps the desk's snapshot (docs/protocol.md: patches of RFC 7396) and turns events into sentences
for a terminal.  It shows what any console does with ``change``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from bridge.conference.patch import merge
from config.roster import Roster
from signaling.notices import Change

Event = Mapping[str, Any]


class Story:
    def __init__(self, roster: Roster) -> None:
        self._names = {site.code: f"{site.code} {site.name}" for site in roster}
        self._snapshot: dict[str, Any] = {}
        self._requests: dict[int, str] = {}
        """Request -> site: a request that ends is no longer in the snapshot."""
        self._changed = asyncio.Event()

    def begin(self, snapshot: Mapping[str, Any]) -> None:
        """Take a whole snapshot: the first, and after each reconnection."""
        self._snapshot = dict(snapshot)
        for number, request in snapshot.get("requests", {}).items():
            self._requests[int(number)] = request["site"]
        self._changed.set()

    def follow(self, change: Change) -> list[str]:
        """Take a change; the lines to tell."""
        self._snapshot = merge(self._snapshot, change.set)
        minutes, seconds = divmod(int(change.now), 60)
        lines = [
            f"{minutes:02d}:{seconds:02d}  {line}"
            for event in change.events
            for line in self._lines(event)
        ]
        self._changed.set()
        return lines

    @property
    def phase(self) -> str:
        return str(self._snapshot.get("phase", ""))

    @property
    def queue(self) -> list[tuple[int, str]]:
        """(request, site), head first."""
        return [(number, self._requests[number]) for number in self._snapshot.get("queue", ())]

    def name(self, code: str) -> str:
        return self._names.get(code, code)

    async def connected(self, count: int, *, timeout_s: float) -> None:
        """Until *count* sites are up; after *timeout_s* with those there are."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._up() < count:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return

    def _up(self) -> int:
        sites = self._snapshot.get("sites", {})
        return sum(site.get("link") == "up" for site in sites.values())

    def _lines(self, event: Event) -> Iterator[str]:
        who = self._about(event)
        match event["type"]:
            case "phase_changed":
                yield f"the conference is {event['to']}"
            case "link_changed":
                yield f"{who}: line {event['to']} ({self._up()} up)"
            case "request_made":
                again = ", for the rest of its time" if event.get("continues") else ""
                yield f"{who} asks for the floor{again}"
            case "request_granted":
                limit = f", {event['limit_s']} s" if event.get("limit_s") else ""
                yield f"{who} HAS THE FLOOR{limit}"
            case "request_ended":
                yield f"{who}: {event['status']} ({event['reason']})"
            case "hold_started":
                yield f"{who} is held ({event['cause']})"
            case "hold_ended":
                yield f"{who} goes on"
            case "block_changed":
                yield f"{who} is {'blocked' if event['on'] else 'no longer blocked'}"
            case "next_chosen" if event.get("site"):
                yield f"{who} is next: it prepares behind its shut gate"

    def _about(self, event: Event) -> str:
        """The name of the site an event is about."""
        number, site = event.get("request"), event.get("site")
        if site is None:
            return self.name(self._requests.get(number, "")) if number is not None else ""
        if number is not None:
            self._requests[number] = site
        return self.name(site)

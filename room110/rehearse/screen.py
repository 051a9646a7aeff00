"""Screen: what a console of the desk shows, and what can be read off it.

Players and scripts know the conference as a person does, from the desk's snapshot
(:mod:`bridge.conference.projection`), so a condition that is looked at in virtual time is the same
one that is looked at through a WebSocket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.conference.words import SPEECH, SiteCode


class Screen:
    """*snapshot* is replaced by its owner with every change."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self.snapshot = snapshot

    @property
    def phase(self) -> str:
        return str(self.snapshot["phase"])

    @property
    def next(self) -> SiteCode | None:
        return self.snapshot.get("next")

    @property
    def gates(self) -> frozenset[SiteCode]:
        """Sites whose sound is let through."""
        return frozenset(code for code, site in self.snapshot["sites"].items() if site["gate"])

    @property
    def up(self) -> frozenset[SiteCode]:
        """Sites that have a line."""
        return frozenset(
            code for code, site in self.snapshot["sites"].items() if site["link"] == "up"
        )

    @property
    def consoles(self) -> frozenset[str]:
        return frozenset(self.snapshot["consoles"])

    def site(self, code: SiteCode) -> Mapping[str, Any]:
        site: Mapping[str, Any] = self.snapshot["sites"][code]
        return site

    def request_of(self, code: SiteCode, floor: str = SPEECH, *, turn: bool = False) -> int | None:
        """The ongoing request of a site: what it holds before what waits, its hand before its
        agenda turn, or with *turn* that alone."""
        found = [
            (request["status"] != "granted", "item" in request, int(number))
            for number, request in self.snapshot["requests"].items()
            if request["site"] == code and floor in request["floors"]
            if "item" in request or not turn
        ]
        return min(found)[2] if found else None

    def holds(self, code: SiteCode, floor: str = SPEECH) -> bool:
        """Whether the site has the floor."""
        return any(
            request["site"] == code
            and request["status"] == "granted"
            and floor in request["floors"]
            for request in self.snapshot["requests"].values()
        )

    def held_by(self, code: SiteCode) -> frozenset[str]:
        """What interrupts the site."""
        return frozenset(
            cause
            for request in self.snapshot["requests"].values()
            if request["site"] == code and request["status"] == "granted"
            for cause in request.get("holds", ())
        )

    def waits(self, code: SiteCode) -> bool:
        """Whether the site stands in the queue."""
        requests = self.snapshot["requests"]
        return any(requests[str(number)]["site"] == code for number in self.snapshot["queue"])

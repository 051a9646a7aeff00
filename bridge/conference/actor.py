"""Actor: who acts.  Every command is somebody's, also the house's own."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.words import Role, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, and what may be used to judge it."""

    user: str
    """Name of the person or device, as the token has it; kept in the journal."""
    roles: frozenset[Role] = frozenset()
    """All roles of the token; the authority table picks the one that allows the command."""
    site: SiteCode | None = None
    """The room the person or device stands in, if any."""


HOUSE = Actor(user="room110")
"""The service itself: links seen by the media plane and the clock.  Needs no authority."""

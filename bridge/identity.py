"""Identity: what a verified token says about its bearer.

Made by the door from a token (``signaling.identity``) and by nobody else; the bridge takes it
as true.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.commands import Actor
from bridge.conference.words import Role, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    user: str
    """Name of the person or device, kept in the journal."""
    roles: frozenset[Role]
    conference: str
    """The conference the token opens."""
    site: SiteCode | None = None
    """The room the bearer stands in."""

    @property
    def actor(self) -> Actor:
        return Actor(user=self.user, roles=self.roles, site=self.site)

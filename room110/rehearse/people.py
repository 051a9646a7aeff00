"""People: who acts in a rehearsal, at consoles in room 110 and in the provinces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bridge.conference.actor import Actor
from bridge.conference.words import CENTRE, Role, SiteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    user: str
    role: Role
    site: SiteCode = CENTRE

    @property
    def actor(self) -> Actor:
        return Actor(user=self.user, roles=frozenset({self.role}), site=self.site)


CHAIR: Final = Person(user="chair", role=Role.CHAIR)
SPARE: Final = Person(user="chair.spare", role=Role.CHAIR)
"""The second console of the chair (practice.md A26)."""
DEPUTY: Final = Person(user="deputy", role=Role.DEPUTY)
SECRETARY: Final = Person(user="secretary", role=Role.SECRETARY)
TECHNICIAN: Final = Person(user="technician", role=Role.TECHNICIAN)
SECOND_TECHNICIAN: Final = Person(user="technician.two", role=Role.TECHNICIAN)

DESKS: Final = (CHAIR, SPARE, DEPUTY, SECRETARY, TECHNICIAN, SECOND_TECHNICIAN)


def room(code: SiteCode) -> Person:
    """Whoever sits at the room device of a site."""
    return Person(user=f"site.{code}", role=Role.SITE, site=code)

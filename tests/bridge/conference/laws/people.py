"""Who acts in the laws, beside those of the scene: a second of each that matters."""

from __future__ import annotations

from hypothesis import strategies as st

from bridge.conference.commands import HOUSE, Actor
from bridge.conference.words import CENTRE, Role
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    PROVINCES,
    SECRETARY,
    SITES,
    TECHNICIAN,
    VIEWER,
    province,
)

CHAIR_TOO = Actor(user="giang", roles=frozenset({Role.CHAIR, Role.TECHNICIAN}), site=CENTRE)
DEPUTY_TOO = Actor(user="hoa", roles=frozenset({Role.DEPUTY, Role.SECRETARY}), site=CENTRE)
ROOM = Actor(user="site:110", roles=frozenset({Role.SITE}), site=CENTRE)

CHAIRS = (CHAIR, CHAIR_TOO)
DEPUTIES = (DEPUTY, DEPUTY_TOO)
AT_CONSOLES = (*CHAIRS, *DEPUTIES, SECRETARY, TECHNICIAN)

_others = (SECRETARY, TECHNICIAN, *DEPUTIES, CHAIR_TOO, VIEWER, province("01"), ROOM, HOUSE)

actors = st.sampled_from([*[None] * 27, *_others])
"""None, three times in four: whoever has the chair."""
helpers = st.sampled_from([None, None, None, SECRETARY, TECHNICIAN, TECHNICIAN, *_others])
provinces = st.sampled_from(PROVINCES)
sites = st.sampled_from(SITES)
picks = st.integers(0, 9)


def staff(actor: Actor) -> frozenset[Role]:
    return frozenset(actor.roles)

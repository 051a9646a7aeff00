"""Laws of the conference, tried on hundreds of made-up mornings, after every single event.

The numbers I1 to I21 are those of research/floor-control.md section 6, as practice.md A amends them
(I13 and I20 are laws of the room: tests/bridge/test_room.py).  What a law compares with is kept by
``laws/facts.py`` from the commands given, never read back from the state.  The rules are aimed: ids
come from requests that exist, the chair acts in most commands, many mornings begin with speakers,
and the clock jumps to just around what is due.

``make laws`` tries many more mornings than these, by ROOM110_MORNINGS; ``make mutants`` asks whether
the laws and tables would notice if a rule were another (tests/mutants).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.bridge.conference.laws.machine import Morning

MORNINGS = int(os.environ.get("ROOM110_MORNINGS", "0"))
"""How many, chosen by chance; 0: those that every commit is tried on, always the same."""

Morning.TestCase.settings = settings(
    derandomize=not MORNINGS,
    deadline=None,
    database=None,
    max_examples=MORNINGS or 200,
    stateful_step_count=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_a_morning = Morning.TestCase

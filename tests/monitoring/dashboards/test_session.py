"""Session: the conference as the secretary sees it."""

from __future__ import annotations

from monitoring.dashboards import session
from tests.support.promql import OURS


def test_every_mark_of_the_roll_call_has_its_number():
    text = "".join(t.expr for p in session.dashboard().build().panels for t in p.targets)

    for mark in OURS["room110_rollcall_sites"].words:
        assert f'room110_rollcall_sites{{mark="{mark}"}}' in text

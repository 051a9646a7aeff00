from __future__ import annotations

import pytest

from bridge.events import Change
from bridge.history import KEPT, History
from tests.bridge.conference.scene import Scene


def change(rev):
    state = Scene().state
    return Change(
        rev=rev,
        at_s=0.0,
        wall="08:00",
        actor="an",
        authority=None,
        command="tick",
        events=(),
        before=state,
        after=state,
    )


@pytest.mark.parametrize(
    ("rev", "missed"), [(5, []), (4, [5]), (2, [3, 4, 5]), (1, None), (6, None), (-1, None)]
)
def test_what_was_missed_is_told_without_a_hole_or_not_at_all(rev, missed):
    history = History([change(3), change(4)], rev=4)
    history.add(change(5))
    found = history.since(rev)
    assert (found if found is None else [c.rev for c in found]) == missed


def test_only_so_much_is_kept():
    history = History(rev=1)
    for rev in range(2, KEPT + 3):
        history.add(change(rev))
    assert history.since(1) is None
    assert len(history.since(2)) == KEPT

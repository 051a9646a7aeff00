"""What is broken, and what rings for it."""

from __future__ import annotations

import pytest

from room110.alarms import faults, scaled
from room110.alarms.prometheus import TELLS, Alarm
from room110.alarms.rooms import Rooms

ALL = (faults.cut("02"), faults.loss_down("04"), faults.loss_up("01"), faults.hushed("06"))
NAMES = {rule["alert"] for rule in scaled.alerts(scaled.read())}


class Seen:
    """Rooms that write down what is done to them."""

    def __init__(self):
        self.done = []

    def __getattr__(self, name):
        assert callable(getattr(Rooms, name)), name
        return lambda *args, **more: self.done.append((name, *args, more))


@pytest.mark.parametrize(
    ("fault", "begun", "ended"),
    [
        (ALL[0], ("cut", "02", {}), ("lose", "02", {})),
        (ALL[1], ("lose", "04", {"down": 0.1}), ("lose", "04", {})),
        (ALL[2], ("lose", "01", {"up": 0.1}), ("lose", "01", {})),
        (ALL[3], ("hush", "06", {}), ("speak", "06", {})),
    ],
    ids=lambda value: getattr(value, "what", ""),
)
def test_a_line_is_broken_and_mended(fault, begun, ended):
    seen = Seen()
    fault.begin(seen)
    fault.end(seen)

    assert seen.done == [begun, ended]


def test_what_must_ring_is_there_to_ring_and_about_the_site():
    for fault in ALL:
        assert fault.alarms
        for one in fault.alarms | fault.may:
            assert one.name in NAMES
            assert one.about.split()[0] == fault.site
    assert {one.name for one in faults.ALWAYS} | faults.BUSY <= NAMES
    assert "site" in TELLS


def test_a_listener_beside_a_speaker_who_loses_is_judged_by_the_picture():
    alone, beside = faults.loss_down("04"), faults.loss_down("04", while_a_speaker_loses=True)

    assert beside.alarms < alone.alarms
    assert beside.alarms | beside.may == alone.alarms


def test_what_rings_and_was_not_planned_is_strange():
    planned = faults.planned(ALL)
    other = Alarm("Room110SiteDown", "79")

    assert faults.strange(planned, ALL) == set()
    assert faults.strange({other, Alarm("Room110ScrapeSlow")}, ALL) == {other}
    assert faults.strange(ALL[2].may, ALL) == set()
    assert faults.strange(ALL[2].may, ALL[:2]) == set(ALL[2].may)

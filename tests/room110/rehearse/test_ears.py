"""A sound that should not be is told from one that was on its way."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from room110.rehearse.ears import GRACE_S, MOST, WINDOW_S, Ears, heard_since


def hearing(**slots):
    return SimpleNamespace(
        sounds={
            name.replace("_", "."): SimpleNamespace(last_heard_s=heard)
            for name, heard in slots.items()
        }
    )


@pytest.fixture
def ears():
    ears = Ears()
    ears.allow("02", {"01", "110"}, 10.0)
    return ears


def test_who_may_be_heard_is_no_leak(ears):
    ears.look("02", hearing(chair={"110": 90.0}, speaker_1={"01": 90.0}), 100.0)
    ears.look("02", None, 200.0)
    assert (ears.leaks, ears.looks) == ([], 2)


def test_what_was_on_its_way_is_no_leak(ears):
    ears.allow("02", {"110"}, 100.0)
    for now_s in (100.1, 105.0, 110.0):
        ears.look("02", hearing(speaker_1={"01": 100.0 + GRACE_S}), now_s)
    assert ears.leaks == []


def test_a_gate_that_leaks_is_found_once_for_each_time(ears):
    ears.allow("02", {"110"}, 100.0)
    for tick in range(1, 140):
        now_s = 100.0 + tick / 10
        ears.look("02", hearing(speaker_1={"01": now_s}), now_s)
    assert len(ears.leaks) == 2
    assert ears.leaks[0].startswith("02 heard 01, whose gate had been shut 3.")


def test_who_was_never_to_be_heard_leaks_at_once(ears):
    ears.look("02", hearing(speaker_1={"79": 11.0}), 11.0)
    ears.look("02", hearing(speaker_1={"79": 11.0}), 13.0)
    assert ears.leaks == []
    ears.look("02", hearing(speaker_1={"79": 11.0}), 11.0 + GRACE_S + 0.1)
    assert ears.leaks == ["02 heard 79, whose gate had been shut inf s"]


def test_word_of_an_opening_may_come_late(ears):
    ears.look("02", hearing(speaker_1={"79": 11.0}), 11.1)
    ears.allow("02", {"79", "110"}, 11.5)
    ears.look("02", hearing(speaker_1={"79": 20.0}), 20.0)
    assert ears.leaks == []


def test_listeners_are_told_apart(ears):
    ears.look("03", hearing(speaker_1={"01": 20.0}), 20.0)
    ears.look("02", hearing(speaker_1={"01": 30.0}), 30.0)
    ears.look("03", None, 30.0)
    assert [leak[:11] for leak in ears.leaks] == ["03 heard 01"]


def test_a_flood_is_not_kept(ears):
    for number in range(MOST + 5):
        ears.look("02", hearing(speaker_1={f"x{number}": 50.0}), 50.0)
    ears.look("02", None, 60.0)
    assert len(ears.leaks) == MOST


def test_whom_these_ears_have_heard():
    both = hearing(
        chair={"110": 10.0}, speaker_1={"01": 10.0 - 2 * WINDOW_S}, content={"110": 3.0, "48": 10.0}
    )
    assert heard_since(both, 10.1 - WINDOW_S) == {"110"}
    assert heard_since(both, 9.0) == {"110", "01"}

"""Counted into buckets, and added."""

from __future__ import annotations

import pytest

from bridge.media.times import NO_SWITCH, SWITCH_BOUNDS_S, Spread, Times


def test_a_time_is_counted_up_to_its_bound():
    times = Times((0.1, 0.2))
    for seconds in (0.05, 0.1, 0.15, 0.2, 7.0):
        times.note(seconds)

    spread = times.spread()

    assert spread.counts == (2, 2, 1)
    assert spread.total_s == pytest.approx(7.5)


def test_what_was_told_does_not_change_with_what_comes():
    times = Times((1.0,))
    told = times.spread()
    times.note(0.5)

    assert told == Spread(counts=(0, 0))


def test_spreads_of_the_same_bounds_add_up():
    assert Spread(counts=(1, 2), total_s=3.0) + Spread(counts=(4, 5), total_s=6.0) == Spread(
        counts=(5, 7), total_s=9.0
    )


def test_nothing_has_a_bucket_for_each_bound_and_one_above():
    assert len(NO_SWITCH.counts) == len(SWITCH_BOUNDS_S) + 1
    assert sum(NO_SWITCH.counts) == 0

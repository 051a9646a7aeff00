from __future__ import annotations

import random

import pytest

from bridge.media.core.trend import DelayTrend, Usage


def feed(trend, *, seconds, queue_per_s=0.0, jitter_s=0.0, drift=0.0, start=0.0, seed=1):
    """A group every 10 ms of 1000 bytes; what the trend said, slot by slot."""
    chance = random.Random(seed)
    said, before = [], 0.0
    for number in range(1, round(seconds * 100) + 1):
        delay = number * 0.01 * (queue_per_s + drift) + chance.uniform(0, jitter_s)
        if trend.add(delay - before, 1000, start + number * 0.01):
            said.append(trend.usage)
        before = delay
    return said


def test_a_steady_line_is_normal_and_its_rate_is_known():
    trend = DelayTrend()

    assert set(feed(trend, seconds=5)) == {Usage.NORMAL}
    assert trend.queue_s == 0.0
    assert trend.rate_bps == pytest.approx(800_000, rel=0.02)


@pytest.mark.parametrize("growth", [0.05, 0.2, 1.0])
def test_a_growing_queue_is_overuse_before_it_is_long(growth):
    trend = DelayTrend()
    feed(trend, seconds=3)

    said = feed(trend, seconds=2, queue_per_s=growth, start=3.0)

    first = said.index(Usage.OVERUSE)
    assert (first + 1) * 0.05 * growth < 0.03 + growth * 0.35
    assert trend.queue_s == pytest.approx(2 * growth - growth * 0.25, rel=0.1)


def test_a_draining_queue_is_underuse():
    trend = DelayTrend()
    feed(trend, seconds=1)
    feed(trend, seconds=1, queue_per_s=0.3, start=1.0)

    assert feed(trend, seconds=0.8, queue_per_s=-0.3, start=2.0)[-1] is Usage.UNDERUSE


@pytest.mark.parametrize("seed", range(5))
def test_jitter_of_40_ms_is_no_queue(seed):
    trend = DelayTrend()

    assert Usage.OVERUSE not in feed(trend, seconds=60, jitter_s=0.04, seed=seed)
    assert trend.queue_s < 0.03


@pytest.mark.parametrize("seed", range(3))
def test_a_queue_is_seen_through_jitter(seed):
    trend = DelayTrend()
    feed(trend, seconds=10, jitter_s=0.04, seed=seed)

    said = feed(trend, seconds=1.2, queue_per_s=0.2, jitter_s=0.04, start=10.0, seed=seed + 9)

    assert Usage.OVERUSE in said


@pytest.mark.parametrize("drift", [100e-6, -100e-6])
def test_two_quartz_clocks_are_no_queue(drift):
    trend = DelayTrend()

    assert set(feed(trend, seconds=120, drift=drift)) == {Usage.NORMAL}
    assert trend.queue_s < 0.005


def test_a_changed_route_is_a_queue_for_forty_seconds_at_most():
    trend = DelayTrend()
    feed(trend, seconds=6)
    trend.add(0.1, 1000, 6.01)
    feed(trend, seconds=1, start=6.01)
    assert trend.queue_s == pytest.approx(0.1)

    feed(trend, seconds=40, start=7.01)
    assert trend.queue_s == 0.0


def test_nothing_is_said_of_the_first_slots_and_after_a_restart():
    trend = DelayTrend()

    assert set(feed(trend, seconds=0.25, queue_per_s=1.0)) == {Usage.NORMAL}
    feed(trend, seconds=1, queue_per_s=1.0, start=0.25)
    assert trend.usage is Usage.OVERUSE
    trend.restart(10.0)
    assert trend.usage is Usage.NORMAL
    assert trend.queue_s == 0.0
    assert set(feed(trend, seconds=0.25, queue_per_s=1.0, start=10.0)) == {Usage.NORMAL}


def test_the_draining_of_one_queue_does_not_hide_the_next():
    trend = DelayTrend()
    at = 0.0
    for growth in (0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16):  # what an unbounded threshold follows
        for sign in (1, -1):
            feed(trend, seconds=1, queue_per_s=sign * growth, start=at)
            at += 1

    assert Usage.OVERUSE in feed(trend, seconds=1, queue_per_s=0.08, start=at)

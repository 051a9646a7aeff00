from __future__ import annotations

import pytest

from bridge.check.carried import carried_bps
from bridge.media.tried import Burst


def burst(bps: int, *, lost: int | None = 0, queue_s: float | None = 0.0) -> Burst:
    return Burst(bps=bps, lasted_s=0.3, packets=100, lost=lost, queue_s=queue_s)


def test_a_line_that_shows_no_queue_carries_the_burst():
    assert carried_bps([burst(1_000_000), burst(4_000_000)]) == 4_000_000


def test_a_queue_says_how_long_the_line_needed():
    assert carried_bps([burst(2_000_000, queue_s=0.1)]) == pytest.approx(1_500_000)


def test_what_did_not_come_was_not_carried():
    assert carried_bps([burst(4_000_000, lost=25, queue_s=0.3)]) == pytest.approx(1_500_000)


def test_what_the_line_loses_of_anything_is_no_sign_of_its_rate():
    assert carried_bps([burst(1_000_000, lost=10)], 0.1) == pytest.approx(1_000_000)
    assert carried_bps([burst(1_000_000, lost=4)], 0.1) == pytest.approx(1_000_000)
    assert carried_bps([burst(1_000_000, lost=55)], 0.1) == pytest.approx(500_000)


def test_the_best_counts():
    bursts = [burst(1_000_000), burst(2_000_000, lost=70)]

    assert carried_bps(bursts) == 1_000_000


def test_a_lossy_burst_whose_queue_is_not_known_counts_only_where_there_is_no_other():
    unsure = burst(4_000_000, lost=25, queue_s=None)

    assert carried_bps([burst(2_000_000, queue_s=0.1), unsure]) == pytest.approx(1_500_000)
    assert carried_bps([unsure]) == pytest.approx(3_000_000)
    assert carried_bps([burst(1_000_000), burst(4_000_000, lost=5, queue_s=None)]) == 3_800_000


def test_where_the_receiver_says_nothing_nothing_is_known():
    assert carried_bps([]) is None
    assert carried_bps([burst(1_000_000, lost=None)]) is None
    assert carried_bps([burst(1_000_000)], 1.0) is None
    assert carried_bps([burst(1_000_000, queue_s=None)]) == 1_000_000

from __future__ import annotations

import pytest

from bridge.media.core.drowning import MISSING, QUEUE_S, SPAN, STEP_S, Drowning

LATE_S = QUEUE_S


def test_half_of_the_last_packets_asked_for_late_is_a_full_queue():
    line = Drowning()

    assert line.on_asked(1, range(100, 100 + MISSING), LATE_S)


@pytest.mark.parametrize(
    "asked",
    [
        [(1, range(MISSING - 1), LATE_S)],
        [(1, range(MISSING), LATE_S - 0.001)],
        [(1, range(0, SPAN * 10, 3), LATE_S)],
        [(1, range(3), LATE_S), (2, range(3, 6), LATE_S)],
        [(1, range(4), LATE_S), (1, range(SPAN + 3, SPAN + 5), LATE_S)],
        [(1, (), LATE_S)],
    ],
    ids=["few", "soon", "spread", "of two pictures", "long ago", "nothing"],
)
def test_less_is_not(asked):
    line = Drowning()

    assert not any(line.on_asked(*each) for each in asked)


def test_what_is_asked_bit_by_bit_and_again_counts_once():
    line = Drowning()
    for _ in range(5):
        assert not line.on_asked(1, (10, 11, 12), LATE_S)

    assert line.on_asked(1, (12, 14, 15), LATE_S)


def test_what_is_asked_again_later_was_asked_in_time():
    line = Drowning()
    assert not line.on_asked(1, range(100, 110), 0.01)

    assert not line.on_asked(1, range(100, 110), LATE_S)
    assert not line.on_asked(1, range(99, 105), LATE_S)


def test_a_remb_that_falls_in_one_step_is_a_line_that_carries_hardly_anything():
    line = Drowning()

    assert not line.on_remb(1.1, 1.0)
    assert line.on_remb(0.6, 1.2)
    assert not line.on_remb(0.5, 1.4), "that was told"


@pytest.mark.parametrize(
    "shares",
    [[(0.0, 0.5)], [(0.0, 1.1), (0.2, 0.75)], [(0.0, 1.1), (0.2, 0.75), (0.4, 0.6)]],
    ids=["the first", "a little", "by and by"],
)
def test_other_falls_are_not(shares):
    line = Drowning()

    assert not any(line.on_remb(share, at_s) for at_s, share in shares)


def test_a_receiver_that_speaks_seldom_shows_no_steps():
    line = Drowning()
    line.on_remb(1.1, 0.0)

    assert not line.on_remb(0.5, STEP_S)

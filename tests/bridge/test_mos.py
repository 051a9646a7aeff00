"""The estimate of how sound is heard: the table of the research, and the shape of the curve."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.mos import delay_s, mos

LOSSES = st.floats(0.0, 1.0)
DELAYS = st.floats(0.0, 10.0)


@pytest.mark.parametrize(
    ("loss", "at_50", "at_150", "at_250", "at_400"),
    [
        (0.00, 4.38, 4.33, 3.99, 3.05),
        (0.02, 4.14, 4.06, 3.62, 2.60),
        (0.05, 3.73, 3.63, 3.11, 2.07),
        (0.10, 3.12, 2.99, 2.45, 1.51),
    ],
)
def test_the_table(loss, at_50, at_150, at_250, at_400):
    told = [round(mos(loss=loss, delay_s=ms / 1000), 2) for ms in (50, 150, 250, 400)]
    assert told == [at_50, at_150, at_250, at_400]


@given(loss=LOSSES, delay=DELAYS)
def test_it_is_never_below_one_nor_above_the_best_there_is(loss, delay):
    assert 1.0 <= mos(loss=loss, delay_s=delay) <= 4.5


@given(losses=st.tuples(LOSSES, LOSSES), delays=st.tuples(DELAYS, DELAYS))
def test_more_loss_or_delay_is_never_better(losses, delays):
    (less, more), (sooner, later) = sorted(losses), sorted(delays)
    # The curve itself rises by a hundredth below R = 6; there everything is bad.
    assert mos(loss=more, delay_s=later) <= mos(loss=less, delay_s=sooner) + 0.011


def test_half_a_round_trip_the_buffer_and_a_frame():
    assert delay_s(rtt_s=0.1, jitter_s=0.03) == pytest.approx(0.05 + 0.06 + 0.02)
    assert delay_s(rtt_s=0.1, jitter_s=0.001) == pytest.approx(0.05 + 0.04 + 0.02)
    assert delay_s(rtt_s=0.1, jitter_s=0.5, buffer_s=0.08) == pytest.approx(0.05 + 0.08 + 0.02)

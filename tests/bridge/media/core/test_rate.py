from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.rate import MEASURED_AFTER_S, Rate


def measured(*rows: tuple[float, int]) -> Rate:
    rate = Rate()
    for now_s, total_bytes in rows:
        rate.measure(total_bytes, now_s)
    return rate


def test_an_even_stream_has_its_rate_from_the_second_measure_on():
    rate = measured((10.0, 5000))
    assert rate.bps == 0.0

    for tenth in range(1, 40):
        rate.measure(5000 + 1250 * tenth, 10.0 + tenth / 10)
        assert rate.bps == pytest.approx(100_000)


def test_a_key_frame_moves_it_by_its_share_of_a_second():
    rate = measured((0.0, 0), (0.2, 2500))
    rate.measure(2500 + 25_000, 0.4)

    assert rate.bps == pytest.approx(100_000 + 0.2 * 900_000)


def test_after_a_second_or_more_only_the_new_counts():
    assert measured((0.0, 0), (0.2, 2500), (2.2, 2500)).bps == 0.0


def test_a_measure_at_the_same_time_changes_nothing_and_loses_nothing():
    rate = measured((0.0, 0), (1.0, 12_500), (1.0, 12_500), (2.0, 25_000))

    assert rate.bps == pytest.approx(100_000)


@pytest.mark.parametrize(("lasted_s", "is_known"), [(0.0, False), (1.9, False), (2.0, True)])
def test_it_is_worth_believing_after_two_seconds(lasted_s, is_known):
    assert MEASURED_AFTER_S == 2.0
    assert not Rate().is_known(100.0)
    assert measured((8.0, 0), (8.1, 1)).is_known(8.0 + lasted_s) is is_known


def test_a_stream_that_paused_begins_anew_and_forgets_its_silence():
    rate = measured((0.0, 0), (3.0, 37_500))
    rate.pause()
    assert not rate.is_known(60.0)

    rate.measure(37_500, 60.0)
    assert (rate.bps, rate.is_known(61.9)) == (0.0, False)
    rate.measure(40_000, 60.2)

    assert rate.bps == pytest.approx(100_000)
    assert rate.is_known(62.0)


@given(
    st.lists(st.tuples(st.floats(0.001, 3.0), st.integers(0, 1_000_000)), min_size=1, max_size=30)
)
def test_it_never_leaves_what_was_measured(rows):
    rate, now_s, total = measured((0.0, 0)), 0.0, 0
    seen = []
    for lasted_s, more in rows:
        before_s, now_s, total = now_s, now_s + lasted_s, total + more
        seen.append(more * 8 / (now_s - before_s))
        rate.measure(total, now_s)
        assert min(seen) * 0.999 - 1 <= rate.bps <= max(seen) * 1.001 + 1

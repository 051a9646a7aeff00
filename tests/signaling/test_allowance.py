from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.allowance import Allowance, Rate


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    allowance = Allowance(Rate(per_s=50, burst=100), now=7.0)
    assert [allowance.take(now=7.0) for _ in range(101)] == [True] * 100 + [False]
    assert [allowance.take(now=7.5) for _ in range(26)] == [True] * 25 + [False]


def test_an_idle_hour_saves_up_no_more_than_a_burst() -> None:
    allowance = Allowance(Rate(per_s=50, burst=2), now=0.0)
    assert [allowance.take(now=3600.0) for _ in range(3)] == [True, True, False]


@given(st.lists(st.floats(min_value=0, max_value=1), max_size=200))
def test_never_more_than_burst_and_rate_together(gaps: list[float]) -> None:
    rate = Rate(per_s=4, burst=3)
    allowance = Allowance(rate, now=0.0)
    now, taken = 0.0, 0
    for gap in gaps:
        now += gap
        taken += allowance.take(now=now)
        assert taken <= rate.burst + rate.per_s * now + 1e-6

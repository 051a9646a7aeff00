"""How late the loop is."""

from __future__ import annotations

import asyncio

from monitoring.columns import Histogram
from monitoring.lag import measure_lag
from tests.support.autojump import virtual_time


@virtual_time
async def test_a_loop_that_is_held_up_is_late_by_as_much(monkeypatch):
    loop, late_s = asyncio.get_running_loop(), 0.0
    clock = loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + late_s)
    histogram = Histogram((0.005, 0.5))
    measuring = asyncio.create_task(measure_lag(histogram))

    await asyncio.sleep(0.25)
    assert histogram.counts == [2, 0, 0]
    assert histogram.total < 0.01

    late_s = 0.3  # the timer that is due in 50 ms comes 300 ms after it was due, at the least
    await asyncio.sleep(0.1)
    measuring.cancel()
    assert histogram.counts == [2, 1, 0]

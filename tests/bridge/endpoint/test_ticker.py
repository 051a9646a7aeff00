from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from bridge.endpoint.ticker import SHELVES, TICK_S, Ticker


class Counter:
    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.ticks: list[float] = []
        self._then = then

    def tick(self, now_s: float) -> None:
        self.ticks.append(now_s)
        self._then()


class VirtualTime:
    """The loop's clock, moved by sleeping."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, stop_after_s: float) -> None:
        self.now_s = 50.0
        self._end_s = 50.0 + stop_after_s
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now_s)
        monkeypatch.setattr(asyncio, "sleep", self._sleep)

    async def _sleep(self, delay_s: float) -> None:
        self.now_s += delay_s
        if self.now_s > self._end_s:
            raise asyncio.CancelledError


async def run(ticker: Ticker) -> None:
    with pytest.raises(asyncio.CancelledError):
        await ticker.run()


async def test_every_member_is_asked_every_20_ms_and_not_all_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    VirtualTime(monkeypatch, stop_after_s=1.001)
    ticker, members = Ticker(), [Counter() for _ in range(2 * SHELVES)]
    for member in members:
        ticker.add(member)
    await run(ticker)
    for member in members:
        assert len(member.ticks) == 50
        steps = [b - a for a, b in pairwise(member.ticks)]
        assert steps == pytest.approx([TICK_S] * 49)
    assert len({member.ticks[0] for member in members}) == SHELVES


async def test_a_member_may_leave_in_its_own_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    VirtualTime(monkeypatch, stop_after_s=0.1)
    ticker = Ticker()
    leaver = Counter(lambda: ticker.remove(leaver))
    ticker.add(leaver)
    await run(ticker)
    assert len(leaver.ticks) == 1
    ticker.remove(leaver)


async def test_a_bug_in_a_member_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    VirtualTime(monkeypatch, stop_after_s=0.1)
    ticker = Ticker()
    ticker.add(Counter(lambda: {"no": None}["bug"]))
    with pytest.raises(KeyError):
        await ticker.run()


async def test_ticks_that_were_missed_are_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    time = VirtualTime(monkeypatch, stop_after_s=1.05)
    ticker = Ticker()

    def stall() -> None:
        if len(member.ticks) == 1:
            time.now_s += 0.9

    member = Counter(stall)
    ticker.add(member)
    await run(ticker)
    assert len(member.ticks) < 9

"""The clock of repair: wound once, goes on while there is something to do, and bugs are one session's."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from bridge.media.repairs import Repairs
from bridge.media.session import MediaSession
from bridge.media.steering import REPAIR_S, Steering
from tests.support.autojump import virtual_time


class FakeSteering:
    def __init__(self) -> None:
        self.busy_for = 0
        self.asked: list[object] = []
        self.broken: object = None

    def repair(self, session: object, now_s: float) -> bool:
        if session is self.broken:
            raise RuntimeError("planted")
        self.asked.append(session)
        self.busy_for -= 1
        return self.busy_for > 0


def made(*sessions: object) -> tuple[FakeSteering, list[tuple[Any, Exception]], Repairs]:
    steering, bugs = FakeSteering(), []
    repairs = Repairs(
        lambda: cast(list[MediaSession], list(sessions)),
        cast(Steering, steering),
        lambda *told: bugs.append(told),
    )
    return steering, bugs, repairs


@virtual_time
async def test_it_runs_once_for_everybody_however_often_it_is_wound():
    steering, _, repairs = made("a", "b")
    repairs.soon()
    repairs.soon()
    await asyncio.sleep(10 * REPAIR_S)

    assert steering.asked == ["a", "b"]


@virtual_time
async def test_it_goes_on_while_somebody_is_busy():
    steering, _, repairs = made("a")
    steering.busy_for = 4
    repairs.soon()
    await asyncio.sleep(10 * REPAIR_S)

    assert len(steering.asked) == 4


@virtual_time
async def test_a_bug_is_told_with_its_session_and_the_others_are_repaired():
    steering, bugs, repairs = made("a", "b")
    steering.broken = "a"
    repairs.soon()
    await asyncio.sleep(2 * REPAIR_S)

    assert steering.asked == ["b"]
    assert [(session, str(bug)) for session, bug in bugs] == [("a", "planted")]


@virtual_time
async def test_closed_it_runs_no_more():
    steering, _, repairs = made("a")
    repairs.close()
    repairs.soon()
    repairs.close()
    await asyncio.sleep(2 * REPAIR_S)

    assert steering.asked == []

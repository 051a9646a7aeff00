"""Commands counted by their answers, and timed."""

from __future__ import annotations

import asyncio

import pytest

from bridge.answers import Accepted, RoomNotDurable
from bridge.asked import Asked
from bridge.conference.words import Refusal, RefusalCode
from tests.support.autojump import virtual_time

YES = Accepted(rev=1, events=())
NO = Refusal(code=RefusalCode.STALE, text="no")


def asked() -> Asked:
    return Asked(asyncio.get_running_loop().time)


async def after(seconds, answer):
    await asyncio.sleep(seconds)
    if isinstance(answer, Exception):
        raise answer
    return answer


@virtual_time
async def test_an_answer_is_given_on_and_counted_with_its_time():
    it = asked()
    assert await it.answer(after(0.004, YES)) is YES
    assert await it.answer(after(0.2, NO)) is NO

    assert it.results == {"accepted": 1, "refused": 1}
    assert it.times.spread().total_s == pytest.approx(0.204)
    assert sum(it.times.spread().counts) == 2


@virtual_time
async def test_what_could_not_be_answered_is_a_failure_without_a_time():
    it = asked()
    with pytest.raises(RoomNotDurable):
        await it.answer(after(0.1, RoomNotDurable("disk full")))

    assert it.results == {"failed": 1}
    assert sum(it.times.spread().counts) == 0


@virtual_time
async def test_a_caller_that_went_away_has_no_answer():
    it = asked()
    waiting = asyncio.ensure_future(it.answer(after(9.0, YES)))
    await asyncio.sleep(1.0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert it.results == {}

"""What the room rests on; its life on a disk is in test_room."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bridge.conference.commands import HOUSE, ChairCall, LinkLost, LinkUp, Tick
from bridge.conference.events import Policy
from bridge.conference.words import Link, Phase, Refusal, RefusalCode, Role
from bridge.inbox import ConferenceBegin, Wish
from bridge.journal import Journals
from bridge.live_conference import Setting, may_begin
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    SECRETARY,
    SITES,
    TECHNICIAN,
    VIEWER,
    Scene,
    province,
)
from tests.support.autojump import virtual_time

BEGIN = Wish(command=ConferenceBegin(title="t", rehearsal=False))


@pytest.fixture
def setting(tmp_path):
    journals = Journals(tmp_path)
    yield Setting(
        journals=journals,
        sites=SITES,
        titles=(),
        names=(),
        policy=Policy(),
        wall=lambda: datetime(2020, 5, 28, 23, 59, 59, 999_600, tzinfo=UTC),
        chance=lambda _: 0,
    )
    journals.close()


def do(live, *commands):
    batch = live.decide([Wish(command=command) for command in commands], wall="")
    for change in batch.changes:
        live.apply(change)
    return batch


@virtual_time
async def test_time_of_day_is_that_of_viet_nam(setting):
    live, _ = await setting.begin(BEGIN, None)
    assert setting.wall_text() == "2020-05-29T06:59:59.999+07:00"
    assert live.state.id == "20200529-0659-0000"
    await live.journal.close()


@virtual_time
async def test_what_was_decided_is_visible_only_when_it_is_applied(setting):
    live, _ = await setting.begin(BEGIN, None)
    before = live.state
    await asyncio.sleep(3)
    batch = live.decide([Wish(command=LinkUp(site="01"))], wall="")
    assert (live.state, live.rev) == (before, 1)
    live.apply(batch.changes[0])
    assert (live.state.sites["01"].link, live.rev, live.now_s) == (Link.UP, 2, 3.0)
    await live.journal.close()


@virtual_time
async def test_a_tick_is_due_at_the_deadline_and_not_before(setting):
    await asyncio.sleep(1000)
    live, _ = await setting.begin(BEGIN, None)
    assert live.due_at() is None
    do(live, LinkUp(site="01"), LinkLost(site="01"))
    assert live.due_at() == 1120
    await asyncio.sleep(119.9)
    assert live.due() == []
    await asyncio.sleep(0.1)
    assert live.due() == [Wish(command=Tick(), actor=HOUSE)]
    assert live.now_s >= 120
    do(live, Tick())
    assert live.due_at() is None
    await live.journal.close()


@virtual_time
async def test_nothing_but_a_begin_begins(setting):
    with pytest.raises(TypeError, match=r"chair\.call"):
        await setting.begin(Wish(command=ChairCall(site="01"), actor=CHAIR), None)
    assert setting.journals.conferences() == []


@virtual_time
async def test_of_several_the_newest_goes_on(setting):
    assert await setting.newest() is None
    older, _ = await setting.begin(BEGIN, None)
    await older.journal.close()
    newer, _ = await setting.begin(BEGIN, None)
    await newer.journal.close()
    live = await setting.newest()
    assert live is not None
    assert live.state.id == newer.state.id
    await live.journal.close()


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("rehearsal", [False, True])
def test_who_may_begin_the_next_and_when(phase, rehearsal):
    present = replace(Scene().state, phase=phase, rehearsal=rehearsal)
    runs = phase in {Phase.OPEN, Phase.RECESS} and not rehearsal
    for actor, role in ((CHAIR, Role.CHAIR), (TECHNICIAN, Role.TECHNICIAN)):
        answer = may_begin(present, actor)
        assert (answer.code if isinstance(answer, Refusal) else answer) == (
            RefusalCode.BAD_STATE if runs else role
        )
    for actor in (DEPUTY, SECRETARY, VIEWER, province("01"), HOUSE):
        answer = may_begin(present, actor)
        assert isinstance(answer, Refusal)
        assert answer.code is RefusalCode.NOT_AUTHORIZED

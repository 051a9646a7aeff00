"""The room on a real journal, in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bridge import batch as batches
from bridge.answers import (
    Accepted,
    CommandIdReused,
    RoomBusy,
    RoomClosed,
    RoomFailed,
    RoomNotDurable,
)
from bridge.conference import evolve, gate
from bridge.conference.commands import (
    Actor,
    ChairCall,
    ChairMute,
    ChairPhase,
    FloorRequest,
    LinkLost,
    LinkUp,
    SiteLeft,
)
from bridge.conference.events import ConferenceBegun, LinkChanged, PhaseChanged, RequestEnded
from bridge.conference.words import (
    Hold,
    Link,
    Phase,
    Refusal,
    RefusalCode,
    RequestStatus,
    Role,
)
from bridge.events import Emitter
from bridge.inbox import PEOPLE
from bridge.journal import Journals, latest
from bridge.records import JournalBusy, JournalFailed, read_only
from bridge.room import Room
from tests.bridge.conference.scene import CHAIR, SITES, TECHNICIAN, VIEWER, province
from tests.support.autojump import virtual_time

OPEN = ChairPhase(to=Phase.OPEN)
CLOSE = ChairPhase(to=Phase.CLOSED)
MUTE, UNMUTE = ChairMute(site="01"), ChairMute(site="01", on=False)


@contextlib.asynccontextmanager
async def room_in(directory, **settings):
    """A room that runs; its end is orderly.  Another one in *directory* is another start."""
    journals = Journals(directory)
    settings = {
        "emitter": Emitter(),
        "sites": SITES,
        "title": "Hội nghị",
        "wall": lambda: datetime(2020, 5, 29, 1, 0, tzinfo=UTC),
        "chance": lambda _: 0x7F3A,
    } | settings
    try:
        room = await Room.resume(journals, **settings)
        running = asyncio.create_task(room.run())
        try:
            yield room
        finally:
            await room.close()
            await running
    finally:
        journals.close()


class Disk:
    """Stands before the room's journal: counts, waits, and fails, as told."""

    def __init__(self, room):
        self.journal, room._live.journal = room._live.journal, self
        self.sizes = []
        self.free = asyncio.Event()
        self.free.set()
        self.full = False
        self.tried_at = []

    async def append(self, batch):
        self.tried_at.append(asyncio.get_running_loop().time())
        await self.free.wait()
        if self.full:
            raise JournalFailed("disk full")
        self.sizes.append(len(batch))
        await self.journal.append(batch)

    async def close(self):
        await self.journal.close()


async def opened(room, *up):
    for site in up:
        room.post(LinkUp(site=site))
    return await room.submit(OPEN, CHAIR)


def on_disk(room_or_directory):
    directory = getattr(room_or_directory, "_setting", None)
    path = latest(directory.journals.directory if directory else room_or_directory)
    return read_only(path).records


def folded(records):
    return evolve.fold(event for record in records for event in record.events)


# What a command does.


@virtual_time
async def test_with_no_journal_a_conference_begins_in_the_lobby(tmp_path):
    async with room_in(tmp_path / "new") as room:
        assert (room.conference.id, room.conference.title) == ("20200529-0800-7f3a", "Hội nghị")
        assert (room.conference.phase, room.rev) == (Phase.LOBBY, 1)
        (record,) = on_disk(room)
    assert (record.wall, record.at_s) == ("2020-05-29T08:00:00.000+07:00", 0.0)
    assert (record.actor, record.authority) == ("room110", None)
    assert record.command == "conference.begin"


@virtual_time
async def test_an_accepted_command_is_durable_then_visible_then_told_then_answered(tmp_path):
    async with room_in(tmp_path) as room:
        told = []

        def listener(change):
            assert folded(on_disk(room)) == room.conference == change.after
            assert room.rev == change.rev
            assert not answer.done()
            told.append(change)

        room.emitter.on_changed(listener)
        await asyncio.sleep(2.5)
        before = room.conference
        answer = asyncio.create_task(room.submit(OPEN, CHAIR, "k1"))
        assert await answer == Accepted(rev=2, events=(PhaseChanged(at_s=2.5, to=Phase.OPEN),))
        (change,) = told
        record = on_disk(room)[-1]
    assert change.before == before
    for fact in ("rev", "at_s", "wall", "actor", "authority", "command", "events"):
        assert getattr(change, fact) == getattr(record, fact)
    assert (change.actor, change.authority, change.command) == ("an", Role.CHAIR, "chair.phase")
    assert (change.at_s, record.command_id) == (2.5, "k1")


@virtual_time
async def test_a_refused_command_changes_nothing_not_even_rev(tmp_path):
    async with room_in(tmp_path) as room:
        before, told = room.conference, []
        room.emitter.on_changed(told.append)
        answer = await room.submit(OPEN, VIEWER, "k1")
        assert isinstance(answer, Refusal)
        assert answer.code is RefusalCode.NOT_AUTHORIZED
        assert (room.conference, room.rev, told) == (before, 1, [])
        assert len(on_disk(room)) == 1


@virtual_time
async def test_a_command_without_events_is_a_yes_at_the_present_rev_and_not_journalled(tmp_path):
    async with room_in(tmp_path) as room:
        told = []
        await room.submit(MUTE, CHAIR)
        room.emitter.on_changed(told.append)
        assert await room.submit(MUTE, CHAIR) == Accepted(rev=2, events=())
        assert (room.rev, told, len(on_disk(room))) == (2, [], 2)


@virtual_time
async def test_all_that_wait_are_decided_in_order_on_the_running_state_with_one_write(tmp_path):
    async with room_in(tmp_path) as room:
        disk, told = Disk(room), []
        room.emitter.on_changed(lambda change: told.append((change.rev, room.rev)))
        answers = await asyncio.gather(
            room.submit(MUTE, CHAIR),
            room.submit(OPEN, VIEWER),
            room.submit(UNMUTE, CHAIR),
            room.submit(UNMUTE, CHAIR),
            room.submit(MUTE, CHAIR),
        )
        assert [getattr(answer, "rev", None) for answer in answers] == [2, None, 3, 3, 4]
        assert told == [(2, 2), (3, 3), (4, 4)]
        assert disk.sizes == [3]
        assert [record.rev for record in on_disk(room)] == [1, 2, 3, 4]


@virtual_time
async def test_while_the_journal_writes_nothing_is_decided_and_nothing_is_visible(tmp_path):
    async with room_in(tmp_path) as room:
        disk, before = Disk(room), room.conference
        disk.free.clear()
        first = asyncio.create_task(room.submit(MUTE, CHAIR))
        await asyncio.sleep(1)
        second = asyncio.create_task(room.submit(UNMUTE, CHAIR))
        await asyncio.sleep(3)
        assert (room.conference, room.rev) == (before, 1)
        assert not first.done()
        disk.free.set()
        assert ((await first).rev, (await second).rev) == (2, 3)
        assert disk.sizes == [1, 1]
        assert [record.at_s for record in on_disk(room)] == [0.0, 0.0, 4.0]


@virtual_time
async def test_a_listener_may_post_and_ask_and_is_served_after_it(tmp_path):
    async with room_in(tmp_path) as room:
        asked = []

        def listener(change):
            if change.rev == 2:
                room.post(LinkUp(site="01"))
                asked.append(asyncio.ensure_future(room.submit(OPEN, CHAIR)))

        room.emitter.on_changed(listener)
        await room.submit(MUTE, CHAIR)
        assert (await asked[0]).rev == 4
        assert room.conference.sites["01"].link is Link.UP


@virtual_time
async def test_a_caller_that_is_gone_has_not_taken_its_command_back(tmp_path):
    async with room_in(tmp_path) as room:
        disk = Disk(room)
        disk.free.clear()
        asked = asyncio.create_task(room.submit(MUTE, CHAIR, "k1"))
        await asyncio.sleep(1)
        asked.cancel()
        disk.free.set()
        assert (await room.submit(OPEN, CHAIR)).rev == 3
        assert room.conference.sites["01"].blocked
        assert (await room.submit(MUTE, CHAIR, "k1")).repeated


# What is due.


# With (12.3, 0.5) the deadline on the loop's clock, turned back, is an ulp before the deadline.
@pytest.mark.parametrize(
    ("loop_s", "start_s"), [(0, 0.0), (0, 0.1), (0, 1 / 3), (0, 1234.567), (0.3, 11.9), (12.3, 0.5)]
)
@virtual_time
async def test_the_grace_of_a_lost_speaker_ends_to_the_moment_and_the_line_is_down_later(
    tmp_path, loop_s, start_s
):
    await asyncio.sleep(loop_s)
    async with room_in(tmp_path) as room:
        await opened(room, "01")
        await room.submit(ChairCall(site="01"), CHAIR)
        await asyncio.sleep(start_s)
        room.post(LinkLost(site="01"))
        await asyncio.sleep(0.5)
        ((holder),) = room.conference.holders
        assert set(holder.holds) == {Hold.LINK}
        await asyncio.sleep(1000)
        lost = LinkChanged | RequestEnded
        ticks = [
            record
            for record in on_disk(room)
            if record.command == "tick" and any(isinstance(e, lost) for e in record.events)
        ]
        assert [record.at_s for record in ticks] == pytest.approx([start_s + 20, start_s + 120])
        assert [record.actor for record in ticks] == ["room110", "room110"]
        assert room.conference.requests[1].status is RequestStatus.REVOKED
        assert room.conference.sites["01"].link is Link.DOWN
        assert room.rev == len(on_disk(room))


@virtual_time
async def test_what_is_due_comes_before_what_was_asked(tmp_path):
    async with room_in(tmp_path) as room:
        await opened(room, "01")
        await room.submit(ChairCall(site="01"), CHAIR)
        room.post(LinkLost(site="01"))
        await asyncio.sleep(1)
        disk = Disk(room)
        disk.free.clear()
        busy = asyncio.create_task(room.submit(MUTE, CHAIR))
        await asyncio.sleep(30)
        room.post(LinkUp(site="01"))
        disk.free.set()
        await busy
        await room.submit(UNMUTE, CHAIR)
        commands = [record.command for record in on_disk(room)][-4:]
        assert commands == ["chair.mute", "tick", "link.up", "chair.mute"]
        assert room.conference.requests[1].status is RequestStatus.REVOKED


@virtual_time
async def test_conference_time_never_runs_back_and_counts_from_the_beginning(tmp_path):
    await asyncio.sleep(500)
    async with room_in(tmp_path) as room:
        assert room.now_s == 0.0
        await asyncio.sleep(7)
        assert room.now_s == 7.0


# The same command twice (I20).


@virtual_time
async def test_the_same_id_twice_has_one_effect_and_one_answer(tmp_path):
    async with room_in(tmp_path) as room:
        first = await room.submit(MUTE, CHAIR, "k1")
        await room.submit(UNMUTE, CHAIR, "k2")
        assert await room.submit(MUTE, CHAIR, "k1") == replace(first, repeated=True)
        assert not room.conference.sites["01"].blocked
        assert room.rev == 3


@virtual_time
async def test_the_same_id_twice_at_once_has_one_effect(tmp_path):
    async with room_in(tmp_path) as room:
        ask = FloorRequest(site="01")
        first, second = await asyncio.gather(
            room.submit(ask, CHAIR, "k1"), room.submit(ask, CHAIR, "k1")
        )
        assert second == replace(first, repeated=True)
        assert room.rev == 2


@virtual_time
async def test_the_same_id_after_a_restart_has_one_effect(tmp_path):
    async with room_in(tmp_path) as room:
        first = await room.submit(MUTE, CHAIR, "k1")
        await room.submit(UNMUTE, CHAIR, "k2")
    async with room_in(tmp_path) as room:
        assert await room.submit(MUTE, CHAIR, "k1") == replace(first, repeated=True)
        assert not room.conference.sites["01"].blocked


@virtual_time
async def test_the_same_id_of_another_user_is_another_command(tmp_path):
    async with room_in(tmp_path) as room:
        await room.submit(MUTE, CHAIR, "k1")
        other = Actor(user="other", roles=CHAIR.roles)
        assert not (await room.submit(MUTE, other, "k1")).repeated


@virtual_time
async def test_an_id_that_named_another_command_is_refused_and_nothing_happens(tmp_path):
    async with room_in(tmp_path) as room:
        await room.submit(MUTE, CHAIR, "k1")
        with pytest.raises(CommandIdReused):
            await room.submit(OPEN, CHAIR, "k1")
        assert room.conference.phase is Phase.LOBBY
        assert (await room.submit(OPEN, CHAIR, "k2")).rev == 3


@virtual_time
async def test_a_refused_id_may_be_asked_again_and_a_yes_without_events_is_kept(tmp_path):
    async with room_in(tmp_path) as room:
        call = ChairCall(site="01")
        assert isinstance(await room.submit(call, CHAIR, "k1"), Refusal)
        await opened(room, "01")
        assert not (await room.submit(call, CHAIR, "k1")).repeated
        await room.submit(UNMUTE, CHAIR, "k2")
        await room.submit(MUTE, CHAIR, "k3")
        assert (await room.submit(UNMUTE, CHAIR, "k2")).repeated
        assert room.conference.sites["01"].blocked


# Bounds and failures.


@virtual_time
async def test_over_the_bound_people_hear_busy_and_facts_about_lines_still_count(tmp_path):
    async with room_in(tmp_path) as room:
        asked = [asyncio.create_task(room.submit(MUTE, CHAIR)) for _ in range(PEOPLE)]
        late = asyncio.create_task(room.submit(UNMUTE, CHAIR))
        await asyncio.sleep(0)
        for site in SITES:
            room.post(LinkUp(site=site))
        with pytest.raises(RoomBusy):
            await late
        await asyncio.gather(*asked)
        await room.submit(UNMUTE, CHAIR)
        assert {site.link for site in room.conference.sites.values()} == {Link.UP}


@virtual_time
async def test_a_fact_about_a_site_we_do_not_know_is_logged_and_harms_nothing(tmp_path):
    async with room_in(tmp_path) as room:
        with capture_logs() as logs:
            room.post(LinkUp(site="99"))
            assert (await room.submit(OPEN, CHAIR)).rev == 2
    assert [(line["command"], line["code"]) for line in logs if "code" in line] == [
        ("link.up", RefusalCode.SITE_NOT_FOUND)
    ]


@virtual_time
async def test_when_the_journal_cannot_write_all_are_told_and_nothing_has_happened(tmp_path):
    async with room_in(tmp_path) as room:
        disk, before, told = Disk(room), room.conference, []
        room.emitter.on_changed(told.append)
        disk.full = True
        answers = await asyncio.gather(
            room.submit(MUTE, CHAIR, "k1"),
            room.submit(OPEN, VIEWER),
            room.submit(OPEN, CHAIR, "k2"),
            return_exceptions=True,
        )
        assert [type(answer) for answer in answers] == [RoomNotDurable] * 3
        assert (room.conference, room.rev, told) == (before, 1, [])
        disk.full = False
        assert await room.submit(MUTE, CHAIR, "k1") == replace(
            await room.submit(MUTE, CHAIR, "k1"), repeated=False
        )
        assert (room.rev, len(on_disk(room))) == (2, 2)


@virtual_time
async def test_facts_about_lines_and_what_is_due_are_tried_again_every_second(tmp_path):
    async with room_in(tmp_path) as room:
        await opened(room, "01", "02")
        room.post(LinkLost(site="02"))
        await asyncio.sleep(119)
        disk = Disk(room)
        disk.full = True
        room.post(LinkLost(site="01"))
        await asyncio.sleep(3.5)
        assert disk.tried_at == [119, 120, 121, 122]
        disk.full = False
        await asyncio.sleep(1)
        assert room.conference.sites["01"].link is Link.LOST
        assert room.conference.sites["02"].link is Link.DOWN
        await asyncio.sleep(100)
        assert disk.tried_at == [119, 120, 121, 122, 123]


@virtual_time
async def test_closing_on_a_full_disk_comes_to_an_end(tmp_path):
    async with room_in(tmp_path) as room:
        Disk(room).full = True
        asked = asyncio.create_task(room.submit(MUTE, CHAIR))
        room.post(LinkUp(site="01"))
        await asyncio.sleep(0)
        await room.close()
        with pytest.raises(RoomNotDurable):
            await asked


@virtual_time
async def test_a_bug_ends_the_room_and_everybody_is_told(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    answers = []

    async def service():
        async with room_in(tmp_path) as room:
            answers.extend(
                await asyncio.gather(
                    room.submit(MUTE, CHAIR), room.submit(OPEN, CHAIR), return_exceptions=True
                )
            )
            answers.extend(await asyncio.gather(room.submit(OPEN, CHAIR), return_exceptions=True))

    monkeypatch.setattr(batches, "decide", broken)
    with capture_logs() as logs, pytest.raises(ZeroDivisionError):
        await service()
    assert [type(answer) for answer in answers] == [RoomFailed] * 3
    assert "room.failed" in [line["event"] for line in logs]
    monkeypatch.undo()
    async with room_in(tmp_path) as room:
        assert (await room.submit(OPEN, CHAIR)).rev == 2


@virtual_time
async def test_closing_answers_what_waits_and_takes_no_more(tmp_path):
    async with room_in(tmp_path) as room:
        waiting = asyncio.create_task(room.submit(MUTE, CHAIR))
        await asyncio.sleep(0)
        closing = asyncio.create_task(room.close())
        await asyncio.sleep(0)
        with pytest.raises(RoomClosed):
            await room.submit(OPEN, CHAIR)
        room.post(LinkUp(site="01"))
        assert (await waiting).rev == 2
        await closing
        assert len(on_disk(room)) == 2


@virtual_time
async def test_closing_while_the_journal_writes_still_answers_what_came_meanwhile(tmp_path):
    async with room_in(tmp_path) as room:
        disk = Disk(room)
        disk.free.clear()
        first = asyncio.create_task(room.submit(MUTE, CHAIR))
        await asyncio.sleep(1)
        second = asyncio.create_task(room.submit(UNMUTE, CHAIR))
        await asyncio.sleep(1)
        closing = asyncio.create_task(room.close())
        await asyncio.sleep(1)
        disk.free.set()
        assert [(await first).rev, (await second).rev] == [2, 3]
        await closing


@virtual_time
async def test_a_room_that_is_cancelled_tells_who_waits(tmp_path):
    journals = Journals(tmp_path)
    room = await Room.resume(journals, emitter=Emitter(), sites=SITES, title="t")
    running = asyncio.create_task(room.run())
    Disk(room).free.clear()
    asked = asyncio.create_task(room.submit(MUTE, CHAIR))
    await asyncio.sleep(1)
    running.cancel()
    with pytest.raises(RoomClosed):
        await asked
    with pytest.raises(asyncio.CancelledError):
        await running
    journals.close()


@virtual_time
async def test_a_second_service_on_the_same_state_is_refused(tmp_path):
    async with room_in(tmp_path) as room:
        with pytest.raises(JournalBusy):
            async with room_in(tmp_path):
                pass
        assert room.rev == 1


# Restart (I14, I19).


@virtual_time
async def test_the_journal_folds_to_the_live_state_after_every_single_command(tmp_path):
    chance = random.Random(110)
    wishes = [OPEN, ChairPhase(to=Phase.RECESS), MUTE, UNMUTE]
    wishes += [ChairCall(site=site) for site in SITES] + [FloorRequest(site=s) for s in SITES]
    async with room_in(tmp_path) as room:
        for _ in range(100):
            await asyncio.sleep(chance.choice([0, 0.3, 7, 21]))
            room.post(
                chance.choice([LinkUp, LinkUp, LinkLost, SiteLeft])(site=chance.choice(SITES))
            )
            rev = room.rev
            answer = await room.submit(chance.choice(wishes), CHAIR)
            records = on_disk(room)
            assert folded(records) == room.conference
            assert len(records) == room.rev
            if isinstance(answer, Refusal):
                assert room.rev <= rev + 2  # a tick and the line
        assert room.rev > 70


@pytest.mark.parametrize("outage_s", [0, 5, 86_400])
@virtual_time
async def test_after_a_restart_all_is_as_it_was_but_every_line_is_lost_from_now(tmp_path, outage_s):
    async with room_in(tmp_path) as room:
        await opened(room, "01", "02", "110")
        await room.submit(ChairCall(site="01"), CHAIR)
        await room.submit(FloorRequest(), province("02"))
        await room.submit(ChairMute(site="48"), CHAIR)
        await asyncio.sleep(50)
        await room.submit(FloorRequest(), province("79"))
        before, rev, at_s = room.conference, room.rev, room.now_s
    await asyncio.sleep(outage_s)
    async with room_in(tmp_path) as room:
        after = room.conference
        assert (room.rev, room.now_s) == (rev + 1, at_s)
        assert on_disk(room)[-1].command == "recover"
        assert (after.id, after.phase, after.queue) == (before.id, before.phase, before.queue)
        assert after.sites["48"].blocked
        assert after.sites["01"].link is after.sites["02"].link is Link.LOST
        assert gate.open_gates(after) == frozenset()
        (holder,) = after.holders
        assert (holder.site, holder.used_s, holder.since_s) == ("01", 35.0, None)
        await asyncio.sleep(19)
        room.post(LinkUp(site="01"))
        await asyncio.sleep(10)
        (holder,) = room.conference.holders
        assert (holder.used_s, holder.since_s) == (35.0, at_s + 19)


@pytest.mark.parametrize(
    ("passed_s", "spoken_s"), [(0, 35.0), (90, 125.0), (-5, 35.0), (86_400, 3635.0)]
)
@virtual_time
async def test_whoever_speaks_on_through_a_restart_is_charged_for_it(tmp_path, passed_s, spoken_s):
    begun = datetime(2020, 5, 29, 1, 0, tzinfo=UTC)
    async with room_in(tmp_path, wall=lambda: begun) as room:
        await opened(room, "01", "110")
        await room.submit(ChairCall(site="01"), CHAIR)
        await asyncio.sleep(50)
        await room.submit(FloorRequest(), province("02"))
        at_s = room.now_s
    later = begun + timedelta(seconds=passed_s)
    async with room_in(tmp_path, wall=lambda: later, alive=frozenset({"01", "110"})) as room:
        (holder,) = room.conference.holders
        assert holder.since_s is not None
        assert holder.spoken_s(room.now_s) == spoken_s
        assert room.now_s - at_s == spoken_s - 35.0


@virtual_time
async def test_a_restart_with_nobody_there_leaves_no_trace(tmp_path):
    async with room_in(tmp_path) as room:
        await room.submit(OPEN, CHAIR)
    async with room_in(tmp_path) as room:
        assert room.rev == 2


@virtual_time
async def test_a_closed_conference_is_resumed_for_as_long_as_it_may_be_opened_again(tmp_path):
    def at(minute, second=0):
        return lambda: datetime(2020, 5, 29, 1, minute, second, tzinfo=UTC)

    async with room_in(tmp_path, wall=at(0)) as room:
        await room.submit(CLOSE, CHAIR)
    async with room_in(tmp_path, wall=at(15)) as room:
        assert (room.conference.id, room.conference.phase) == ("20200529-0800-7f3a", Phase.CLOSED)
        await room.submit(OPEN, CHAIR)
        await room.submit(CLOSE, CHAIR)
    async with room_in(tmp_path, wall=at(30, 1), title="Hội nghị sau") as room:
        assert (room.conference.id, room.conference.phase) == ("20200529-0830-7f3a", Phase.LOBBY)
        assert (room.conference.title, room.rev) == ("Hội nghị sau", 1)


@virtual_time
async def test_a_journal_that_never_got_its_first_record_is_passed_over(tmp_path):
    async with room_in(tmp_path) as room:
        await room.submit(OPEN, CHAIR)
    (tmp_path / "20200529-0801-0000.journal").touch()
    async with room_in(tmp_path) as room:
        assert (room.conference.id, room.rev) == ("20200529-0800-7f3a", 2)


# The next conference.


@virtual_time
async def test_the_next_conference_has_its_own_journal_and_time_and_everybody_hears_of_it(tmp_path):
    async with room_in(tmp_path) as room:
        room.post(LinkUp(site="01"))
        await room.submit(OPEN, CHAIR, "k1")
        await asyncio.sleep(60)
        await room.submit(CLOSE, CHAIR, "k2")
        begun = []
        room.emitter.on_begun(lambda: begun.append((room.conference.id, room.rev)))
        answer = await room.begin_next("Hội nghị sau", actor=CHAIR, command_id="k3")
        (event,) = answer.events
        assert isinstance(event, ConferenceBegun)
        assert (event.title, event.rehearsal, answer.rev) == ("Hội nghị sau", False, 1)
        assert begun == [("20200529-0800-7f3b", 1)]
        assert not (tmp_path / "20200529-0800-7f3a.journal-wal").exists()  # it was closed
        assert (room.conference.phase, room.now_s) == (Phase.LOBBY, 0.0)
        assert {site.link for site in room.conference.sites.values()} == {Link.DOWN}
        (record,) = on_disk(room)
        assert (record.actor, record.authority, record.command_id) == ("an", Role.CHAIR, "k3")
        await asyncio.sleep(5)
        # An id belongs to its conference: this opens the new one.
        assert await room.submit(OPEN, CHAIR, "k1") == Accepted(
            rev=2, events=(PhaseChanged(at_s=5.0, to=Phase.OPEN),)
        )
    async with room_in(tmp_path) as room:
        assert (room.conference.title, room.rev) == ("Hội nghị sau", 2)


@virtual_time
async def test_a_conference_in_its_lobby_is_closed_by_whoever_begins_the_next(tmp_path):
    async with room_in(tmp_path) as room:
        changes = []
        room.emitter.on_changed(changes.append)
        assert (await room.begin_next("Diễn tập", rehearsal=True, actor=TECHNICIAN)).rev == 1
        (change,) = changes
        assert (change.after.phase, change.authority) == (Phase.CLOSED, Role.TECHNICIAN)
        assert room.conference.rehearsal
        former = read_only(tmp_path / f"{change.after.id}.journal").records
        assert folded(former).phase is Phase.CLOSED


@virtual_time
async def test_the_technician_may_begin_after_the_chair_has_closed(tmp_path):
    async with room_in(tmp_path) as room:
        await room.submit(CLOSE, CHAIR)
        assert (await room.begin_next("Diễn tập", rehearsal=True, actor=TECHNICIAN)).rev == 1


@virtual_time
async def test_what_a_listener_says_of_the_new_conference_is_heard(tmp_path):
    async with room_in(tmp_path) as room:
        room.emitter.on_begun(lambda: room.post(LinkUp(site="01")))
        await room.begin_next("t", actor=CHAIR)
        await room.submit(OPEN, CHAIR)
        assert room.conference.sites["01"].link is Link.UP


@virtual_time
async def test_a_running_conference_is_not_swept_away(tmp_path):
    async with room_in(tmp_path) as room:
        for phase in (Phase.OPEN, Phase.RECESS):
            await room.submit(ChairPhase(to=phase), CHAIR)
            before, rev = room.conference, room.rev
            answer = await room.begin_next("t", actor=CHAIR)
            assert isinstance(answer, Refusal)
            assert answer.code is RefusalCode.BAD_STATE
            assert (room.conference, room.rev) == (before, rev)


@virtual_time
async def test_a_running_rehearsal_ends_by_the_chairs_authority_only(tmp_path):
    async with room_in(tmp_path) as room:
        await room.begin_next("Diễn tập", rehearsal=True, actor=CHAIR)
        await room.submit(OPEN, CHAIR)
        answer = await room.begin_next("t", actor=TECHNICIAN)
        assert isinstance(answer, Refusal)
        assert room.conference.phase is Phase.OPEN
        assert (await room.begin_next("t", actor=CHAIR)).rev == 1
        assert not room.conference.rehearsal


@pytest.mark.parametrize("actor", [VIEWER, province("01")])
@pytest.mark.parametrize("closed", [False, True])
@virtual_time
async def test_others_begin_nothing(tmp_path, actor, closed):
    async with room_in(tmp_path) as room:
        if closed:
            await room.submit(CLOSE, CHAIR)
        before = room.conference
        answer = await room.begin_next("t", actor=actor)
        assert isinstance(answer, Refusal)
        assert answer.code is RefusalCode.NOT_AUTHORIZED
        assert room.conference == before


@virtual_time
async def test_begin_sent_twice_begins_one(tmp_path):
    async with room_in(tmp_path) as room:
        first, second = await asyncio.gather(
            room.begin_next("t", actor=CHAIR, command_id="k1"),
            room.begin_next("t", actor=CHAIR, command_id="k1"),
        )
        assert second == replace(first, repeated=True)
        assert await room.begin_next("t", actor=CHAIR, command_id="k1") == second
    assert len(list(tmp_path.glob("*.journal"))) == 2


@virtual_time
async def test_what_was_sent_to_the_former_conference_is_not_done_in_the_next(tmp_path):
    async with room_in(tmp_path) as room:
        room.post(LinkUp(site="01"))
        before, begun, late = await asyncio.gather(
            room.submit(MUTE, CHAIR),
            room.begin_next("t", actor=CHAIR),
            room.submit(MUTE, CHAIR),
        )
        assert (before.rev, begun.rev) == (3, 1)
        assert late.code is RefusalCode.BAD_STATE
        assert room.conference == folded(on_disk(room))
        assert (room.rev, room.conference.sites["01"].link) == (1, Link.DOWN)


@virtual_time
async def test_a_begin_that_is_refused_holds_up_nobody(tmp_path):
    async with room_in(tmp_path) as room:
        await room.submit(OPEN, CHAIR)
        refused, muted, again = await asyncio.gather(
            room.begin_next("t", actor=CHAIR),
            room.submit(MUTE, CHAIR),
            room.begin_next("t", actor=CHAIR),
        )
        assert refused.code is again.code is RefusalCode.BAD_STATE
        assert muted.rev == 3


@virtual_time
async def test_when_the_next_cannot_be_written_the_room_stays_and_may_try_again(
    tmp_path, monkeypatch
):
    async with room_in(tmp_path) as room:

        async def create(_):
            raise JournalFailed("disk full")

        monkeypatch.setattr(room._setting.journals, "create", create)
        with pytest.raises(RoomNotDurable):
            await room.begin_next("t", actor=CHAIR, command_id="k1")
        assert room.conference.phase is Phase.CLOSED
        monkeypatch.undo()
        assert (await room.begin_next("t", actor=CHAIR, command_id="k1")).rev == 1

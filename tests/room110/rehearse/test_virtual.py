"""The player on the real room: what it tells, what it compares, what it would find."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from bridge.conference import commands
from bridge.conference.words import Phase, RefusalCode
from bridge.journal import Journals
from bridge.records import read_only
from config.roster import load_roster
from room110.rehearse import steps
from room110.rehearse import virtual as module
from room110.rehearse.people import CHAIR, SECRETARY, SPARE, TECHNICIAN, room
from room110.rehearse.virtual import virtual_player
from tests.support.autojump import virtual_time

ROSTER = load_roster()
OPEN = steps.Say(by=CHAIR, command=commands.ChairPhase(to=Phase.OPEN))
CALL = steps.Say(by=CHAIR, command=commands.ChairCall(site="01"))
UP = steps.Lines(sites=("01", "02", "110"), to="up")


def playing(directory):
    return virtual_player(directory, ROSTER, "Hội nghị", seed=1, tell=lambda _: None)


@asynccontextmanager
async def played(directory, *script):
    async with playing(directory) as player:
        await player.play((steps.Consoles(people=(CHAIR, SPARE, SECRETARY), on=True), *script))
        yield player


@virtual_time
async def test_it_is_a_rehearsal_with_a_journal_of_its_own(tmp_path):
    async with played(tmp_path) as player:
        conference = player.checker.conference
        assert conference.rehearsal
        assert player.journal == tmp_path / f"{conference.id}.journal"
        assert conference.id.startswith("20261126-0700-")
        assert conference.consoles.keys() == {"chair", "chair.spare", "secretary"}


@virtual_time
async def test_lines_consoles_and_microphones_are_facts_of_the_house(tmp_path):
    lost = steps.Lines(sites=("02",), to="lost")
    left = steps.Lines(sites=("110",), to="left")
    away = steps.Consoles(people=(SPARE,), on=False)
    async with played(
        tmp_path, UP, OPEN, CALL, steps.Mic(site="01"), lost, left, away,
        steps.Standby(site="02", on=True),
    ) as player:  # fmt: skip
        assert player.faults == []
        conference = player.checker.conference
        links = {code: conference.sites[code].link for code in ("01", "02", "110")}
        assert links == {"01": "up", "02": "lost", "110": "down"}
        assert conference.consoles.keys() == {"chair", "secretary"}
        assert conference.holders[0].started
        assert conference.sites["02"].standby
        assert player.screen.up == {"01"}


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        (steps.Heard(sites=("02",)), "['01', '110'] are heard"),
        (steps.Heard(sites=("01",), centre=False), "['01', '110'] are heard"),
        (steps.Heard(sites=("01",), probed="02"), "{} is heard in private"),
        (steps.Say(by=CHAIR, command=commands.ChairRevoke(), refused=RefusalCode.STALE),
         "yes, not stale"),
    ],
)  # fmt: skip
@virtual_time
async def test_what_is_not_as_written_is_a_fault(tmp_path, step, fault):
    async with played(tmp_path, UP, OPEN, CALL, step) as player:
        (told,) = player.faults
        assert told.endswith(fault)


@virtual_time
async def test_another_limit_than_the_scripts_is_a_fault(tmp_path):
    call = steps.Say(by=CHAIR, command=commands.ChairCall(site="01"), limit_s=420)
    async with played(tmp_path, UP, OPEN, call) as player:
        assert player.faults[0].endswith("[300] s are bound, not 420")


@virtual_time
async def test_a_restart_is_a_new_room_on_the_same_journal(tmp_path):
    async with played(tmp_path, UP, OPEN, CALL, steps.Mic(site="01")) as player:
        before = player.checker.conference
        await asyncio.sleep(60)
        await player.play((steps.Restart(),))
        assert player.faults == []
        after = player.checker.conference
        assert (after.id, after.consoles) == (before.id, before.consoles)
        assert after.sites["01"].link == "up"
        spoken_s = after.holders[0].spoken_s(read_only(player.journal).records[-1].at_s)
        assert spoken_s == pytest.approx(64, abs=0.1)
        await player.play((steps.Restart(whole=True), steps.Heard(sites=("01",))))
        assert player.faults == []
        assert player.checker.commands["recover"] == 2
        assert player.checker.checks["I19"] == 2
        assert player.checker.checks["I20"] == 2
        assert player.checker.violations == []


@virtual_time
async def test_a_refused_command_that_was_written_down_is_found(tmp_path, monkeypatch):
    async with played(tmp_path, UP, OPEN, CALL) as player:
        real = player._room.submit

        async def lying(command, actor, command_id, *, seen_rev):
            await real(commands.ChairRevoke(), actor)
            return await real(command, actor, command_id, seen_rev=seen_rev)

        monkeypatch.setattr(player._room, "submit", lying)
        no = commands.ChairRevoke()
        await player.play((steps.Say(by=CHAIR, command=no, refused=RefusalCode.BAD_STATE),))
        assert {v.invariant for v in player.checker.violations} == {"I8"}


@virtual_time
async def test_a_journal_that_tells_another_story_is_found(tmp_path, monkeypatch):
    async with playing(tmp_path) as player:
        await player.play((UP,))
        monkeypatch.setattr(module, "fold", lambda _: None)
    assert {v.invariant for v in player.checker.violations} == {"I14"}


@virtual_time
async def test_the_journal_is_free_when_it_is_over(tmp_path):
    with pytest.raises(ZeroDivisionError):
        async with playing(tmp_path):
            raise ZeroDivisionError
    Journals(tmp_path).close()


@virtual_time
async def test_a_technician_may_do_in_the_lobby_what_a_site_may_not(tmp_path):
    probe = commands.SiteProbe(site="01")
    async with played(
        tmp_path,
        UP,
        steps.Say(by=TECHNICIAN, command=probe),
        steps.Heard(centre=False, probed="01"),
        steps.Say(by=room("01"), command=probe, refused=RefusalCode.NOT_AUTHORIZED),
        steps.Film(on=True),
    ) as player:
        assert player.faults == []

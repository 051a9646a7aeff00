"""Chance breaks in; the invariants hold (room110/rehearse/run plays it in full)."""

from __future__ import annotations

from random import Random

import pytest

from bridge.conference.commands import AgendaNext, ChairGrant
from config.roster import load_roster
from room110.rehearse import steps
from room110.rehearse.stress import ALL, stress
from room110.rehearse.virtual import virtual_player
from room110.rehearse.virtual_time import run_autojump
from tests.room110.rehearse.playing import commands_of

ROSTER = load_roster()


def test_everybody_reports_once():
    script = stress(ROSTER.codes[:63], Random(1))
    assert len(commands_of(script, AgendaNext)) == 63
    given = [s for s in script if isinstance(s, steps.Say) and s.turn]
    assert [say.of for say in given] == [*ROSTER.codes[:63]]
    assert {type(say.command) for say in given} == {ChairGrant}


@pytest.mark.parametrize("disturbance", ALL)
def test_no_disturbance_breaks_an_invariant(tmp_path, disturbance, monkeypatch):
    monkeypatch.setattr("room110.rehearse.stress.ALL", (disturbance,))
    monkeypatch.setattr("room110.rehearse.stress.DISTURBANCES", 2)
    script = stress(ROSTER.codes[:5], Random(3))

    async def play():
        async with virtual_player(tmp_path, ROSTER, "t", seed=1, tell=lambda _: None) as player:
            await player.play(script)
        return player

    player = run_autojump(play())
    assert player.faults == []
    assert player.checker.violations == []
    assert player.checker.conference.phase == "closed"

from __future__ import annotations

from bridge.conference.commands import ChairPhase
from room110.rehearse import steps
from room110.rehearse.ending import ending
from tests.room110.rehearse.playing import commands_of, part


def test_it_is_closed_twice_and_opened_again():
    phases = [command.to for command in commands_of(part(ending), ChairPhase)]
    assert phases == ["recess", "open", "closed", "open", "closed"]


def test_the_whole_service_dies_in_the_recess():
    (restart,) = [step for step in part(ending) if isinstance(step, steps.Restart)]
    assert restart.whole


def test_everybody_leaves():
    *_, lines, consoles = part(ending)
    assert (lines.to, len(lines.sites)) == ("left", 63)
    assert (consoles.on, len(consoles.people)) == (False, 6)

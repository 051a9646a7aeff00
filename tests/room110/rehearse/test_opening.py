from __future__ import annotations

from bridge.conference import commands
from room110.rehearse import steps
from room110.rehearse.opening import opening
from tests.room110.rehearse.playing import a_cast, commands_of, part, said


def test_two_come_late_and_say_so():
    script = part(opening)
    late = [step.sites for step in script if isinstance(step, steps.Lines)]
    assert late == [(site,) for site in a_cast().late]
    answers = [say.by.site for say in said(script) if type(say.command) is commands.RollcallAnswer]
    assert answers == [*a_cast().late]


def test_four_items_come_before_the_reports():
    assert len(commands_of(part(opening), commands.AgendaNext)) == 4


def test_the_film_runs_and_ends():
    assert [step.on for step in part(opening) if isinstance(step, steps.Film)] == [True, False]

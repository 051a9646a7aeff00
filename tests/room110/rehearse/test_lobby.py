from __future__ import annotations

from bridge.conference import commands
from room110.rehearse import steps
from room110.rehearse.lobby import lobby
from tests.room110.rehearse.playing import a_cast, commands_of, part, said


def test_everybody_is_listened_to_in_seat_order():
    probed = [command.site for command in commands_of(part(lobby), commands.SiteProbe)]
    assert [site for site in probed if site] == [*a_cast().present]


def test_sixty_answer_the_roll_and_one_is_excused():
    script = part(lobby)
    answers = [say.by.site for say in said(script) if type(say.command) is commands.RollcallAnswer]
    assert answers == [*a_cast().present]
    marked = [c for c in commands_of(script, commands.RollcallMark) if c.mark == "excused"]
    assert [(c.site, bool(c.reason)) for c in marked] == [("95", False), ("95", True)]


def test_room_110_is_never_heard():
    assert {step.centre for step in part(lobby) if isinstance(step, steps.Heard)} == {False}

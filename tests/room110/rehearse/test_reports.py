from __future__ import annotations

import pytest

from bridge.conference import commands
from bridge.conference.words import Via
from room110.rehearse import steps
from room110.rehearse.acts import REPORT_S
from room110.rehearse.reports import COURSES, reports
from tests.room110.rehearse.playing import a_cast, commands_of, part, said


@pytest.mark.parametrize("sites", [8, 10, 15, 63])
def test_every_report_is_given_once_whatever_happens(sites):
    given = [
        say.of or say.command.site for say in said(part(reports, sites)) if say.limit_s == REPORT_S
    ]
    assert sorted(given) == sorted(a_cast(sites).reports)


def test_one_is_skipped_and_returns_one_is_put_off():
    script = part(reports)
    (skipped,) = commands_of(script, commands.AgendaSkip)
    (returned,) = commands_of(script, commands.AgendaReturn)
    assert skipped.item == returned.item
    (put_off,) = commands_of(script, commands.AgendaDefer)
    assert put_off.after == put_off.item + 1


def test_with_twelve_everything_happens():
    script = part(reports)
    lost = [step for step in script if isinstance(step, steps.Lines) and step.to == "lost"]
    assert len(lost) == 3
    assert len(commands_of(script, commands.SiteCut)) == 2
    phone = [c for c in commands_of(script, commands.ChairCall) if c.via is Via.PHONE]
    assert len(phone) == 1
    assert sum(isinstance(step, steps.Restart) for step in script) == 1
    assert len(COURSES) == 10


def test_control_dies_also_where_there_are_few():
    assert sum(isinstance(step, steps.Restart) for step in part(reports, 8)) == 1

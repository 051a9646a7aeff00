from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c
from bridge.conference.words import Mark
from room110.cli.rollcall import MarkName

ROLL = {
    "rev": 7,
    "now": 100.0,
    "open": True,
    "marks": {
        "11": {"mark": "present", "at_s": 61.0, "by": "tech", "head": "Bà Hoa", "count": 12},
        "20": {"mark": "excused", "at_s": 5.0, "by": "thu.ky", "reason": "Bão"},
    },
}


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["open"], c.RollcallOpen()),
        (["close"], c.RollcallClose()),
        (["mark", "11", "late"], c.RollcallMark(site="11", mark=Mark.LATE)),
        (
            ["mark", "11", "excused", "--reason", "Bão"],
            c.RollcallMark(site="11", mark=Mark.EXCUSED, reason="Bão"),
        ),
        (
            ["mark", "11", "present", "--head", "Bà Hoa", "--title", "Giám đốc", "--count", "0"],
            c.RollcallMark(site="11", mark=Mark.PRESENT, head="Bà Hoa", title="Giám đốc", count=0),
        ),
        (["mark", "11", "none"], c.RollcallMark(site="11", mark=None)),
    ],
)
def test_the_roll_is_called_by_commands(room110, service, args, command):
    code, out, err = room110("rollcall", *args)

    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert service.commands() == [command]
    assert service.bearer().roles == {"secretary"}
    assert json.loads(room110("rollcall", *args, "--json")[1])["rev"] == 7


def test_a_reason_is_asked_for_before_anybody_is_marked(room110, service):
    code, _, err = room110("rollcall", "mark", "11", "absent")

    assert (code, err) == (2, "room110: absent needs --reason\n")
    assert service.asks() == []


def test_every_site_is_shown_with_its_mark(room110, service):
    service.answers["GET", "/api/v1/rollcall"] = (200, ROLL)

    _, out, _ = room110("rollcall", "show")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "the roll is being called; not marked 61, present 1, excused 1"
    assert "11 Điện Biên present 0:01:01 Bà Hoa 12 tech" in lines
    assert "20 Lạng Sơn excused 0:00:05 Bão thu.ky" in lines
    # Room 110 is where the roll is called.
    assert not any(line.startswith("110 ") for line in lines)
    assert json.loads(room110("rollcall", "show", "--json")[1]) == {"schema_version": 1, **ROLL}


def test_the_words_are_those_of_the_conference():
    assert {mark.value for mark in MarkName} - {"none"} == {mark.value for mark in Mark}

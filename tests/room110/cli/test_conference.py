from __future__ import annotations

import io
import json

import pytest

from bridge.conference import commands as c
from bridge.conference.words import Phase, SlateKind

CONFERENCE = {
    "rev": 7,
    "now": 3725.0,
    "conference": "c-20200529",
    "title": "Hội nghị giám đốc Sở",
    "phase": "open",
    "phase_since_s": 1800.0,
    "locked": True,
    "rollcall_open": False,
}
CHAIR = {"rev": 7, "chair": {"epoch": 1}, "consoles": {"thu.ky": ["secretary", "technician"]}}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def conference(service):
    service.answers["GET", "/api/v1/conference"] = (200, CONFERENCE)
    service.answers["GET", "/api/v1/chair"] = (200, CHAIR)
    return service


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["open"], c.ChairPhase(to=Phase.OPEN)),
        (["recess"], c.ChairPhase(to=Phase.RECESS)),
        (["close", "--yes"], c.ChairPhase(to=Phase.CLOSED)),
        (["close", "-y"], c.ChairPhase(to=Phase.CLOSED)),
        (["lock"], c.ConferenceLock(on=True)),
        (["lock", "--off"], c.ConferenceLock(on=False)),
    ],
)
def test_phases_and_the_lock_are_commands(room110, conference, args, command):
    code, out, err = room110("conference", *args)

    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert conference.commands() == [command]
    assert conference.bearer().roles == {"chair"}
    assert json.loads(room110("conference", *args, "--json")[1])["rev"] == 7


def test_a_recess_may_say_until_when(room110, conference):
    until = "2020-05-29T09:45:00+00:00"
    room110("conference", "recess", "--until", until, "--text", "Tạm nghỉ")

    slate, phase = conference.commands()
    assert (slate.slate, slate.text) == (SlateKind.RECESS, "Tạm nghỉ")
    assert slate.until == until
    # First what is written, then that it is shown.
    assert phase == c.ChairPhase(to=Phase.RECESS)


def at_a_terminal(monkeypatch, answers):
    monkeypatch.setattr("sys.stdin", Terminal(answers))


@pytest.mark.parametrize(
    ("answers", "code", "closed"), [("y\ny\n", 0, 1), ("y\nn\n", 1, 0), ("n\n", 1, 0)]
)
def test_the_end_is_asked_for_twice(room110, conference, monkeypatch, answers, code, closed):
    at_a_terminal(monkeypatch, answers)

    got, out, err = room110("conference", "close")

    assert (got, out) == (code, "")
    assert "End Hội nghị giám đốc Sở?" in err
    assert len(conference.commands()) == closed


def test_where_nobody_can_be_asked_nothing_is_ended(room110, conference, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\ny\n"))

    code, _, err = room110("conference", "close")

    assert code == 2 and "--yes" in err
    assert conference.commands() == []


def test_what_is_not_closed_is_not_opened_again(room110, conference):
    code, _, err = room110("conference", "reopen")

    assert (code, err) == (1, "room110: the conference is open, not closed\n")
    conference.answers["GET", "/api/v1/conference"] = (200, {**CONFERENCE, "phase": "closed"})
    assert room110("conference", "reopen")[0] == 0
    assert conference.commands() == [c.ChairPhase(to=Phase.OPEN)]
    assert conference.seen() == ['"7"']


def test_the_next_one_begins(room110, service):
    service.answers["POST", "/api/v1/conference"] = (201, {"rev": 1, "conference": "c-2"})

    assert room110("conference", "begin", "Hội nghị", "--rehearsal") == (0, "", "c-2 has begun\n")
    assert service.asks() == [
        ("POST", "/api/v1/conference", {"title": "Hội nghị", "rehearsal": True})
    ]


def test_it_is_shown_with_its_chair_and_consoles(room110, conference):
    _, out, _ = room110("conference", "show")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:3] == [
        "Hội nghị giám đốc Sở (c-20200529)",
        "open since 0:30:00, locked; now 1:02:05",
        "the named chair has the chair",
    ]
    assert "thu.ky secretary, technician" in lines
    shown = json.loads(room110("conference", "show", "--json")[1])
    assert (shown["phase"], shown["consoles"]) == ("open", CHAIR["consoles"])


def test_a_chair_that_is_away_is_told(room110, conference):
    chair = {"deputy": "thu.truong.b", "epoch": 2, "away_since_s": 3700.0}
    conference.answers["GET", "/api/v1/chair"] = (200, {"rev": 7, "chair": chair, "consoles": {}})

    assert (
        "thu.truong.b has the chair, as deputy; no console of it is connected since 1:01:40"
        in room110("conference", "show")[1]
    )

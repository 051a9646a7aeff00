from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c
from bridge.conference.words import ItemKind

AGENDA = {
    "rev": 7,
    "now": 2467.0,
    "opened_s": 1500.0,
    "late_s": 300.0,
    "order": [2, 1],
    "current": 2,
    "items": {
        "1": {
            "kind": "site",
            "site": "11",
            "title": "Tham luận",
            "minutes": 7,
            "status": "planned",
        },
        "2": {
            "kind": "centre",
            "title": "Khai mạc",
            "minutes": 10,
            "speaker": "Bộ trưởng",
            "position": "Chủ trì",
            "status": "current",
            "started_s": 2400.0,
            "took_s": 60.0,
        },
    },
}


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "agenda.csv"
    path.write_text(
        "kind,title,minutes,site,group\n"
        "centre,Khai mạc,10,,\n"
        "site,Tham luận của Điện Biên,7,Điện Biên,Nhóm 2\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["next"], c.AgendaNext()),
        (["next", "3"], c.AgendaNext(item=3)),
        (["finish"], c.AgendaFinish()),
        (["skip", "3"], c.AgendaSkip(item=3)),
        (["defer", "3"], c.AgendaDefer(item=3)),
        (["defer", "3", "--after", "5"], c.AgendaDefer(item=3, after=5)),
        (["return", "3"], c.AgendaReturn(item=3)),
    ],
)
def test_going_through_it_is_commands(room110, service, args, command):
    code, out, err = room110("agenda", *args)

    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert service.commands() == [command]
    assert service.bearer().roles == {"chair"}
    assert json.loads(room110("agenda", *args, "--json")[1])["rev"] == 7


def test_a_file_is_loaded(room110, service, csv):
    code, out, err = room110("agenda", "load", str(csv))

    assert (code, out) == (0, "")
    assert "2 items are on the agenda" in err
    (load,) = service.commands()
    assert [(item.kind, item.site, item.minutes) for item in load.items] == [
        (ItemKind.CENTRE, None, 10),
        (ItemKind.SITE, "11", 7),
    ]
    assert (load.items[1].group, load.append) == ("Nhóm 2", False)
    assert service.bearer().roles == {"secretary"}
    room110("agenda", "load", str(csv), "--append")
    assert service.commands()[1].append is True


def test_a_file_is_checked_without_asking_anybody(room110, service, csv):
    code, out, err = room110("agenda", "check", str(csv), "--start", "08:00")

    assert code == 0
    assert "11 Điện Biên" in out and "Nhóm 2" in out
    assert err
    assert service.asks() == []
    said = json.loads(room110("agenda", "check", str(csv), "--json")[1])
    assert [item["title"] for item in said["items"]] == ["Khai mạc", "Tham luận của Điện Biên"]
    assert said["warnings"]


def test_a_wrong_file_is_told_line_by_line_and_changes_nothing(room110, service, csv):
    csv.write_text("kind,title,minutes\nsite,A,7\ncentre,B,soon\n", encoding="utf-8")

    for command in ("check", "load"):
        code, out, err = room110("agenda", command, str(csv))
        assert (code, out) == (1, "")
        assert err.count("agenda.csv:") == 2
    _, out, _ = room110("agenda", "check", str(csv), "--json")
    assert len(json.loads(out)["problems"]) == 2
    assert service.asks() == []


def test_it_is_shown_in_order_with_how_late_it_is(room110, service):
    service.answers["GET", "/api/v1/agenda"] = (200, AGENDA)

    _, out, _ = room110("agenda", "show")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "5:00 behind the plan"
    assert lines[-2:] == [
        "2 current centre Khai mạc Bộ trưởng, Chủ trì 10:00 2:07",
        "1 planned site 11 Điện Biên Tham luận 7:00",
    ]
    assert json.loads(room110("agenda", "show", "--json")[1]) == {"schema_version": 1, **AGENDA}


def test_a_session_may_be_ahead(room110, service):
    service.answers["GET", "/api/v1/agenda"] = (200, {**AGENDA, "late_s": -61.0})

    assert room110("agenda", "show")[1].startswith("1:01 ahead of the plan")


def test_without_an_agenda_that_is_said(room110, service):
    service.answers["GET", "/api/v1/agenda"] = (200, {"rev": 1, "items": {}, "order": []})

    assert room110("agenda", "show") == (0, "", "there is no agenda\n")


def test_the_turn_of_an_item_is_named(room110, service):
    service.answers["POST", "/api/v1/agenda/next"] = (200, {"rev": 8, "request": 13})

    assert "its turn is request 13" in room110("agenda", "next")[2]

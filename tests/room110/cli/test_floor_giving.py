from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c
from bridge.conference.words import Via

FLOOR = {
    "rev": 7,
    "now": 3725.0,
    "queue": [10, 9],
    "requests": {
        "8": {"site": "11", "status": "granted"},
        "9": {"site": "79", "status": "accepted"},
        "10": {"site": "01", "status": "accepted"},
        "11": {"site": "01", "status": "pending"},
        "12": {"site": "02", "status": "pending"},
    },
}


@pytest.fixture
def floor(service):
    service.answers["GET", "/api/v1/floor"] = (200, FLOOR)
    return service


@pytest.mark.parametrize("name", ["11", "dien-bien", "Điện Biên", "dien bien"])
def test_a_site_is_called_by_any_of_its_names(room110, service, name):
    assert room110("floor", "call", name) == (0, "", "11 Điện Biên has the floor\n")
    assert service.asks() == [("POST", "/api/v1/floor/grants", {"site": "11"})]
    assert service.bearer().roles == {"chair"}


def test_a_call_may_have_its_own_limit(room110, service):
    room110("floor", "call", "11", "--limit", "5m")

    assert service.asks() == [("POST", "/api/v1/floor/grants", {"site": "11", "limit_s": 300})]


def test_a_call_answers_in_json(room110, service):
    service.answers["POST", "/api/v1/floor/grants"] = (200, {"rev": 8, "request": 13})

    _, out, err = room110("floor", "call", "11", "--json")

    assert json.loads(out) == {"schema_version": 1, "rev": 8, "request": 13, "site": "11"}
    assert err == ""


def test_an_unknown_site_is_told_before_anybody_is_asked(room110, service):
    code, _, err = room110("floor", "call", "dien bin")

    assert code == 2 and "did you mean 11 Điện Biên" in err
    assert service.asks() == []


def test_revoke_takes_the_floor_from_all(room110, service):
    assert room110("floor", "revoke") == (0, "", "nobody has the floor\n")
    assert service.asks() == [("DELETE", "/api/v1/floor/grants", None)]


def test_revoke_takes_the_floor_from_one(room110, floor):
    code, _, err = room110("floor", "revoke", "dien bien")

    assert (code, err) == (0, "11 Điện Biên has the floor no longer\n")
    assert floor.asks()[-1] == ("DELETE", "/api/v1/floor/grants/8", None)


def test_revoke_from_one_that_only_waits_changes_nothing(room110, floor):
    code, _, err = room110("floor", "revoke", "79")

    assert (code, err) == (1, "room110: 79 Hồ Chí Minh does not have the floor\n")
    assert floor.asks() == [("GET", "/api/v1/floor", None)]


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["call", "79", "--phone"], c.ChairCall(site="79", via=Via.PHONE)),
        (["call", "79", "--item", "3"], c.ChairCall(site="79", agenda_item=3)),
        (["call", "79", "--keep"], c.ChairCall(site="79", on_full="reject")),
        (
            ["call", "79", "--floor", "speech", "--floor", "content"],
            c.ChairCall(site="79", floors=("speech", "content")),
        ),
        (["grant", "79"], c.ChairGrant(request=9)),
        (
            ["grant", "79", "--replace", "--limit", "90s"],
            c.ChairGrant(request=9, on_full="replace", limit_s=90),
        ),
        (["grant", "01", "--request", "11"], c.ChairGrant(request=11)),
        (["revoke", "11"], c.ChairRevoke(request=8)),
        (["revoke", "11", "--text", "Hết giờ"], c.ChairRevoke(request=8, text="Hết giờ")),
        (["next", "79"], c.ChairNext(site="79")),
        (["next"], c.ChairNext(site=None)),
        (["hold", "11"], c.ChairHold(request=8)),
        (["resume", "11"], c.ChairResume(request=8)),
        (["extend", "11", "2m"], c.ChairExtend(request=8, add_s=120)),
        (["limit", "11", "3m"], c.ChairLimit(site="11", limit_s=180)),
        (["limit", "11"], c.ChairLimit(site="11", limit_s=None)),
    ],
)
def test_the_chair_s_acts_become_commands(room110, floor, args, command):
    code, out, err = room110("floor", *args)

    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert floor.commands() == [command]
    assert floor.bearer().roles == {"chair"}
    # What was looked up was looked up at a revision.
    looked = any(method == "GET" for method, _, _ in floor.asks())
    assert floor.seen() == ['"7"' if looked else None]


@pytest.mark.parametrize("name", ["grant", "hold", "resume", "revoke"])
def test_who_is_not_there_is_not_looked_past(room110, floor, name):
    code, _, err = room110("floor", name, "14")

    assert code == 1 and "14 Sơn La does not" in err
    assert floor.commands() == []


def test_of_several_requests_none_is_guessed(room110, floor):
    code, _, err = room110("floor", "grant", "01")

    assert code == 1 and "01 Hà Nội has requests 10, 11" in err and "--request N" in err
    assert floor.commands() == []


def test_a_number_of_another_site_is_not_taken(room110, floor):
    code, _, err = room110("floor", "grant", "01", "--request", "9")

    assert code == 1 and "with request 9" in err


def test_an_act_answers_in_json(room110, floor):
    _, out, err = room110("floor", "hold", "11", "--json")

    assert (json.loads(out), err) == ({"schema_version": 1, "rev": 7}, "")

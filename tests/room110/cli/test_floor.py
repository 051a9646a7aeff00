from __future__ import annotations

import json

import pytest

FLOOR = {
    "rev": 7,
    "speakers": ["11"],
    "next": "14",
    "queue": [10, 9],
    "holders": [8],
    "requests": {
        "8": {"site": "11", "status": "granted", "created_s": 3661.5, "floor": "speech"},
        "9": {"site": "79", "status": "accepted", "created_s": 60.0, "text": "Tài chính"},
        "10": {"site": "01", "status": "accepted", "created_s": 61.0},
        "12": {"site": "02", "status": "pending", "created_s": 62.0},
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


def test_the_queue_shows_who_speaks_then_who_is_next_then_the_order_then_who_asked(room110, floor):
    _, out, _ = room110("floor", "queue")

    rows = [" ".join(line.split()) for line in out.splitlines()[2:]]
    assert rows == [
        "speaking 11 Điện Biên 8 1:01:01",
        "next 14 Sơn La",
        "1. 01 Hà Nội 10 0:01:01",
        "2. 79 Hồ Chí Minh 9 0:01:00 Tài chính",
        "pending 02 Hà Giang 12 0:01:02",
    ]


def test_a_floor_that_is_held_says_so(room110, service):
    held = {"8": {**FLOOR["requests"]["8"], "holds": {"link": 3700.0}}}
    service.answers["GET", "/api/v1/floor"] = (200, {"queue": [], "requests": held})

    _, out, _ = room110("floor", "queue")

    assert "held" in out and "speaking" not in out


def test_an_empty_floor_is_a_message_and_no_table(room110, service):
    service.answers["GET", "/api/v1/floor"] = (200, {"rev": 1, "queue": [], "requests": {}})

    assert room110("floor", "queue") == (0, "", "nobody speaks and nobody waits\n")


def test_the_queue_in_json_is_what_the_service_said(room110, floor):
    _, out, _ = room110("floor", "queue", "--json")

    assert json.loads(out) == {"schema_version": 1, **FLOOR}
    assert floor.bearer().roles == {"secretary"}

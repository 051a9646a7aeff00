from __future__ import annotations

import json

import pytest

FLOOR = {
    "rev": 7,
    "now": 3725.0,
    "speakers": ["11"],
    "next": "14",
    "queue": [10, 9],
    "holders": [8],
    "requests": {
        "8": {
            "site": "11",
            "status": "granted",
            "created_s": 3661.5,
            "floors": ["speech"],
            "kind": "agenda",
            "limit_s": 420,
            "clock": {"used_s": 100.0, "since_s": 3700.0},
        },
        "9": {"site": "79", "status": "accepted", "created_s": 60.0, "text": "Tài chính"},
        "10": {"site": "01", "status": "accepted", "created_s": 61.0},
        "12": {"site": "02", "status": "pending", "created_s": 62.0},
    },
}


@pytest.fixture
def floor(service):
    service.answers["GET", "/api/v1/floor"] = (200, FLOOR)
    return service


def test_the_queue_shows_who_speaks_then_who_is_next_then_the_order_then_who_asked(room110, floor):
    _, out, _ = room110("floor", "queue")

    rows = [" ".join(line.split()) for line in out.splitlines()[2:]]
    assert rows == [
        "speaking 11 Điện Biên 8 agenda 1:01:01 2:05 of 7:00",
        "next 14 Sơn La",
        "1. 01 Hà Nội 10 0:01:01",
        "2. 79 Hồ Chí Minh 9 0:01:00 Tài chính",
        "pending 02 Hà Giang 12 0:01:02",
    ]


def test_a_floor_that_is_held_says_so(room110, service):
    held = {"8": {**FLOOR["requests"]["8"], "holds": {"link": 3700.0}}}
    service.answers["GET", "/api/v1/floor"] = (200, {"queue": [], "requests": held})

    _, out, _ = room110("floor", "queue")

    assert "held (link)" in out and "speaking" not in out


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"via": "phone"}, "speaking by phone"),
        ({"floors": ["content"]}, "showing"),
        ({"over": True}, "2:05 of 7:00 OVER"),
        ({"limit_s": None}, "2:05"),
        ({"clock": {"used_s": 61.0}}, "1:01 of 7:00"),
    ],
)
def test_how_somebody_has_the_floor_is_said(room110, service, facts, word):
    request = {**FLOOR["requests"]["8"], **facts}
    answer = {"now": 3725.0, "queue": [], "requests": {"8": request}}
    service.answers["GET", "/api/v1/floor"] = (200, answer)

    assert word in room110("floor", "queue")[1]
    assert room110("floor", "show") == room110("floor", "queue")


def test_an_empty_floor_is_a_message_and_no_table(room110, service):
    service.answers["GET", "/api/v1/floor"] = (200, {"rev": 1, "queue": [], "requests": {}})

    assert room110("floor", "queue") == (0, "", "nobody speaks and nobody waits\n")


def test_the_queue_in_json_is_what_the_service_said(room110, floor):
    _, out, _ = room110("floor", "queue", "--json")

    assert json.loads(out) == {"schema_version": 1, **FLOOR}
    assert floor.bearer().roles == {"secretary"}

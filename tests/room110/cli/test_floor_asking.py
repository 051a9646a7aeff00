from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c

FLOOR = {
    "rev": 7,
    "requests": {
        "8": {"site": "11", "status": "granted"},
        "9": {"site": "79", "status": "accepted"},
    },
}


@pytest.fixture
def floor(service):
    service.answers["GET", "/api/v1/floor"] = (200, FLOOR)
    return service


@pytest.mark.parametrize(
    ("args", "command", "role"),
    [
        (["request", "14"], c.FloorRequest(site="14"), "secretary"),
        (
            [
                *("request", "14", "--text", "Khó khăn", "--group", "Nhóm 2", "--priority", "3"),
                *("--limit", "7m", "--floor", "content", "--respond"),
            ],
            c.FloorRequest(
                site="14",
                text="Khó khăn",
                group="Nhóm 2",
                priority=3,
                limit_s=420,
                floors=("content",),
                respond=True,
            ),
            "secretary",
        ),
        (["accept", "79"], c.ChairAccept(request=9), "secretary"),
        (["accept", "79", "--position", "1"], c.ChairAccept(request=9, position=1), "secretary"),
        (["deny", "79"], c.ChairDeny(request=9), "chair"),
        (["deny", "79", "--text", "Lượt sau"], c.ChairDeny(request=9, text="Lượt sau"), "chair"),
        # For a site its address means a withdrawal; the table here is asked without a role.
        (["release", "79"], c.FloorRelease(request=9), "site"),
        (["release", "11"], c.FloorRelease(request=8), "site"),
    ],
)
def test_the_list_is_kept_by_commands(room110, floor, args, command, role):
    code, out, err = room110("floor", *args)

    assert (code, out) == (0, "")
    assert err
    assert floor.commands() == [command]
    assert floor.bearer().roles == {role}


def test_a_site_releases_in_its_own_name(room110, floor):
    room110("floor", "release", "79")

    assert floor.bearer().site == "79"


def test_a_request_answers_with_its_number(room110, service):
    service.answers["POST", "/api/v1/floor/requests"] = (201, {"rev": 8, "request": 13})

    assert "request 13" in room110("floor", "request", "14")[2]
    _, out, _ = room110("floor", "request", "14", "--json")
    assert json.loads(out) == {"schema_version": 1, "rev": 8, "request": 13, "site": "14"}

"""REST over real sockets: every route, every way it says no."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.answers import RoomNotDurable
from bridge.conference.commands import (
    ChairAccept,
    ChairCall,
    ChairDeny,
    ChairGrant,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
)
from bridge.conference.words import Phase, Refusal, RefusalCode, Role
from bridge.identity import Identity
from signaling.allowance import Rate
from signaling.conversation import Limits
from signaling.routes import ROUTES
from tests.signaling.conftest import Service

V1 = "/api/v1"
COMMANDS = [
    ("POST", "/conference/phase", {"to": "open"}, ChairPhase(to=Phase.OPEN)),
    ("POST", "/sites/11/mute", {"on": True}, ChairMute(site="11", on=True)),
    ("POST", "/mute", {"on": True, "but": ["01"]}, ChairMute(site="all", on=True, but=("01",))),
    ("POST", "/floor/requests", {"site": "14", "text": "a"}, FloorRequest(site="14", text="a")),
    ("DELETE", "/floor/requests/9", None, ChairDeny(request=9)),
    ("POST", "/floor/requests/9/accept", {"position": 1}, ChairAccept(request=9, position=1)),
    ("POST", "/floor/requests/9/accept", None, ChairAccept(request=9)),
    (
        "POST",
        "/floor/grants",
        {"request": 9, "on_full": "replace", "limit_s": 60},
        ChairGrant(request=9, on_full="replace", limit_s=60),
    ),
    ("POST", "/floor/grants", {"site": "11"}, ChairCall(site="11", on_full="replace")),
    ("DELETE", "/floor/grants/9", None, ChairRevoke(request=9)),
    ("DELETE", "/floor/grants", None, ChairRevoke()),
    ("POST", "/floor/next", {"site": "14"}, ChairNext(site="14")),
    ("POST", "/floor/next", {"site": None}, ChairNext(site=None)),
    ("POST", "/sites/11/help", None, HelpRaise(site="11")),
    ("POST", "/sites/11/help/ack", None, HelpAck(site="11")),
    ("DELETE", "/sites/11/help", None, HelpClose(site="11")),
]


@pytest.mark.parametrize(("method", "path", "body", "command"), COMMANDS)
async def test_a_request_becomes_its_command(
    service: Service, method: str, path: str, body: Any, command: object
) -> None:
    status, answer = await service.rest(method, V1 + path, service.token("chair"), json=body)
    assert (status, answer["rev"]) == (201 if path == "/floor/requests" else 200, 413)
    _, submitted, actor, command_id = service.bridge.told[-1]
    assert (submitted, actor.user, command_id) == (command, "chair-nowhere", None)


def test_every_route_is_tried() -> None:
    tried = {(method, type(command).__name__) for method, _, _, command in COMMANDS}
    tried.add(("DELETE", "FloorRelease"))
    names = {"ChairMuteSite": "ChairMute", "ChairMuteAll": "ChairMute"}
    assert {
        (row.method, names.get(row.model.__name__, row.model.__name__)) for row in ROUTES
    } == tried


@pytest.mark.parametrize(
    ("roles", "command"),
    [
        (["site"], FloorRelease(request=9)),
        (["secretary"], FloorRelease(request=9)),
        (["technician"], ChairDeny(request=9)),
        (["deputy"], ChairDeny(request=9)),
    ],
)
async def test_taking_a_request_away_is_a_denial_or_a_withdrawal(
    service: Service, roles: list[str], command: object
) -> None:
    token = service.token(*roles, site="11")
    status, _ = await service.rest("DELETE", f"{V1}/floor/requests/9", token)
    assert (status, service.bridge.told[-1][1]) == (200, command)


async def test_an_idempotency_key_makes_a_repeat_safe(service: Service) -> None:
    token = service.token("chair")
    for _ in range(2):
        assert await service.rest(
            "POST",
            f"{V1}/floor/requests",
            token,
            json={"site": "14"},
            headers={"Idempotency-Key": "k1"},
        ) == (201, {"rev": 413, "request": 13})
    assert len(service.bridge.told) == 1
    status, problem = await service.rest(
        "DELETE", f"{V1}/floor/grants", token, headers={"Idempotency-Key": "k 1"}
    )
    assert (status, problem["code"]) == (422, "malformed")


async def test_the_next_conference_begins(service: Service) -> None:
    body = {"title": "Hội nghị tổng kết", "rehearsal": True}
    token = service.token("chair")
    answer = await service.rest("POST", f"{V1}/conference", token, json=body)
    assert answer == (201, {"rev": 1, "conference": "c-2"})
    assert service.bridge.told == [("begin_next", "Hội nghị tổng kết", True, "chair-nowhere")]
    # and the token was for the last one
    status, problem = await service.rest("GET", f"{V1}/conference", token)
    assert (status, problem["code"]) == (401, "token_wrong_conference")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "malformed"),
        ({"title": ""}, "malformed"),
        ({"title": "a\x1b[2J"}, "malformed"),
        ({"title": "a", "rehearsal": "yes"}, "malformed"),
        ({"title": "a", "at": 1}, "unknown_field"),
    ],
)
async def test_a_conference_needs_a_title(
    service: Service, body: dict[str, Any], code: str
) -> None:
    status, problem = await service.rest(
        "POST", f"{V1}/conference", service.token("chair"), json=body
    )
    assert (status, problem["code"], service.bridge.told) == (422, code, [])


async def test_a_conference_that_cannot_begin_says_why(service: Service) -> None:
    token = service.token("chair")
    for answer, status in (
        (Refusal(code=RefusalCode.BAD_STATE, text="not closed"), 409),
        (RoomNotDurable(), 503),
    ):
        service.bridge.answer = answer
        got, problem = await service.rest("POST", f"{V1}/conference", token, json={"title": "a"})
        assert (got, problem["code"]) == (status, answer.code)


# Reading


async def test_the_conference_is_read(service: Service) -> None:
    status, body = await service.rest("GET", f"{V1}/conference", service.token("viewer"))
    assert status == 200
    assert (body["rev"], body["phase"], body["boot"], body["now"]) == (
        412,
        "open",
        "boot-1",
        2467.125,
    )


async def test_the_floor_is_read_as_far_as_one_may(service: Service) -> None:
    _, desk = await service.rest("GET", f"{V1}/floor", service.token("secretary"))
    assert (desk["holders"], desk["queue"], desk["next"]) == ([9], [12], "14")
    _, site = await service.rest("GET", f"{V1}/floor", service.token("site", site="14"))
    assert site == {"rev": 412, "speakers": ["11"], "own": {"site": "14", "floor": "none"}}


async def test_sites_are_read(service: Service) -> None:
    token = service.token("technician")
    _, body = await service.rest("GET", f"{V1}/sites", token)
    assert [site["code"] for site in body["sites"]] == ["11", "110"]
    _, one = await service.rest("GET", f"{V1}/sites/110", token)
    assert one["title"] == "Phòng 110"
    status, problem = await service.rest("GET", f"{V1}/sites/99", token)
    assert (status, problem["code"]) == (404, "site_not_found")


async def test_media_is_read(service: Service) -> None:
    answer = await service.rest("GET", f"{V1}/media", service.token("metrics"))
    assert answer == (200, {"packets_in": 7})


@pytest.mark.parametrize("role", [role.value for role in Role])
async def test_who_may_read_what(service: Service, role: str) -> None:
    desk = {"chair", "deputy", "secretary", "technician"}
    token = service.token(role, site="11")
    readers_of: dict[str, set[str]] = {
        "/conference": {r.value for r in Role} - {"metrics"},
        "/floor": {r.value for r in Role} - {"metrics"},
        "/sites": desk | {"metrics"},
        "/sites/11": desk | {"metrics", "site"},
        "/sites/110": desk | {"metrics"},
        "/media": {"chair", "technician", "metrics"},
    }
    for path, readers in readers_of.items():
        status, body = await service.rest("GET", V1 + path, token)
        assert (path, status) == (path, 200 if role in readers else 403)
        assert role in readers or body["code"] == "not_authorized"


# Saying no


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer nonsense", "Bearer \xff"])
async def test_without_a_good_token_nothing_is_told(service: Service, header: str) -> None:
    for method, path in (("GET", "/conference"), ("DELETE", "/floor/grants")):
        headers = {"Authorization": header}
        status, problem = await service.rest(method, V1 + path, headers=headers)
        assert (status, problem["code"]) == (401, "token_invalid")
    assert service.bridge.told == []


async def test_an_expired_token_says_so(service: Service) -> None:
    identity = Identity(user="x", roles=frozenset({Role.CHAIR}), conference="c-1")
    token = service.keyring.mint(identity, valid_for_s=0)
    status, problem = await service.rest("GET", f"{V1}/conference", token)
    assert (status, problem["code"]) == (401, "token_expired")


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "sent", "status", "code"),
    [
        ("/floor/grants", {"data": b"{", "headers": JSON}, 422, "malformed"),
        ("/floor/grants", {"data": b"[]", "headers": JSON}, 422, "malformed"),
        ("/floor/grants", {"data": b"\xff", "headers": JSON}, 422, "malformed"),
        ("/floor/grants", {"data": b'{"site":"11"}'}, 422, "malformed"),
        ("/floor/grants", {"json": {"request": "9"}}, 422, "malformed"),
        ("/floor/grants", {"json": {}}, 422, "malformed"),
        ("/floor/grants", {"json": {"site": "11", "on_ful": "x"}}, 422, "unknown_field"),
        ("/floor/grants", {"json": {"site": "11", "id": "x"}}, 422, "unknown_field"),
        ("/floor/grants", {"json": {"site": "11", "type": "bye"}}, 422, "unknown_field"),
        ("/floor/grants", {"json": {"site": "x" * 70_000}}, 413, "too_long"),
        ("/sites/11/mute", {"json": {"on": True, "site": "14"}}, 422, "unknown_field"),
        ("/sites/Hanoi/mute", {"json": {"on": True}}, 422, "malformed"),
        ("/mute", {"json": {"on": True, "site": "11"}}, 422, "unknown_field"),
        ("/floor/requests/nine/accept", {}, 422, "malformed"),
        ("/floor/requests/0/accept", {}, 422, "malformed"),
        (f"/floor/requests/{'9' * 5000}/accept", {}, 422, "malformed"),
        ("/floor/nowhere", {}, 404, "not_found"),
        ("/media", {}, 405, "method_not_allowed"),
    ],
)
async def test_a_bad_request_is_named_and_changes_nothing(
    service: Service, path: str, sent: dict[str, Any], status: int, code: str
) -> None:
    got, problem = await service.rest("POST", V1 + path, service.token("chair"), **sent)
    assert (got, problem["code"]) == (status, code)
    assert service.bridge.told == []


async def test_a_deletion_takes_no_body(service: Service) -> None:
    status, problem = await service.rest(
        "DELETE", f"{V1}/floor/grants", service.token("chair"), json={"request": 9}
    )
    # or a chair who meant one would end all
    assert (status, problem["code"], service.bridge.told) == (422, "malformed", [])


async def test_too_many_requests_are_refused_per_user(service: Service) -> None:
    await service.stop()
    await service.start(Limits(messages=Rate(per_s=50, burst=2)))
    chair, viewer = service.token("chair"), service.token("viewer")
    statuses = [(await service.rest("GET", f"{V1}/floor", chair))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await service.rest("GET", f"{V1}/floor", viewer))[0] == 200

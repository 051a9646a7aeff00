"""REST over real sockets: every route, every way it says no."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.answers import RoomNotDurable
from bridge.conference import commands as c
from bridge.conference.agenda import Draft
from bridge.conference.check_words import WalkSound
from bridge.conference.words import (
    ItemKind,
    Ladder,
    Mark,
    Phase,
    Refusal,
    RefusalCode,
    SlateKind,
)
from signaling.routes import ROUTES
from tests.signaling.conftest import Service

V1 = "/api/v1"
ITEM = {"kind": "centre", "title": "Khai mạc", "minutes": 10}
COMMANDS: list[tuple[str, str, Any, object]] = [
    ("POST", "/conference/phase", {"to": "open"}, c.ChairPhase(to=Phase.OPEN)),
    ("POST", "/conference/lock", {"on": False}, c.ConferenceLock(on=False)),
    (
        "POST",
        "/conference/description",
        {"chair": "Bộ trưởng"},
        c.ConferenceDescribe(chair="Bộ trưởng"),
    ),
    ("POST", "/policy", {"limit_s": None}, c.ChairPolicy(changes={"limit_s": None})),
    ("POST", "/chair", {"to": "pho.chu.tri"}, c.ChairHandover(to="pho.chu.tri")),
    ("POST", "/chair/assume", None, c.ChairAssume()),
    ("POST", "/floor/requests", {"site": "14", "text": "a"}, c.FloorRequest(site="14", text="a")),
    ("DELETE", "/floor/requests/9", None, c.ChairDeny(request=9)),
    ("POST", "/floor/requests/9/accept", {"position": 1}, c.ChairAccept(request=9, position=1)),
    ("POST", "/floor/requests/9/accept", None, c.ChairAccept(request=9)),
    (
        "POST",
        "/floor/grants",
        {"request": 9, "on_full": "replace", "limit_s": 60},
        c.ChairGrant(request=9, on_full="replace", limit_s=60),
    ),
    ("POST", "/floor/grants", {"site": "11"}, c.ChairCall(site="11", on_full="replace")),
    ("DELETE", "/floor/grants/9", None, c.ChairRevoke(request=9)),
    ("DELETE", "/floor/grants", None, c.ChairRevoke()),
    (
        "POST",
        "/floor/requests/9/deny",
        {"text": "Xin hẹn lượt sau"},
        c.ChairDeny(request=9, text="Xin hẹn lượt sau"),
    ),
    ("POST", "/floor/grants/9/revoke", {"text": "a"}, c.ChairRevoke(request=9, text="a")),
    ("POST", "/floor/grants/9/hold", None, c.ChairHold(request=9)),
    ("DELETE", "/floor/grants/9/hold", None, c.ChairResume(request=9)),
    ("POST", "/floor/grants/9/extend", {"add_s": 60}, c.ChairExtend(request=9, add_s=60)),
    ("POST", "/floor/next", {"site": "14"}, c.ChairNext(site="14")),
    ("POST", "/floor/next", {"site": None}, c.ChairNext(site=None)),
    ("POST", "/sites/11/mute", {"on": True}, c.ChairMute(site="11", on=True)),
    ("POST", "/mute", {"on": True, "but": ["01"]}, c.ChairMute(site="all", on=True, but=("01",))),
    ("POST", "/silence", None, c.ChairSilence()),
    ("POST", "/sites/11/limit", {"limit_s": 180}, c.ChairLimit(site="11", limit_s=180)),
    ("POST", "/sites/11/cut", {"on": True}, c.SiteCut(site="11", on=True)),
    ("POST", "/sites/11/probe", None, c.SiteProbe(site="11")),
    ("DELETE", "/probe", None, c.SiteProbe(site=None)),
    ("POST", "/sites/11/device", None, c.SiteSwitch(site="11")),
    ("POST", "/sites/11/media", {"force": True}, c.SiteRestart(site="11", force=True)),
    ("DELETE", "/sites/11/link", None, c.SiteDrop(site="11")),
    ("POST", "/sites/11/ladder", {"to": "small"}, c.SiteLadder(site="11", to=Ladder.SMALL)),
    ("POST", "/sites/11/help", None, c.HelpRaise(site="11")),
    ("POST", "/sites/11/help/ack", None, c.HelpAck(site="11")),
    ("DELETE", "/sites/11/help", None, c.HelpClose(site="11")),
    ("POST", "/views/broadcast", {"site": "11"}, c.ViewBroadcast(site="11")),
    ("POST", "/views/watch", {"site": None}, c.ViewWatch(site=None)),
    ("POST", "/views/carousel", {"sites": "online"}, c.ViewCarousel(sites="online")),
    ("POST", "/programme", {"slate": "notice"}, c.ProgrammeSlate(slate=SlateKind.NOTICE)),
    (
        "POST",
        "/agenda",
        {"items": [ITEM]},
        c.AgendaLoad(items=(Draft(kind=ItemKind.CENTRE, title="Khai mạc", minutes=10),)),
    ),
    ("POST", "/agenda/next", None, c.AgendaNext()),
    ("POST", "/agenda/next", {"item": 3}, c.AgendaNext(item=3)),
    ("POST", "/agenda/finish", None, c.AgendaFinish()),
    ("POST", "/agenda/items/3/skip", None, c.AgendaSkip(item=3)),
    ("POST", "/agenda/items/3/defer", {"after": 5}, c.AgendaDefer(item=3, after=5)),
    ("POST", "/agenda/items/3/return", None, c.AgendaReturn(item=3)),
    ("POST", "/check", {"sites": ["11"]}, c.CheckRun(sites=("11",))),
    ("DELETE", "/check", None, c.CheckStop()),
    (
        "POST",
        "/sites/11/check/heard",
        {"number": "07"},
        c.CheckHeard(site="11", number="07"),
    ),
    ("POST", "/walk", {"anew": True}, c.WalkBegin(anew=True)),
    ("DELETE", "/walk", None, c.WalkEnd()),
    ("POST", "/walk/next", None, c.WalkNext()),
    ("POST", "/walk/skip", None, c.WalkSkip()),
    ("POST", "/walk/site", {"site": "11"}, c.WalkGo(site="11")),
    (
        "POST",
        "/sites/11/walk",
        {"sound": "echo"},
        c.WalkJudge(site="11", sound=WalkSound.ECHO),
    ),
    ("POST", "/rollcall", None, c.RollcallOpen()),
    ("DELETE", "/rollcall", None, c.RollcallClose()),
    ("POST", "/rollcall/answer", {"head": "A"}, c.RollcallAnswer(head="A")),
    ("POST", "/rollcall/11", {"mark": "late"}, c.RollcallMark(site="11", mark=Mark.LATE)),
    ("POST", "/notes", {"to": "11", "text": "Nghe rõ"}, c.NoteSend(to="11", text="Nghe rõ")),
    ("POST", "/minutes/notes", {"text": "Ghi"}, c.MinutesNote(text="Ghi")),
]


@pytest.mark.parametrize(("method", "path", "body", "command"), COMMANDS)
async def test_a_request_becomes_its_command(
    service: Service, method: str, path: str, body: Any, command: object
) -> None:
    status, answer = await service.rest(method, V1 + path, service.token("chair"), json=body)
    assert (status, answer["rev"]) == (201 if path == "/floor/requests" else 200, 413)
    _, submitted, actor, command_id = service.bridge.told[-1]
    assert (submitted, actor.user) == (command, "chair-nowhere")
    # Nobody gave it an id, so it has got one: journal and log know it by that.
    assert len(command_id) == 16
    assert service.bridge.seen == [None]


def test_every_route_is_tried() -> None:
    tried = {(method, type(command).__name__) for method, _, _, command in COMMANDS}
    tried.add(("DELETE", "FloorRelease"))
    names = {"ChairMuteSite": "ChairMute", "ChairMuteAll": "ChairMute"}
    assert {
        (row.method, names.get(row.model.__name__, row.model.__name__)) for row in ROUTES
    } == tried


async def test_a_command_may_say_on_which_revision_it_was_thought(service: Service) -> None:
    token = service.token("chair")
    for tag in ('"410"', "*"):
        status, _ = await service.rest(
            "DELETE", f"{V1}/floor/grants", token, headers={"If-Match": tag}
        )
        assert status == 200
    assert service.bridge.seen == [410, None]
    service.bridge.answer = Refusal(code=RefusalCode.STALE, text="since", detail={"rev": 414})
    status, problem = await service.rest(
        "DELETE", f"{V1}/floor/grants", token, headers={"If-Match": '"410"'}
    )
    assert (status, problem["code"], problem["rev"]) == (409, "stale", 414)


@pytest.mark.parametrize(
    "tag", ["410", 'W/"410"', '"410", "411"', '"x"', '""', '"' + "9" * 16 + '"']
)
async def test_an_if_match_names_one_revision(service: Service, tag: str) -> None:
    status, problem = await service.rest(
        "DELETE", f"{V1}/floor/grants", service.token("chair"), headers={"If-Match": tag}
    )
    assert (status, problem["code"], service.bridge.told) == (422, "malformed", [])


async def test_an_agenda_may_be_as_long_as_a_day(service: Service) -> None:
    items = [{**ITEM, "title": "Tham luận của Sở Khoa học và Công nghệ " * 5}] * 500
    token = service.token("chair")
    status, _ = await service.rest("POST", f"{V1}/agenda", token, json={"items": items})
    assert status == 200
    assert len(service.bridge.told[-1][1].items) == 500
    status, problem = await service.rest(
        "POST", f"{V1}/agenda", token, json={"items": items, "x": "x" * 500_000}
    )
    assert (status, problem["code"]) == (413, "too_long")


@pytest.mark.parametrize(
    ("roles", "command"),
    [
        (["site"], c.FloorRelease(request=9)),
        (["secretary"], c.FloorRelease(request=9)),
        (["technician"], c.ChairDeny(request=9)),
        (["deputy"], c.ChairDeny(request=9)),
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


# Saying no


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
        ("/agenda/items/three/skip", {}, 422, "malformed"),
        ("/agenda/items/3/skip", {"json": {"item": 3}}, 422, "unknown_field"),
        ("/floor/grants", {"json": {"site": "11", "rev": 3}}, 422, "unknown_field"),
        ("/policy", {"json": {}}, 422, "malformed"),
        ("/rollcall/Hanoi", {"json": {"mark": "late"}}, 422, "malformed"),
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

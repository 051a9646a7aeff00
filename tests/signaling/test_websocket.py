"""The WebSocket door over real sockets: what is wrong is named, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import WSMsgType

from bridge.answers import Accepted, RoomBusy
from bridge.conference.commands import (
    ChairCall,
    ChairMute,
    ChairPhase,
    FloorRelease,
    FloorRequest,
)
from bridge.conference.events import RequestEnded, RequestGranted, RequestMade
from bridge.conference.words import (
    EndReason,
    Phase,
    Refusal,
    RefusalCode,
    RequestStatus,
    Role,
)
from bridge.identity import Identity
from bridge.media.slots import SessionKind, slots_for
from bridge.outgoing import Change, MediaSet, MediaWant, Stage
from signaling.allowance import Rate
from signaling.conversation import Limits
from signaling.identity import Keyring
from signaling.messages import SUBPROTOCOL
from tests.signaling.conftest import LIMITS, NOW_S, ROSTER, Service


def hello(token: str, **changed: Any) -> dict[str, Any]:
    return {"type": "hello", "id": "h1", "v": 1, "token": token, "kind": "room", **changed}


async def the_end(ws: aiohttp.ClientWebSocketResponse) -> int | None:
    """The close code, once nothing else comes."""
    frame = await ws.receive(timeout=5)
    assert frame.type in {WSMsgType.CLOSE, WSMsgType.CLOSED}, frame
    return ws.close_code


# hello


async def test_hello_is_answered_with_all_a_client_needs(service: Service) -> None:
    ws = await service.open()
    await ws.send_json(hello(service.token("site", site="11")))
    answer = await ws.receive_json()
    assert answer == {
        "type": "hello.ok",
        "re": "h1",
        "boot": "boot-1",
        "you": {
            "session": "s-1",
            "user": "site-11",
            "roles": ["site"],
            "site": "11",
            "kind": "room",
        },
        "now": 2467.125,
        "conference": "c-1",
        "snapshot": answer["snapshot"],
        "slots": [
            {"slot": s.name, "kind": s.kind, "direction": s.direction}
            for s in slots_for(SessionKind.ROOM)
        ],
        "ice_servers": [],
    }
    assert answer["snapshot"]["rev"] == 412
    assert ws.protocol == SUBPROTOCOL


async def test_hello_ok_comes_before_what_the_bridge_said_while_joining(service: Service) -> None:
    service.bridge.at_join = [MediaSet(mic="mute", on_air=False), MediaWant(layers=["q"])]
    ws = await service.site()
    assert await ws.receive_json() == {"type": "media.set", "mic": "mute", "on_air": False}
    assert await ws.receive_json() == {"type": "media.want", "layers": ["q"]}


def tokens() -> dict[str, tuple[str, str]]:
    ours = Keyring(b"k" * 32, roster=ROSTER, wall_clock=lambda: NOW_S)
    foreign = Keyring(b"f" * 32, roster=ROSTER, wall_clock=lambda: NOW_S)
    site = Identity(user="x", roles=frozenset({Role.SITE}), site="11", conference="c-1")
    other = Identity(user="x", roles=frozenset({Role.SITE}), site="11", conference="c-0")
    return {
        "garbage": ("no.token.atall", "token_invalid"),
        "empty": ("", "token_invalid"),
        "not ascii": ("điểm.cầu.ký", "token_invalid"),
        "foreign": (foreign.mint(site), "token_invalid"),
        "expired": (ours.mint(site, valid_for_s=0), "token_expired"),
        "another conference": (ours.mint(other), "token_wrong_conference"),
        "unsigned": (jwt.encode({"sub": "x"}, "", algorithm="none"), "token_invalid"),
    }


@pytest.mark.parametrize("name", tokens())
async def test_a_wrong_token_is_refused_by_its_own_name_and_nobody_joins(
    service: Service, name: str
) -> None:
    token, code = tokens()[name]
    ws = await service.open()
    await ws.send_json(hello(token))
    answer = await ws.receive_json()
    assert (answer["type"], answer["re"], answer["code"]) == ("error", "h1", code)
    assert await ws.receive_json() == {"type": "bye", "reason": "refused"}
    assert await the_end(ws) == 1008
    assert service.bridge.told == []


@pytest.mark.parametrize(
    ("roles", "site", "kind", "welcome"),
    [
        (["site"], "11", "room", True),
        (["technician"], "110", "room", False),
        (["chair"], None, "room", False),
        (["chair"], None, "console", True),
        (["deputy"], None, "console", True),
        (["secretary"], None, "console", True),
        (["technician"], None, "console", True),
        (["site"], "11", "console", False),
        (["viewer"], None, "console", False),
        (["metrics"], None, "console", False),
        (["viewer"], None, "wall", True),
        (["site"], "11", "wall", True),
        (["metrics"], None, "wall", False),
        (["metrics", "viewer"], None, "wall", True),
    ],
)
async def test_the_kind_of_a_session_needs_its_role(
    service: Service, roles: list[str], site: str | None, kind: str, welcome: bool
) -> None:
    ws = await service.open()
    await ws.send_json(hello(service.token(*roles, site=site), kind=kind))
    answer = await ws.receive_json()
    if welcome:
        assert answer["type"] == "hello.ok"
        return
    assert (answer["code"], answer["re"]) == ("not_authorized", "h1")
    assert await ws.receive_json() == {"type": "bye", "reason": "refused"}
    assert await the_end(ws) == 1008
    assert service.bridge.told == []


BEFORE_HELLO = {
    "not JSON": ("{", "malformed", None, 1002),
    "no object": ("[]", "malformed", None, 1002),
    "unknown type": ('{"type":"helo","id":"a"}', "unknown_type", "a", 1002),
    "no token": ('{"type":"hello","id":"a","v":1,"kind":"room"}', "malformed", "a", 1002),
    "version": ('{"type":"hello","id":"a","v":2,"new":1}', "unsupported_version", "a", 1002),
    "command first": ('{"type":"chair.revoke","id":"a"}', "out_of_turn", "a", 1002),
    "bye first": ('{"type":"bye"}', "out_of_turn", None, 1002),
    "offer first": (
        '{"type":"media.offer","id":"a","sdp":"v=0","slots":{}}',
        "out_of_turn",
        "a",
        1002,
    ),
    "long offer first": (
        json.dumps({"type": "media.offer", "id": "a", "sdp": "x" * 70_000, "slots": {}}),
        "too_long",
        None,
        1009,
    ),
    "long": ('"' + "x" * 70_000 + '"', "too_long", None, 1009),
}


@pytest.mark.parametrize("name", BEFORE_HELLO)
async def test_what_is_no_hello_is_named_and_ends_the_connection(
    service: Service, name: str
) -> None:
    text, code, re, close_code = BEFORE_HELLO[name]
    ws = await service.open()
    await ws.send_str(text)
    answer = await ws.receive_json()
    assert (answer["type"], answer["code"], answer.get("re")) == ("error", code, re)
    assert await ws.receive_json() == {"type": "bye", "reason": "refused"}
    assert await the_end(ws) == close_code
    assert service.bridge.told == []


async def test_a_binary_message_is_malformed(service: Service) -> None:
    ws = await service.open()
    await ws.send_bytes(b"\x00")
    assert (await ws.receive_json())["code"] == "malformed"
    assert (await ws.receive_json())["reason"] == "refused"
    assert await the_end(ws) == 1002


async def test_who_says_nothing_is_let_go(service: Service) -> None:
    ws = await service.open()
    assert await ws.receive_json() == {"type": "bye", "reason": "hello_timeout"}
    assert await the_end(ws) == 1008


async def test_the_subprotocol_is_needed(service: Service) -> None:
    for protocols in ([], ["room110.v2.json"]):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await service.http.ws_connect(service.url, protocols=protocols)
        assert refused.value.status == 400
    status, body = await service.rest("GET", "/ws")
    assert (status, body["code"]) == (400, "bad_handshake")


async def test_more_connections_than_allowed_are_refused(service: Service) -> None:
    await service.stop()
    await service.start(Limits(max_connections=1))
    first = await service.open()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await service.open()
    assert refused.value.status == 503
    await first.close()


# wrong messages after hello


AFTER_HELLO = {
    "not JSON": ("{", "malformed", None),
    "NaN": ('{"type":"endpoint.report","mic":"on","level":NaN}', "malformed", None),
    "deep": ("[" * 60_000, "malformed", None),
    "a number of 5000 digits": ("9" * 5000, "malformed", None),
    "half a surrogate": (r'{"type":"\ud800"}', "malformed", None),
    "no type": ('{"id":"a"}', "malformed", "a"),
    "unknown type": ('{"type":"chair.cal","id":"a"}', "unknown_type", "a"),
    "type no string": ('{"type":["bye"],"id":"a"}', "unknown_type", "a"),
    "server's type": ('{"type":"ok","id":"a"}', "unknown_type", "a"),
    "unknown field": (
        '{"type":"chair.call","id":"a","site":"11","on_ful":1}',
        "unknown_field",
        "a",
    ),
    "no id": ('{"type":"chair.call","site":"11"}', "malformed", None),
    "id with a space": ('{"type":"chair.call","id":"a b","site":"11"}', "malformed", None),
    "site a number": ('{"type":"chair.call","id":"a","site":11}', "malformed", "a"),
    "request a string": ('{"type":"chair.grant","id":"a","request":"9"}', "malformed", "a"),
    "on a number": ('{"type":"chair.mute","id":"a","site":"11","on":1}', "malformed", "a"),
    "but one": (
        '{"type":"chair.mute","id":"a","site":"11","on":true,"but":[]}',
        "unknown_field",
        "a",
    ),
    "next without site": ('{"type":"chair.next","id":"a"}', "malformed", "a"),
    "long": ('{"type":"bye"' + " " * 70_000 + "}", "too_long", None),
    "very long offer": (
        json.dumps({"type": "media.offer", "id": "a", "sdp": "x" * 530_000, "slots": {}}),
        "too_long",
        None,
    ),
    "second hello": (json.dumps(hello("t")), "out_of_turn", "h1"),
}


@pytest.mark.parametrize("name", AFTER_HELLO)
async def test_what_the_protocol_does_not_allow_is_named_and_changes_nothing(
    service: Service, name: str
) -> None:
    text, code, re = AFTER_HELLO[name]
    ws = await service.chair()
    before = list(service.bridge.told)
    await ws.send_str(text)
    answer = await ws.receive_json()
    assert (answer["type"], answer["code"], answer.get("re")) == ("error", code, re)
    assert service.bridge.told == before
    # and the conversation goes on
    await ws.send_json({"type": "chair.phase", "id": "p", "to": "open"})
    assert (await ws.receive_json())["type"] == "ok"


async def test_an_error_names_the_field(service: Service) -> None:
    ws = await service.chair()
    await ws.send_json({"type": "chair.call", "id": "a", "site": "11", "on_ful": "replace"})
    assert (await ws.receive_json())["text"] == "on_ful"
    await ws.send_json({"type": "chair.grant", "id": "a"})
    assert (await ws.receive_json())["text"].startswith("request: ")


async def test_a_frame_nobody_may_send_closes_at_once(service: Service) -> None:
    ws = await service.chair()
    await ws.send_str("x" * 1_100_000)
    assert await the_end(ws) == 1009
    await service.bridge.until(lambda: service.bridge.told[-1] == ("leave", "s-1", False))


async def test_who_only_makes_errors_is_let_go(service: Service) -> None:
    ws = await service.chair()
    for _ in range(4):
        await ws.send_str("{")
    for _ in range(4):
        assert (await ws.receive_json())["code"] == "malformed"
    assert await ws.receive_json() == {"type": "bye", "reason": "protocol_errors"}
    assert await the_end(ws) == 1002


async def test_who_sends_too_fast_is_told_so(service: Service) -> None:
    await service.stop()
    await service.start(Limits(messages=Rate(per_s=50, burst=3)))
    ws = await service.chair()
    for number in range(4):
        await ws.send_json({"type": "chair.revoke", "id": f"k{number}"})
    answers = [await ws.receive_json() for _ in range(4)]
    assert [a.get("code") for a in answers] == [None, None, "rate_limited", "rate_limited"]
    assert answers[3]["re"] == "k3"
    assert sum(call[0] == "submit" for call in service.bridge.told) == 2
    # given 30 ms more
    service.clock_s += 0.03
    await ws.send_json({"type": "chair.revoke", "id": "k4"})
    assert (await ws.receive_json())["type"] == "ok"


# commands


@pytest.mark.parametrize(
    ("message", "command"),
    [
        ({"type": "floor.request"}, FloorRequest()),
        (
            {"type": "floor.request", "site": "14", "text": "Nhóm 2"},
            FloorRequest(site="14", text="Nhóm 2"),
        ),
        ({"type": "floor.release", "request": 9}, FloorRelease(request=9)),
        ({"type": "chair.call", "site": "11"}, ChairCall(site="11", on_full="replace")),
        (
            {"type": "chair.mute", "site": "all", "on": False, "but": ["01"]},
            ChairMute(site="all", on=False, but=("01",)),
        ),
        ({"type": "chair.phase", "to": "recess"}, ChairPhase(to=Phase.RECESS)),
    ],
)
async def test_a_message_becomes_its_command(
    service: Service, message: dict[str, Any], command: object
) -> None:
    ws = await service.join(service.token("chair", "site", site="11"), "console")
    await ws.send_json({**message, "id": "k1"})
    answer = await ws.receive_json()
    assert (answer["type"], answer["re"], answer["rev"]) == ("ok", "k1", 413)
    _, submitted, actor, command_id = service.bridge.told[-1]
    assert submitted == command
    assert (actor.user, actor.site, command_id) == ("chair-site-11", "11", "k1")
    assert actor.roles == {Role.CHAIR, Role.SITE}


async def test_ok_names_the_request_that_was_made_or_granted(service: Service) -> None:
    ws = await service.chair()
    await ws.send_json({"type": "floor.request", "id": "k1", "site": "14"})
    assert (await ws.receive_json())["request"] == 13
    await ws.send_json({"type": "chair.deny", "id": "k2", "request": 12})
    assert (await ws.receive_json())["request"] == 12
    replaced, made, granted = (
        RequestEnded(at_s=1.0, request=8, status=RequestStatus.REVOKED, reason=EndReason.REPLACED),
        RequestMade(
            at_s=1.0,
            request=9,
            floor="speech",
            site="11",
            by="chair",
            status=RequestStatus.ACCEPTED,
        ),
        RequestGranted(at_s=1.0, request=9, limit_s=300),
    )
    service.bridge.answer = Accepted(rev=420, events=(replaced, made, granted))
    await ws.send_json({"type": "chair.call", "id": "k3", "site": "11"})
    assert await ws.receive_json() == {"type": "ok", "re": "k3", "rev": 420, "request": 9}
    await ws.send_json({"type": "chair.revoke", "id": "k4"})
    assert await ws.receive_json() == {"type": "ok", "re": "k4", "rev": 420}


async def test_a_refusal_is_answered_with_its_code(service: Service) -> None:
    ws = await service.chair()
    service.bridge.answer = Refusal(
        code=RefusalCode.FLOOR_FULL, text="another site speaks", detail={"holders": [8]}
    )
    await ws.send_json({"type": "chair.grant", "id": "k1", "request": 9})
    assert await ws.receive_json() == {
        "type": "error",
        "re": "k1",
        "code": "floor_full",
        "text": "another site speaks",
        "detail": {"holders": [8]},
    }


async def test_a_room_that_cannot_answer_says_so(service: Service) -> None:
    ws = await service.chair()
    service.bridge.answer = RoomBusy()
    await ws.send_json({"type": "chair.revoke", "id": "k1"})
    answer = await ws.receive_json()
    assert (answer["code"], answer["re"]) == ("busy", "k1")


async def test_a_command_sent_twice_acts_once_also_over_another_connection(
    service: Service,
) -> None:
    first, second = await service.chair(), await service.chair()
    for ws in (first, first, second):
        await ws.send_json({"type": "chair.revoke", "id": "k1"})
        assert await ws.receive_json() == {"type": "ok", "re": "k1", "rev": 413}
    assert sum(call[0] == "submit" for call in service.bridge.told) == 1


# media


async def test_an_offer_is_answered(service: Service) -> None:
    ws = await service.site()
    offer = {"type": "media.offer", "id": "m1", "sdp": "x" * 500_000, "slots": {"0": "mic"}}
    await ws.send_json(offer)
    assert await ws.receive_json() == {"type": "media.answer", "re": "m1", "sdp": "v=0 answer"}
    assert service.bridge.told[-1] == ("offer", "s-1", 500_000, {"0": "mic"})


async def test_an_offer_that_cannot_be_carried_is_refused_with_the_reason(
    service: Service,
) -> None:
    ws = await service.site()
    before = list(service.bridge.told)
    await ws.send_json({"type": "media.offer", "id": "m1", "sdp": "refuse", "slots": {}})
    answer = await ws.receive_json()
    assert (answer["re"], answer["code"]) == ("m1", "media_rejected")
    assert answer["text"] == "the map of slots differs"
    assert service.bridge.told == before


async def test_a_room_reports_its_microphone_and_nobody_else_does(service: Service) -> None:
    room, wall = await service.site(), await service.join(service.token("viewer"), "wall")
    await room.send_json({"type": "endpoint.report", "mic": "on", "level": -127})
    await service.bridge.until(lambda: ("report", "s-1", "on", -127) in service.bridge.told)
    await wall.send_json({"type": "endpoint.report", "mic": "on"})
    assert (await wall.receive_json())["code"] == "not_authorized"
    assert sum(call[0] == "report" for call in service.bridge.told) == 1


# what the bridge says


async def test_everything_is_sent_in_the_order_it_was_put(service: Service) -> None:
    ws = await service.site()
    outbox = service.bridge.outboxes["s-1"]
    outbox.put(Stage(rev=413, slots={"chair": "110"}))
    outbox.put(Change(rev=413, now_s=1.5, events=[{"event": "x"}], set={"next": None}))
    outbox.put(MediaWant(layers=[]))
    assert [await ws.receive_json() for _ in range(3)] == [
        {"type": "stage", "rev": 413, "slots": {"chair": "110"}},
        {
            "type": "change",
            "rev": 413,
            "now": 1.5,
            "events": [{"event": "x"}],
            "set": {"next": None},
        },
        {"type": "media.want", "layers": []},
    ]


async def test_a_second_room_device_replaces_the_first(service: Service) -> None:
    first = await service.site("11")
    second = await service.site("11")
    assert await first.receive_json() == {"type": "bye", "reason": "replaced"}
    assert await the_end(first) == 1008
    await service.bridge.until(lambda: ("leave", "s-1", False) in service.bridge.told)
    await second.send_json({"type": "floor.request", "id": "k"})
    assert (await second.receive_json())["type"] == "ok"


async def test_goodbye_and_a_lost_line_are_told_apart(service: Service) -> None:
    leaving, lost = await service.site("11"), await service.site("14")
    await leaving.send_json({"type": "bye"})
    assert await the_end(leaving) == 1000
    await service.bridge.until(lambda: ("leave", "s-1", True) in service.bridge.told)
    lost._response.connection.transport.abort()  # type: ignore[union-attr]
    await service.bridge.until(lambda: ("leave", "s-2", False) in service.bridge.told)


async def test_a_reader_that_falls_behind_is_told_and_let_go(service: Service) -> None:
    ws = await service.site()
    outbox = service.bridge.outboxes["s-1"]
    # given more than may wait, put in one go while the writer cannot run
    for rev in range(LIMITS.max_waiting + 1):
        outbox.put(Stage(rev=rev, slots={}))
    assert await ws.receive_json() == {"type": "bye", "reason": "too_slow"}
    assert await the_end(ws) == 1008


async def test_a_reader_that_reads_nothing_is_cut_off_and_harms_nobody(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.websocket.ABORT_S", 0.1)
    # given a client that says hello and never reads again
    reader, writer = await _raw_handshake(service)
    writer.write(_frame(json.dumps(hello(service.token("site", site="11")))))
    await service.bridge.until(lambda: "s-1" in service.bridge.outboxes)
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    other = await service.site("14")
    # when more is said than its socket and its outbox hold
    outbox = service.bridge.outboxes["s-1"]
    rev = 0
    async with asyncio.timeout(10):
        while not outbox.ended:  # type: ignore[attr-defined]
            outbox.put(
                Change(rev=rev, now_s=0.0, events=[], set={"title": "x" * 200_000}),
            )
            rev += 1
            await asyncio.sleep(0)
    # then its session ends, and the other goes on
    await service.bridge.until(lambda: ("leave", "s-1", False) in service.bridge.told)
    await other.send_json({"type": "floor.request", "id": "k"})
    assert (await other.receive_json())["type"] == "ok"
    writer.close()


async def test_shutdown_says_bye_to_everybody(service: Service) -> None:
    joined, waiting = await service.site(), await service.open()
    stopping = asyncio.create_task(service.server.close())
    for ws in (joined, waiting):
        assert await ws.receive_json() == {"type": "bye", "reason": "shutdown"}
        assert await the_end(ws) == 1001
    await stopping
    assert ("leave", "s-1", False) in service.bridge.told


async def _raw_handshake(service: Service) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.setblocking(False)
    host, port = service.server.host, service.server.port
    await asyncio.get_running_loop().sock_connect(small, (host, port))
    reader, writer = await asyncio.open_connection(sock=small)
    writer.write(
        f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def _frame(text: str) -> bytes:
    """A masked text frame with a mask of zeros."""
    data = text.encode()
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + b"\0\0\0\0" + data

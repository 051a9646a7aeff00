"""Turns: what a client may say, what it is answered, and what is wrong changes nothing."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

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
from bridge.outgoing import Change, Device, MediaSet, MediaWant
from signaling.allowance import Rate
from signaling.conversation import Limits
from signaling.identity import Keyring
from signaling.messages import SUBPROTOCOL
from tests.signaling.conftest import NOW_S, ROSTER, Service, hello, the_end


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


async def test_who_comes_back_hears_exactly_what_it_missed(service: Service) -> None:
    service.bridge.since[410] = Change(
        rev=412, now_s=1.0, events=({"type": "hold_ended"},), set={"next": None}
    )
    ws = await service.open()
    await ws.send_json(hello(service.token("site", site="11"), resume={"rev": 410}))
    answer = await ws.receive_json()
    assert "snapshot" not in answer
    assert answer["missed"] == {
        "rev": 412,
        "events": [{"type": "hold_ended"}],
        "set": {"next": None},
    }


async def test_who_missed_too_much_gets_the_whole(service: Service) -> None:
    ws = await service.open()
    await ws.send_json(hello(service.token("site", site="11"), resume={"rev": 3}))
    answer = await ws.receive_json()
    assert "missed" not in answer
    assert answer["snapshot"]["rev"] == 412


async def test_a_room_says_which_machine_it_is_and_hears_its_place(service: Service) -> None:
    service.bridge.at_join = [Device(role="standby")]
    ws = await service.open()
    token = service.token("site", site="11")
    await ws.send_json(hello(token, device="laptop-2", standby=True))
    assert (await ws.receive_json())["type"] == "hello.ok"
    assert await ws.receive_json() == {"type": "device", "role": "standby"}
    assert service.bridge.told[0][2:] == (SessionKind.ROOM, None, "laptop-2", True)


async def test_a_conference_that_takes_nobody_says_so(service: Service) -> None:
    service.bridge.locked = True
    ws = await service.open()
    await ws.send_json(hello(service.token("viewer"), kind="wall"))
    answer = await ws.receive_json()
    assert (answer["code"], answer["re"]) == ("locked", "h1")
    assert await ws.receive_json() == {"type": "bye", "reason": "refused"}
    assert await the_end(ws) == 1008
    assert service.bridge.told == []


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
            floors=("speech",),
            site="11",
            by="chair",
            status=RequestStatus.ACCEPTED,
        ),
        RequestGranted(at_s=1.0, request=9, limit_s=300),
    )
    service.bridge.answer = Accepted(rev=420, events=(replaced, made, granted))
    await ws.send_json({"type": "chair.call", "id": "k3", "site": "11"})
    assert await ws.receive_json() == {"type": "ok", "re": "k3", "rev": 420, "request": 9}
    # and of a call that used the site's own request
    service.bridge.answer = Accepted(rev=420, events=(replaced, granted))
    await ws.send_json({"type": "chair.call", "id": "k4", "site": "11"})
    assert (await ws.receive_json())["request"] == 9
    # but a message that names none and makes none touches no one request
    await ws.send_json({"type": "chair.revoke", "id": "k5"})
    assert await ws.receive_json() == {"type": "ok", "re": "k5", "rev": 420}


async def test_a_command_is_passed_on_with_the_revision_it_was_thought_on(
    service: Service,
) -> None:
    ws = await service.chair()
    for rev in (410, None):
        said = {} if rev is None else {"rev": rev}
        await ws.send_json({"type": "chair.revoke", "id": f"k{rev}", **said})
        assert (await ws.receive_json())["type"] == "ok"
    assert service.bridge.seen == [410, None]
    changed = {"rev": 414, "changed": [{"type": "next_chosen", "at_s": 1.0, "site": "14"}]}
    service.bridge.answer = Refusal(code=RefusalCode.STALE, text="since", detail=dict(changed))
    await ws.send_json({"type": "chair.call", "id": "k2", "site": "11", "rev": 410})
    answer = await ws.receive_json()
    assert (answer["code"], answer["detail"]) == ("stale", changed)


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


async def test_an_offer_is_answered(service: Service) -> None:
    ws = await service.site()
    offer = {"type": "media.offer", "id": "m1", "sdp": "x" * 500_000, "slots": {"0": "mic"}}
    await ws.send_json(offer)
    assert await ws.receive_json() == {"type": "media.answer", "re": "m1", "sdp": "v=0 answer"}
    assert service.bridge.told[-1] == ("offer", "s-1", 500_000, {"0": "mic"})


async def test_an_offer_may_be_of_an_ice_restart(service: Service) -> None:
    ws = await service.site()
    offer = {"type": "media.offer", "id": "m1", "sdp": "v=0", "slots": {"0": "mic"}}
    await ws.send_json(offer | {"restart": True})
    assert await ws.receive_json() == {"type": "media.answer", "re": "m1", "sdp": "v=0 answer"}
    assert service.bridge.told[-1] == ("restart", "s-1", 3, {"0": "mic"})


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


async def test_what_a_room_says_of_its_getstats_reaches_the_bridge(service: Service) -> None:
    room = await service.site()
    said = {"type": "endpoint.report", "mic": "on", "level": -20, "stats": {"rtt_s": 0.5}}
    await room.send_json(said)
    await service.bridge.until(
        lambda: ("report", "s-1", "on", -20, {"rtt_s": 0.5}) in service.bridge.told
    )
    # One word that is not known, and nothing of it is taken.
    await room.send_json(said | {"stats": {"rtt_s": 0.5, "mos": 4.5}})
    assert (await room.receive_json())["code"] == "unknown_field"
    assert sum(call[0] == "report" for call in service.bridge.told) == 1


async def test_what_is_logged_of_a_connection_has_its_session_and_site(service: Service) -> None:
    ws = await service.open()
    with capture_logs([merge_contextvars]) as log:
        await ws.send_json(hello(service.token("site", site="11")))
        await ws.receive_json()
        await ws.send_json({"type": "floor.request", "id": "c-7"})
        await ws.receive_json()
        other = await service.open()
        await other.send_json(hello("wrong"))
        assert [(await other.receive_json())["type"] for _ in range(2)] == ["error", "bye"]
    came, refused = (entry for entry in log if entry["event"].startswith(("command", "session")))
    assert (came["event"], came["command"]) == ("command.came", "floor.request")
    assert (came["command_id"], came["session"], came["site"]) == ("c-7", "s-1", "11")
    assert refused["event"] == "session.refused"
    assert not {"session", "site", "command_id"} & refused.keys()

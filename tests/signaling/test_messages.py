from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.clients import GREATEST
from signaling.decoding import ProtocolError, decode
from signaling.messages import (
    ChairMuteAll,
    ChairMuteSite,
    EndpointReport,
    EndpointStats,
    Hello,
    MediaOffer,
    Resume,
)


def error_of(fields: dict[str, Any]) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        decode(json.dumps(fields), joined=True)
    return refused.value


@pytest.mark.parametrize("v", [True, 1.0, "1", None])
def test_a_version_is_an_integer(v: object) -> None:
    fields = {"type": "hello", "id": "h", "v": v, "token": "t", "kind": "room"}
    assert error_of(fields).code == "malformed"


@pytest.mark.parametrize(
    ("site", "legal"),
    [
        ("01", True),
        ("110", True),
        ("79-2", True),
        ("79-9", True),
        ("79-1", False),
        ("1", False),
        ("0110", False),
        ("p01", False),
        ("٠١", False),
        ("01\n", False),
    ],
)
def test_a_site_code_is_what_the_roster_calls_one(site: str, legal: bool) -> None:
    fields = {"type": "chair.call", "id": "a", "site": site}
    if legal:
        assert decode(json.dumps(fields), joined=True).model_dump()["site"] == site
    else:
        assert error_of(fields).code == "malformed"


@pytest.mark.parametrize(
    ("remark", "legal"),
    [("ề" * 300, True), ("ề" * 301, False), ("a\x1b[2J", False), ("a\nb", False), ("", True)],
)
def test_a_remark_is_one_short_line(remark: str, legal: bool) -> None:
    fields = {"type": "floor.request", "id": "a", "text": remark}
    if legal:
        decode(json.dumps(fields), joined=True)
    else:
        assert error_of(fields).text.startswith("text: ")


@pytest.mark.parametrize(("level", "legal"), [(0, True), (-127, True), (1, False), (-128, False)])
def test_a_level_is_in_dbov(level: int, legal: bool) -> None:
    fields = {"type": "endpoint.report", "mic": "on", "level": level}
    if legal:
        decode(json.dumps(fields), joined=True)
    else:
        assert error_of(fields).code == "malformed"


def test_but_goes_with_all_only() -> None:
    mute = {"type": "chair.mute", "id": "a", "on": True}
    assert isinstance(decode(json.dumps({**mute, "site": "all"}), joined=True), ChairMuteAll)
    assert isinstance(decode(json.dumps({**mute, "site": "11"}), joined=True), ChairMuteSite)
    both = {**mute, "site": "11", "but": ["01"]}
    assert error_of(both).code == "unknown_field"


def report(**stats: object) -> dict[str, Any]:
    return {"type": "endpoint.report", "mic": "on", "stats": stats}


def test_the_statistics_of_a_page_are_those_the_bridge_knows() -> None:
    assert set(EndpointStats.model_fields) == set(GREATEST)


def test_what_a_page_leaves_out_or_does_not_know_is_not_said() -> None:
    message = decode(json.dumps(report(rtt_s=0.25, freeze_count=3, freeze_s=None)), joined=True)
    assert isinstance(message, EndpointReport)
    assert message.stats is not None
    assert message.stats.said() == {"rtt_s": 0.25, "freeze_count": 3.0}


@pytest.mark.parametrize(
    ("stats", "code"),
    [
        ({"rtt_ms": 25}, "unknown_field"),
        ({"frames_decoded": "12"}, "malformed"),
        ({"frames_decoded": True}, "malformed"),
        ({"frames_decoded": [1]}, "malformed"),
        ({"frames_decoded": {"x": 1}}, "malformed"),
        ({"rtt_s": float("nan")}, "malformed"),
        ({"rtt_s": float("inf")}, "malformed"),
        ({"rtt_s": 10**400}, "malformed"),
    ],
)
def test_statistics_are_known_finite_numbers(stats: dict[str, object], code: str) -> None:
    assert error_of(report(**stats)).code == code


@pytest.mark.parametrize(("said", "restart"), [({}, False), ({"restart": True}, True)])
def test_an_offer_is_of_new_media_unless_it_says_otherwise(
    said: dict[str, object], restart: bool
) -> None:
    fields = {"type": "media.offer", "id": "m", "sdp": "v=0", "slots": {}, **said}
    offer = decode(json.dumps(fields), joined=True)
    assert isinstance(offer, MediaOffer)
    assert offer.restart is restart


@pytest.mark.parametrize("restart", [1, "true", None])
def test_a_restart_is_asked_for_by_a_flag(restart: object) -> None:
    fields = {"type": "media.offer", "id": "m", "sdp": "v=0", "slots": {}, "restart": restart}
    assert error_of(fields).text.startswith("restart: ")


HELLO = {"type": "hello", "id": "h", "v": 1, "token": "t", "kind": "room"}


def test_a_hello_may_resume_name_its_machine_and_wait() -> None:
    said = {**HELLO, "resume": {"rev": 412}, "device": "laptop-2", "standby": True}
    message = decode(json.dumps(said), joined=False)
    assert isinstance(message, Hello)
    assert message.resume == Resume(rev=412)
    assert (message.device, message.standby) == ("laptop-2", True)
    assert json.loads(message.wire()) == said


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"resume": 412}, "resume: "),
        ({"resume": {}}, "resume.rev: "),
        ({"resume": {"rev": "412"}}, "resume.rev: "),
        ({"resume": {"rev": -1}}, "resume.rev: "),
        ({"device": ""}, "device: "),
        ({"device": "máy"}, "device: "),
        ({"standby": 1}, "standby: "),
        ({"standby": True, "kind": "wall"}, "only a room has a standby device"),
    ],
)
def test_a_hello_that_cannot_be_meant(said: dict[str, Any], text: str) -> None:
    error = error_of({**HELLO, **said})
    assert error.code == "malformed"
    assert error.text.startswith(text)

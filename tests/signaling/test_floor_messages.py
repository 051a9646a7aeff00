from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.conference.commands import ChairCall, ChairLimit, ChairPolicy, FloorRequest
from bridge.conference.words import OnExpiry, QueueVisible, RequestHandling, Via
from signaling.decoding import ProtocolError, decode
from signaling.messages import Command


def command_of(fields: dict[str, Any]) -> Any:
    message = decode(json.dumps({"id": "a", **fields}), joined=True)
    assert isinstance(message, Command)
    assert json.loads(message.wire()) == {"id": "a", **fields}
    return message.command()


def error_of(fields: dict[str, Any]) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        decode(json.dumps({"id": "a", **fields}), joined=True)
    return refused.value


def test_a_request_says_all_that_it_may() -> None:
    said = {
        "floors": ["speech", "content"],
        "site": "14",
        "priority": 3,
        "limit_s": 420,
        "text": "Khó khăn",
        "group": "Nhóm 2",
        "respond": True,
    }
    assert command_of({"type": "floor.request", **said}) == FloorRequest(
        **{**said, "floors": ("speech", "content")}  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "wrong", [{"priority": 5}, {"priority": -1}, {"limit_s": 0}, {"group": ""}]
)
def test_what_a_request_may_not_say(wrong: dict[str, Any]) -> None:
    assert error_of({"type": "floor.request", **wrong}).text.startswith(next(iter(wrong)))


def test_the_single_floor_of_earlier_days_is_refused() -> None:
    error = error_of({"type": "floor.request", "floor": "speech"})
    assert (error.code, error.text) == ("unknown_field", "floor")


def test_a_call_may_be_by_telephone_and_for_an_item() -> None:
    said = {"type": "chair.call", "site": "11", "via": "phone", "agenda_item": 3}
    assert command_of(said) == ChairCall(site="11", via=Via.PHONE, agenda_item=3)
    assert error_of({**said, "via": "fax"}).text.startswith("via: ")


@pytest.mark.parametrize("limit_s", [60, None])
def test_the_limit_of_a_site_is_said_or_taken_away(limit_s: int | None) -> None:
    said = {"type": "chair.limit", "site": "11", "limit_s": limit_s}
    assert command_of(said) == ChairLimit(site="11", limit_s=limit_s)
    assert error_of({"type": "chair.limit", "site": "11"}).text.startswith("limit_s: ")


def test_a_policy_changes_what_is_said_of_it() -> None:
    said = {
        "max_floor_users": 3,
        "request_handling": "confirm",
        "limit_s": None,
        "on_expiry": "revoke",
        "queue_visible": "all",
        "grace_s": 30,
    }
    assert command_of({"type": "chair.policy", **said}) == ChairPolicy(
        changes={
            "max_floor_users": 3,
            "request_handling": RequestHandling.CONFIRM,
            "limit_s": None,
            "on_expiry": OnExpiry.REVOKE,
            "queue_visible": QueueVisible.ALL,
            "grace_s": 30.0,
        }
    )


@pytest.mark.parametrize(
    ("said", "code", "text"),
    [
        ({}, "malformed", "at least one field of the policy is needed"),
        ({"rev": 3}, "malformed", "at least one field of the policy is needed"),
        ({"warn_s": None}, "malformed", "warn_s: "),
        ({"auto_advance": None}, "malformed", "auto_advance: "),
        ({"auto_advance": 1}, "malformed", "auto_advance: "),
        ({"max_floor_users": 5}, "malformed", "max_floor_users: "),
        ({"max_floor_users": True}, "malformed", "max_floor_users: "),
        ({"grace_s": -1}, "malformed", "grace_s: "),
        ({"grace_s": float("inf")}, "malformed", "grace_s: "),
        ({"limit_s": 0}, "malformed", "limit_s: "),
        ({"limits_s": 60}, "unknown_field", "limits_s"),
        ({"changes": {"limit_s": 60}}, "unknown_field", "changes"),
    ],
)
def test_a_policy_that_says_nothing_or_nonsense(said: dict[str, Any], code: str, text: str) -> None:
    error = error_of({"type": "chair.policy", **said})
    assert error.code == code
    assert error.text.startswith(text)

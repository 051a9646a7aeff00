from __future__ import annotations

import pytest
from pydantic import ValidationError

from signaling.messages import type_of
from signaling.notices import SERVER_MESSAGES, Error, HelloOk, Lines, Ok


def test_every_notice_has_a_type_of_its_own():
    types = [type_of(model) for model in SERVER_MESSAGES]

    assert len(set(types)) == len(types)


def test_a_notice_with_a_field_we_do_not_know_is_refused():
    with pytest.raises(ValidationError):
        Ok.model_validate({"type": "ok", "re": "a", "rev": 1, "hint": "?"})


def test_lists_of_json_become_the_tuples_they_stand_for():
    hello = HelloOk.model_validate(
        {
            "type": "hello.ok",
            "re": "h1",
            "boot": "b",
            "you": {"session": "s", "user": "u", "roles": ["site"], "site": "01", "kind": "room"},
            "now": 1.5,
            "conference": "c",
            "snapshot": {"rev": 1},
            "slots": [{"slot": "mic", "kind": "audio", "direction": "send"}],
            "ice_servers": [{"urls": ["turn:t"], "username": "9:01", "credential": "c"}],
        }
    )

    assert hello.slots[0].slot == "mic"
    assert hello.you.roles == ("site",)
    assert hello.ice_servers[0].urls == ("turn:t",)


def test_what_was_never_given_is_left_out_on_the_wire():
    assert Error(type="error", code="busy", text="no").wire() == (
        '{"type":"error","code":"busy","text":"no"}'
    )
    assert Lines(type="lines", sites={"01": {"line": "good"}}).wire() == (
        '{"type":"lines","sites":{"01":{"line":"good"}}}'
    )

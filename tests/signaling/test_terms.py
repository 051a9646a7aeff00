"""Fields, and the law that a command's message is its command."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from bridge.conference import commands
from bridge.conference.commands import ChairMute, PersonCommand
from bridge.conference.policy import Policy
from signaling.decoding import ProtocolError, decode
from signaling.messages import COMMAND_MESSAGES, Command, type_of

MODELS = {model.makes: model for model in COMMAND_MESSAGES if model.__name__ != "ChairMuteAll"}


def words(name: str) -> str:
    """``ChairHold`` -> ``chair.hold``"""
    head = next(i for i, letter in enumerate(name) if i and letter.isupper())
    return f"{name[:head]}.{name[head:]}".lower()


def test_every_command_of_a_person_has_its_message() -> None:
    persons = set(PersonCommand.__args__)  # type: ignore[attr-defined]  # a union
    assert set(MODELS) == persons


@pytest.mark.parametrize("model", COMMAND_MESSAGES, ids=lambda model: model.__name__)
def test_a_message_has_the_fields_of_its_command(model: type[Command]) -> None:
    made = model.makes
    assert isinstance(made, type)
    fields = set(model.model_fields) - {"type", "id", "rev"}
    own = {field.name for field in dataclasses.fields(made)}
    if made is commands.ChairPolicy:
        assert fields == {field.name for field in dataclasses.fields(Policy)}
    elif made is ChairMute:
        assert fields in ({"site", "on"}, {"site", "on", "but"})
    else:
        assert fields == own
        assert type_of(model) == words(made.__name__)


@pytest.mark.parametrize("model", COMMAND_MESSAGES, ids=lambda model: model.__name__)
def test_what_a_message_leaves_out_is_what_its_command_leaves_out(model: type[Command]) -> None:
    made = model.makes
    if made is commands.ChairPolicy:
        return
    for field in dataclasses.fields(made):  # type: ignore[arg-type]
        theirs = model.model_fields.get(field.name)
        if theirs is not None and not theirs.is_required():
            assert theirs.default == field.default


def error_of(**fields: Any) -> str:
    with pytest.raises(ProtocolError) as refused:
        decode(json.dumps({"id": "a", **fields}), joined=True)
    return f"{refused.value.code} {refused.value.text}"


def accepts(**fields: Any) -> Any:
    message = decode(json.dumps({"id": "a", **fields}), joined=True)
    assert isinstance(message, Command)
    return message.command()


@pytest.mark.parametrize("rev", [0, 412, 2**53 - 1, None])
def test_a_command_may_say_on_which_revision_it_was_thought(rev: int | None) -> None:
    message = decode(json.dumps({"type": "chair.revoke", "id": "a", "rev": rev}), joined=True)
    assert isinstance(message, Command)
    assert message.rev == rev


@pytest.mark.parametrize("rev", [-1, 2**53, 1.0, "1", True])
def test_a_revision_is_a_number_that_counts(rev: object) -> None:
    assert error_of(type="chair.revoke", rev=rev).startswith("malformed rev")


@pytest.mark.parametrize(
    ("until", "legal"),
    [
        ("2020-05-29T08:00:00+07:00", True),
        ("2020-05-29T01:00Z", True),
        ("2020-05-29T08:00:00.250+07:00", True),
        ("2020-05-29T08:00:00", False),
        ("2020-13-29T08:00:00Z", False),
        ("2020-02-30T08:00:00Z", False),
        ("08:00", False),
        ("20200529T080000Z", False),
        ("2020-05-29T08:00:00+07:00\n", False),
    ],
)
def test_a_moment_has_its_zone(until: str, legal: bool) -> None:
    slate = {"type": "programme.slate", "slate": "lobby", "until": until}
    if legal:
        assert accepts(**slate).until == until
    else:
        assert error_of(**slate).startswith("malformed until: ")


@pytest.mark.parametrize(
    ("floors", "legal"),
    [
        (["speech"], True),
        (["speech", "content"], True),
        (["no such floor"], True),
        ([], False),
        (["speech", "speech"], False),
        ("speech", False),
        ([1], False),
        (["x"] * 9, False),
    ],
)
def test_floors_are_named_once_each(floors: object, legal: bool) -> None:
    if legal:
        assert accepts(type="floor.request", floors=floors).floors == tuple(floors)  # type: ignore[arg-type]
    else:
        assert error_of(type="floor.request", floors=floors).startswith("malformed floors")

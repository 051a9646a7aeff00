"""docs/protocol.md and the models say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from signaling import schema
from signaling.decoding import decode, decode_server
from signaling.messages import CLIENT_MESSAGES, type_of
from signaling.notices import SERVER_MESSAGES, Error
from signaling.outbox import CLOSE_CODES
from signaling.problem import STATUS
from signaling.routes import ROUTES

DOCUMENT = (Path(schema.PATH).parent / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
VALIDATOR = jsonschema.Draft202012Validator(schema.schema())
FROM_SERVER = {type_of(model) for model in SERVER_MESSAGES}


def is_from_server(fields: dict[str, Any]) -> bool:
    return fields["type"] in FROM_SERVER and fields != {"type": "bye"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_message(example: str) -> None:
    fields = json.loads(example)
    message = decode_server(example) if is_from_server(fields) else decode(example, joined=True)
    assert json.loads(message.wire()) == fields
    VALIDATOR.validate(fields)


def test_every_message_has_an_example() -> None:
    shown = [json.loads(example) for example in EXAMPLES]
    assert {f["type"] for f in shown if is_from_server(f)} == FROM_SERVER
    assert {f["type"] for f in shown if not is_from_server(f)} == {
        type_of(model) for model in CLIENT_MESSAGES
    }


def test_every_code_has_its_row_with_its_status() -> None:
    rows = re.findall(r"^\| (`.*?`) \| ([0-9, ]+) \|", DOCUMENT, re.MULTILINE)
    listed: dict[str, int] = {}
    for codes, statuses in rows:
        names = re.findall(r"`(\w+)`", codes)
        numbers = [int(number) for number in statuses.split(", ")]
        listed |= dict(zip(names, numbers * (len(names) // len(numbers)), strict=True))
    for reason in CLOSE_CODES:
        listed.pop(reason, None)
    assert listed == {str(code): int(status) for code, status in STATUS.items()}


def test_every_reason_of_a_bye_has_its_close_code() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (1\d{3}) \|", DOCUMENT, re.MULTILINE))
    assert rows == {reason: str(int(code)) for reason, code in CLOSE_CODES.items()}


def test_every_route_is_listed() -> None:
    section = DOCUMENT[DOCUMENT.index("## 6. REST") :]
    for route in ROUTES:
        assert f"`{route.path}`" in section
        assert type_of(route.model) in section


def test_an_error_may_stand_without_the_message_it_answers() -> None:
    text = '{"type":"error","code":"malformed","text":"not JSON"}'
    assert isinstance(decode_server(text), Error)

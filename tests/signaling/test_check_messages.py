from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.conference import commands
from bridge.conference.check_words import WalkPicture, WalkSound
from signaling.decoding import ProtocolError, decode
from signaling.messages import Command


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ({"type": "check.run", "sites": "all"}, commands.CheckRun(sites="all")),
        ({"type": "check.run", "sites": ["79", "01"]}, commands.CheckRun(sites=("79", "01"))),
        ({"type": "check.stop"}, commands.CheckStop()),
        ({"type": "check.heard", "number": "07"}, commands.CheckHeard(number="07")),
        (
            {"type": "check.heard", "number": "47", "site": "01"},
            commands.CheckHeard(number="47", site="01"),
        ),
        ({"type": "walk.begin"}, commands.WalkBegin()),
        ({"type": "walk.begin", "anew": True}, commands.WalkBegin(anew=True)),
        ({"type": "walk.next"}, commands.WalkNext()),
        ({"type": "walk.skip"}, commands.WalkSkip()),
        ({"type": "walk.go", "site": "01"}, commands.WalkGo(site="01")),
        (
            {"type": "walk.judge", "site": "01", "sound": "echo", "picture": "dark", "note": "?"},
            commands.WalkJudge(site="01", sound=WalkSound.ECHO, picture=WalkPicture.DARK, note="?"),
        ),
        ({"type": "walk.judge", "site": "01"}, commands.WalkJudge(site="01")),
        ({"type": "walk.end"}, commands.WalkEnd()),
    ],
)
def test_a_message_makes_its_command(said: dict[str, Any], command: object) -> None:
    message = decode(json.dumps({"id": "x", **said}), joined=True)
    assert isinstance(message, Command)
    assert message.command() == command


@pytest.mark.parametrize(
    "said",
    [
        {"type": "check.run"},
        {"type": "check.run", "sites": []},
        {"type": "check.run", "sites": "01"},
        {"type": "check.run", "sites": ["p01"]},
        {"type": "check.heard", "number": "7"},
        {"type": "check.heard", "number": "107"},
        {"type": "check.heard", "number": 47},
        {"type": "check.heard", "number": "４７"},
        {"type": "walk.go"},
        {"type": "walk.judge", "site": "01", "sound": "fine"},
        {"type": "walk.judge", "site": "01", "picture": "echo"},
        {"type": "walk.judge", "site": "01", "note": ""},
        {"type": "walk.judge", "site": "01", "note": "x" * 301},
    ],
)
def test_what_is_no_such_message_is_malformed(said: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as error:
        decode(json.dumps({"id": "x", **said}), joined=True)
    assert error.value.code == "malformed"

from __future__ import annotations

import json
from typing import Any

import pytest

from signaling.decoding import ProtocolError, decode
from signaling.messages import ChairMuteAll, ChairMuteSite


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

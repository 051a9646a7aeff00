from __future__ import annotations

import pytest

from room110.cli.mends import MENDS, SHOWN, described, mends
from signaling.problem import STATUS

OF_PROGRAMS = {
    *("malformed", "unknown_type", "unknown_field", "unsupported_version", "too_long"),
    *("out_of_turn", "media_rejected", "host_not_allowed", "origin_not_allowed", "bad_handshake"),
}
"""A person cannot mend these: the text says all."""


def test_every_no_has_its_mend():
    assert set(MENDS) | OF_PROGRAMS == {str(code) for code in STATUS}
    assert not set(MENDS) & OF_PROGRAMS


def test_what_changed_stands_before_the_mend():
    changed = [{"type": "next_chosen", "at_s": 1.0, "site": str(n)} for n in range(10, 20)]
    lines = list(mends("stale", changed))
    assert lines == [f"next_chosen site={n}" for n in range(20 - SHOWN, 20)] + [MENDS["stale"]]


def test_a_code_that_is_not_known_has_no_mend():
    assert list(mends("of another version")) == []


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"type": "hold_ended", "at_s": 1.0, "request": 9}, "hold_ended request=9"),
        ({"type": "a", "floors": ["speech", "content"]}, "a floors=speech,content"),
        ({"type": "a", "items": [{"x": 1}, {"x": 2}]}, "a items=[2]"),
        ({"type": "a", "to": {"limit_s": 1, "warn_s": 2}}, "a to={limit_s,warn_s}"),
        ({}, "?"),
    ],
)
def test_an_event_is_one_line(event, text):
    assert described(event) == text

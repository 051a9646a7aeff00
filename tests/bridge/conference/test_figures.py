from __future__ import annotations

from dataclasses import fields

from bridge.conference.figures import Figures


def test_what_was_not_measured_is_none():
    assert {getattr(Figures(), field.name) for field in fields(Figures)} == {None}

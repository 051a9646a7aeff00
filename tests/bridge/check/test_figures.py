from __future__ import annotations

from dataclasses import fields

from bridge.check.figures import Figures, Unmeasurable


def test_what_was_not_measured_is_none():
    assert {getattr(Figures(), field.name) for field in fields(Figures)} == {None}


def test_why_nothing_can_be_said_is_a_code():
    assert Unmeasurable("no_media").reason == "no_media"

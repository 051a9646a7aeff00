from __future__ import annotations

from bridge.check.measuring import Unmeasurable


def test_why_nothing_can_be_said_is_a_code():
    assert Unmeasurable("no_media").reason == "no_media"

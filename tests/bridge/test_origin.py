"""Whose command it is, known to whoever is called, and to nobody afterwards."""

from __future__ import annotations

import structlog
from structlog.contextvars import bound_contextvars

from bridge.origin import following, origin


def test_while_a_command_is_followed_it_is_the_origin_and_in_every_record():
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as log:
        with following("c-1"):
            assert origin() == "c-1"
            structlog.get_logger().info("it.happened", site="11")
        structlog.get_logger().info("it.happened")
    assert [entry.get("command_id") for entry in log] == ["c-1", None]
    assert log[0]["site"] == "11"
    assert origin() is None


def test_a_command_within_another_is_itself_and_then_the_other_goes_on():
    with following("outer"):
        with following("inner"):
            assert origin() == "inner"
        assert origin() == "outer"


def test_what_comes_of_nobody_changes_nothing():
    with following(None):
        assert origin() is None
    with following("c-1"), following(None):
        assert origin() == "c-1"


def test_what_somebody_else_bound_there_is_no_origin():
    with bound_contextvars(command_id=7):
        assert origin() is None

"""Panels: what Grafana would get wrong by default."""

from __future__ import annotations

from bridge.line import LineWord
from monitoring.dashboards import panels


def test_a_timeline_has_all_its_rows_on_one_page():
    # The SDK's own is 20: a wall of 64 would show the first third and say nothing.
    panel = panels.states("x", ("up", "{{job}}"), texts=panels.LINES, rows=64).build()

    assert panel.options.per_page == 64


def test_every_word_of_a_line_has_a_text_and_a_colour_of_its_own():
    assert len(panels.LINES) == len(LineWord)
    assert len({text for text, _ in panels.LINES}) == len(LineWord)
    assert len({color for _, color in panels.LINES}) == len(LineWord)


def test_a_number_is_asked_once_and_a_curve_over_the_range():
    now = panels.number("x", "up").build().targets[0]
    over = panels.curves("x", ("up", "a"), ("up", "b"), unit="s").build().targets

    assert now.instant is True
    assert [(target.ref_id, target.range_val) for target in over] == [("A", True), ("B", True)]


def test_a_number_that_is_not_there_is_no_zero():
    assert panels.number("x", "up").build().field_config.defaults.no_value == "—"

"""Boards: places on the grid, and what all of them have."""

from __future__ import annotations

import pytest

from monitoring.dashboards import panels
from monitoring.dashboards.boards import board, fill


def empty():
    return board("u", "t", "d", refresh="5s", since="now-1h")


def test_rows_are_laid_from_the_top_and_panels_from_the_left():
    one, two, three = (panels.number(title, "up") for title in "abc")

    made = fill(empty(), [(3, [(one, 6), (two, 18)]), (8, [(three, 24)])]).build().panels

    places = [(p.grid_pos.x, p.grid_pos.y, p.grid_pos.w, p.grid_pos.h) for p in made]
    assert places == [(0, 0, 6, 3), (6, 0, 18, 3), (0, 3, 24, 8)]
    assert [panel.id_val for panel in made] == [1, 2, 3]


def test_a_row_that_does_not_fit_is_a_mistake():
    with pytest.raises(ValueError, match="25 columns"):
        fill(empty(), [(3, [(panels.number("a", "up"), 25)])])


def test_grants_and_phases_are_marked_on_every_board():
    names = [mark.name for mark in empty().build().annotations.list_val]

    assert names == ["Trao quyền phát biểu", "Giai đoạn hội nghị"]

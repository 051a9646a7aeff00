from __future__ import annotations

from datetime import time

import pytest

from config.agenda_entries import AgendaRow, Placed
from config.agenda_remarks import remarks
from config.roster import Roster
from tests.config.agendas import ROSTER

TWO = Roster((ROSTER.by_code("01"), ROSTER.by_code("11"), ROSTER.by_code("110")))


def said(*rows: AgendaRow, start: time | None = None, roster: Roster = TWO) -> list[str]:
    placed = [Placed(where=f"a.csv:{line}", row=row) for line, row in enumerate(rows, 2)]
    return list(remarks(placed, roster, file="a.csv", start=start))


def site(code: str, minutes: int = 7, **more) -> AgendaRow:
    return AgendaRow(kind="site", title="A", minutes=minutes, site=code, **more)


def centre(minutes: int) -> AgendaRow:
    return AgendaRow(kind="centre", title="A", minutes=minutes)


def pause(minutes: int = 15) -> AgendaRow:
    return AgendaRow(kind="break", title="A", minutes=minutes)


BOTH = (site("01"), site("11"))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((*BOTH, site("01")), ["a.csv:4: 01 Hà Nội reports already in 2"]),
        ((site("01"),), ["a.csv: 1 of 2 sites have no report: 11 Điện Biên"]),
        ((*BOTH, centre(61)), ["a.csv:4: minutes: 1 h 01 min for one item"]),
        ((*BOTH, centre(60)), []),
        ((*BOTH, pause(90)), []),
        (
            (*BOTH, *[centre(60)] * 3),
            ["a.csv:2: from here 3 h 14 min without a break"],
        ),
        (
            (*BOTH, pause(), *[centre(60)] * 3, centre(1), pause()),
            ["a.csv:5: from here 3 h 01 min without a break"],
        ),
        ((*BOTH, pause(), *[centre(60)] * 3), []),
        (
            (site("01", group="Nhóm 1"), site("11")),
            [
                (
                    "a.csv:3: group: none, after a site of 'Nhóm 1';"
                    " in a table a merged cell is of its first row alone"
                )
            ],
        ),
        ((site("01", group="Nhóm 1"), centre(7), site("11")), []),
        ((site("01"), site("11", group="Nhóm 1")), []),
    ],
)
def test_what_to_look_at(rows, told):
    assert said(*rows)[1:] == told


def test_many_silent_sites_are_counted_and_some_are_named():
    (_, silent) = said(centre(7), roster=ROSTER)

    assert silent.startswith("a.csv: 63 of 63 sites have no report: 01 Hà Nội, 02 Hà Giang, ")
    assert silent.endswith(" and 51 more")


@pytest.mark.parametrize(
    ("start", "minutes", "told"),
    [
        (None, [7], "3 items, 21 min"),
        (time(8), [60, 60, 34], "5 items, 2 h 48 min; begun at 08:00 it ends at 10:48"),
        (time(23, 59), [], "2 items, 14 min; begun at 23:59 it ends at 00:13 the next day"),
        (time(8), [600] * 5, "7 items, 50 h 14 min; begun at 08:00 it ends at 10:14 2 days later"),
    ],
)
def test_the_length_of_it_all_comes_first(start, minutes, told):
    assert said(*BOTH, *map(centre, minutes), start=start)[0] == f"a.csv: {told}"

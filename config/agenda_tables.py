"""An agenda as a table: a CSV file, or the grid of a spreadsheet.

One row names the columns; it is looked for among the first, since people put titles above.  Below
it each row is an item.  A row with nothing but a group is a heading, for the sites below it until the
next heading or break; that is how *questions by group* stand in the Ministry's tables.

Excel writes CSV with the separator of the machine's language: a comma, a semicolon, or a tab.
Which one is seen from the row that names the columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from config.agenda_entries import Cell, Entry
from config.agenda_words import COLUMNS, IGNORED, KINDS, REQUIRED, quoted

SEPARATORS: Final = (",", ";", "\t")
MOST_COLUMNS: Final = 50
"""What stands in the next one is under no heading; what is beyond is not looked at."""

_ABOVE: Final = 20
"""Rows among which the one that names the columns is looked for."""
_FEWEST_NAMES: Final = 2
"""Columns a row must name to be that one: the kind of an item may be *điểm cầu* too."""

_IGNORED: Final = "-"
"""In the place of a column that is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One row of a table."""

    where: str
    """``agenda.csv:5``, ``agenda.xlsx:Sheet1!5``"""
    cells: tuple[Cell, ...]


def read_csv(text: str, file: str, problems: list[str]) -> Iterator[Entry]:
    """The entries of a CSV file; what is wrong with its form is added to *problems*."""
    separator = max(SEPARATORS, key=lambda sign: _names_found(_csv_rows(text, file, sign, [])))
    return entries_of(_csv_rows(text, file, separator, problems), file, problems)


def _names_found(rows: Iterable[GridRow]) -> tuple[int, int]:
    """How many columns are named, and how many cells there are where none is."""
    top = list(islice(rows, _ABOVE))
    return max(map(_names, top), default=0), max((len(row.cells) for row in top), default=0)


def _csv_rows(text: str, file: str, separator: str, problems: list[str]) -> Iterator[GridRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for texts in reader:
            where = f"{file}:{line}"
            read = texts[: MOST_COLUMNS + 1]
            yield GridRow(where=where, cells=tuple(Cell(text=one, where=where) for one in read))
            # A text in quotes may go on for lines; the row is where it begins.
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(f'{file}:{line}: {error}; look at the quotes (") of this row')


def entries_of(rows: Iterable[GridRow], file: str, problems: list[str]) -> Iterator[Entry]:
    """The entries of a table, one by one; what is wrong with its form is added to *problems*."""
    written = (row for row in rows if any(map(_is_written, row.cells)))
    top = list(islice(written, _ABOVE))
    # The first of those that name the most.
    named = max(range(len(top)), key=lambda place: _names(top[place]), default=None)
    if named is None or _names(top[named]) < _FEWEST_NAMES:
        best = GridRow(where=f"{file}:1", cells=()) if named is None else top[named]
        texts = [cell.text for cell in best.cells[:MOST_COLUMNS]]
        strange = (text for text in texts if COLUMNS.find(text) is None)
        near = next(filter(None, map(COLUMNS.nearest, strange)), "")
        known = ", ".join(map(COLUMNS.shown, COLUMNS))
        problems.append(f"{best.where}: no row names the columns; they are {known}{near}")
        return
    columns = _columns(top[named], problems)
    if not set(REQUIRED) <= set(columns):
        return
    group: Cell | None = None
    for row in chain(top[named + 1 :], written):
        cells = _cells(row, columns, problems)
        filled = {column for column, cell in cells.items() if _is_written(cell)}
        kind = KINDS.find(cells["kind"].text) if "kind" in filled else None
        if filled == {"group"}:
            group = cells["group"]
            continue
        if kind == "break":
            group = None
        is_site = kind == "site" or ("kind" not in filled and "site" in filled)
        if group is not None and is_site and "group" not in filled:
            cells["group"] = group
        # Numbers without an item, as a form has them, are no row.
        if filled:
            yield Entry(where=row.where, cells=cells)


def _columns(row: GridRow, problems: list[str]) -> list[str | None]:
    """What each cell of the row that names the columns means; None: nothing that is read."""
    columns: list[str | None] = []
    for cell in row.cells[:MOST_COLUMNS]:
        column = COLUMNS.find(cell.text)
        if column is None and _is_written(cell) and IGNORED.find(cell.text) is None:
            known = f"{', '.join(COLUMNS)}{COLUMNS.nearest(cell.text)}"
            problems.append(f"{cell.where}: {quoted(cell.text)} is no column; they are {known}")
        elif column is not None and column in columns:
            problems.append(
                f"{cell.where}: {quoted(cell.text)}: there is a column {column} already"
            )
        columns.append(column or (_IGNORED if _is_written(cell) else None))
    problems.extend(
        f"{row.where}: there is no column {COLUMNS.shown(column)}"
        for column in REQUIRED
        if column not in columns
    )
    return columns


def _cells(row: GridRow, columns: list[str | None], problems: list[str]) -> dict[str, Cell]:
    """The cells of a row by column."""
    cells: dict[str, Cell] = {}
    told = False
    for place, cell in enumerate(row.cells):
        column = columns[place] if place < len(columns) else None
        if column is None and _is_written(cell) and not told:
            told = True
            problems.append(
                f"{cell.where}: {quoted(cell.text)} stands under no heading;"
                " a text with the separator in it goes in quotes"
            )
        elif column is not None and column != _IGNORED:
            cells.setdefault(column, cell)
    return cells


def _names(row: GridRow) -> int:
    """How many columns the row names."""
    return len({COLUMNS.find(cell.text) for cell in row.cells[:MOST_COLUMNS]} - {None})


def _is_written(cell: Cell) -> bool:
    return bool(cell.fault or cell.text.strip())

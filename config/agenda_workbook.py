"""An agenda as an Excel workbook: the first sheet that is seen, or the one that is named.

A workbook is a zip of XML from anybody's hand.  Its directory is looked at before anything is
unpacked: how much it would be, and how it is packed; then each part for a document type, which no
workbook has and entities need.  openpyxl reads the rest, row by row.

Excel makes values of what is typed.  "01" becomes 1, which is read as the code it was; but 46-2
becomes a date and 0:07 an hour, and nobody can tell what was typed: such a cell is told.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from config.agenda_entries import MOST_ITEMS, Cell, Entry
from config.agenda_tables import MOST_COLUMNS, GridRow, entries_of
from config.agenda_words import nearest, quoted

ZIP: Final = b"PK\x03\x04"
"""How a workbook begins."""
OLD: Final = b"\xd0\xcf\x11\xe0"
"""How a workbook of Excel 97, or one with a password, begins."""

MOST_UNPACKED: Final = 4 * 2**20
MOST_BESIDE: Final = 2**20
"""Of what is neither cells nor their texts: openpyxl makes objects of styles and names, and a
workbook handed on for years has them by the ten thousand."""
MOST_PARTS: Final = 500

_CELLS: Final = ("xl/worksheets/", "xl/sharedStrings.xml")
_LAST_ROW: Final = 2**20
"""Of Excel.  Given always, for what a sheet says of its own size is often wrong."""


_MOST_ROWS: Final = 3 * MOST_ITEMS
"""That have anything in them: items, headings, titles above."""


def read_workbook(
    data: bytes, file: str, sheet: str | None, problems: list[str]
) -> Iterator[Entry]:
    """The entries of a workbook; what is wrong with its form is added to *problems*."""
    rows: list[GridRow] = []
    with warnings.catch_warnings():
        # Of styles and rules that openpyxl would lose when writing; nothing is written here.
        warnings.simplefilter("ignore")
        try:
            refusal = _refusal(data)
            if not refusal:
                rows, refusal = _rows(data, file, sheet)
        # A broken workbook is told by whatever openpyxl and zipfile stumble over.
        except Exception as error:  # noqa: BLE001
            refusal = (
                f"no workbook that can be read ({type(error).__name__}); save it as .xlsx anew"
            )
    if refusal:
        problems.append(f"{file}: {refusal}")
        return iter(())
    return entries_of(rows, file, problems)


def _refusal(data: bytes) -> str:
    """Why the file is not even unpacked, or ``""``."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        # What a part says of its size is what zipfile unpacks of it at most.
        unpacked = sum(part.file_size for part in parts)
        beside = sum(part.file_size for part in parts if not part.filename.startswith(_CELLS))
        if unpacked > MOST_UNPACKED or beside > MOST_BESIDE or len(parts) > MOST_PARTS:
            size = f"{unpacked} bytes in {len(parts)} parts, {beside} of them beside the cells"
            return f"unpacks to {size}; copy the table into a new workbook"
        for part in parts:
            if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                return f"{quoted(part.filename)} is packed as Excel never packs"
            # Without its zeros UTF-16 looks alike.
            if b"<!DOCTYPE" in archive.read(part).replace(b"\0", b""):
                return f"{quoted(part.filename)} has a document type; a workbook has none"
    return ""


def _rows(data: bytes, file: str, sheet: str | None) -> tuple[list[GridRow], str]:
    """The rows that have anything in them, or why there are none."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        chosen, refusal = _choose(book.worksheets, sheet)
        if chosen is None:
            return [], refusal
        title = chosen.title if chosen.title.isprintable() else quoted(chosen.title)
        place = f"{file}:{title}!"
        rows: list[GridRow] = []
        blank: object = None
        grid = chosen.iter_rows(max_row=_LAST_ROW, max_col=MOST_COLUMNS + 1)
        for number, cells in enumerate(grid, 1):
            # Rows that are not in the file are all the same one, up to a million of it.
            if cells is blank or all(cell.value is None for cell in cells):
                blank = cells
                continue
            if len(rows) == _MOST_ROWS:
                return [], f"{title}: more than {_MOST_ROWS} rows; an agenda has fewer"
            rows.append(GridRow(where=f"{place}{number}", cells=_cells(cells, place, number)))
        return rows, ""
    finally:
        book.close()


def _choose(sheets: list[Any], name: str | None) -> tuple[Any | None, str]:
    """The sheet of this name, or the first that is seen; or why there is none."""
    for sheet in sheets:
        if sheet.title == name or (name is None and sheet.sheet_state == "visible"):
            return sheet, ""
    titles = [sheet.title for sheet in sheets]
    if name is None:
        return None, "no sheet that is seen"
    known = ", ".join(map(quoted, titles[:10]))
    return None, f"no sheet {quoted(name)}; there are {known}{nearest(name, titles)}"


def _cells(cells: Iterable[Any], place: str, row: int) -> tuple[Cell, ...]:
    return tuple(
        _cell(cell, f"{place}{get_column_letter(column)}{row}")
        for column, cell in enumerate(cells, 1)
    )


def _cell(cell: Any, where: str) -> Cell:
    value = cell.value
    text, fault = "", ""
    if isinstance(value, str) and cell.data_type == "e":
        fault = f"the cell has the error {quoted(value)}; mend its formula"
    elif isinstance(value, str):
        text = unescape(value)
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        text = str(value)
    elif value is not None:
        fault = (
            "Excel made a date, an hour or a truth of it; format the cell as text, write it anew"
        )
    return Cell(text=text, where=where, fault=fault)

"""The figures as an Excel workbook: one sheet for each table.

A text is written as text by its type, whatever it begins with, and marked so that it stays one
when somebody edits the cell.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bridge.minutes.figures import Sheet
from bridge.minutes.wording import plain

_WIDEST = 48
"""Characters of a column."""


def workbook(sheets: Iterable[Sheet], *, title: str, made: datetime) -> bytes:
    """The file.  *made* is what its properties say of its age."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = plain(title), "Room 110"
    book.properties.created = book.properties.modified = made.astimezone(UTC).replace(tzinfo=None)
    for sheet in sheets:
        _write(book.create_sheet(sheet.title), sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(page: Any, sheet: Sheet) -> None:
    page.freeze_panes = "A2"
    widths = [len(text) for text in sheet.header]
    for row, values in enumerate((sheet.header, *sheet.rows), 1):
        for column, value in enumerate(values, 1):
            cell = page.cell(row=row, column=column)
            if isinstance(value, str):
                cell.value = plain(value)
                cell.data_type = "s"
                cell.quotePrefix = row > 1
                if row > 1:
                    widths[column - 1] = max(widths[column - 1], len(value))
            else:
                cell.value = value
            if row == 1:
                cell.font = Font(bold=True)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = min(width + 2, _WIDEST)
    page.auto_filter.ref = page.dimensions

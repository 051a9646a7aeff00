from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bridge.minutes.figures import Sheet, sheets_of
from bridge.minutes.wording import plain
from bridge.minutes.workbook import workbook
from tests.bridge.minutes.sitting import Sitting, full
from tests.bridge.minutes.test_figures import FORMULAS

MADE = datetime(2026, 2, 5, 9, 15, tzinfo=UTC)


def opened(*sheets: Sheet, title: str = "x"):
    return load_workbook(io.BytesIO(workbook(sheets, title=title, made=MADE)))


def one(*values: object):
    (row,) = (opened(Sheet(title="T", header=("A",) * len(values), rows=(values,)))["T"]).iter_rows(
        min_row=2
    )
    return row


def test_every_sheet_with_its_rows():
    sheets = sheets_of(full().minutes)
    book = opened(*sheets, title="Hội nghị")

    assert book.sheetnames == ["Phát biểu", "Điểm cầu", "Chương trình", "Đăng ký"]
    for sheet in sheets:
        page = book[sheet.title]
        read = [tuple(cell.value for cell in row) for row in page.iter_rows()]
        wanted = [
            tuple(value or (0 if value == 0 else None) for value in row) for row in sheet.rows
        ]
        assert read == [sheet.header, *wanted]
        assert page.freeze_panes == "A2"
        assert page["A1"].font.bold
    assert (book.properties.title, book.properties.created) == (
        "Hội nghị",
        MADE.replace(tzinfo=None),
    )


def test_numbers_stay_numbers_and_codes_stay_text():
    code, number, half, nothing = one("01", 480, 1.5, None)

    assert (code.value, code.data_type) == ("01", "s")
    assert (number.value, half.value, nothing.value) == (480, 1.5, None)


@pytest.mark.parametrize("text", [*FORMULAS, "#N/A", "2026-01-01", "TRUE"])
def test_no_text_is_anything_but_text_and_stays_so_when_it_is_edited(text):
    (cell,) = one(text)

    assert cell.data_type == "s"
    assert cell.value == plain(text)
    assert cell.quotePrefix


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(), min_size=1))
def test_any_text_can_be_written(text):
    (cell,) = one(text)

    assert (cell.value or "") == plain(text)


def test_a_conference_without_a_word():
    for sheet, page in zip(
        sheets_of(Sitting().minutes), opened(*sheets_of(Sitting().minutes)).worksheets, strict=True
    ):
        assert page.max_row == 1 + len(sheet.rows)

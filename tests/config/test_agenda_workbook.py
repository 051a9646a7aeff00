from __future__ import annotations

import zipfile
from datetime import date, time

import pytest
from openpyxl import Workbook

from tests.config.agendas import (
    SHEET,
    a_zip,
    by_excel,
    packed,
    problem,
    problems,
    read,
    repacked,
    workbook,
)

HEAD = ("STT", "Nội dung", "Số phút", "Điểm cầu", "Người trình bày")


def sheet(*rows: tuple[object, ...]) -> bytes:
    return workbook([HEAD, *rows])


GOOD = sheet((1, "Cơ chế", 7, 1, "Ông A"))


def test_a_workbook_of_excel_is_read_with_its_shared_and_painted_texts():
    strings = (
        "<si><t>Nội dung</t></si><si><t>Số phút</t></si><si><t>Nhóm</t></si>"
        '<si><r><t xml:space="preserve">Cơ chế </t></r><r><rPr><b/></rPr><t>tài chính</t></r></si>'
        "<si><t>Nhóm 1</t></si><si><t>Điểm cầu</t></si>"
    )
    cells = (
        '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c>'
        '<c r="C3" t="s"><v>2</v></c><c r="D3" t="s"><v>5</v></c></row>'
        '<row r="5"><c r="A5" t="s"><v>3</v></c><c r="B5"><f>3+4</f><v>7</v></c>'
        '<c r="C5" t="s"><v>4</v></c><c r="D5"><v>1</v></c></row>'
        '<row r="6"><c r="A6" t="s"><v>3</v></c><c r="B6"><v>7</v></c><c r="D6"><v>2</v></c></row>'
    )

    agenda = read(by_excel(strings, cells), "a.xlsx")

    first, second = agenda.rows
    assert (first.title, first.minutes, first.group) == ("Cơ chế tài chính", 7, "Nhóm 1")
    assert (first.site, second.site, second.group) == ("01", "02", None)
    # The merged cell.
    assert agenda.warnings[-1].startswith("a.xlsx:Trang tính1!6: group: none, after a site of")


def test_a_text_that_is_not_there_is_told():
    cells = '<row r="1"><c r="A1" t="s"><v>9</v></c></row>'
    assert problem(by_excel("<si><t>A</t></si>", cells), "a.xlsx") == (
        "a.xlsx: no workbook that can be read (IndexError); save it as .xlsx anew"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04", "no workbook that can be read (BadZipFile); save it as .xlsx anew"),
        (GOOD[:-40], "no workbook that can be read"),
        (GOOD[: len(GOOD) // 2] + b"\xff" * 9 + GOOD[len(GOOD) // 2 + 9 :], "no workbook that"),
        (a_zip(("hello.txt", b"hello")), "no workbook that can be read (KeyError)"),
        (repacked(GOOD, SHEET, b"</row>", b"</raw>"), "no workbook that can be read"),
        (a_zip((SHEET, bytes(2**22 + 1))), "unpacks to 4194305 bytes in 1 parts, 0 of them beside"),
        (
            a_zip(("xl/styles.xml", bytes(2**20 + 1))),
            "unpacks to 1048577 bytes in 1 parts, 1048577 of them beside the cells; copy the table",
        ),
        (a_zip(*((f"{n}", b"") for n in range(501))), "unpacks to 0 bytes in 501 parts"),
        (a_zip(("a.xml", b"x"), compression=zipfile.ZIP_LZMA), "'a.xml' is packed as Excel never"),
        (
            repacked(GOOD, SHEET, b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"),
            "'xl/worksheets/sheet1.xml' has a document type; a workbook has none",
        ),
        (
            a_zip(("a.xml", "<!DOCTYPE a>".encode("utf-16"))),
            "'a.xml' has a document type; a workbook has none",
        ),
    ],
)
def test_what_is_no_workbook_is_told(data, told):
    assert problem(data, "a.xlsx").startswith(f"a.xlsx: {told}")


@pytest.mark.parametrize("data", [b"", b"hello", b"title,minutes\nA,7\n"])
def test_a_name_makes_no_workbook(data):
    assert problem(data, "a.XLSX") == (
        "a.XLSX: no Excel workbook, whatever its name; save it as .xlsx anew"
    )


def test_an_old_workbook_is_told():
    assert problem(b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls").startswith(
        "a.xls: a workbook of an old Excel, or with a password"
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((1, "A", "x"), "Sheet1!C2: minutes: 'x' is no whole number of minutes; write 7"),
        ((1, "A"), "Sheet1!C2: minutes: missing"),
        ((1, "A", 7.5), "Sheet1!C2: minutes: '7.5' is no whole number"),
        ((1, "A", time(0, 7)), "Sheet1!C2: minutes: Excel made a date, an hour or a truth of it"),
        ((1, "A", True), "Sheet1!C2: minutes: Excel made a date, an hour or a truth of it"),
        ((1, "A", 7, date(1946, 2, 1)), "Sheet1!D2: site: Excel made a date, an hour or a truth"),
        ((1, "A", 7, 3), "Sheet1!D2: site: no such site: '3'"),
        ((1, "A", 7, "#REF!"), "Sheet1!D2: site: the cell has the error '#REF!'; mend its formula"),
        ((1, "A", 7, None, None, "x"), "Sheet1!F2: 'x' stands under no heading"),
        ((1, "A_x0007_", 7), "Sheet1!B2: title: a control character (U+0007) after 'A'"),
    ],
)
def test_a_mistake_is_told_with_its_cell(row, told):
    assert problem(sheet(row), "a.xlsx").startswith(f"a.xlsx:{told}")


def test_columns_that_are_wrong_are_told_with_their_cells():
    found = problems(workbook([("Nội dung", "Thời gian", "Điểm câu")]), "a.xlsx")

    assert found == ("a.xlsx:Sheet1!1: there is no column minutes (số phút, thời lượng)",)
    assert problem(workbook([("Nội dung", "Số phút", "Chức vị"), ("A", 7)]), "a.xlsx").startswith(
        "a.xlsx:Sheet1!C1: 'Chức vị' is no column"
    )


def test_numbers_are_the_codes_and_the_minutes_they_were():
    rows = read(
        sheet((1, "A", 7, 1), (2, "B", 7.0, "01"), (3, "C", "7", 11.0), (4, "D", 7, "Huế")),
        "a.xlsx",
    ).rows

    assert [row.site for row in rows] == ["01", "01", "11", "46"]
    assert {row.minutes for row in rows} == {7}


def test_letters_that_excel_escapes_and_breaks_in_a_cell_are_read():
    row = read(sheet((1, "Cơ chế_x000D_\ntài chính", 7)), "a.xlsx").rows[0]
    assert row.title == "Cơ chế tài chính"


def test_dates_in_columns_that_are_not_read_do_not_matter():
    data = workbook([("Nội dung", "Số phút", "Thời gian"), ("A", 7, time(8, 0))])
    assert len(read(data, "a.xlsx").rows) == 1


def test_what_excel_says_of_the_size_of_a_sheet_is_not_believed():
    small = repacked(GOOD, SHEET, b'ref="A1:E2"', b'ref="A1"')
    assert read(small, "a.xlsx").rows == read(GOOD, "a.xlsx").rows


def test_a_sheet_with_something_in_its_last_row_is_read():
    data = repacked(
        GOOD, SHEET, b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
    )
    assert len(read(data, "a.xlsx").rows) == 1


@pytest.mark.parametrize(
    "strange",
    [
        b'<row r="99999999999"><c r="A3"><v>1</v></c></row>',
        b'<row r="3"><c r="XFD3"><v>1</v></c></row>',
        b'<row r="3"><c r="ZZZZ3"><v>1</v></c></row>',
        b'<row r="3"><c><v>1e999</v></c></row>',
        b'<row r="3"><c><v>' + b"9" * 5000 + b"</v></c></row>",
        b'<row r="-3"><c><v>1</v></c></row>',
        b'<row r="3"><c t="s"><v>77</v></c></row>',
        b'<row r="3"><c t="d"><v>77</v></c></row>',
        b"<row>" * 100_000,
    ],
)
def test_strange_cells_are_read_or_told_and_soon(strange):
    data = repacked(GOOD, SHEET, b"</sheetData>", strange + b"</sheetData>")
    try:
        read(data, "a.xlsx")
    except Exception as error:  # noqa: BLE001
        assert type(error).__name__ == "AgendaError"


def test_too_many_rows_are_told():
    rows = [(None, None, None, None, None, None, "x")] * 1501
    assert problem(workbook([HEAD, *rows]), "a.xlsx") == (
        "a.xlsx: Sheet1: more than 1500 rows; an agenda has fewer"
    )


def several() -> bytes:
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.title = "Danh mục"
    hidden.sheet_state = "hidden"
    for title in ("Buổi sáng", "Buổi chiều"):
        page = book.create_sheet(title)
        page.append(["Nội dung", "Số phút"])
        page.append([title, 7])
    return packed(book)


def test_the_first_sheet_that_is_seen_is_read_or_the_one_that_is_named():
    assert read(several(), "a.xlsx").rows[0].title == "Buổi sáng"
    assert read(several(), "a.xlsx", sheet="Buổi chiều").rows[0].title == "Buổi chiều"
    assert problem(several(), "a.xlsx", sheet="Buoi chieu") == (
        "a.xlsx: no sheet 'Buoi chieu'; there are 'Danh mục', 'Buổi sáng', 'Buổi chiều';"
        " did you mean 'Buổi chiều'?"
    )


def test_a_workbook_of_hidden_sheets_is_told():
    data = repacked(GOOD, "xl/workbook.xml", b'state="visible"', b'state="hidden"')
    assert problem(data, "a.xlsx") == "a.xlsx: no sheet that is seen"
    assert read(data, "a.xlsx", sheet="Sheet1").rows[0].title == "Cơ chế"


def test_only_a_workbook_has_sheets():
    assert problem("title,minutes\nA,7", "a.csv", sheet="x") == "a.csv: only a workbook has sheets"


def test_a_sheet_s_name_is_shown_as_it_is_or_quoted():
    assert problem(workbook([HEAD, (1, "A", "x")], title="Buổi sáng"), "a.xlsx").startswith(
        "a.xlsx:Buổi sáng!C2: "
    )
    odd = repacked(workbook([HEAD, (1, "A", "x")]), "xl/workbook.xml", b'"Sheet1"', b'"A&#10;B"')
    assert problem(odd, "a.xlsx").startswith("a.xlsx:'A\\nB'!C2: ")

"""Agendas for tests: what is read of a text or of a workbook, and what is said to be wrong with it."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from datetime import time

from openpyxl import Workbook

from config.agenda import AgendaError, AgendaFile, parse_agenda
from config.agenda_words import KINDS
from config.roster import load_roster

ROSTER = load_roster()
SHEET = "xl/worksheets/sheet1.xml"


def read(data: str | bytes, file: str, **options) -> AgendaFile:
    return parse_agenda(data if isinstance(data, bytes) else data.encode(), file, ROSTER, **options)


def problems(data: str | bytes, file: str, **options) -> tuple[str, ...]:
    try:
        found = read(data, file, **options)
    except AgendaError as error:
        assert str(error) == "\n".join(error.problems)
        return error.problems
    raise AssertionError(f"no problem, but {found}")


def problem(data: str | bytes, file: str, **options) -> str:
    """The only one."""
    (found,) = problems(data, file, **options)
    return found


def workbook(rows: Iterable[Sequence[object]], *, title: str = "Sheet1") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return packed(book)


def packed(book: Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def repacked(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with *old* replaced in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(out, "w") as changed:
        for name in whole.namelist():
            text = whole.read(name)
            if name == part:
                assert old in text
                text = text.replace(old, new)
            changed.writestr(name, text)
    return out.getvalue()


def a_zip(*parts: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same bytes for the same parts: they bear no date of today."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in parts:
            archive.writestr(zipfile.ZipInfo(name), text, compression)
    return data.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def by_excel(strings: str, cells: str) -> bytes:
    """A workbook whose texts stand apart from its cells, as Excel's do and openpyxl's do not."""
    parts = {
        "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
            <Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>
            <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>
            <Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>
            </Types>""",
        "xl/workbook.xml": f"""<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>
            <sheet name="Trang tính1" sheetId="1" r:id="rId1"/></sheets></workbook>""",
        "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
            <Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>
            </Relationships>""",
        SHEET: f"""<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData>
            <mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells></worksheet>""",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }
    return a_zip(*((name, text.encode()) for name, text in parts.items()))


def law(data: bytes, file: str) -> None:
    """Any bytes are an agenda that is right, or an error whose lines can be shown to people."""
    try:
        agenda = parse_agenda(data, file, ROSTER, start=time(8))
    except AgendaError as error:
        assert error.problems
        for line in error.problems:
            assert line.startswith(file)
            assert line.isprintable()
            assert len(line) < 1000
        return
    assert isinstance(agenda, AgendaFile)
    assert agenda.rows
    for row in agenda.rows:
        assert row.kind in set(KINDS)
        assert (row.site is not None) == (row.kind == "site")
        assert row.site is None or ROSTER.by_code(row.site)
        assert 1 <= row.minutes <= 600
        assert 1 <= len(row.title) <= 300
        for text in (row.title, row.speaker, row.position, row.group):
            assert text is None or text == " ".join(text.split())
            assert not {unicodedata.category(char) for char in text or ""} & {"Cc", "Cf", "Cs"}


GOOD_CSV = "kind,title,minutes,site,group\n,Khai mạc,10,,\nsite,A,7,11,Nhóm 1\n".encode()
GOOD_YAML = b"title: A\ngroups: [G]\nitems:\n- {group: G, items: [{title: B, minutes: 7}]}\n"
GOOD_XLSX = by_excel(
    "<si><t>title</t></si><si><t>minutes</t></si><si><t>site</t></si><si><t>Khai mạc</t></si>",
    '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>'
    '<row><c t="s"><v>3</v></c><c><v>10</v></c></row>'
    '<row r="5"><c r="A5" t="inlineStr"><is><t>A</t></is></c><c><v>7.0</v></c><c><v>1</v></c></row>',
)

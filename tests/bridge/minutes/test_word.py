"""The file is opened again with python-docx, and looked at as Word would."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta, timezone

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Emu, Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.minutes.bien_ban import bien_ban
from bridge.minutes.document import Columns, Document, Paragraph, Style, Table, labelled, line
from bridge.minutes.word import TEXT_MM, word
from bridge.minutes.wording import plain
from tests.bridge.minutes.sitting import full

VIET_NAM = timezone(timedelta(hours=7))
MADE = datetime(2026, 2, 5, 9, 15, tzinfo=VIET_NAM)


def opened(*blocks):
    return docx.Document(io.BytesIO(word(Document(title="x", blocks=blocks), made=MADE)))


@pytest.fixture(scope="module")
def document():
    return bien_ban(full().minutes)


@pytest.fixture(scope="module")
def paper(document):
    return docx.Document(io.BytesIO(word(document, made=MADE)))


def test_paper_and_margins_are_as_the_decree_has_them(paper):
    (section,) = paper.sections

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert [
        round(m.mm)
        for m in (
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        )
    ] == [20, 20, 30, 20]


def test_every_letter_is_times_new_roman_whatever_script_word_takes_it_for(paper):
    fonts = paper.styles["Normal"].element.rPr.rFonts

    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {
        "Times New Roman"
    }
    runs = [run for paragraph in paragraphs(paper) for run in paragraph.runs]
    assert {run.font.name for run in runs} == {None}
    assert {run.font.size.pt for run in runs} <= {11, 12, 13, 14}
    assert paper.styles["Normal"].font.size == Pt(14)


def paragraphs(paper):
    yield from paper.paragraphs
    for table in paper.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


def test_every_text_of_the_document_is_on_the_paper(document, paper):
    there = [paragraph.text.removeprefix("- ") for paragraph in paragraphs(paper)]
    for block in document.blocks:
        match block:
            case Paragraph():
                wanted = [block.text]
            case Columns():
                wanted = [part.text for part in (*block.left, *block.right)]
            case Table():
                wanted = [text for row in (block.header, *block.rows) for text in row]
        assert set(wanted) <= set(there)


def find(paper, text):
    return next(p for p in paragraphs(paper) if p.text == text)


def test_head_and_title(paper):
    nation = find(paper, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    kind = find(paper, "BIÊN BẢN")

    assert (nation.runs[0].bold, nation.runs[0].font.size, nation.alignment) == (
        True,
        Pt(12),
        ALIGN.CENTER,
    )
    assert (kind.runs[0].bold, kind.runs[0].font.size, kind.alignment) == (
        True,
        Pt(14),
        ALIGN.CENTER,
    )
    head = paper.tables[0]
    assert "BỘ KHOA HỌC VÀ CÔNG NGHỆ" in head.cell(0, 0).text
    assert nation.text in head.cell(0, 1).text
    assert [round(column.width.mm) for column in head.columns] == [68, 97]


def test_text_is_justified_with_its_first_line_indented_and_labels_are_bold(paper):
    place = next(p for p in paper.paragraphs if p.text.startswith("Địa điểm:"))

    assert place.alignment is ALIGN.JUSTIFY
    assert round(place.paragraph_format.first_line_indent.mm, 1) == 12.7
    assert [run.bold for run in place.runs] == [True, False]


def test_who_was_there_is_a_table_with_lines_whose_head_comes_again_on_each_page(paper):
    table = paper.tables[1]

    assert table.style.name == "Table Grid"
    assert [cell.text for cell in table.rows[0].cells][:2] == ["STT", "Điểm cầu"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert sum(column.width.mm for column in table.columns) == pytest.approx(165, abs=1)


def test_signatures_are_not_torn_apart(paper):
    row = paper.tables[-1].rows[0]

    assert row._tr.trPr.find(qn("w:cantSplit")) is not None
    assert [cell.paragraphs[0].text for cell in row.cells] == ["THƯ KÝ", "CHỦ TỌA"]


def test_pages_are_numbered_above_and_not_the_first(paper):
    (section,) = paper.sections
    header = section.header.paragraphs[0]

    assert section.different_first_page_header_footer
    assert "PAGE" in header._p.xml
    assert header.alignment is ALIGN.CENTER
    assert section.first_page_header.paragraphs[0].text == ""


def test_a_rule_is_a_border_before_what_must_stand_after_it(paper):
    rules = [p for p in paragraphs(paper) if p._p.pPr.find(qn("w:pBdr")) is not None]
    names = [child.tag.rpartition("}")[2] for child in rules[0]._p.pPr]

    assert len(rules) == 3
    assert names == ["pBdr", "spacing", "ind", "jc"]


def test_the_properties_tell_of_the_conference_and_not_of_the_template(paper):
    properties = paper.core_properties

    assert properties.title == "Dự thảo biên bản: Hội nghị giám đốc Sở"
    assert (properties.author, properties.created, properties.language) == (
        "Room 110",
        MADE,
        "vi-VN",
    )
    assert properties.comments == ""


def test_a_title_of_any_length():
    data = word(Document(title="x" * 400, blocks=()), made=MADE)

    assert len(docx.Document(io.BytesIO(data)).core_properties.title) == 255


def test_every_style_has_a_look():
    for style in Style:
        paper = opened(line(style, "chữ"))
        assert paper.paragraphs[-1].text in {"chữ", "- chữ"}


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters()))
def test_any_text_from_people_can_be_written(text):
    table = Table(header=(text,), rows=((text,),), widths_mm=(100,))
    paper = opened(labelled(Style.BODY, "L:", text), table)

    assert paper.paragraphs[0].text == f"L: {plain(text)}"
    assert [row.cells[0].text for row in paper.tables[0].rows] == [plain(text)] * 2


def test_the_file_is_a_sound_archive(document):
    with zipfile.ZipFile(io.BytesIO(word(document, made=MADE))) as archive:
        assert archive.testzip() is None
        assert "word/document.xml" in archive.namelist()


def test_margins_leave_the_width_that_is_reckoned_with(paper):
    (section,) = paper.sections

    width = section.page_width - section.left_margin - section.right_margin
    assert round(Emu(width).mm) == TEXT_MM

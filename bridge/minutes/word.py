"""Word (.docx) of a document, on paper as Nghị định 30/2020/NĐ-CP, phụ lục I, has it.

A4 upright; margins 20 mm above, below and on the right, 30 mm on the left; Times New Roman, black;
text of 14 points, justified, its first line indented; page numbers in the upper margin, centred,
not on the first page.  python-docx knows no page numbers, borders and East Asian fonts: those are
written as XML here.  Times New Roman is asked for twice, because Word chooses another font for
letters it takes for East Asian ones.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from bridge.minutes.document import Columns, Document, Paragraph, Span, Style, Table
from bridge.minutes.wording import plain

FONT: Final = "Times New Roman"
LANGUAGE: Final = "vi-VN"
BODY_PT: Final = 14
CELL_PT: Final = 12
TEXT_MM: Final = 160
"""Between the margins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    points: int = BODY_PT
    bold: bool = False
    italic: bool = False
    align: ALIGN = ALIGN.JUSTIFY
    indent_mm: float = 0.0
    """Of the first line."""
    above_pt: int = 0
    below_pt: int = 0
    begin: str = ""
    """Before the text."""


_CENTRED: Final = ALIGN.CENTER
_LOOKS: Final = {
    Style.WARNING: _Look(bold=True, align=_CENTRED, below_pt=6),
    Style.NATION: _Look(points=12, bold=True, align=_CENTRED),
    Style.MOTTO: _Look(points=13, bold=True, align=_CENTRED),
    Style.ORGAN: _Look(points=12, bold=True, align=_CENTRED),
    Style.NUMBER: _Look(points=13, align=_CENTRED),
    Style.DATE: _Look(points=13, italic=True, align=_CENTRED),
    Style.KIND: _Look(bold=True, align=_CENTRED, above_pt=18),
    Style.SUBJECT: _Look(bold=True, align=_CENTRED),
    Style.RULE: _Look(points=4, align=_CENTRED, below_pt=4),
    Style.SECTION: _Look(bold=True, indent_mm=12.7, above_pt=6, below_pt=6),
    Style.BODY: _Look(indent_mm=12.7, below_pt=6),
    Style.BULLET: _Look(indent_mm=12.7, below_pt=6, begin="- "),
    Style.SIGNER: _Look(bold=True, align=_CENTRED),
    Style.HINT: _Look(points=12, italic=True, align=_CENTRED),
    Style.NAME: _Look(bold=True, align=_CENTRED, above_pt=72),
    Style.RECIPIENTS: _Look(points=12, bold=True, italic=True, align=ALIGN.LEFT, above_pt=12),
    Style.RECIPIENT: _Look(points=11, align=ALIGN.LEFT, begin="- "),
}


def word(document: Document, *, made: datetime) -> bytes:
    """The file.  *made* is what its properties say of its age."""
    paper = docx.Document()
    _set_up(paper)
    properties = paper.core_properties
    # Word takes no more.
    properties.title = plain(document.title)[:255]
    properties.author, properties.language = "Room 110", LANGUAGE
    properties.comments = ""
    properties.created = properties.modified = made.astimezone(UTC).replace(tzinfo=None)
    for block in document.blocks:
        match block:
            case Paragraph():
                _write(paper.add_paragraph(), block)
            case Table():
                _write_table(paper, block)
            case Columns():
                _write_columns(paper, block)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _set_up(paper: WordDocument) -> None:
    section = paper.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin = Mm(30)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(BODY_PT)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    normal.element.get_or_add_rPr().append(language)
    number = section.header.paragraphs[0]
    number.alignment = _CENTRED
    run = number.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run._r.append(_field_mark(kind, text))  # noqa: SLF001  # python-docx's own way to XML


def _field_mark(kind: str | None, text: str | None) -> BaseOxmlElement:
    """One of the three marks that make a field: begin, instruction, end."""
    mark = OxmlElement("w:fldChar" if kind else "w:instrText")
    if kind:
        mark.set(qn("w:fldCharType"), kind)
    mark.text = text
    return mark


def _write(target: WordParagraph, paragraph: Paragraph, *, width_mm: int = TEXT_MM) -> None:
    look = _LOOKS[paragraph.style]
    target.alignment = look.align
    form = target.paragraph_format
    form.space_before, form.space_after = Pt(look.above_pt), Pt(look.below_pt)
    form.line_spacing = 1.0
    if look.indent_mm:
        form.first_line_indent = Mm(look.indent_mm)
    if paragraph.style is Style.SECTION:
        form.keep_with_next = True
    if paragraph.style is Style.RULE:
        _rule(target, width_mm)
    for number, span in enumerate(paragraph.spans):
        begin = look.begin if number == 0 else " "
        run = target.add_run(begin + plain(span.text))
        _dress(run, look, span)


def _dress(run: Run, look: _Look, span: Span) -> None:
    run.font.size = Pt(look.points)
    run.bold = look.bold or span.bold
    run.italic = look.italic


def _rule(target: WordParagraph, width_mm: int) -> None:
    """A line below, in the middle of the column."""
    form = target.paragraph_format
    form.left_indent = form.right_indent = Mm(width_mm * 0.3)
    form.line_spacing = Pt(4)
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    target._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001  # as above
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


def _write_table(paper: WordDocument, table: Table) -> None:
    grid = paper.add_table(rows=1, cols=len(table.header))
    grid.style = "Table Grid"
    _set_widths(grid, table.widths_mm)
    for cell, text in zip(grid.rows[0].cells, table.header, strict=True):
        _fill(cell, text, head=True)
    repeated = OxmlElement("w:tblHeader")
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  # as above
    for row in table.rows:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            _fill(cell, text, head=False)
    # Two tables that touch become one, and the text below wants air.
    paper.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(cell: Cell, text: str, *, head: bool) -> None:
    look = _Look(points=CELL_PT, bold=head)
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _CENTRED if head or text.isdigit() else ALIGN.LEFT
    paragraph.paragraph_format.space_after = Pt(0)
    _dress(paragraph.add_run(plain(text)), look, Span(text))


def _write_columns(paper: WordDocument, columns: Columns) -> None:
    grid = paper.add_table(rows=1, cols=2)
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    _set_widths(grid, columns.widths_mm)
    row = grid.rows[0]
    # Nobody signs over two pages.
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  # as above
    sides = zip(row.cells, (columns.left, columns.right), columns.widths_mm, strict=True)
    for cell, paragraphs, width_mm in sides:
        for number, paragraph in enumerate(paragraphs):
            target = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            _write(target, paragraph, width_mm=width_mm)


def _set_widths(grid: WordTable, widths_mm: tuple[int, ...]) -> None:
    """Word reads the widths of the columns, others those of the cells."""
    grid.autofit = False
    for column, width_mm in zip(grid.columns, widths_mm, strict=True):
        column.width = Mm(width_mm)
        for cell in column.cells:
            cell.width = Mm(width_mm)

"""A document as a row of blocks, before it is Word or Markdown.

What a line *is* (a heading, the name of an organ, an entry of a list) is said here once; how large
and where on the page that is, each form knows for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BLANK: Final = "…" * 14
"""A dotted line, where a fact is missing: a draft is to be filled in."""
SHORT_BLANK: Final = "…" * 4


class Style(StrEnum):
    """What a paragraph is."""

    WARNING = "warning"
    """On top of everything: this is a rehearsal."""
    NATION = "nation"
    """Quốc hiệu."""
    MOTTO = "motto"
    """Tiêu ngữ."""
    ORGAN = "organ"
    NUMBER = "number"
    """Số, ký hiệu."""
    DATE = "date"
    """Place and date."""
    KIND = "kind"
    """Tên loại: the title of the document."""
    SUBJECT = "subject"
    """Trích yếu: of what."""
    RULE = "rule"
    """A short line below what stands above; no text."""
    SECTION = "section"
    BODY = "body"
    BULLET = "bullet"
    SIGNER = "signer"
    HINT = "hint"
    """What belongs into a blank place."""
    NAME = "name"
    RECIPIENTS = "recipients"
    RECIPIENT = "recipient"


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    style: Style
    spans: tuple[Span, ...] = ()
    """With a space between them."""

    @property
    def text(self) -> str:
        return " ".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths_mm: tuple[int, ...]
    """Of the columns, on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Two columns without lines: the head of a letter, two signatures."""

    left: tuple[Paragraph, ...]
    right: tuple[Paragraph, ...]
    widths_mm: tuple[int, int]


Block = Paragraph | Table | Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    title: str
    """For the properties of the file."""
    blocks: tuple[Block, ...]


RULE: Final = Paragraph(Style.RULE)


def line(style: Style, text: str) -> Paragraph:
    return Paragraph(style, (Span(text),))


def labelled(style: Style, label: str, text: str) -> Paragraph:
    """A *label* that stands out, and what it says."""
    return Paragraph(style, (Span(label, bold=True), Span(text)))

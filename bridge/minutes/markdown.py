"""Markdown (CommonMark with tables) of a document, where no text from people has any power.

What a person wrote is shown and never obeyed: everything that could begin a mark, a link, a tag
or an entity is escaped, at the head of a line also what could begin a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from bridge.minutes.document import Block, Columns, Document, Paragraph, Style, Table
from bridge.minutes.wording import plain

_ANYWHERE: Final = re.compile(r"([\\`*_\[\]<>|&~$^!])")
_ADDRESS: Final = re.compile(r"(?i)(?<=http):(?=//)|(?<=https):(?=//)|(?<=www)\.")
_AT_THE_HEAD: Final = re.compile(r"^(?:([#+\-=:])|(\d{1,9})([.)]))")

_BEGIN: Final = {
    Style.WARNING: "> ",
    Style.KIND: "# ",
    Style.SUBJECT: "## ",
    Style.SECTION: "### ",
    Style.BULLET: "- ",
    Style.RECIPIENT: "- ",
}
_BOLD: Final = {Style.WARNING, Style.NATION, Style.MOTTO, Style.ORGAN, Style.SIGNER, Style.NAME}
_ITALIC: Final = {Style.HINT, Style.DATE, Style.RECIPIENTS}


def escaped(text: str) -> str:
    """*text* as it is, within a line."""
    text = _ANYWHERE.sub(r"\\\1", plain(text))
    return _ADDRESS.sub(lambda found: f"\\{found[0]}", text)


def markdown(document: Document) -> str:
    """Ends in a newline."""
    texts: list[str] = []
    before: Block | None = None
    for block in document.blocks:
        text = _block(block)
        if not text:
            continue
        if texts and _is_entry(block) and _is_entry(before):
            texts[-1] += f"\n{text}"
        else:
            texts.append(text)
        before = block
    return "\n\n".join(texts) + "\n"


def _is_entry(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and block.style in {Style.BULLET, Style.RECIPIENT}


def _block(block: Block) -> str:
    match block:
        case Paragraph(style=Style.RULE):
            return ""
        case Paragraph(style=style):
            text = _line(block)
            return f"{_BEGIN.get(style, '')}{_headed(text)}" if text else ""
        case Table():
            return "\n".join(_table(block))
        case Columns():
            return "\n".join(_columns(block))


def _headed(text: str) -> str:
    """*text* at the head of a line, where it may begin no block."""
    return _AT_THE_HEAD.sub(
        lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text
    )


def _line(paragraph: Paragraph) -> str:
    if paragraph.style is Style.RULE:
        return ""
    if paragraph.style in _BOLD | _ITALIC:
        mark = "**" if paragraph.style in _BOLD else "*"
        text = escaped(paragraph.text)
        return f"{mark}{text}{mark}" if text else ""
    spans = [(escaped(span.text), span.bold) for span in paragraph.spans]
    return " ".join(f"**{text}**" if bold else text for text, bold in spans if text)


def _table(table: Table) -> Iterator[str]:
    yield _row(table.header)
    yield "|" + " --- |" * len(table.header)
    for row in table.rows:
        yield _row(row)


def _columns(columns: Columns) -> Iterator[str]:
    yield "| | |"
    yield "| :---: | :---: |"
    lines = zip_longest(
        (text for text in map(_line, columns.left) if text),
        (text for text in map(_line, columns.right) if text),
        fillvalue="",
    )
    for left, right in lines:
        yield f"| {left} | {right} |"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(escaped, cells)) + " |"

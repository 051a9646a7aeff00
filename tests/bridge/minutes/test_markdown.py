"""Read back by another hand: markdown-it, which rich brings along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bridge.minutes.document import (
    RULE,
    Columns,
    Document,
    Paragraph,
    Span,
    Style,
    Table,
    labelled,
    line,
)
from bridge.minutes.markdown import escaped, markdown
from bridge.minutes.wording import plain

PARSER = MarkdownIt("gfm-like", {"linkify": False, "html": True})


def made(*blocks) -> str:
    return markdown(Document(title="x", blocks=blocks))


def read(text: str) -> list[tuple[str, str]]:
    """The blocks with text in them, and that text without marks."""
    found, stack = [], []
    for token in PARSER.parse(text):
        if token.type == "inline":
            marks = {child.type for child in token.children}
            assert marks <= {"text", "strong_open", "strong_close", "em_open", "em_close"}, marks
            content = "".join(child.content for child in token.children)
            found.append((stack[-1] if stack else "", content))
        elif token.nesting == 1:
            stack.append(token.tag)
        elif token.nesting == -1:
            stack.pop()
        else:
            assert token.type != "html_block", token
    return found


NASTY = [
    "<script>alert(1)</script>",
    "[bấm](javascript:alert(1))",
    "![x](http://a/b.png)",
    "# tiêu đề",
    "- mục",
    "1. mục",
    "1) mục",
    "> trích",
    "+ mục",
    "---",
    "===",
    "```sh",
    "~~~",
    "| a | b |",
    "*nghiêng* _dưới_ **đậm** ~~bỏ~~",
    "&amp; &#60;",
    "\\*",
    "`mã`",
    "http://a.vn https://a.vn www.a.vn",
    "[a]: http://b",
    "    thụt vào",
    "hai\n\ndòng",
    "a  \nb",
    "",
    "(*)(*)",
    "kết.*",
]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_from_people_has_any_power(text):
    assert_shown(text)


@given(st.text(st.one_of(st.characters(), st.sampled_from("\\`*_[]()#+-.!|<>~&:=\n 1"))))
def test_any_text_is_shown_as_it_is(text):
    assert_shown(text)


def assert_shown(text):
    told = plain(text)
    shown = [told] if told else []
    assert [content for _, content in read(made(line(Style.BODY, text)))] == shown
    assert read(made(line(Style.BULLET, text))) == [("p", content) for content in shown]
    assert read(made(line(Style.SECTION, text))) == [("h3", content) for content in shown]
    assert read(made(line(Style.ORGAN, text))) == [("p", content) for content in shown]
    label = f"L: {told}".strip()
    assert read(made(labelled(Style.BODY, "L:", text))) == [("p", label)]
    table = Table(header=("A", "B"), rows=((text, "y"),), widths_mm=(1, 1))
    assert read(made(table)) == [("th", "A"), ("th", "B"), ("td", told), ("td", "y")]
    columns = Columns(left=(line(Style.NAME, text),), right=(), widths_mm=(1, 1))
    assert [c for tag, c in read(made(columns)) if tag == "td" and c] == shown


def test_addresses_are_not_made_links():
    assert escaped("Http://a https://b www.c a:b") == "Http\\://a https\\://b www\\.c a:b"


def test_what_each_style_is_in_markdown():
    assert made(
        line(Style.WARNING, "TỔNG DUYỆT"),
        line(Style.KIND, "BIÊN BẢN"),
        line(Style.SUBJECT, "Hội nghị"),
        RULE,
        line(Style.SECTION, "Phần"),
        Paragraph(Style.BODY, (Span("Nhãn:", bold=True), Span("lời"))),
        line(Style.BULLET, "một"),
        line(Style.BULLET, "hai"),
        line(Style.RECIPIENTS, "Nơi nhận:"),
        line(Style.RECIPIENT, "Lưu: VT."),
    ) == (
        "> **TỔNG DUYỆT**\n\n# BIÊN BẢN\n\n## Hội nghị\n\n### Phần\n\n**Nhãn:** lời\n\n"
        "- một\n- hai\n\n*Nơi nhận:*\n\n- Lưu: VT.\n"
    )


def test_columns_of_unlike_length():
    columns = Columns(
        left=(line(Style.ORGAN, "BỘ"), RULE),
        right=(line(Style.MOTTO, "Độc lập"), RULE, line(Style.DATE, "ngày")),
        widths_mm=(1, 1),
    )

    assert made(columns) == ("| | |\n| :---: | :---: |\n| **BỘ** | **Độc lập** |\n|  | *ngày* |\n")

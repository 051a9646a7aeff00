from __future__ import annotations

from bridge.minutes.document import Paragraph, Span, Style, labelled, line


def test_a_line_and_a_label_with_what_it_says():
    assert line(Style.BODY, "một").text == "một"
    assert labelled(Style.BODY, "Chủ trì:", "Bà Hoa") == Paragraph(
        Style.BODY, (Span("Chủ trì:", bold=True), Span("Bà Hoa"))
    )
    assert labelled(Style.BODY, "Chủ trì:", "Bà Hoa").text == "Chủ trì: Bà Hoa"

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from bridge.check.sheet import sheet_of
from bridge.check.sheet_page import page
from bridge.conference.commands import ConferenceDescribe
from tests.bridge.check.papers import morning
from tests.bridge.conference.scene import SITES


class Table(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[tuple[str, list[str]]] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append((dict(attrs).get("class") or "", []))
        if tag in ("td", "th"):
            self.rows[-1][1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1][1] and data.strip():
            self.rows[-1][1][-1] += data


def test_every_site_is_on_it_with_its_verdict_in_words_and_a_mark():
    head, *rows = Table(page(sheet_of(morning().records))).rows

    assert [cells[0] for _, cells in rows] == list(SITES)
    assert [kind for kind, _ in rows] == ["watch", "fail", "none", "none", "none"]
    assert rows[0][1][2] == "! Cần theo dõi"
    assert rows[1][1][2] == "✗ Không đạt"
    assert rows[2][1][2] == "– Chưa kiểm tra"
    assert rows[0][1][7] == "1,2"
    assert all(len(cells) == len(head[1]) for _, cells in rows)


def test_what_people_wrote_is_text_and_no_markup():
    text = page(sheet_of(morning().records))

    assert "Hội nghị &lt;giao ban&gt;" in text
    assert "Loa &lt;gần&gt; mic" in text
    assert "Sở KH&amp;CN 01" in text
    assert not {"giao", "gần"} & set(Table(text).tags)


def test_it_prints_across_with_its_head_on_every_page_and_asks_nobody_for_anything():
    text = page(sheet_of(morning().records))

    assert "size: A4 landscape" in text
    assert "table-header-group" in text
    assert not re.search(r"https?:|<script|<link|<img|url\(", text)


def test_it_says_what_of_and_when_and_how_many():
    sitting = morning()
    sitting.do(ConferenceDescribe(starts="2020-05-29T08:00:00+07:00"))
    text = page(sheet_of(sitting.records))

    assert "Khai mạc: 08:00 29/05/2020" in text
    assert "Tính đến 07:15 ngày 29/05/2020" in text
    assert "Thử tiếng, thử hình: cuong" in text
    assert "Không đạt <small>(Fail)</small>: <b>1</b>/5" in text
    assert "Chưa kiểm tra <small>(Not checked)</small>: <b>3</b>/5" in text
    assert "tổng duyệt" not in text
    assert "Khai mạc" not in page(sheet_of(morning().records))


def test_a_rehearsal_is_said_to_be_one():
    sheet = replace(sheet_of(morning().records), rehearsal=True, walked_by=None)

    assert "(tổng duyệt)" in page(sheet)
    assert "Thử tiếng, thử hình:" not in page(sheet)

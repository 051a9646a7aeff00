from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.agenda_entries import MOST_ITEMS, AgendaRow, Cell, Entry, judge, piled, tidy
from tests.config.agendas import ROSTER


def entry(line: int = 5, **texts: str) -> Entry:
    where = f"a.csv:{line}"
    return Entry(where=where, cells={k: Cell(text=v, where=where) for k, v in texts.items()})


def judged(*entries: Entry) -> tuple[list[AgendaRow], list[str]]:
    problems: list[str] = []
    placed = judge(entries, ROSTER, problems, file="a.csv")
    return [item.row for item in placed], problems


def row_of(**texts: str) -> AgendaRow:
    (row,), problems = judged(entry(**texts))
    assert problems == []
    return row


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"minutes": "7"}, "title: missing; every item has title (nội dung)"),
        ({"title": " \n", "minutes": "7"}, "title: missing; every item has title (nội dung)"),
        ({"title": "A"}, "minutes: missing; every item has minutes (số phút, thời lượng)"),
        ({"title": "x" * 301, "minutes": "7"}, "title: 301 letters, 300 at most"),
        (
            {"title": "A", "minutes": "7", "speaker": "x" * 201},
            "speaker: 201 letters, 200 at most",
        ),
        (
            {"title": "Tổng\x07cộng", "minutes": "7"},
            "title: a control character (U+0007) after 'Tổng'; delete it",
        ),
        (
            {"title": "A", "minutes": "7", "group": "x\u202ey"},
            "group: a control character (U+202E) after 'x'; delete it",
        ),
        (
            {"title": "A", "minutes": "7", "position": "\ud800"},
            "position: a control character (U+D800) after ''; delete it",
        ),
        (
            {"title": "Tổng cộng", "minutes": "215"},
            "title: 'Tổng cộng' is a sum and no item; delete the line",
        ),
        (
            {"title": "A", "minutes": "bảy"},
            "minutes: 'bảy' is no whole number of minutes; write 7",
        ),
        (
            {"title": "A", "minutes": "7.5"},
            "minutes: '7.5' is no whole number of minutes; write 7",
        ),
        ({"title": "A", "minutes": "-7"}, "minutes: '-7' is no whole number of minutes; write 7"),
        (
            {"title": "A", "minutes": "08:00"},
            "minutes: '08:00' is no whole number of minutes; write 7",
        ),
        ({"title": "A", "minutes": "0"}, "minutes: 0 is not from 1 to 600"),
        ({"title": "A", "minutes": "601"}, "minutes: 601 is not from 1 to 600"),
        (
            {"title": "A", "minutes": "7", "kind": "phin"},
            "kind: 'phin' is none of site, centre, clip, discussion, break; did you mean 'phim'?",
        ),
        (
            {"title": "A", "minutes": "7", "site": "Điện Bin"},
            (
                "site: no such site: 'Điện Bin'; did you mean 11 Điện Biên or 82 Tiền Giang"
                " or 91 Kiên Giang?"
            ),
        ),
        (
            {"title": "A", "minutes": "7", "kind": "site"},
            "site: missing; an item of kind site has site (mã điểm cầu, điểm cầu)",
        ),
        (
            {"title": "A", "minutes": "7", "kind": "site", "site": "110"},
            "site: room 110 is no site that reports; the kind is centre (trung tâm)",
        ),
        (
            {"title": "A", "minutes": "7", "kind": "break", "site": "11"},
            "site: an item of kind break has none; delete it, or the kind is site",
        ),
    ],
)
def test_a_mistake_is_told_with_its_mend(texts, problem):
    rows, problems = judged(entry(**texts))

    assert problems == [f"a.csv:5: {problem}"]
    assert rows == []


def test_all_mistakes_of_all_entries_are_told():
    _, problems = judged(
        entry(2, title="", minutes="x", site="nowhere", kind="nothing"),
        entry(3, title="A", minutes="7"),
        entry(4, title="B", minutes="0"),
    )

    assert [line.split(": ")[:2] for line in problems] == [
        ["a.csv:2", "title"],
        ["a.csv:2", "minutes"],
        ["a.csv:2", "kind"],
        ["a.csv:2", "site"],
        ["a.csv:4", "minutes"],
    ]


def test_a_letter_under_a_pile_of_accents_is_refused_before_it_is_composed():
    pile = "e" + "\u0323\u0302" * 500_000
    assert tidy(pile) == ("", "more than 30 accents on one letter; write the text anew")
    assert tidy("e" + "\u0302" * 30)[1] == ""
    assert piled("ab\n" + pile) == 3 + 30 + 1


def test_what_a_reader_knows_to_be_wrong_is_told_once():
    where = "a.xlsx:Sheet1!D5"
    cells = {
        "title": Cell(text="A", where=where),
        "minutes": Cell(text="", where="a.xlsx:Sheet1!C5", fault="a date"),
        "site": Cell(text="", where=where, fault="a date"),
        "kind": Cell(text="site", where=where),
    }

    _, problems = judged(Entry(where=where, cells=cells))

    assert problems == ["a.xlsx:Sheet1!C5: minutes: a date", "a.xlsx:Sheet1!D5: site: a date"]


def test_an_agenda_has_an_item_and_not_too_many():
    assert judged() == ([], ["a.csv: no item at all"])
    entries = [entry(number, title="A", minutes="1") for number in range(MOST_ITEMS + 2)]
    assert judged(*entries[:-2])[1] == []
    assert judged(*entries)[1] == ["a.csv:500: more than 500 items; an agenda has fewer"]


def test_an_item_with_all_its_texts():
    assert row_of(
        kind="Tham luận",
        title="  Cơ chế\r\ntài \u00a0chính ",
        minutes="7",
        site="Sở KH&CN tỉnh Điện Biên",
        speaker="Ông A",
        position="Giám đốc",
        group="Nhóm 1",
    ) == AgendaRow(
        kind="site",
        title="Cơ chế tài chính",
        minutes=7,
        site="11",
        speaker="Ông A",
        position="Giám đốc",
        group="Nhóm 1",
    )


@pytest.mark.parametrize(
    ("site", "kind", "code"),
    [("11", "site", "11"), ("", "centre", None), ("110", "centre", None)],
)
def test_the_kind_that_is_not_said_follows_from_the_site(site, kind, code):
    row = row_of(title="A", minutes="7", site=site)
    assert (row.kind, row.site) == (kind, code)


def test_room_110_may_be_named_where_it_is_meant_anyway():
    assert row_of(title="A", minutes="7", kind="trung tâm", site="Phòng 110").site is None


@pytest.mark.parametrize(
    "text", ["7", "07", "7.0", "7,00", "7 phút", "7phut", "7'", "7 MIN", "7 minutes"]
)
def test_minutes_are_read_as_people_write_them(text):
    assert row_of(title="A", minutes=text).minutes == 7


@pytest.mark.parametrize("minutes", [1, 600])
def test_the_shortest_and_the_longest(minutes):
    assert row_of(title="x" * 300, minutes=str(minutes)).minutes == minutes


def test_accents_are_composed_and_what_nobody_sees_goes():
    assert tidy("Đie\u0302\u0323n\u200b Bie\u0302n\ufeff") == ("Điện Biên", "")


@given(st.text(st.characters(codec=None)))
def test_a_tidy_text_is_one_line_of_letters_and_stays_as_it_is(text):
    tidied, fault = tidy(text)

    if not fault:
        assert tidied == tidied.strip()
        assert not set(tidied) & set("\n\r\t\x00\x1b\u202e")
        tidied.encode()
        assert tidy(tidied) == (tidied, "")

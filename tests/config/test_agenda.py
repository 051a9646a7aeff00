from __future__ import annotations

import io
import re
import zipfile
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.agenda import MOST_BYTES, AgendaError, AgendaRow, load_agenda
from config.agenda_words import KINDS
from tests.config.agendas import (
    GOOD_CSV,
    GOOD_XLSX,
    GOOD_YAML,
    ROSTER,
    SHEET,
    law,
    problem,
    problems,
    read,
    repacked,
    workbook,
)

PAGE = (Path(__file__).parents[2] / "docs/agenda.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("data", "file", "told"),
    [
        (b"x", "a.ods", "a.ods: an agenda is a file .yaml, .csv or .xlsx"),
        (b"x", "agenda", "agenda: an agenda is a file .yaml, .csv or .xlsx"),
        (b"", "", ": an agenda is a file"),
        (b" " * (MOST_BYTES + 1), "a.yaml", "a.yaml: more than 1 MiB; an agenda is smaller"),
        (b" " * MOST_BYTES, "a.yaml", "a.yaml: no item at all"),
        (
            b"title,minutes\nPh\xe1t,7\n",
            "a.csv",
            "a.csv: line 2 is not UTF-8; save it as CSV UTF-8",
        ),
        ("\ne" + "\u0302" * 31, "a.csv", "a.csv: line 2: more than 30 accents on one letter"),
        (b"\xff\xfea", "a.csv", "a.csv: line 1 is not UTF-16; save it as CSV UTF-8"),
        (b"PK\x03\x04", "a.yaml", "a.yaml: no workbook that can be read"),
    ],
)
def test_a_file_that_is_none_is_told(data, file, told):
    assert problem(data, file).startswith(told)


def test_nothing_of_a_file_with_a_mistake_is_used():
    assert len(problems("title,minutes\nA,7\nB,x\nC,y\n", "a.csv")) == 2


def test_all_three_kinds_of_file_make_the_same_agenda():
    rows = (
        AgendaRow(kind="centre", title="Khai mạc", minutes=10),
        AgendaRow(kind="site", title="A", minutes=7, site="01"),
    )
    yaml = "- {title: Khai mạc, minutes: 10}\n- {title: A, minutes: 7, site: 1}\n"
    csv = "title,minutes,site\nKhai mạc,10,\nA,7,1\n"

    for data, file in ((yaml, "a.YAML"), (csv, "a.csv"), (GOOD_XLSX, "a.xlsx"), (GOOD_XLSX, "a")):
        assert read(data, file).rows == rows


def test_a_dry_run_tells_the_hour_of_the_end():
    assert read("title,minutes\nA,90\n", "a.csv", start=time(8)).warnings[0] == (
        "a.csv: 1 items, 1 h 30 min; begun at 08:00 it ends at 09:30"
    )


def test_a_file_is_read_from_disk_and_not_more_of_it_than_is_allowed(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(GOOD_CSV)
    assert len(load_agenda(path, ROSTER).rows) == 2
    path.write_bytes(GOOD_CSV + b"\n" * MOST_BYTES)
    with pytest.raises(AgendaError, match=r"mine\.csv: more than 1 MiB"):
        load_agenda(path, ROSTER)
    with pytest.raises(OSError):
        load_agenda(tmp_path / "none.csv", ROSTER)


def test_the_example_is_a_morning_with_twelve_reports():
    agenda = load_agenda(None, ROSTER, start=time(8))

    kinds = [row.kind for row in agenda.rows]
    assert kinds == [
        *("centre", "centre", "clip", "centre"),
        *["site"] * 12,
        *("discussion", "centre", "break", "centre"),
    ]
    assert {row.minutes for row in agenda.rows if row.kind == "site"} == {7}
    assert len({row.site for row in agenda.rows}) == 13
    assert len({row.group for row in agenda.rows if row.site}) == 3
    assert agenda.title
    # Nothing to look at but that not every province reports.
    assert [line.partition(": ")[2][:25] for line in agenda.warnings] == [
        "20 items, 3 h 27 min; beg",
        "51 of 63 sites have no re",
    ]
    assert agenda.warnings[0].endswith("it ends at 11:27")


# docs/agenda.md


def blocks(head: str) -> list[str]:
    return re.findall(rf"^```{head}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "file", "items"),
    [
        *zip(blocks("yaml"), ["a.yaml"] * 2, [2, 5], strict=True),
        *zip(blocks("csv"), ["a.csv"], [4], strict=True),
    ],
)
def test_an_example_of_the_page_is_an_agenda(text, file, items):
    assert len(read(text, file).rows) == items


def test_the_table_of_the_page_is_an_agenda():
    _, _, rest = PAGE.partition("<!-- example: xlsx -->\n\n")
    lines = rest.split("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = [[int(cell) if cell.isdigit() else cell or None for cell in row] for row in cells]

    agenda = read(workbook([rows[0], *rows[2:]]), "a.xlsx").rows

    assert [row.kind for row in agenda] == ["centre", "site", "site", "break", "discussion"]
    assert [row.site for row in agenda] == [None, "38", "11", None, None]
    assert agenda[2].group == "Nhóm vấn đề 1: Cơ chế, chính sách"


def test_the_mistakes_of_the_page_are_told_so():
    (wrong,), (told,) = blocks("yaml wrong"), blocks("text told")
    assert list(problems(wrong, "agenda.yaml")) == told.splitlines()


def test_the_page_names_every_column_and_every_kind():
    for word in (*KINDS, *AgendaRow.__slots__):
        assert f"`{word}`" in PAGE


# Any bytes


FILES = st.sampled_from(["a.yaml", "a.csv", "a.xlsx"])


@given(st.binary(max_size=300), FILES)
def test_any_bytes_are_an_agenda_or_an_error(data, file):
    law(data, file)


@st.composite
def mutilated(draw, good: bytes) -> bytes:
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 8))
        data[place : place + length] = draw(st.binary(max_size=8))
    return bytes(data)


@given(mutilated(GOOD_CSV))
def test_a_table_with_anything_in_it_is_an_agenda_or_an_error(data):
    law(data, "a.csv")


@given(mutilated(GOOD_YAML))
def test_yaml_with_anything_in_it_is_an_agenda_or_an_error(data):
    law(data, "a.yaml")


@given(mutilated(GOOD_XLSX))
def test_a_workbook_with_anything_in_it_is_an_agenda_or_an_error(data):
    law(data, "a.xlsx")


PARTS = st.sampled_from([SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml"])


@given(PARTS, st.data())
def test_a_part_of_a_workbook_with_anything_in_it_is_an_agenda_or_an_error(part, data):
    with zipfile.ZipFile(io.BytesIO(GOOD_XLSX)) as archive:
        text = archive.read(part)
    law(repacked(GOOD_XLSX, part, text, data.draw(mutilated(text))), "a.xlsx")


WORDS = st.sampled_from(
    [
        "title",
        "minutes",
        "kind",
        "site",
        "group",
        "nội dung",
        "7",
        "0",
        "11",
        "Điện Biên",
        "nghỉ",
        "a: b",
        "[",
        "]",
        "{",
        "}",
        "- ",
        "\n",
        "\n  ",
        ": ",
        ", ",
        ";",
        "\t",
        '"',
        "'",
        "#",
        "items",
    ]
)


@given(st.lists(WORDS, max_size=40), st.sampled_from(["a.yaml", "a.csv"]))
def test_words_of_an_agenda_in_any_order_are_an_agenda_or_an_error(words, file):
    law("".join(words).encode(), file)
    law(b"title,minutes,site,kind,group\n" + "".join(words).encode(), "a.csv")


CELL = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()


@given(st.lists(st.lists(CELL, max_size=7), max_size=6))
def test_cells_of_any_kind_are_an_agenda_or_an_error(rows):
    clean = [
        [
            re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", c) if isinstance(c, str) else c
            for c in row
        ]
        for row in rows
    ]
    law(workbook([("title", "minutes", "site", "kind", "group"), *clean]), "a.xlsx")

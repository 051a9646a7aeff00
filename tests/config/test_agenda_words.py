from __future__ import annotations

import pytest

from config.agenda_words import COLUMNS, IGNORED, KINDS, SUMS, nearest, quoted


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("kind", "kind"),
        ("Loại", "kind"),
        ("NỘI DUNG", "title"),
        ("so phut", "minutes"),
        ("Thời lượng (phút)", "minutes"),
        ("Điểm cầu", "site"),
        ("Mã điểm cầu", "site"),
        ("Người trình bày", "speaker"),
        ("Chức vụ:", "position"),
        ("Nhóm vấn đề", "group"),
    ],
)
def test_a_column_is_known_in_both_languages_however_it_is_spelt(heading, column):
    assert COLUMNS.find(heading) == column


@pytest.mark.parametrize(
    "heading", ["", "titel", "minutes left", "phút", "Nhóm 1", "title" + " " * 96]
)
def test_a_name_that_is_none_is_not_guessed_at(heading):
    assert COLUMNS.find(heading) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [("điểm cầu", "site"), ("Trung tâm", "centre"), ("phim", "clip"), ("Nghỉ giải lao", "break")],
)
def test_a_kind_is_known_in_both_languages(text, kind):
    assert KINDS.find(text) == kind


def test_no_name_means_two_things():
    assert {name for name in IGNORED if COLUMNS.find(name)} == set()
    assert not any(COLUMNS.find(name) for name in SUMS)


def test_a_misspelt_name_gets_a_suggestion():
    assert COLUMNS.nearest("nội dun") == "; did you mean 'nội dung'?"
    assert COLUMNS.nearest("xyzzy") == ""
    assert nearest("", ["a"]) == ""


def test_a_word_is_shown_with_its_vietnamese_names():
    assert COLUMNS.shown("minutes") == "minutes (số phút, thời lượng)"


def test_a_text_is_quoted_on_one_line_and_never_a_page_of_it():
    assert quoted("a\nb\x1b[2J") == r"'a\nb\x1b[2J'"
    assert len(quoted("x" * 10_000)) < 70

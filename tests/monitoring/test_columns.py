"""Columns: what is written is what both of prometheus_client's parsers read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from bridge.media.times import Times
from monitoring.columns import Column, Histogram, Sheet
from monitoring.exposition import EOF, Family, gauge

LOST = Family(name="room110_lost_total", kind="counter", text="Lost.", labels=("site", "media"))
LEVEL = Family(name="room110_level_dbov", kind="gauge", text="Loud.", labels=("site",))
LINE = Family(
    name="room110_line",
    kind="gauge",
    text="The line.",
    labels=("site", "line"),
    words=("good", "lost"),
)
INFO = Family(name="room110_site_info", kind="info", text="Who.", labels=("site", "name"))
LAG = Family(name="room110_lag_seconds", kind="histogram", text="Late.", bounds=(0.01, 0.1))
WRITE = Family(name="room110_write_seconds", kind="summary", text="Written.")


def read(text, *, openmetrics):
    families = read_openmetrics(text + EOF) if openmetrics else read_text(text)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture(params=[False, True], ids=["text", "openmetrics"])
def openmetrics(request):
    return request.param


def written(column, openmetrics):
    return read(column.page(openmetrics=openmetrics).decode(), openmetrics=openmetrics)


def test_every_kind_is_read_back(openmetrics):
    lost, level, info = Column(LOST), Column(LEVEL), Column(INFO)
    lost.set(7, "01", "audio")
    level.set(-23.5, "01")
    info.set(1, "01", "Hà Nội")
    lag, write = Column(LAG), Column(WRITE)
    histogram = Histogram(LAG.bounds)
    for seconds in (0.0, 0.01, 0.02, 5.0):
        histogram.observe(seconds)
    lag.set_histogram(histogram)
    write.set_summary(3, 0.25)
    columns = (lost, level, info, lag, write)
    text = "".join(column.page(openmetrics=openmetrics).decode() for column in columns)

    assert read(text, openmetrics=openmetrics) == {
        ("room110_lost_total", ("media", "audio"), ("site", "01")): 7,
        ("room110_level_dbov", ("site", "01")): -23.5,
        ("room110_site_info", ("name", "Hà Nội"), ("site", "01")): 1,
        ("room110_lag_seconds_bucket", ("le", "0.01")): 2,
        ("room110_lag_seconds_bucket", ("le", "0.1")): 3,
        ("room110_lag_seconds_bucket", ("le", "+Inf")): 4,
        ("room110_lag_seconds_sum",): 5.03,
        ("room110_lag_seconds_count",): 4,
        ("room110_write_seconds_sum",): 0.25,
        ("room110_write_seconds_count",): 3,
    }


def test_an_enumeration_has_exactly_one_1(openmetrics):
    line = Column(LINE)
    for _ in range(2):
        line.set_word("lost", "01")
        line.set_word("good", "02")
        assert written(line, openmetrics) == {
            ("room110_line", ("line", "good"), ("site", "01")): 0,
            ("room110_line", ("line", "lost"), ("site", "01")): 1,
            ("room110_line", ("line", "good"), ("site", "02")): 1,
            ("room110_line", ("line", "lost"), ("site", "02")): 0,
        }


def test_a_word_that_is_none_is_an_error_and_not_a_set_without_a_1():
    with pytest.raises(ValueError, match="'fine' is no word of room110_line"):
        Column(LINE).set_word("fine", "01")


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_what_is_not_known_has_no_line_and_a_family_without_lines_no_head(nothing):
    level = Column(LEVEL)
    level.set(nothing, "01")

    assert level.page(openmetrics=False) == b""


def test_a_page_forgets_the_one_before():
    level = Column(LEVEL)
    level.set(-20, "01")
    level.page(openmetrics=False)
    level.set(-30, "02")

    assert lines_of(level) == ['room110_level_dbov{site="02"} -30']
    level.set(-40, "04")
    level.clear()
    assert lines_of(level) == []


def test_too_few_labels_are_a_mistake():
    with pytest.raises(ValueError, match="zip"):
        Column(LOST).set(1, "01")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_any_label_value_is_read_back(value):
    info = Column(INFO)
    info.set(1, "01", value)
    text = info.page(openmetrics=True).decode()

    assert read(text, openmetrics=True) == {
        ("room110_site_info", ("name", value), ("site", "01")): 1
    }


@given(st.floats(allow_nan=False) | st.integers(-(2**53), 2**53))
def test_any_number_is_read_back(value):
    level = Column(LEVEL)
    level.set(value, "01")

    assert written(level, openmetrics=False) == {("room110_level_dbov", ("site", "01")): value}


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        (-1.0, [1, 0, 0]),
        (0.01, [1, 0, 0]),
        (0.0100001, [0, 1, 0]),
        (0.1, [0, 1, 0]),
        (9, [0, 0, 1]),
    ],
)
def test_a_bound_belongs_to_its_bucket(value, counts):
    histogram = Histogram((0.01, 0.1))
    histogram.observe(value)

    assert histogram.counts == counts


# Many at once.

KEYS = (("01",), ("79",), ("110",))
ROUND = gauge("room110_round_ratio", "Rounded.", "site", places=3)


def numbers(column: Column) -> list[tuple[str, float]]:
    pairs = (line.rsplit(" ", 1) for line in lines_of(column))
    return [(name, float(number)) for name, number in pairs]


def lines_of(column: Column) -> list[str]:
    """Without the head."""
    text = column.page(openmetrics=False).decode()
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_many_label_sets_are_written_in_their_order():
    level = Column(LEVEL)
    level.set_all(KEYS, (-3, None, -0.5))

    assert lines_of(level) == [
        'room110_level_dbov{site="01"} -3',
        'room110_level_dbov{site="110"} -0.5',
    ]
    assert lines_of(level) == []


@given(
    st.lists(st.lists(st.none() | st.integers() | st.floats(), min_size=3, max_size=3), max_size=6)
)
def test_many_at_once_are_as_one_by_one_but_for_what_is_infinite(pages):
    at_once, one_by_one = Column(LEVEL), Column(LEVEL)
    for values in pages:
        at_once.set_all(KEYS, values)
        for labels, value in zip(KEYS, values, strict=True):
            if value is not None and math.isfinite(value):
                one_by_one.set(value, *labels)
        assert numbers(at_once) == numbers(one_by_one)


def test_numbers_may_be_cut_to_places():
    it = Column(ROUND)
    it.set_all(KEYS, (0.12345, 2, 1e-9))

    assert [line.split()[1] for line in lines_of(it)] == ["0.123", "2.000", "0.000"]


def test_other_label_sets_are_not_taken_for_those_before():
    level = Column(LEVEL)
    level.set_all(KEYS, (1, 2, 3))
    lines_of(level)
    level.set_all((("02",), ("04",), ("06",)), (1, 2, 3))

    assert [line.split()[0] for line in lines_of(level)] == [
        'room110_level_dbov{site="02"}',
        'room110_level_dbov{site="04"}',
        'room110_level_dbov{site="06"}',
    ]


def test_too_few_numbers_are_a_mistake():
    with pytest.raises(ValueError, match="2 numbers for 3"):
        Column(LEVEL).set_all(KEYS, (1, 2))


def test_a_percent_sign_in_a_label_is_a_percent_sign():
    info = Column(INFO)
    info.set_all((("50 %s", "x"),), (1,))

    assert lines_of(info) == ['room110_site_info{site="50 %s",name="x"} 1']


def test_words_of_many_sites_are_as_one_by_one_and_none_has_no_line():
    at_once, one_by_one = Column(LINE), Column(LINE)
    for words in (("good", None, "lost"), ("good", None, "lost"), ("lost", "good", "good")):
        at_once.set_words(KEYS, words)
        for labels, word in zip(KEYS, words, strict=True):
            if word is not None:
                one_by_one.set_word(word, *labels)
        assert lines_of(at_once) == lines_of(one_by_one)


def test_a_histogram_counted_elsewhere_is_read_as_one_of_ours():
    ours, theirs = Histogram((0.1, 0.2)), Times((0.1, 0.2))
    for seconds in (0.05, 0.15, 7.0):
        ours.observe(seconds)
        theirs.note(seconds)
    told = Histogram.of((0.1, 0.2), theirs.spread())

    assert (told.counts, told.total) == (ours.counts, ours.total)


def test_a_sheet_is_the_pages_of_its_families_in_their_order():
    sheet = Sheet((LEVEL, LINE, WRITE))
    for _ in range(2):
        sheet[WRITE].set_summary(1, 0.5)
        sheet[LEVEL].set(-20, "01")
        text = sheet.page(openmetrics=False).decode()
        assert [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")] == [
            "room110_level_dbov",
            "room110_write_seconds",
        ]
    sheet[LEVEL].set(-20, "01")
    sheet.clear()
    assert sheet.page(openmetrics=True) == b""

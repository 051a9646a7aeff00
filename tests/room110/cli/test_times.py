from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import typer

from room110.cli.times import clock, moment, span


@pytest.mark.parametrize(
    ("at_s", "text"), [(0.0, "0:00:00"), (61.9, "0:01:01"), (36_000.0, "10:00:00")]
)
def test_conference_seconds_are_a_clock(at_s, text):
    assert clock(at_s) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (65.9, "1:05"), (3600, "60:00"), (-1, "0:00")]
)
def test_a_length_is_minutes_and_seconds(seconds, text):
    assert span(seconds) == text


@pytest.mark.parametrize("text", ["08:00", "2020-05-29T08:00:00+07:00", "2020-05-29T08:00"])
def test_a_moment_has_a_zone(text):
    at = datetime.fromisoformat(moment(text))
    assert at.utcoffset() == timedelta(hours=7)
    assert (at.hour, at.minute) == (8, 0)


def test_a_zone_that_is_said_is_kept():
    assert moment("2020-05-29T01:00:00+00:00") == "2020-05-29T01:00:00+00:00"


@pytest.mark.parametrize("text", ["", "8 giờ", "25:00", "08:00:00:00"])
def test_what_is_no_moment_is_named(text):
    with pytest.raises(typer.BadParameter, match="08:00"):
        moment(text)

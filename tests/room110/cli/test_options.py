from __future__ import annotations

import pytest
import typer

from room110.cli.exits import Exit, Failure
from room110.cli.options import duration_s, site


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20", 20),
        ("20s", 20),
        ("1.5", 1.5),
        ("0.5s", 0.5),
        ("2m", 120),
        ("4h", 14400),
        ("1h10m", 4200),
        ("1h1m1s", 3661),
        ("1m30", 90),
        (" 5s ", 5),
    ],
)
def test_a_duration_may_be_said_in_several_ways(text, seconds):
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "0", "0s", "-1", "m", "1d", "1m1h", "1.5m", "nan", "inf", "1e9", "٣", "1 m"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(typer.BadParameter, match="is no duration"):
        duration_s(text)


def test_a_site_is_what_the_roster_finds():
    assert site("dien bien").code == "11"


def test_an_unknown_site_is_a_wrong_command_line():
    with pytest.raises(Failure, match="did you mean 11 Điện Biên") as caught:
        site("dien bin")
    assert caught.value.code == Exit.USAGE

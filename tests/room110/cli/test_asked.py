from __future__ import annotations

import pytest

from config.roster import load_roster
from room110.cli.asked import SPEAKING, WAITING, find
from room110.cli.exits import Exit, Failure

FLOOR = {
    "requests": {
        "8": {"site": "11", "status": "granted"},
        "9": {"site": "11", "status": "accepted"},
        "10": {"site": "11", "status": "pending"},
    }
}
SITE = load_roster().find("11")


def test_the_one_request_of_a_site_in_that_state_is_meant():
    assert find(FLOOR, SITE, SPEAKING) == 8


@pytest.mark.parametrize("number", [9, 10])
def test_of_several_the_number_says_which(number):
    assert find(FLOOR, SITE, WAITING, number=number) == number


@pytest.mark.parametrize(
    ("among", "number", "text"),
    [
        (WAITING, None, "has requests 9, 10"),
        (WAITING, 8, "does not wait with request 8"),
        (SPEAKING, 9, "does not have the floor with request 9"),
    ],
)
def test_nothing_is_guessed(among, number, text):
    with pytest.raises(Failure, match=text) as caught:
        find(FLOOR, SITE, among, number=number)
    assert caught.value.code == Exit.FAILED


def test_a_floor_without_requests_has_none():
    with pytest.raises(Failure, match="has no request"):
        find({}, SITE, WAITING | SPEAKING)

from __future__ import annotations

import pytest

from bridge.conference.check_events import WalkBegun, WalkJudged
from bridge.conference.check_words import WalkPicture, WalkSound
from bridge.conference.walk import Visit, Walk

BEGUN = Walk().begun(WalkBegun(at_s=10.0, by="cuong"))


def said(site="01", **fields):
    return WalkJudged(at_s=14.0, site=site, by="cuong", **fields)


def test_before_and_after_nobody_walks():
    assert not Walk().is_on
    assert BEGUN.is_on
    assert Walk(by="cuong", begun_s=10.0, since_s=10.0) == BEGUN
    assert not BEGUN.ended(at_s=20.0).is_on
    assert BEGUN.ended(at_s=20.0).ended_s == 20.0


def test_turns_of_a_site_add_up():
    walk = BEGUN.moved("01", at_s=11.0).moved("02", at_s=15.0).moved("01", at_s=16.0)

    assert (walk.current, walk.since_s) == ("01", 16.0)
    assert walk.visit("01").took_s == 4.0
    assert walk.visit("02").took_s == 1.0
    ended = walk.ended(at_s=18.5)
    assert ended.visit("01").took_s == 6.5
    assert ended.current is None


def test_going_on_keeps_what_was_said_and_anew_does_not():
    walk = BEGUN.judged(said(sound=WalkSound.GOOD)).ended(at_s=20.0)

    again = walk.begun(WalkBegun(at_s=30.0, by="an"))
    anew = walk.begun(WalkBegun(at_s=30.0, by="an", anew=True))

    assert again == Walk(by="an", begun_s=30.0, since_s=30.0, visits=walk.visits)
    assert anew == Walk(by="an", begun_s=30.0, since_s=30.0)


def test_what_is_not_said_stays_and_a_word_takes_back_a_skip():
    walk = BEGUN.judged(said(sound=WalkSound.GOOD, note="?")).skipped("01")
    assert walk.visit("01").skipped

    walk = walk.judged(said(picture=WalkPicture.DARK))

    assert walk.visit("01") == Visit(
        sound=WalkSound.GOOD,
        picture=WalkPicture.DARK,
        note="?",
        by="cuong",
        judged_s=14.0,
    )


@pytest.mark.parametrize(
    ("visit", "done"),
    [
        (Visit(), False),
        (Visit(note="?", took_s=5.0), False),
        (Visit(skipped=True), True),
        (Visit(sound=WalkSound.BROKEN), True),
        (Visit(picture=WalkPicture.FROZEN), True),
    ],
)
def test_who_is_done(visit, done):
    assert visit.is_done is done

"""The one word for a line: what is missing, and how fast it is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.conference.words import Link, Phase
from bridge.line import CALM_S, Cause, Line, LineWord, Sample, judge

WELL = Sample(link=Link.UP, phase=Phase.OPEN)
WEAK = replace(WELL, loss_up=0.06)
LOST = replace(WELL, link=Link.LOST)
ABSENT = replace(WELL, link=Link.DOWN)
DUMB = replace(WELL, sound_expected=True, sound_age_s=2.1)
BLIND = replace(WELL, picture_wanted_s=2.1, picture_age_s=2.1)


def word(sample: Sample) -> LineWord:
    return judge(None, sample, now_s=0.0).word


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (ABSENT, "absent"),
        (LOST, "lost"),
        (WELL, "good"),
        (replace(WELL, phase=Phase.LOBBY), "ready"),
        (replace(WELL, phase=Phase.RECESS), "good"),
        # Sound: only of a microphone that is on.
        (DUMB, "no_sound"),
        (replace(DUMB, sound_age_s=None), "no_sound"),
        (replace(DUMB, sound_age_s=2.0), "good"),
        (replace(DUMB, sound_expected=False), "good"),
        # Picture: only of a layer that was asked for, long enough ago.
        (BLIND, "no_picture"),
        (replace(BLIND, picture_age_s=None), "no_picture"),
        (replace(BLIND, picture_age_s=2.0), "good"),
        (replace(BLIND, picture_wanted_s=2.0), "good"),
        (replace(BLIND, picture_wanted_s=None), "good"),
        # Loss from 5 % up.
        (WEAK, "weak"),
        (replace(WELL, loss_up=0.05), "good"),
        # Of several, the worst.
        (replace(DUMB, picture_wanted_s=9.0, loss_up=1.0), "no_sound"),
        (replace(BLIND, loss_up=1.0), "no_picture"),
        (replace(WEAK, phase=Phase.LOBBY), "weak"),
        (replace(DUMB, link=Link.LOST), "lost"),
    ],
)
def test_the_word_of_a_first_look(sample, expected):
    line = judge(None, sample, now_s=7.0)
    assert (line.word.value, line.since_s) == (expected, 7.0)
    assert line.reason


def test_the_reason_says_how_much_is_lost():
    assert judge(None, WEAK, now_s=0.0).reason == "6% of packets from the site lost"


def follow(*samples: tuple[float, Sample]) -> Line:
    line = None
    for now_s, sample in samples:
        line = judge(line, sample, now_s=now_s)
    assert line is not None
    return line


def test_worse_is_believed_at_once():
    line = follow((0.0, WELL), (1.0, WEAK), (2.0, BLIND), (3.0, DUMB), (4.0, LOST), (5.0, ABSENT))
    assert (line.word, line.since_s) == (LineWord.ABSENT, 5.0)
    assert follow((0.0, WELL), (1.0, WEAK)).word is LineWord.WEAK


def test_better_is_believed_after_a_calm_time():
    weak = (0.0, WEAK)
    assert follow(weak, (1.0, WELL), (1.0 + CALM_S - 0.1, WELL)).word is LineWord.WEAK
    line = follow(weak, (1.0, WELL), (1.0 + CALM_S, WELL))
    assert (line.word, line.since_s) == (LineWord.GOOD, 1.0 + CALM_S)


def test_a_relapse_begins_the_calm_time_anew():
    line = follow((0.0, WEAK), (1.0, WELL), (5.0, WEAK), (6.0, WELL), (6.0 + CALM_S - 0.1, WELL))
    assert (line.word, line.since_s) == (LineWord.WEAK, 0.0)


def test_what_gets_worse_while_it_waits_is_said_at_once():
    line = follow((0.0, WEAK), (1.0, WELL), (2.0, BLIND))
    assert (line.word, line.since_s) == (LineWord.NO_PICTURE, 2.0)


def test_two_kinds_of_better_share_one_calm_time():
    line = follow((0.0, DUMB), (1.0, BLIND), (4.0, WEAK), (1.0 + CALM_S, WEAK))
    assert line.word is LineWord.WEAK


def test_while_it_waits_word_and_reason_belong_together():
    line = follow((0.0, DUMB), (1.0, WELL))
    assert (line.word, line.reason) == (LineWord.NO_SOUND, judge(None, DUMB, now_s=0.0).reason)


@pytest.mark.parametrize("gone", [LOST, ABSENT])
def test_a_link_that_is_back_is_believed_at_once(gone):
    assert follow((0.0, gone), (1.0, WELL)) == Line(
        word=LineWord.GOOD, cause=Cause.CONNECTED, reason="connected", since_s=1.0
    )


def test_ready_becomes_good_at_once_when_the_session_opens():
    assert follow((0.0, replace(WELL, phase=Phase.LOBBY)), (1.0, WELL)).word is LineWord.GOOD


def test_a_word_that_stays_keeps_its_time_and_renews_its_reason():
    line = follow((0.0, WEAK), (1.0, replace(WEAK, loss_up=0.5)))
    assert (line.since_s, line.reason) == (0.0, "50% of packets from the site lost")

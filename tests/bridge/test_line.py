"""The one word for a line: what is missing, and how fast it is believed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.conference.words import Link, Phase
from bridge.line import (
    CALM_S,
    DOUBTED_S,
    SETTLE_S,
    Cause,
    Complaint,
    Line,
    LineWord,
    Sample,
    at_once,
    judge,
)

WELL = Sample(link=Link.UP, phase=Phase.OPEN)
WEAK = replace(WELL, loss_up=0.06)
LOST = replace(WELL, link=Link.LOST)
ABSENT = replace(WELL, link=Link.DOWN)
DUMB = replace(WELL, sound_expected=True, sound_age_s=2.1)
BLIND = replace(WELL, picture_wanted_s=2.1, picture_age_s=2.1)


LOBBY = replace(WELL, phase=Phase.LOBBY)
GRUMBLE = Complaint(text="freezes often", of="down", for_s=0.0)


def complains(**changes: object) -> Sample:
    """One whose page complains, and what else there is."""
    about = {key: changes.pop(key) for key in ("of", "for_s", "contradicted") if key in changes}
    return replace(WELL, complaint=replace(GRUMBLE, **about), **changes)


ROWS = [
    # No link.
    (ABSENT, "absent", "not_connected"),
    (LOST, "lost", "silence"),
    (replace(ABSENT, excused=True), "excused", "excused"),
    (replace(LOST, excused=True), "excused", "excused"),
    (replace(WELL, excused=True), "good", "connected"),
    (replace(LOST, checking=True), "lost", "silence"),
    # A check loses packets on purpose, so nothing else is said.
    (replace(DUMB, checking=True, loss_up=0.5), "checking", "line_check"),
    # All is well.
    (WELL, "good", "connected"),
    (LOBBY, "ready", "connected"),
    (replace(WELL, phase=Phase.RECESS), "good", "connected"),
    (replace(WELL, phase=Phase.CLOSED), "good", "connected"),
    # Who has just come to the lobby; in the session there is no time for that.
    (replace(LOBBY, link_for_s=SETTLE_S - 0.1), "checking", "new"),
    (replace(LOBBY, link_for_s=SETTLE_S), "ready", "connected"),
    (replace(WELL, link_for_s=0.0), "good", "connected"),
    (replace(LOBBY, link_for_s=0.0, loss_up=0.06), "weak", "loss_up"),
    # Sound: only of a microphone that is on.
    (DUMB, "no_sound", "no_sound"),
    (replace(DUMB, sound_age_s=None), "no_sound", "no_sound"),
    (replace(DUMB, sound_age_s=2.0), "good", "connected"),
    (replace(DUMB, sound_expected=False), "good", "connected"),
    # Picture: only of a layer that was asked for, long enough ago.
    (BLIND, "no_picture", "no_picture"),
    (replace(BLIND, picture_age_s=None), "no_picture", "no_picture"),
    (replace(BLIND, picture_age_s=2.0), "good", "connected"),
    (replace(BLIND, picture_wanted_s=2.0), "good", "connected"),
    (replace(BLIND, picture_wanted_s=None), "good", "connected"),
    # Loss from 5 % up, of enough packets; the worse direction is named, and up before down.
    (WEAK, "weak", "loss_up"),
    (replace(WELL, loss_up=0.05), "good", "connected"),
    (replace(WELL, loss_down=0.06), "weak", "loss_down"),
    (replace(WELL, loss_down=0.05), "good", "connected"),
    (replace(WEAK, loss_down=0.07), "weak", "loss_down"),
    (replace(WEAK, loss_down=0.06), "weak", "loss_up"),
    (replace(WELL, loss_up=1.0, packets_up=19), "good", "connected"),
    (replace(WELL, loss_up=1.0, packets_up=19, loss_down=0.06), "weak", "loss_down"),
    (replace(WELL, loss_up=2 / 20, packets_up=20), "good", "connected"),
    (replace(WELL, loss_up=3 / 20, packets_up=20), "weak", "loss_up"),
    # Delay, jitter, bandwidth.
    (replace(WELL, rtt_s=0.61), "weak", "delay"),
    (replace(WELL, rtt_s=0.6), "good", "connected"),
    (replace(WELL, jitter_s=0.11), "weak", "jitter"),
    (replace(WELL, jitter_s=0.1), "good", "connected"),
    (replace(WELL, rtt_s=0.7, jitter_s=0.2), "weak", "delay"),
    (replace(WELL, withheld_s=10.1), "weak", "bandwidth"),
    (replace(WELL, withheld_s=10.0), "good", "connected"),
    (replace(WELL, jitter_s=0.2, withheld_s=11.0), "weak", "jitter"),
    # A page that complains: with a sign of it in its own direction, or long enough.
    (complains(), "good", "connected"),
    (complains(loss_down=0.011), "weak", "page"),
    (complains(loss_down=0.01), "good", "connected"),
    (complains(loss_up=0.04), "good", "connected"),
    (complains(of="up", loss_up=0.011), "weak", "page"),
    (complains(of="up", loss_up=0.04, packets_up=19), "good", "connected"),
    (complains(of="up", loss_down=0.04), "good", "connected"),
    (complains(for_s=DOUBTED_S), "weak", "page"),
    (complains(for_s=DOUBTED_S - 0.1), "good", "connected"),
    (complains(for_s=99.0, contradicted=True, loss_down=0.04), "good", "connected"),
    (complains(for_s=99.0, loss_down=0.06), "weak", "loss_down"),
    # Of several, the worst.
    (replace(DUMB, picture_wanted_s=9.0, loss_up=1.0), "no_sound", "no_sound"),
    (replace(BLIND, loss_up=1.0), "no_picture", "no_picture"),
    (replace(WEAK, phase=Phase.LOBBY), "weak", "loss_up"),
    (replace(DUMB, link=Link.LOST), "lost", "silence"),
]


@pytest.mark.parametrize(("sample", "word", "cause"), ROWS)
def test_the_word_of_a_first_look(sample, word, cause):
    line = judge(None, sample, now_s=7.0)
    assert (line.word.value, line.cause.value, line.since_s) == (word, cause, 7.0)
    assert line.reason
    assert at_once(sample) == (line.word, line.cause, line.reason)


def test_every_word_and_every_cause_has_a_row():
    assert {word for _, word, _ in ROWS} == {word.value for word in LineWord}
    assert {cause for _, _, cause in ROWS} == {cause.value for cause in Cause}


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (WEAK, "6% of packets from the site lost"),
        (replace(WELL, loss_down=0.5), "50% of packets to the site lost"),
        (replace(WELL, rtt_s=0.7), "round trip 700 ms"),
        (replace(WELL, jitter_s=0.12), "jitter 120 ms"),
        (complains(for_s=20.0), "freezes often"),
    ],
)
def test_the_reason_has_the_number(sample, reason):
    assert judge(None, sample, now_s=0.0).reason == reason


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


def test_who_has_just_come_and_loses_is_not_well_before_its_calm_time():
    new = replace(LOBBY, link_for_s=1.0)
    line = follow((0.0, replace(new, loss_up=0.5)), (1.0, new), (2.5, LOBBY))
    assert (line.word, line.better_since_s) == (LineWord.WEAK, 1.0)
    assert follow((0.0, new), (2.0, LOBBY)).word is LineWord.READY


# Laws, of whatever samples one after the other.

BADNESS = {"good": 0, "ready": 0, "weak": 1, "no_picture": 2, "no_sound": 3}
"""Of the words among which one waits for calm, as the table has them."""
ages = st.none() | st.floats(0.0, 30.0)
ratios = st.sampled_from((0.0, 0.011, 0.05, 0.06, 1.0))
complaints = st.builds(
    Complaint,
    text=st.just("freezes often"),
    of=st.sampled_from(("up", "down")),
    for_s=st.sampled_from((0.0, 14.9, 15.0)),
    contradicted=st.booleans(),
)
samples = st.builds(
    Sample,
    link=st.sampled_from((Link.UP, Link.UP, Link.UP, Link.LOST, Link.DOWN)),
    phase=st.sampled_from(Phase),
    excused=st.booleans(),
    checking=st.sampled_from((False, False, False, True)),
    link_for_s=st.none() | st.floats(0.0, 10.0),
    picture_wanted_s=ages,
    picture_age_s=ages,
    sound_expected=st.booleans(),
    sound_age_s=ages,
    loss_up=ratios,
    packets_up=st.sampled_from((0, 19, 20, 2000)),
    loss_down=ratios,
    rtt_s=st.none() | st.sampled_from((0.05, 0.61)),
    jitter_s=st.none() | st.sampled_from((0.01, 0.2)),
    withheld_s=st.sampled_from((0.0, 10.1)),
    complaint=st.none() | complaints,
)
simple = st.sampled_from((WELL, WELL, WEAK, BLIND, DUMB, LOBBY, complains(for_s=15.0), LOST))
"""Where a word changes often and for one reason."""
courses = st.lists(
    st.tuples(st.sampled_from((0.0, 0.5, 1.0, 2.5, 4.9, 5.0, 9.0)), simple | samples),
    min_size=1,
    max_size=30,
)


def lines_of(course: list[tuple[float, Sample]]) -> list[tuple[float, Sample, Line]]:
    now_s, line, found = 100.0, None, []
    for pause_s, sample in course:
        now_s += pause_s
        line = judge(line, sample, now_s=now_s)
        found.append((now_s, sample, line))
    return found


def badness(line: Line) -> int | None:
    return 0 if line.cause is Cause.NEW else BADNESS.get(line.word.value)


@given(courses)
def test_worse_is_believed_at_once_always(course):
    for _, sample, line in lines_of(course):
        said = Line(
            **dict(zip(("word", "cause", "reason"), at_once(sample), strict=True)), since_s=0
        )
        if badness(said) is None:
            assert (line.word, line.cause) == (said.word, said.cause)
        else:
            assert badness(line) is not None and badness(line) >= badness(said)


@given(courses)
def test_better_is_believed_only_after_a_calm_time_in_which_nothing_was_as_bad(course):
    looks = lines_of(course)
    for place, ((_, _, before), (now_s, _, line)) in enumerate(pairwise(looks)):
        if badness(before) is None or badness(line) is None or badness(line) >= badness(before):
            continue
        calm = [look for look in looks[: place + 2] if look[0] > now_s - CALM_S]
        for _, sample, _ in calm:
            assert badness(judge(None, sample, now_s=0.0)) < badness(before)
        # And so no word gets better sooner than that after it has changed at all.
        assert now_s - before.since_s >= CALM_S


@given(courses)
def test_a_word_goes_back_only_after_a_calm_time(course):
    """No flicker: of three words of a measured link the second, if it is the worst, stays."""
    changes: list[tuple[float, Line]] = []
    for now_s, _, line in lines_of(course):
        if not changes or changes[-1][1].word is not line.word:
            changes.append((now_s, line))
    for (_, first), (came_s, second), (went_s, third) in zip(
        changes, changes[1:], changes[2:], strict=False
    ):
        levels = [badness(line) for line in (first, second, third)]
        if None not in levels and levels[0] < levels[1] > levels[2]:
            assert went_s - came_s >= CALM_S


@given(courses)
def test_since_when_never_goes_back_and_is_the_moment_of_the_change(course):
    before = None
    for now_s, _, line in lines_of(course):
        assert line.since_s <= now_s
        if before is not None:
            assert line.since_s >= before.since_s
            same = line.word is before.word
            assert line.since_s == (before.since_s if same else now_s)
        if line.better_since_s is not None:
            assert line.since_s <= line.better_since_s <= now_s
        before = line


@given(courses)
def test_nothing_that_a_page_says_makes_a_line_better(course):
    """The same course with nobody complaining is never worse."""
    silent = [(pause_s, replace(sample, complaint=None)) for pause_s, sample in course]
    for (_, _, line), (_, _, without) in zip(lines_of(course), lines_of(silent), strict=True):
        if badness(without) is None:
            # Of a link that is not there and of a check it is not even asked.
            assert line.word is without.word
        else:
            assert badness(line) >= badness(without)


@given(samples)
def test_it_never_makes_one_worse_than_weak(sample):
    complaint = Complaint(text="freezes often", of="up", for_s=99.0)
    quiet, loud = (at_once(replace(sample, complaint=said)) for said in (None, complaint))
    assert loud == quiet or (loud[0] is LineWord.WEAK and quiet[1] in {Cause.CONNECTED, Cause.NEW})


@given(courses, samples)
def test_a_link_that_goes_and_a_check_are_said_at_once(course, sample):
    *_, (now_s, _, before) = lines_of(course)
    for fact in (
        replace(sample, link=Link.DOWN),
        replace(sample, link=Link.LOST),
        replace(sample, link=Link.UP, checking=True),
    ):
        line = judge(before, fact, now_s=now_s)
        assert (line.word, line.cause, line.reason) == at_once(fact)
        # And what follows it is believed at once as well.
        assert judge(line, sample, now_s=now_s).word is at_once(sample)[0]

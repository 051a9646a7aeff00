"""Why a speaker is not heard, and when that is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.hearing import (
    DEAF_S,
    GONE_S,
    NOISE_DBOV,
    PATIENCE_S,
    PAUSE_S,
    Hearing,
    Sound,
    Unheard,
    listen,
    noise_dbov,
)
from bridge.media.host import STATS_S

HEARD = Sound(mic="on", age_s=0.02, level_dbov=-24)
QUIET = replace(HEARD, level_dbov=-90)
OFF = replace(QUIET, mic="off")
GONE = Sound(mic="on")
BLUNT = replace(HEARD, level_dbov=None)
DEAF = replace(HEARD, deaf=True)

SOUNDS = st.builds(
    Sound,
    mic=st.sampled_from(["on", "off", "silent", "none", "unknown"]),
    age_s=st.none() | st.floats(0, 30),
    level_dbov=st.none() | st.integers(-127, 0),
    deaf=st.booleans(),
)


def follow(*sounds: Sound, step_s: float = 1.0) -> list[Hearing]:
    """One look a second from 100 s on."""
    said: list[Hearing] = []
    for number, sound in enumerate(sounds):
        said.append(listen(said[-1] if said else None, sound, now_s=100.0 + number * step_s))
    return said


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (HEARD, None),
        (QUIET, "silent"),
        (replace(QUIET, mic="unknown"), "silent"),
        (replace(HEARD, mic="silent", level_dbov=None), "silent"),
        (replace(HEARD, level_dbov=NOISE_DBOV), None),
        (replace(HEARD, level_dbov=-40, noise_dbov=-35.0), "silent"),
        (replace(HEARD, level_dbov=-70, noise_dbov=-75.0), None),
        (OFF, "mic_off"),
        (replace(GONE, mic="off"), "mic_off"),
        (replace(GONE, mic="none"), "mic_off"),
        (replace(BLUNT, mic="off"), "mic_off"),
        (GONE, "no_packets"),
        (replace(GONE, mic="unknown"), "no_packets"),
        (replace(HEARD, age_s=2.1), "no_packets"),
        # Packets count for more than words.
        (replace(HEARD, mic="off"), None),
        (replace(HEARD, mic="silent"), None),
        (BLUNT, None),
    ],
)
def test_why_a_speaker_is_not_heard(sound, reason):
    last = follow(*[sound] * 10)[-1]
    assert (last.unheard and last.unheard.value) == reason


def test_sound_without_a_level_cannot_be_told():
    assert follow(BLUNT)[-1].unmeasured
    assert not follow(HEARD)[-1].unmeasured
    assert not follow(GONE)[-1].unmeasured


@pytest.mark.parametrize("sound", [OFF, QUIET, GONE])
def test_three_seconds_and_a_look_are_patience_enough(sound):
    said = follow(*[sound] * 5)
    assert [bool(each.unheard) for each in said] == [False] * 3 + [True] * 2
    assert said[-1].since_s == 100.0


def test_a_fault_a_look_and_a_telling_of_the_worker_are_within_five_seconds():
    looked_s = 1.0
    assert PATIENCE_S + looked_s + STATS_S < 5.0
    # Silence is counted from the last packet on, so what makes it one is no further wait.
    assert GONE_S < PATIENCE_S


def test_who_was_heard_may_take_breath():
    said = follow(HEARD, *[QUIET] * 11)
    assert [bool(each.unheard) for each in said].index(True) == 1 + PAUSE_S


def test_a_pause_ends_with_a_word():
    said = follow(*([HEARD] + [QUIET] * 8) * 4)
    assert not any(each.unheard for each in said)


def test_packets_that_stopped_are_missed_from_the_last_one_on():
    said = follow(HEARD, replace(HEARD, age_s=2.5), replace(HEARD, age_s=3.5))
    assert [each.unheard for each in said] == [None, None, None]
    # The gate has been open for two seconds only.
    assert said[-1].fault_since_s == 100.0
    ages = (replace(HEARD, age_s=age_s) for age_s in (2.5, 3.5))
    said = follow(*[HEARD] * 10, *ages)
    assert [each.unheard for each in said[-2:]] == [None, Unheard.NO_PACKETS]
    assert said[-1].since_s == 107.5


def test_one_fault_after_another_is_one_silence():
    said = follow(GONE, GONE, OFF, OFF, QUIET, QUIET)
    assert (said[4].unheard, said[4].since_s) == (Unheard.SILENT, 100.0)


def test_what_is_heard_again_is_believed_at_once():
    said = follow(*[OFF] * 6, HEARD, OFF)
    assert [each.unheard for each in said[-2:]] == [None, None]


def test_that_nobody_hears_takes_the_time_of_two_reports():
    said = follow(*[DEAF] * 12)
    assert [each.unheard for each in said].index(Unheard.NOBODY_HEARS) == DEAF_S
    assert said[-1].since_s == 100.0
    # What is not sent is not acknowledged.
    said = follow(*[replace(GONE, deaf=True)] * 12, *[DEAF] * 3)
    assert [each.unheard for each in said[-4:]] == [Unheard.NO_PACKETS, None, None, None]
    # To draw breath changes nothing.
    said = follow(*[DEAF] * 12, replace(DEAF, level_dbov=-90), DEAF)
    assert [each.unheard for each in said[-3:]] == [Unheard.NOBODY_HEARS] * 3


@pytest.mark.parametrize(
    ("spoken", "noise"), [(None, -60.0), (-30, -50.0), (-20, -50.0), (-45, -65.0), (-75, -80.0)]
)
def test_a_sites_own_noise_is_below_what_its_line_check_heard(spoken, noise):
    assert noise_dbov(spoken) == noise


@given(st.lists(SOUNDS, min_size=1, max_size=40), st.floats(0.5, 2))
def test_nobody_is_warned_of_before_his_time(sounds, step_s):
    said = follow(*sounds, step_s=step_s)
    for number, hearing in enumerate(said):
        now_s = 100.0 + number * step_s
        assert hearing.opened_s == 100.0
        assert hearing.opened_s <= hearing.fault_since_s <= now_s
        if hearing.unheard:
            assert hearing.unheard is hearing.fault
            assert now_s - hearing.since_s >= PATIENCE_S - 1e-9
        else:
            assert hearing.since_s == now_s


@given(st.lists(SOUNDS, max_size=20), st.sampled_from([OFF, GONE]))
def test_a_fault_that_lasts_is_told_within_five_seconds(sounds, fault):
    said = follow(*sounds, *[fault] * 5)
    assert said[-1].unheard is said[-1].fault is not None


@given(st.lists(SOUNDS, max_size=20))
def test_who_is_heard_and_acknowledged_is_not_unheard(sounds):
    assert follow(*sounds, HEARD)[-1].unheard is None

"""Numbers as sound: what is said, how many beeps, how loud."""

from __future__ import annotations

import math
from array import array

import pytest

from bridge.check.number import (
    FRAME_SAMPLES,
    HIGH_HZ,
    LONG_S,
    LOUD_DBOV,
    LOW_HZ,
    RATE_HZ,
    SILENT_DBOV,
    beeps_of,
    evened,
    framed,
    levels_of,
    text_of,
)
from bridge.endpoint.tone import strongest


def heard(samples: array[int]) -> list[tuple[int, float]]:
    """The beeps one after the other: their tone and how long they are."""
    found: list[tuple[int, float]] = []
    beep: list[int] = []
    step = RATE_HZ // 200
    for start in range(0, len(samples), step):
        piece = samples[start : start + step]
        if any(abs(one) > 500 for one in piece):
            beep += piece
        elif beep:
            tone = strongest(beep, (LOW_HZ, HIGH_HZ))
            assert tone is not None
            found.append((tone, len(beep) / RATE_HZ))
            beep = []
    return found


@pytest.mark.parametrize(("number", "low", "high"), [("47", 4, 7), ("11", 1, 1), ("99", 9, 9)])
def test_there_are_as_many_low_beeps_as_tens_and_high_ones_as_ones(number, low, high):
    tones = [tone for tone, _ in heard(beeps_of(number))]

    assert tones == [LOW_HZ] * low + [HIGH_HZ] * high


def test_a_nought_is_one_long_beep():
    lengths = [(tone, round(lasts_s, 1)) for tone, lasts_s in heard(beeps_of("20"))]

    assert lengths == [(LOW_HZ, 0.1), (LOW_HZ, 0.1), (HIGH_HZ, LONG_S)]


def test_it_is_said_digit_by_digit_and_twice():
    assert text_of("47") == "Số. bốn. bảy. Bốn. bảy."
    assert text_of("05") == "Số. không. năm. Không. năm."


@pytest.mark.parametrize("number", ["", "4", "471", "4a", "４７", "-1"])
def test_what_is_no_number_of_two_digits_is_refused(number):
    with pytest.raises(ValueError, match="two digits"):
        text_of(number)
    with pytest.raises(ValueError, match="two digits"):
        beeps_of(number)


def test_levels_are_rms_in_dbov():
    sine = array("h", (round(32767 * math.sin(2 * math.pi * n / 48)) for n in range(FRAME_SAMPLES)))

    assert levels_of(sine + array("h", bytes(2 * FRAME_SAMPLES))) == [
        pytest.approx(-3.01, abs=0.01),
        SILENT_DBOV,
    ]


@pytest.mark.parametrize("factor", [0.02, 1.0, 6.0])
def test_however_loud_it_was_it_is_as_loud_as_it_shall_be(factor):
    other = array("h", (round(one * factor) for one in beeps_of("32")))

    levels = levels_of(evened(other))

    loud = [level for level in levels if level > max(levels) - 3]
    assert sum(loud) / len(loud) == pytest.approx(LOUD_DBOV, abs=0.5)


def test_silence_stays_silence():
    silence = array("h", bytes(2 * FRAME_SAMPLES))

    assert evened(silence) == silence


def test_frames_are_whole_and_stand_between_pauses():
    frames = list(framed(array("h", [1000] * (FRAME_SAMPLES * 2 + 5))))

    assert {len(frame) for frame in frames} == {FRAME_SAMPLES}
    levels = [levels_of(frame)[0] for frame in frames]
    assert levels[:10] == [SILENT_DBOV] * 10
    assert levels[-9:] == [SILENT_DBOV] * 9
    assert max(levels) > -40

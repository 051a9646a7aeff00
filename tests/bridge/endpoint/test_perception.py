"""What somebody in a room would have heard and seen, in numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.endpoint import tone
from bridge.endpoint.card import Card
from bridge.endpoint.perception import NOTHING_DBOV, PictureMeter, SoundMeter

SILENCE = [0] * 960
LOUD = [32767, -32768] * 480
FAINT = [10, -10] * 480


def test_the_loudest_there_can_be_is_0_and_nothing_is_the_least():
    meter = SoundMeter()
    assert meter.dbov(1.0) == NOTHING_DBOV
    meter.hear(LOUD, 1.0)
    assert meter.dbov(1.0) == 0
    quiet = SoundMeter()
    quiet.hear(SILENCE, 1.0)
    quiet.hear([], 1.0)
    assert quiet.dbov(1.0) == NOTHING_DBOV


def test_a_tone_is_as_loud_as_it_was_made():
    meter, period = SoundMeter(), tone.period(Card(code="01", name="Hà Nội", position=0))
    for number in range(50):
        frame = memoryview(tone.frame(period, number)).cast("h")
        meter.hear(frame.tolist(), number * 0.02)

    assert meter.dbov(0.98) == tone.LEVEL_DBOV


def test_only_the_last_second_counts():
    meter = SoundMeter()
    meter.hear(LOUD, 1.0)
    assert meter.dbov(1.9) == 0
    assert meter.dbov(2.0) == NOTHING_DBOV


def test_when_it_was_last_louder_than_silence_is_remembered():
    meter = SoundMeter()
    assert meter.heard_s is None
    meter.hear(LOUD, 1.0)
    meter.hear(FAINT, 5.0)
    meter.hear(SILENCE, 6.0)

    assert meter.heard_s == 1.0
    assert meter.dbov(5.5) < -60


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=50))
def test_any_sound_has_a_level_between_nothing_and_the_loudest(samples):
    meter = SoundMeter()
    meter.hear(samples, 0.0)
    assert NOTHING_DBOV <= meter.dbov(0.0) <= 0


def seen(*moments_s: float) -> PictureMeter:
    meter = PictureMeter()
    for now_s in moments_s:
        meter.see(now_s)
    return meter


def test_frames_are_counted_with_the_last_of_them():
    meter = seen(1.0, 1.1, 1.2)
    assert (meter.frames, meter.freezes, meter.frozen_s, meter.seen_s) == (3, 0, 0.0, 1.2)


@pytest.mark.parametrize(
    ("gap_s", "freezes"),
    [(0.19, 0), (0.25, 1)],
    ids=["within 150 ms", "later"],
)
def test_a_frame_that_is_late_by_more_than_150_ms_was_a_freeze(gap_s, freezes):
    moments = [n * 0.04 for n in range(40)]
    meter = seen(*moments, moments[-1] + gap_s)

    assert meter.freezes == freezes
    assert meter.frozen_s == pytest.approx(gap_s * freezes)


def test_of_slow_pictures_three_intervals_are_a_freeze():
    assert seen(0.0, 0.2, 0.4, 0.6, 1.15).freezes == 0
    assert seen(0.0, 0.2, 0.4, 0.6, 1.25).freezes == 1


def test_another_picture_or_none_between_is_no_freeze():
    meter = seen(0.0, 0.04, 0.08)
    meter.switched()
    for now_s in (60.0, 60.04, 60.08):
        meter.see(now_s)

    assert meter.freezes == 0
    assert meter.frames == 6
    meter.see(70.0)
    assert (meter.freezes, round(meter.frozen_s, 2)) == (1, 9.92)

from __future__ import annotations

import pytest

from bridge.media.core.ntp import middle32, ntp_from_unix, round_trip_s
from bridge.media.core.rtcp import ReportBlock


@pytest.mark.parametrize(
    ("unix", "ntp"),
    [
        (0.0, 2_208_988_800 << 32),
        (0.5, (2_208_988_800 << 32) + 0x80000000),
        (1_590_714_000.25, (3_799_702_800 << 32) + 0x40000000),
        (2_085_978_496.0, 0),
    ],
)
def test_ntp_time_counts_from_1900_and_wraps_in_2036(unix, ntp):
    assert ntp_from_unix(unix) == ntp


def test_the_middle_of_an_ntp_time_is_seconds_and_fraction():
    assert middle32(0x1234_5678_9ABC_DEF0) == 0x5678_9ABC


@pytest.mark.parametrize(
    ("now", "last_sr", "delay", "seconds"),
    [
        (0x0000_0006_0000_0000, 0x0004_0000, 0x0001_8000, 0.5),
        (0x0000_0006_0000_0000, 0x0004_0000, 0x0002_0000, 0.0),
        (0x0000_0006_0000_0000, 0x0004_0000, 0x0002_8000, 0.0),
        (0x0001_0000_8000_0000, 0xFFFF_8000, 0x0000_C000, 0.25),
        (0x0000_0006_0000_0000, 0, 0, None),
    ],
)
def test_a_report_about_us_tells_the_round_trip(now, last_sr, delay, seconds):
    block = ReportBlock(
        ssrc=1,
        fraction_lost=0,
        lost=0,
        highest=0,
        jitter=0,
        last_sr=last_sr,
        delay_since_sr=delay,
    )

    assert round_trip_s(now_ntp=now, block=block) == seconds

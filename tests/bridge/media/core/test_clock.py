from __future__ import annotations

import pytest

from bridge.media.core.clock import SessionClock, SourceClock
from bridge.media.core.reception import Reception

THEIRS = 3_800_000_000  # what the source's clock shows when ours shows 0


def ntp(seconds: float) -> int:
    return (THEIRS << 32) + round(seconds * 2**32)


def source(session: SessionClock, rate: int = 90000) -> tuple[SourceClock, Reception]:
    reception = Reception(ssrc=1, clock_rate_hz=rate)
    return SourceClock(session, reception), reception


def test_before_anything_came_nothing_is_known():
    clock, _ = source(SessionClock())

    assert clock.rtp_at(1.0) is None


def test_before_its_report_a_source_is_where_its_newest_packet_was():
    clock, reception = source(SessionClock())
    reception.on_packet(7, 0xFFFFFFFF, 10.0)

    assert clock.rtp_at(10.0) == 0xFFFFFFFF
    assert clock.rtp_at(10.5) == 44999


def test_a_report_of_the_other_medium_is_not_enough():
    session = SessionClock()
    sound, _ = source(session, 48000)
    picture, reception = source(session)
    sound.on_sender_report(ntp=ntp(0.0), rtp=5, now_s=0.0)

    assert picture.rtp_at(1.0) is None
    reception.on_packet(7, 1000, 1.0)
    assert picture.rtp_at(1.5) == 46000


def test_with_its_report_a_source_goes_by_its_own_clock():
    clock, reception = source(SessionClock())
    reception.on_packet(7, 123456, 9.0)
    clock.on_sender_report(ntp=ntp(10.0), rtp=0xFFFFFFF0, now_s=10.0)

    assert clock.rtp_at(10.0) == 0xFFFFFFF0
    assert clock.rtp_at(11.0) == 90000 - 16
    assert clock.rtp_at(9.0) == 0xFFFFFFF0 - 90000


def test_sound_and_picture_captured_together_stay_together_whatever_the_way_did():
    session = SessionClock()
    sound, _ = source(session, 48000)
    picture, _ = source(session)

    # Captured at 10.0 on its clock; the picture's report is 180 ms later on its way.
    sound.on_sender_report(ntp=ntp(10.0), rtp=1000, now_s=10.02)
    picture.on_sender_report(ntp=ntp(10.0), rtp=500000, now_s=10.2)

    for now in (10.2, 11.0, 12.0):
        heard_s = (sound.rtp_at(now) - 1000) / 48000
        seen_s = (picture.rtp_at(now) - 500000) / 90000
        assert heard_s == pytest.approx(now - 10.02, abs=1e-4)
        assert seen_s == pytest.approx(heard_s, abs=2.1e-5)  # a tick of the slower clock


def test_the_shortest_way_tells_best():
    session = SessionClock()
    for now, way in [(1.0, 0.05), (2.0, 0.02), (3.0, 0.4), (4.0, 0.03)]:
        session.on_sender_report(ntp=ntp(now - way), now_s=now)

    assert session.offset_s == pytest.approx(0.02 - THEIRS + 2 * 100e-6, abs=1e-6)


def test_a_clock_that_runs_slow_is_followed():
    session = SessionClock()
    for now in range(0, 3600, 5):
        session.on_sender_report(ntp=ntp(now * (1 - 50e-6)), now_s=float(now))

    # 50 millionths of an hour are 180 ms; without the rise all of them would be missing.
    assert session.offset_s == pytest.approx(3595 * 50e-6 - THEIRS, abs=1e-5)


def test_a_clock_that_runs_fast_is_followed():
    session = SessionClock()
    for now in range(0, 3600, 5):
        session.on_sender_report(ntp=ntp(now * (1 + 50e-6)), now_s=float(now))

    assert session.offset_s == pytest.approx(-3595 * 50e-6 - THEIRS, abs=1e-5)


@pytest.mark.parametrize(
    ("set_by_s", "taken"), [(-3600.0, True), (-5.1, True), (-4.9, False), (3600.0, True)]
)
def test_a_clock_that_was_set_is_taken_over_at_once(set_by_s, taken):
    session = SessionClock()
    session.on_sender_report(ntp=ntp(1.0), now_s=1.0)
    session.on_sender_report(ntp=ntp(1.0 + set_by_s), now_s=1.0)

    expected = -set_by_s if taken else 0.0
    assert session.offset_s == pytest.approx(expected - THEIRS, abs=1e-6)


def test_our_clock_never_makes_the_offset_fall():
    session = SessionClock()
    session.on_sender_report(ntp=ntp(100.0), now_s=100.0)
    session.on_sender_report(ntp=ntp(50.0), now_s=51.0)

    assert session.offset_s == pytest.approx(-THEIRS, abs=1e-6)

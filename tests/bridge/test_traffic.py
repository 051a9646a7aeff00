"""Counters that add up over sessions and never fall."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.plane import PlaneStats, SessionStats, SourceStats
from bridge.media.told import Acknowledgement, SinkStats
from bridge.traffic import Flow, SiteTraffic
from tests.support.fake_plane import NOTHING

MIC = SourceStats(
    slot="mic",
    layer="",
    packets=100,
    bytes=10_000,
    lost=3,
    jitter_s=0.004,
    keyframes=0,
    level_dbov=-20,
    age_s=0.02,
)
LOW = replace(MIC, slot="camera", layer="q", keyframes=2, keyframe_requests=5, jitter_s=0.002)
HIGH = replace(LOW, layer="f", packets=30, jitter_s=0.009)
SOUND = SinkStats(kind="audio", packets=50, bytes=5000, lost=1, jitter_s=0.003)


def looked(*sources: SourceStats, sinks: tuple[SinkStats, ...] = (), session="s.1") -> PlaneStats:
    carried = SessionStats(
        session=session,
        site="01",
        connected=True,
        age_s=0.0,
        rtt_s=None,
        loss_down=None,
        packets_out=0,
        bytes_out=0,
        sources=sources,
        sinks=sinks,
    )
    return replace(NOTHING, sessions=(carried,))


ROOMS = {"s.1": "01", "s.2": "01"}


@pytest.mark.parametrize("layers", [(LOW, HIGH), (HIGH, LOW)])
def test_layers_are_one_medium_and_directions_are_two(layers):
    traffic = SiteTraffic()
    traffic.look(looked(MIC, *layers, sinks=(SOUND,)), ROOMS)

    assert traffic.flows == {
        ("01", "uplink", "audio"): Flow(100, 10_000, 3, 0.004),
        ("01", "uplink", "video"): Flow(130, 20_000, 6, 0.009),
        ("01", "downlink", "audio"): Flow(50, 5000, 1, 0.003),
    }
    assert (traffic.keyframes, traffic.keyframe_requests) == ({"01": 4}, {"01": 10})


def test_a_second_look_adds_only_what_is_new():
    traffic = SiteTraffic()
    for packets in (100, 100, 150):
        traffic.look(looked(replace(MIC, packets=packets, bytes=packets * 10)), ROOMS)

    assert traffic.flows["01", "uplink", "audio"] == Flow(150, 1500, 3, 0.004, unrepaired=3)


def test_a_reconnect_keeps_the_counters_and_goes_on_from_them():
    traffic = SiteTraffic()
    traffic.look(looked(MIC), ROOMS)
    traffic.look(NOTHING, {})
    assert traffic.flows["01", "uplink", "audio"] == Flow(100, 10_000, 3, None)

    traffic.look(looked(replace(MIC, packets=120), session="s.2"), ROOMS)
    assert traffic.flows["01", "uplink", "audio"] == Flow(220, 20_000, 6, 0.004)


def test_a_stream_that_begins_anew_within_its_session_goes_on_too():
    traffic = SiteTraffic()
    traffic.look(looked(LOW), ROOMS)
    traffic.look(looked(replace(LOW, packets=7, bytes=70, lost=1, keyframes=1)), ROOMS)

    assert traffic.flows["01", "uplink", "video"] == Flow(107, 10_070, 4, 0.002)
    assert traffic.keyframes == {"01": 3}


def test_packets_that_come_late_take_no_loss_back_and_are_not_lost_twice():
    traffic = SiteTraffic()
    for packets, lost in ((100, 3), (102, 1), (110, 3), (120, 4)):
        traffic.look(looked(replace(MIC, packets=packets, lost=lost)), ROOMS)

    assert traffic.flows["01", "uplink", "audio"].lost == 4


def test_lost_is_before_repair_and_unrepaired_what_two_looks_have_missed():
    traffic = SiteTraffic()
    told = []
    # Five are missing and on their way again; two of eight never come.
    for packets, lost, repaired in (
        (100, 5, 0),
        (150, 0, 5),
        (200, 8, 5),
        (250, 2, 11),
        (300, 2, 11),
    ):
        traffic.look(looked(replace(LOW, packets=packets, lost=lost, repaired=repaired)), ROOMS)
        flow = traffic.flows["01", "uplink", "video"]
        told.append((flow.lost, flow.unrepaired))

    assert told == [(5, 0), (5, 0), (13, 0), (13, 2), (13, 2)]
    assert traffic.retransmitted["01", "uplink"] == 11


def test_slides_have_sound_that_is_no_picture():
    traffic = SiteTraffic()
    traffic.look(looked(replace(MIC, slot="content.sound")), ROOMS)

    assert list(traffic.flows) == [("01", "uplink", "audio")]


def test_feedback_and_repeats_add_up_over_sessions():
    traffic = SiteTraffic()
    for name, nacks, repeated in (("s.1", 2, 7), ("s.1", 3, 9), ("s.2", 1, 4), ("s.2", 1, 4)):
        stats = looked(session=name)
        [carried] = stats.sessions
        said = Acknowledgement(said={"nack": nacks}, told={"remb": 2 * nacks})
        carried = replace(carried, acknowledged=said, repeated=repeated)
        traffic.look(replace(stats, sessions=(carried,)), ROOMS)

    assert traffic.feedback == {
        ("01", "uplink", "nack"): 4,
        ("01", "downlink", "remb"): 8,
    }
    assert traffic.retransmitted["01", "downlink"] == 13


def test_repairs_of_a_stream_that_begins_anew_are_not_counted_twice():
    traffic = SiteTraffic()
    traffic.look(looked(replace(LOW, repaired=4), replace(HIGH, repaired=6)), ROOMS)
    again = replace(LOW, packets=7, repaired=1)
    traffic.look(looked(again, replace(HIGH, repaired=6)), ROOMS)

    assert traffic.retransmitted["01", "uplink"] == 11


@pytest.mark.parametrize(("age_s", "jitter_s"), [(None, None), (2.0, None), (1.9, 0.004)])
def test_a_stream_that_has_stopped_has_no_jitter(age_s, jitter_s):
    traffic = SiteTraffic()
    traffic.look(looked(MIC), ROOMS)
    traffic.look(looked(replace(MIC, age_s=age_s)), ROOMS)

    assert traffic.flows["01", "uplink", "audio"].jitter_s == jitter_s


def test_what_is_no_room_device_is_nobodys_traffic():
    traffic = SiteTraffic()
    traffic.look(looked(MIC, session="console.1"), ROOMS)

    assert traffic.flows == {}


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=20))
def test_counters_never_fall_whatever_the_plane_says(seen):
    traffic, before = SiteTraffic(), (0, 0, 0)
    for packets, lost in seen:
        source = replace(MIC, packets=packets, bytes=packets * 100, lost=lost)
        traffic.look(looked(source), ROOMS)
        flow = traffic.flows["01", "uplink", "audio"]
        now = (flow.packets, flow.bytes, flow.lost)
        assert all(b <= n for b, n in zip(before, now, strict=True))
        before = now

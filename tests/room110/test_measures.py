"""The arithmetic of a load test, on records made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.endpoint.book import PayloadBook
from bridge.endpoint.ear import Keyframe, Run
from bridge.endpoint.receiver import Receiver
from bridge.endpoint.stats import ReceiverTotals, SiteStats
from bridge.media.core.sdp_client import AnsweredLine
from bridge.media.slots import Direction, SessionKind, slots_for
from config.roster import load_roster
from room110.measures import GRACE_S, Endpoints, Record, cpu, percentiles, result
from room110.process import Usage

HANOI, HAGIANG, CENTRE = load_roster().sites[0], load_roster().sites[1], load_roster().sites[-1]
WANTED = (HANOI, HAGIANG, CENTRE)
CALLS = Record(
    calls=[(10.0, "01"), (12.0, "02")],
    acknowledged_s={10.0: 10.1, 12.0: 12.1, 14.0: 14.1},
    ended_s=14.0,
)


def receiver(own: str, *, gallery_size: int = 0) -> Receiver:
    slots = slots_for(SessionKind.CONSOLE, gallery_size=gallery_size)
    lines = [
        (
            slot.name,
            AnsweredLine(
                mid=str(mid),
                kind=slot.kind.value,
                direction="sendonly",
                payload_type=96,
                ssrc=mid + 1,
                rids=(),
                extensions={},
                stream="",
            ),
        )
        for mid, slot in enumerate(slots)
        if slot.direction is Direction.RECEIVE
    ]
    return Receiver(own, lines, tones=PayloadBook(), keyframes=PayloadBook())


def hears(ears: Receiver, slot: str, site: str | None, first_s: float, last_s: float, packets=10):
    ears.sounds[slot].runs.append(Run(site=site, first_s=first_s, last_s=last_s, packets=packets))


def sees(ears: Receiver, slot: str, site: str | None, at_s: float):
    ears.pictures[slot].keyframe_log.append(Keyframe(at_s=at_s, site=site))


def stats(code: str, **changed) -> SiteStats:
    well = SiteStats(
        site=code,
        connected=True,
        connections=1,
        time_to_connect_s=0.5,
        time_to_media_s=0.7,
        mic="on",
        packets_sent=100,
        lost_up=0,
        rtt_s=0.001,
        received=ReceiverTotals(packets=1000),
        drops={},
    )
    return replace(well, **changed)


@pytest.fixture
def ends() -> Endpoints:
    """Two calls, and everybody saw and heard what they should."""
    ears = {site.code: receiver(site.code) for site in WANTED}
    for code, listener in ears.items():
        hears(listener, "chair", "110", 5.0, 14.0)
        for at_s, speaker in ((10.05, "01"), (12.05, "02")):
            if code != speaker:
                hears(listener, "speaker.1", speaker, at_s, at_s + 1.9)
                sees(listener, "speaker.1", speaker, at_s + 0.1)
    console = receiver("110", gallery_size=64)
    for site in WANTED[:-1]:
        sees(console, f"gallery.{site.position:02d}", site.code, 6.0)
    return Endpoints(
        stats={site.code: stats(site.code) for site in WANTED},
        receivers=ears,
        console=console,
        console_totals=ReceiverTotals(),
        gone={},
    )


def faults(ends: Endpoints, record: Record = CALLS) -> list[str]:
    return result(ends, WANTED, record)["faults"]


def test_a_run_in_which_all_is_well_has_its_figures_and_no_fault(ends):
    assert result(ends, WANTED, CALLS) == {
        "sites": 3,
        "joined": 3,
        "with_media": 3,
        "time_to_media_s": {"p50": 0.7, "p99": 0.7, "max": 0.7},
        "lost": 0,
        "gaps": 0,
        "backward_timestamps": 0,
        "duplicates": 0,
        "own_sound_packets": 0,
        "wrong_sound_packets": 0,
        "speakers_not_heard": 0,
        "floor_changes": 2,
        "grant_to_keyframe_s": {"p50": 0.15, "p99": 0.15, "max": 0.15},
        "keyframes_missed": 0,
        "mute_to_last_packet_s": None,
        "thumbnails_seen": 2,
        "faults": [],
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([3.0], {"p50": 3.0, "p99": 3.0, "max": 3.0}),
        ([3.0, 1.0, 2.0], {"p50": 2.0, "p99": 3.0, "max": 3.0}),
        ([n / 100 for n in range(101)], {"p50": 0.5, "p99": 0.99, "max": 1.0}),
        ([0.123456], {"p50": 0.1235, "p99": 0.1235, "max": 0.1235}),
    ],
)
def test_percentiles_are_of_the_values_themselves(values, expected):
    assert percentiles(values) == expected


def test_processor_is_seconds_per_second():
    before = Usage(user_s=1.0, system_s=2.0, rss_bytes=0)
    after = Usage(user_s=2.0, system_s=2.5, rss_bytes=0)
    assert cpu(before, after, 4.0) == {"user": 0.25, "system": 0.125, "total": 0.375}


# Sound.


@pytest.mark.parametrize(
    ("slot", "site", "first_s", "last_s", "wrong"),
    [
        ("speaker.1", "01", 10.0, 12.1 + GRACE_S, False),
        ("speaker.1", "01", 9.99, 11.0, True),
        ("speaker.1", "01", 11.0, 12.11 + GRACE_S, True),
        ("speaker.2", "02", 12.0, 14.1 + GRACE_S, False),
        ("speaker.2", "02", 12.0, 14.11 + GRACE_S, True),
        ("speaker.1", "02", 11.9, 13.0, True),
        ("speaker.1", "48", 11.0, 11.5, True),
        ("speaker.1", None, 11.0, 11.5, True),
        ("speaker.1", "110", 11.0, 11.5, True),
        ("chair", "110", 0.0, 99.0, False),
        ("chair", "01", 11.0, 11.5, True),
    ],
)
def test_sound_is_right_from_the_call_until_the_next_is_answered_and_a_moment(
    ends, slot, site, first_s, last_s, wrong
):
    hears(ends.receivers["110"], slot, site, first_s, last_s, packets=7)
    assert result(ends, WANTED, CALLS)["wrong_sound_packets"] == (7 if wrong else 0)
    assert faults(ends) == (["wrong_sound_packets is 7, must be 0"] if wrong else [])


def test_who_is_called_twice_may_be_heard_twice(ends):
    again = Record(
        calls=[*CALLS.calls, (14.0, "01")],
        acknowledged_s={**CALLS.acknowledged_s, 16.0: 16.1},
        ended_s=16.0,
    )
    for code in ("02", "110"):
        hears(ends.receivers[code], "speaker.1", "01", 14.05, 16.0)
        sees(ends.receivers[code], "speaker.1", "01", 14.3)
    assert faults(ends, again) == []


def test_who_is_called_twice_on_end_may_be_heard_in_one_run(ends):
    twice = replace(CALLS, calls=[(10.0, "01"), (12.0, "01")])
    for code in ("02", "110"):
        ears = ends.receivers[code]
        ears.sounds["speaker.1"].runs.clear()
        hears(ears, "speaker.1", "01", 10.05, 14.0)
        sees(ears, "speaker.1", "01", 12.1)
    assert faults(replace(ends, receivers={**ends.receivers, "01": receiver("01")}), twice) == []


def test_a_speaker_somebody_does_not_hear_is_a_fault(ends):
    ends.receivers["110"].sounds["speaker.1"].runs.popleft()
    assert faults(ends) == ["speakers_not_heard is 1, must be 0"]


def test_to_have_heard_a_speaker_at_another_time_is_not_to_have_heard_it(ends):
    runs = ends.receivers["110"].sounds["speaker.1"].runs
    runs[1].first_s = 14.01
    assert result(ends, WANTED, CALLS)["speakers_not_heard"] == 1


# Picture.


def test_a_key_frame_that_does_not_come_before_the_next_call_is_missed(ends):
    log = ends.receivers["02"].pictures["speaker.1"].keyframe_log
    log.clear()
    sees(ends.receivers["02"], "speaker.1", "01", 12.0 + GRACE_S)
    assert faults(ends) == []
    log.clear()
    sees(ends.receivers["02"], "speaker.1", "01", 12.01 + GRACE_S)
    assert faults(ends) == ["keyframes_missed is 1, must be 0"]


def test_a_key_frame_of_the_site_before_or_from_before_the_call_does_not_count(ends):
    log = ends.receivers["02"].pictures["speaker.1"].keyframe_log
    log.clear()
    sees(ends.receivers["02"], "speaker.1", "01", 9.9)
    sees(ends.receivers["02"], "speaker.1", "48", 10.2)
    assert faults(ends) == ["keyframes_missed is 1, must be 0"]


def test_a_site_without_ears_has_missed_everything(ends):
    deaf = replace(ends, receivers={**ends.receivers, "110": None})
    assert faults(deaf) == [
        "speakers_not_heard is 2, must be 0",
        "keyframes_missed is 2, must be 0",
    ]


def test_a_thumbnail_counts_when_the_newest_is_of_its_site(ends):
    assert ends.console is not None
    sees(ends.console, "gallery.01", "01", 7.0)
    assert faults(ends) == ["the desk saw 1 of 2 thumbnails"]
    assert result(replace(ends, console=None), WANTED, CALLS)["thumbnails_seen"] == 0


# The rest.


def test_counters_are_summed_over_all_endpoints_and_the_desk(ends):
    bad = ReceiverTotals(skipped=1, gaps=2, backward=3, duplicates=4, own_sound=5)
    worse = replace(ends, stats={**ends.stats, "01": stats("01", received=bad)}, console_totals=bad)
    figures = result(worse, WANTED, CALLS)
    assert [figures[n] for n in ("lost", "gaps", "backward_timestamps", "duplicates")] == [
        2,
        4,
        6,
        8,
    ]
    assert figures["faults"] == [
        "gaps is 4, must be 0",
        "backward_timestamps is 6, must be 0",
        "own_sound_packets is 10, must be 0",
    ]


def test_who_got_no_media_or_never_came_is_named(ends):
    some = {"01": stats("01", time_to_media_s=None), "110": stats("110", time_to_media_s=0.0)}
    assert faults(replace(ends, stats=some))[0] == "no media at 01, 02"


def test_the_time_to_media_leaves_out_room_110_which_waits_for_the_first_speaker(ends):
    late = {**ends.stats, "110": stats("110", time_to_media_s=9.0)}
    assert result(replace(ends, stats=late), WANTED, CALLS)["time_to_media_s"]["max"] == 0.7


def test_who_was_sent_away_is_named_with_the_reason(ends):
    assert faults(replace(ends, gone={"01": "replaced"})) == ["01: replaced"]

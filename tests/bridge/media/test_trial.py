"""A line is tried in virtual time: what a check finds on lines that are known to be bad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bridge.check.carried import carried_bps
from bridge.check.echo import echo_db
from bridge.media import trial
from bridge.media.plane import Plan
from bridge.media.steering import Steering
from bridge.media.tcp import TcpAddress
from bridge.media.tried import LineTried
from tests.support.far_room import FarRoom
from tests.support.line import SimulatedLine
from tests.support.media import (
    CHAIR_SOUND,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    Client,
    sound,
    spec,
)

WORD, PAUSE = b"word", b"pause"
CLIP = tuple(frame.hex() for frame in ([PAUSE] * 10 + [WORD] * 12) * 4)
LEVELS = tuple(-20.0 if bytes.fromhex(frame) == WORD else -96.0 for frame in CLIP)


def loss(lost: int, expected: int) -> float:
    return lost / expected


def test_of_a_good_line_everything_is_known_and_good():
    it = FarRoom().tried()

    assert it.outcome == "done"
    assert (it.path, it.family, it.address) == ("udp", "ipv4", "192.0.2.1")
    assert it.rtt_s == pytest.approx(0.04, abs=0.006)
    assert (it.lost_up, it.lost_down) == (0, 0)
    assert it.expected_up > 500
    assert it.expected_down > 250
    assert it.jitter_up_s is not None
    assert it.jitter_up_s < 0.001
    assert (it.picture, it.width, it.height) == ("f", 1280, 720)
    assert it.frames_per_s == pytest.approx(25, abs=1)
    assert it.best_up_bps == pytest.approx(910_000, rel=0.1)
    assert carried_bps(it.bursts) == pytest.approx(4_000_000, rel=0.05)
    assert len(it.levels) > 150
    assert {level for _, level in it.levels} == {-30}
    assert it.notes == ()
    assert 4 <= it.lasted_s <= 9


def test_ten_percent_lost_on_the_way_up_are_found_there_and_nowhere_else():
    it = FarRoom(up=SimulatedLine(loss=0.1)).tried()

    assert loss(it.lost_up, it.expected_up) == pytest.approx(0.1, abs=0.03)
    assert it.lost_down == 0


def test_ten_percent_lost_on_the_way_down_are_found_there_and_nowhere_else():
    it = FarRoom(down=SimulatedLine(loss=0.1)).tried()

    assert loss(it.lost_down, it.expected_down) == pytest.approx(0.1, abs=0.04)
    assert it.lost_up == 0
    assert carried_bps(it.bursts, 0.1) == pytest.approx(4_000_000, rel=0.1)


@pytest.mark.parametrize("bps", [400_000, 800_000, 1_500_000, 3_000_000])
def test_the_rate_of_a_capped_line_is_found(bps):
    it = FarRoom(down=SimulatedLine(limit_bps=bps, buffer_s=0.2)).tried()

    assert carried_bps(it.bursts) == pytest.approx(bps, rel=0.15)
    assert loss(it.lost_down, it.expected_down) < 0.01


def test_on_a_thin_line_no_larger_burst_follows_one_that_was_too_much():
    it = FarRoom(down=SimulatedLine(limit_bps=400_000)).tried()

    assert [round(burst.bps, -6) for burst in it.bursts] == [1_000_000]


@pytest.mark.parametrize("down", [{"jitter_s": 0.03}, {"delay_s": 0.3}, {"burst_loss": 0.05}])
def test_a_line_that_is_bad_otherwise_is_not_taken_for_a_thin_one(down):
    it = FarRoom(down=SimulatedLine(**down)).tried()

    assert carried_bps(it.bursts, loss(it.lost_down, it.expected_down)) > 3_000_000


def test_jitter_and_the_round_trip_are_of_their_direction():
    it = FarRoom(down=SimulatedLine(jitter_s=0.04, delay_s=0.1)).tried()

    assert it.jitter_down_s is not None
    assert it.jitter_up_s is not None
    assert it.jitter_down_s > 0.004 > it.jitter_up_s
    assert it.rtt_s == pytest.approx(0.14, abs=0.03)


# The microphone, and what is said in the room.


def test_levels_come_as_the_microphone_sends_them_and_none_where_it_is_off():
    silent = FarRoom(level=lambda _: -127).tried()
    off = FarRoom(level=lambda _: None).tried()

    assert {level for _, level in silent.levels} == {-127}
    assert off.levels == ()
    assert off.expected_up > 0


def echoing(room: FarRoom) -> int:
    """12 dB below what came 100 ms ago, in a room that hums."""
    came = [body for at_s, body in room.played if 0.1 <= room.now_s - at_s < 0.13]
    return -32 if came[-1:] == [WORD] else -70


def test_what_is_played_comes_to_the_room_and_back_from_one_that_echoes():
    room = FarRoom(level=echoing)
    it = room.tried(sound=CLIP)

    assert [body.hex() for _, body in room.played] == list(CLIP)
    assert it.played_ms == pytest.approx(1000, abs=50)
    assert echo_db(LEVELS, it.played_ms or 0, it.levels) == pytest.approx(12, abs=1)


def test_a_room_that_does_not_echo_gives_nothing_back():
    it = FarRoom(level=lambda _: -70).tried(sound=CLIP)

    assert it.played_ms is not None
    assert echo_db(LEVELS, it.played_ms, it.levels) is None


def test_the_sound_is_heard_out_on_a_thin_line_before_anything_bursts():
    room = FarRoom(down=SimulatedLine(limit_bps=300_000))
    it = room.tried(sound=CLIP)

    assert len(room.played) == len(CLIP)
    assert it.bursts


def test_nobody_is_spoken_over():
    room = FarRoom()
    room.client.aim(CHAIR_SOUND.ssrc, "02")
    room.client.aim(SPEAKER_SOUND.ssrc, "03")

    it = room.tried(sound=CLIP)

    assert it.played_ms is None
    assert it.notes == ("no_free_slot",)
    assert room.played == []


def test_whoever_gets_the_slot_while_it_is_spoken_in_has_it_at_once():
    room = FarRoom()
    steering = Steering(room.forwarder, lambda _: None)
    room.lent = steering.lent
    room.run(None, 1.0)
    it = room.begin(sound=CLIP)
    room.run(it, 1.5)
    said = len(room.played)
    assert 0 < said < len(CLIP)

    steering.set_plan(Plan(slots={"chair": "02"}))
    steering.aim(room.client, room.now_s)
    room.run(it, 0.1)
    assert len(room.played) > said  # it stands in another slot

    steering.set_plan(Plan(slots={"chair": "02", "speaker.1": "03"}))
    steering.aim(room.client, room.now_s)
    room.run(it, 0.05)  # what was on the way
    said = len(room.played)
    room.run(it, 20.0)

    assert len(room.played) == said
    assert room.lent == {}
    told = it.end("done", room.now_s)
    assert told.played_ms is None
    assert told.notes == ("cut_off",)


# What is left alone.


def watched(bursts: bool | None) -> list[Any]:
    """What a site that watches and hears the tried one is sent meanwhile; None: nothing is tried."""
    room = FarRoom()
    room.forwarder.set_gates(frozenset({"01"}))
    other = Client(room.forwarder, spec("02"))
    other.aim(SPEAKER_SOUND.ssrc, "01")
    other.aim(SPEAKER_PICTURE.ssrc, "01")
    room.run(None, 1.0)
    it = room.begin(bursts=bursts, sound=CLIP) if bursts is not None else None
    room.run(it, 4.5)
    assert it is None or not it.done
    return other.sent


@pytest.mark.parametrize("bursts", [True, False])
def test_nobody_else_is_sent_another_packet_for_it(bursts):
    assert len(watched(None)) > 500
    assert watched(bursts) == watched(None)


def test_without_leave_to_burst_nothing_is_sent_and_what_flows_is_counted():
    room = FarRoom(up=SimulatedLine(loss=0.1))
    it = room.tried(bursts=False)

    assert room.got == []
    assert room.client.sent == []
    assert loss(it.lost_up, it.expected_up) == pytest.approx(0.1, abs=0.03)
    assert (it.expected_down, it.bursts) == (0, ())
    assert it.lasted_s == pytest.approx(trial.PASSIVE_S, abs=0.1)


def test_without_leave_to_burst_loss_down_is_of_what_the_site_is_shown():
    room = FarRoom(down=SimulatedLine(loss=0.1))
    room.forwarder.set_gates(frozenset({"02"}))
    speaker = Client(room.forwarder, spec("02"))
    room.client.aim(SPEAKER_SOUND.ssrc, "02")
    room.beside = speaking(speaker)

    it = room.tried(bursts=False)

    assert it.expected_down > 150
    assert loss(it.lost_down, it.expected_down) == pytest.approx(0.1, abs=0.05)
    assert it.jitter_down_s is not None


def speaking(client: Client) -> Callable[[float], None]:
    """Sound of another site, 50 packets a second."""
    sent = 0

    def speak(now_s: float) -> None:
        nonlocal sent
        while sent < (now_s - 10.0) * 50:
            sent += 1
            client.says(sound(sent, sent * 960, ssrc=9, mid=b"0"), now_s=now_s)

    return speak


def test_a_receiver_that_reports_nothing_leaves_the_way_down_unknown():
    it = FarRoom(report_s=None).tried()

    assert it.outcome == "done"
    assert it.expected_down == 0
    assert carried_bps(it.bursts) is None


def test_a_site_that_takes_no_retransmissions_is_not_padded():
    room = FarRoom()
    room.client.repeats.clear()

    it = room.tried()

    assert it.notes == ("no_rtx",)
    assert room.got == []
    assert it.lasted_s == pytest.approx(trial.SEEN_S, abs=0.1)


def test_a_burst_waits_for_its_turn():
    room = FarRoom()
    room.may_burst = False
    it = room.begin()
    room.run(it, 8.0)
    waited = len(room.got)
    assert not it.is_bursting
    room.may_burst = True
    room.run(it, 0.1)
    assert it.is_bursting
    room.run(it, 9.0)

    assert it.done
    assert waited < 600 < len(room.got)
    assert len(it.end("done", room.now_s).bursts) == 3


def test_what_a_burst_does_is_no_evidence_against_the_site_s_line():
    room = FarRoom(down=SimulatedLine(limit_bps=400_000))
    it = room.begin()
    while not it.is_bursting:
        room.run(it, 0.01)
    estimate = room.client.downline.estimate
    for bps in (900_000, 300_000, 200_000):
        estimate.on_remb(bps, room.now_s)
        room.run(it, 0.1)

    assert estimate.bps is None


def test_a_trial_always_ends():
    room = FarRoom()
    room.may_burst = False

    it = room.tried()

    assert it.lasted_s == pytest.approx(trial.LONGEST_S, abs=0.1)
    assert it.bursts == ()


def test_over_tcp_it_is_said_so():
    room = FarRoom()
    room.client.learn(TcpAddress("2001:db8::1", 7, "tcp", 1), room.client.port, nominated=True)

    it = room.tried(bursts=False)

    assert (it.path, it.family, it.address) == ("tcp", "ipv6", "2001:db8::1")


def test_a_camera_whose_size_is_not_known_is_asked_for_a_key_frame_once():
    room = FarRoom(key_every=0)
    it = room.begin()
    room.run(it, 20.0)

    assert room.client.asked.count(2) == 1
    assert it.end("done", room.now_s).width is None


def test_nothing_is_known_of_a_session_that_sends_nothing():
    told: LineTried = FarRoom(level=lambda _: None, camera_packets=0).tried(bursts=False)

    assert (told.expected_up, told.picture, told.frames_per_s) == (0, "", None)
    assert (told.jitter_up_s, told.jitter_down_s, told.rtt_s) == (None, None, None)

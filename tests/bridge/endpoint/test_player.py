from __future__ import annotations

from itertools import pairwise

import pytest

from bridge.endpoint.clip import Clip
from bridge.endpoint.extensions import Extensions
from bridge.endpoint.player import (
    HISTORY_PACKETS,
    MAX_PAYLOAD_BYTES,
    SOUND_LATE_FRAMES,
    PicturePlayer,
    Repair,
    SoundPlayer,
    Stream,
)
from bridge.media.core import rtp, rtx, vp8

MID, RID, REPAIRED_RID, SEND_TIME = 4, 10, 11, 2
KEY = b"\x00" + b"k" * 2499
DELTA = b"\x01" + b"d" * 99
SOUND = Clip((b"s0", b"s1", b"s2"))
PICTURE = Clip((KEY, DELTA, b"\x01last"))
START_S = 100.0


def stream(*, sequence: int = 7, timestamp: int = 1_000, picture_id: int = 5) -> Stream:
    return Stream(
        ssrc=0x1234,
        payload_type=96,
        extensions=Extensions.of({MID: b"1", RID: b"q"}, send_time=SEND_TIME),
        first_sequence=sequence,
        first_timestamp=timestamp,
        first_picture_id=picture_id,
    )


def sound(*, live: bool = True, sequence: int = 7, timestamp: int = 1_000) -> SoundPlayer:
    return SoundPlayer(
        SOUND, stream(sequence=sequence, timestamp=timestamp), started_s=START_S, live=live
    )


REPAIR = Repair(
    ssrc=0x5678,
    payload_type=97,
    extensions=Extensions.of({MID: b"1", REPAIRED_RID: b"q"}, send_time=SEND_TIME),
    first_sequence=65535,
)


def picture(
    *,
    sequence: int = 7,
    timestamp: int = 1_000,
    picture_id: int = 5,
    repair: Repair | None = REPAIR,
) -> PicturePlayer:
    return PicturePlayer(
        PICTURE,
        stream(sequence=sequence, timestamp=timestamp, picture_id=picture_id),
        started_s=START_S,
        repair=repair,
    )


def at(frame: int, *, per_s: int = 15) -> float:
    """A moment within the time of a frame."""
    return START_S + (frame + 0.1) / per_s


def sequences(packets: list[bytes]) -> list[int]:
    return [rtp.fixed_header(packet)[2] for packet in packets]


def timestamps(packets: list[bytes]) -> list[int]:
    return [rtp.fixed_header(packet)[3] for packet in packets]


def markers(packets: list[bytes]) -> list[bool]:
    return [rtp.fixed_header(packet)[0] for packet in packets]


def payload(packet: bytes) -> bytes:
    return packet[rtp.header_length(packet) :]


def descriptor(packet: bytes) -> tuple[int, int, int, bool, int, bool]:
    return vp8.parse(packet, rtp.header_length(packet), len(packet))


def play(player: PicturePlayer, frames: range) -> list[bytes]:
    return [packet for frame in frames for packet in player.due(at(frame))]


# Sound.


def test_sound_is_a_packet_every_20_ms_round_and_round() -> None:
    player = sound()
    packets = [packet for k in range(4) for packet in player.due(at(k, per_s=50))]
    assert [payload(packet) for packet in packets] == [b"s0", b"s1", b"s2", b"s0"]
    assert sequences(packets) == [7, 8, 9, 10]
    assert timestamps(packets) == [1_000, 1_960, 2_920, 3_880]


def test_nothing_is_due_twice() -> None:
    player = sound()
    assert len(player.due(at(0, per_s=50))) == 1
    assert player.due(at(0, per_s=50)) == []


def test_every_packet_says_which_m_line_and_layer_it_belongs_to() -> None:
    player = picture()
    player.want(True, START_S)
    for packet in [*sound().due(START_S), *play(player, range(3))]:
        assert rtp.extension(packet, MID) == b"1"
        assert rtp.extension(packet, RID) == b"q"
        assert rtp.fixed_header(packet)[4] == 0x1234


def test_a_short_stall_is_caught_up() -> None:
    player = sound()
    player.due(at(0, per_s=50))
    assert timestamps(player.due(at(3, per_s=50))) == [1_960, 2_920, 3_880]


@pytest.mark.parametrize(("missed", "sent"), [(SOUND_LATE_FRAMES, 10), (SOUND_LATE_FRAMES + 1, 1)])
def test_a_stall_is_long_from_ten_frames_on(missed: int, sent: int) -> None:
    player = sound()
    player.due(at(0, per_s=50))
    assert len(player.due(at(missed, per_s=50))) == sent


def test_after_a_long_stall_sound_goes_on_from_now_with_the_marker() -> None:
    player = sound()
    player.due(at(0, per_s=50))
    packets = player.due(at(100, per_s=50))
    assert sequences(packets) == [8]
    assert timestamps(packets) == [1_000 + 100 * 960]
    assert markers(packets) == [True]


def test_a_muted_microphone_sends_nothing_and_the_first_packet_after_it_has_the_marker() -> None:
    player = sound()
    assert markers(player.due(at(1, per_s=50))) == [True, False]
    player.live = False
    assert player.due(at(40, per_s=50)) == []
    player.live = True
    packets = player.due(at(42, per_s=50))
    assert sequences(packets) == [9, 10]
    assert timestamps(packets) == [1_000 + 41 * 960, 1_000 + 42 * 960]
    assert markers(packets) == [True, False]


@pytest.mark.parametrize("first", [0, 1, 127, 128, 32767, 32768, 65534, 65535])
def test_sequence_numbers_wrap(first: int) -> None:
    packets = sound(sequence=first).due(at(2, per_s=50))
    assert sequences(packets) == [first, (first + 1) % 65536, (first + 2) % 65536]


@pytest.mark.parametrize("first", [0, 2**31 - 1, 2**31, 2**32 - 1])
def test_timestamps_wrap(first: int) -> None:
    packets = sound(timestamp=first).due(at(1, per_s=50))
    assert timestamps(packets) == [first, (first + 960) % 2**32]


# Picture.


def test_a_layer_nobody_wants_sends_nothing() -> None:
    player = picture()
    assert player.due(at(10)) == []
    player.want(True, at(10))
    player.want(False, at(11))
    assert player.due(at(20)) == []


def test_a_frame_is_cut_into_packets_of_the_size_limit_and_the_last_is_marked() -> None:
    player = picture()
    player.want(True, START_S)
    packets = player.due(START_S)
    assert [len(payload(packet)) for packet in packets] == [1100, 1100, 2500 - 2 * 1094 + 6]
    assert all(len(payload(packet)) <= MAX_PAYLOAD_BYTES for packet in packets)
    assert markers(packets) == [False, False, True]
    assert len(set(timestamps(packets))) == 1
    assert [descriptor(packet)[3] for packet in packets] == [True, False, False]
    assert b"".join(packet[descriptor(packet)[0] :] for packet in packets) == KEY


def test_a_frame_that_fills_its_packets_to_the_byte_has_no_empty_packet_behind_it() -> None:
    clip = Clip((b"\x00" * (2 * (MAX_PAYLOAD_BYTES - 6)),))
    player = PicturePlayer(clip, stream(), started_s=START_S)
    player.want(True, START_S)
    assert markers(player.due(START_S)) == [False, True]


def test_frames_go_by_15_a_second_with_one_picture_id_each() -> None:
    player = picture()
    player.want(True, START_S)
    packets = play(player, range(4))
    ends = [packet for packet in packets if rtp.fixed_header(packet)[0]]
    assert timestamps(ends) == [1_000, 7_000, 13_000, 19_000]
    assert [descriptor(packet)[1] for packet in ends] == [5, 6, 7, 8]
    assert [descriptor(packet)[2] for packet in ends] == [5, 6, 7, 8]
    assert sequences(packets) == list(range(7, 7 + len(packets)))
    assert player.keyframes == 2


def test_a_restart_begins_with_the_key_frame_at_the_next_frame_time_and_breaks_no_number() -> None:
    player = picture()
    player.want(True, START_S)
    packets = play(player, range(2))
    player.restart()
    assert player.due(at(1) + 0.01) == []
    packets += play(player, range(2, 4))
    assert [descriptor(packet)[3] for packet in packets if descriptor(packet)[3]] == [True] * 2
    assert [payload(packet)[6:] for packet in packets[3:5]] == [DELTA, KEY[:1094]]
    assert sequences(packets) == list(range(7, 7 + len(packets)))
    ends = [packet for packet in packets if rtp.fixed_header(packet)[0]]
    assert timestamps(ends) == [1_000, 7_000, 13_000, 19_000]
    assert [descriptor(packet)[1] for packet in ends] == [5, 6, 7, 8]


@pytest.mark.parametrize("first", [0, 1, 127, 128, 255, 256, 32766, 32767])
def test_picture_ids_wrap_at_15_bits_and_tl0picidx_at_8(first: int) -> None:
    player = picture(picture_id=first)
    player.want(True, START_S)
    ends = [packet for packet in play(player, range(3)) if rtp.fixed_header(packet)[0]]
    ids = [descriptor(packet)[1] for packet in ends]
    tl0 = [descriptor(packet)[2] for packet in ends]
    assert ids == [(first + k) % 32768 for k in range(3)]
    assert [(b - a) % 256 for a, b in pairwise(tl0)] == [1, 1]


def test_a_layer_switched_on_again_begins_with_a_key_frame_at_real_time() -> None:
    player = picture()
    player.want(True, START_S)
    before = play(player, range(2))
    player.want(False, at(1))
    player.want(True, START_S + 10)
    after = player.due(START_S + 10)
    assert descriptor(after[0])[3]
    assert timestamps(after)[0] == 1_000 + 900_000
    assert sequences(after)[0] == sequences(before)[-1] + 1


def test_off_and_on_within_a_frame_time_gives_no_timestamp_twice() -> None:
    player = picture()
    player.want(True, START_S)
    before = player.due(START_S)
    player.want(False, START_S)
    player.want(True, START_S)
    assert player.due(START_S) == []
    assert timestamps(player.due(at(1)))[0] == timestamps(before)[0] + 6_000


def test_asking_for_a_layer_that_flows_changes_nothing() -> None:
    player = picture()
    player.want(True, START_S)
    play(player, range(2))
    player.want(True, at(1))
    assert payload(player.due(at(2))[0])[6:] == b"\x01last"


def test_a_picture_late_by_much_leaves_out_time_and_no_frame() -> None:
    player = picture()
    player.want(True, START_S)
    play(player, range(1))
    late = player.due(START_S + 5)
    assert payload(late[0])[6:] == DELTA
    assert timestamps(late) == [1_000 + 450_000]


# Repair.


def unwrapped(packet: bytes) -> bytes | None:
    start = rtp.header_length(packet)
    return rtx.unwrap(packet, start, len(packet), ssrc=0x1234, payload_type=96)


def without_extensions(packet: bytes) -> bytes:
    marker, payload_type, seq, timestamp, ssrc = rtp.fixed_header(packet)
    return rtp.pack_header(marker, payload_type, seq, timestamp, ssrc) + payload(packet)


@pytest.mark.parametrize("first", [7, 65535])
def test_what_was_lost_comes_again_in_a_stream_of_its_own(first: int) -> None:
    player = picture(sequence=first)
    player.want(True, START_S)
    sent = play(player, range(2))
    lost = [sent[0], sent[2], sent[3]]
    again = player.again(sequences(lost), START_S + 1)
    found = [original for packet in again if (original := unwrapped(packet)) is not None]
    assert [without_extensions(each) for each in found] == [
        without_extensions(each) for each in lost
    ]
    assert [rtp.fixed_header(packet)[1] for packet in again] == [97] * 3
    assert [rtp.fixed_header(packet)[4] for packet in again] == [0x5678] * 3
    assert sequences(again) == [65535, 0, 1]
    for packet in again:
        assert rtp.extension(packet, MID) == b"1"
        assert rtp.extension(packet, REPAIRED_RID) == b"q"
        assert rtp.extension(packet, RID) is None
    assert player.repaired == 3
    assert player.packets == len(sent)


def test_where_no_stream_for_it_was_agreed_it_comes_again_byte_for_byte() -> None:
    player = picture(repair=None)
    player.want(True, START_S)
    sent = play(player, range(2))
    assert player.again(sequences(sent), START_S + 1) == sent


def test_what_is_long_ago_or_was_never_sent_is_not_sent_again() -> None:
    player = picture()
    player.want(True, START_S)
    sent = play(player, range(HISTORY_PACKETS))
    assert len(sent) > HISTORY_PACKETS
    assert player.again([sequences(sent)[0], sequences(sent)[-1] + 1], at(HISTORY_PACKETS)) == []
    assert player.repaired == 0


def test_a_packet_says_when_it_left_and_the_first_time_and_the_second() -> None:
    player = picture()
    player.want(True, START_S)
    first = player.due(START_S)
    assert {rtp.extension(packet, SEND_TIME) for packet in first} == {send_time(START_S)}
    player.due(at(1))
    (again,) = player.again(sequences(first)[:1], START_S + 0.25)
    assert rtp.extension(again, SEND_TIME) == send_time(START_S + 0.25)
    (packet, *_) = sound().due(START_S + 0.5)
    assert rtp.extension(packet, SEND_TIME) == send_time(START_S + 0.5)


def send_time(now_s: float) -> bytes:
    return (int(now_s * 2**18) % 2**24).to_bytes(3, "big")


# Sender reports.


def test_no_report_before_the_first_packet() -> None:
    assert sound().sent(START_S) is None


def test_a_report_counts_payload_and_maps_now_to_the_streams_clock() -> None:
    player = sound()
    player.due(at(2, per_s=50))
    sent = player.sent(START_S + 1)
    assert sent is not None
    assert (sent.ssrc, sent.packets, sent.octets) == (0x1234, 3, 6)
    assert sent.timestamp == 1_000 + 48_000

from __future__ import annotations

import pytest

from bridge.endpoint.book import PayloadBook
from bridge.endpoint.receiver import PATIENCE_S, Receiver
from bridge.endpoint.stats import ReceiverTotals
from bridge.media.core import rtp, rtx, vp8
from bridge.media.core.drops import DropReason
from bridge.media.core.nack import MAX_TRIES
from bridge.media.core.rtcp import SenderReport
from bridge.media.core.sdp_client import AnsweredLine

SOUND, PICTURE, OTHER_PICTURE = 10, 20, 21
REPAIR = 30
"""Of PICTURE; OTHER_PICTURE has none."""


def answered(kind: str, ssrc: int) -> AnsweredLine:
    return AnsweredLine(
        mid=str(ssrc),
        kind=kind,
        direction="sendonly",
        payload_type={"audio": 111, "video": 96}[kind],
        rtx_payload_type=97 if ssrc == PICTURE else None,
        ssrc=ssrc,
        rtx_ssrc=REPAIR if ssrc == PICTURE else None,
        nack=ssrc == PICTURE,
        rids=(),
        extensions={},
        stream="",
    )


def receiver() -> Receiver:
    tones = PayloadBook()
    tones.add("01", [b"ha noi"])
    tones.add("11", [b"own"])
    return Receiver(
        "11",
        [
            ("speaker.1", answered("audio", SOUND)),
            ("speaker.1", answered("video", PICTURE)),
            ("chair", answered("video", OTHER_PICTURE)),
        ],
        tones=tones,
        keyframes=PayloadBook(),
    )


def sound(sequence: int, payload: bytes = b"ha noi") -> bytes:
    return rtp.pack_header(False, 111, sequence, sequence * 960, SOUND) + payload


def picture(sequence: int, *, key: bool, ssrc: int = PICTURE) -> bytes:
    return (
        rtp.pack_header(True, 96, sequence, sequence * 6000, ssrc)
        + vp8.pack_descriptor(starts_frame=True, picture_id=sequence, tl0=0)
        + (b"\x00key" if key else b"\x01delta")
    )


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", DropReason.RTP_MALFORMED),
        (b"\x80" * 11, DropReason.RTP_MALFORMED),
        (sound(1)[:8] + b"\x00\x00\x00\x63" + b"x", DropReason.UNKNOWN_SOURCE),
        (rtp.pack_header(False, 112, 1, 1, SOUND) + b"x", DropReason.PAYLOAD_TYPE),
        (rtp.pack_header(False, 96, 1, 1, PICTURE), DropReason.RTP_MALFORMED),
        (rtp.pack_header(False, 96, 1, 1, PICTURE) + b"\x80\xe0\x80", DropReason.RTP_MALFORMED),
    ],
)
def test_what_cannot_be_read_is_dropped_by_name_and_counts_nowhere(
    packet: bytes, reason: DropReason
) -> None:
    it = receiver()
    it.on_rtp(packet, 1.0)
    assert it.drops == {reason: 1}
    assert it.totals() == ReceiverTotals()
    assert it.first_packet_s is None
    assert it.reports(2.0) == []


def test_a_packet_finds_the_ear_of_its_slot() -> None:
    it = receiver()
    it.on_rtp(sound(1), 1.0)
    it.on_rtp(picture(1, key=True), 2.0)
    assert it.sounds["speaker.1"].last_heard_s == {"01": 1.0}
    assert it.pictures["speaker.1"].keyframes == 1
    assert it.pictures["chair"].continuity.packets == 0
    assert it.first_packet_s == 1.0
    assert it.last_heard_s("01") == 1.0
    assert it.last_heard_s("79") is None


def test_padding_is_no_payload() -> None:
    it = receiver()
    packet = bytearray(sound(1) + b"\x00\x00\x03")
    packet[0] |= 0x20
    it.on_rtp(bytes(packet), 1.0)
    assert it.sounds["speaker.1"].last_heard_s == {"01": 1.0}


def test_totals_add_up() -> None:
    it = receiver()
    for sequence in (1, 2, 4):
        it.on_rtp(sound(sequence, b"own"), 1.0)
    it.on_rtp(picture(1, key=True), 1.0)
    totals = it.totals()
    assert (totals.packets, totals.gaps, totals.skipped) == (4, 1, 1)
    assert (totals.own_sound, totals.keyframes) == (3, 1)
    assert (totals + totals).packets == 8


def test_streams_that_have_begun_are_reported() -> None:
    it = receiver()
    it.on_rtp(sound(1), 1.0)
    it.on_rtp(sound(3), 1.04)
    it.on_rtcp([SenderReport(ssrc=SOUND, ntp=5 << 32, rtp=0, packets=0, octets=0)], 1.5)
    it.on_rtcp([SenderReport(ssrc=99, ntp=5 << 32, rtp=0, packets=0, octets=0)], 1.5)
    (block,) = it.reports(2.0)
    assert (block.ssrc, block.lost, block.highest) == (SOUND, 1, 3)
    assert block.delay_since_sr == 0x8000


def test_a_key_frame_is_asked_for_where_somebody_stands_and_no_picture_goes() -> None:
    it = receiver()
    assert it.keyframes_needed({"speaker.1": "01"}, 1.0) == [PICTURE]
    it.on_rtp(picture(1, key=True), 1.1)
    assert it.keyframes_needed({"speaker.1": "01"}, 3.0) == []
    it.on_rtp(picture(3, key=False), 3.1)
    assert it.keyframes_needed({"speaker.1": "01"}, 3.2) == []
    assert it.missing(3.2, None) == [(PICTURE, (2,))]


def test_where_nothing_comes_again_a_gap_is_a_key_frame_at_once() -> None:
    it = receiver()
    for sequence in (1, 3):
        it.on_rtp(picture(sequence, key=sequence == 1, ssrc=OTHER_PICTURE), 1.0)
    assert it.missing(2.0, None) == []
    assert it.keyframes_needed({"chair": "01"}, 2.0) == [OTHER_PICTURE]


def again(packet: bytes, *, ssrc: int = REPAIR, payload_type: int = 97) -> bytes:
    return rtx.wrap(packet, start=12, ssrc=ssrc, payload_type=payload_type, seq=1)


@pytest.mark.parametrize("first", [1, 65534])
def test_a_packet_that_comes_again_mends_the_picture(first: int) -> None:
    it = receiver()
    packets = [picture((first + n) & 0xFFFF, key=n == 0) for n in range(4)]
    for packet in (packets[0], packets[2], packets[3]):
        it.on_rtp(packet, 1.0)
    assert it.pictures["speaker.1"].broken
    assert it.missing(1.0, 0.05) == [(PICTURE, ((first + 1) & 0xFFFF,))]
    assert it.missing(1.01, 0.05) == []
    it.on_rtp(again(packets[1]), 1.02)
    assert not it.pictures["speaker.1"].broken
    assert it.missing(2.0, 0.05) == []
    assert it.repaired == 1
    totals = it.totals()
    assert (totals.packets, totals.skipped, totals.reordered) == (4, 0, 1)
    # the report says what the line lost
    assert it.reports(2.0)[0].lost == 1
    assert it.drops == {}


def test_what_does_not_come_again_is_a_key_frame_in_the_end() -> None:
    it = receiver()
    it.on_rtp(picture(1, key=True), 1.0)
    it.on_rtp(picture(3, key=False), 1.0)
    asked = [now for n in range(150) if it.missing(now := 1 + n / 100, 0.05)]
    assert len(asked) == MAX_TRIES
    assert it.keyframes_needed(None, 3.0) == [PICTURE, OTHER_PICTURE]
    it.on_rtp(picture(4, key=True), 3.1)
    assert it.keyframes_needed({"speaker.1": "01"}, 5.0) == []


def test_padding_in_the_repairing_stream_is_nothing() -> None:
    it = receiver()
    it.on_rtp(rtx.padding(REPAIR, 97, 5, 0, 100), 1.0)
    assert it.drops == {}
    assert it.totals() == ReceiverTotals()


def test_the_repairing_stream_has_a_report_of_its_own_padding_and_all() -> None:
    it = receiver()
    it.on_rtcp([SenderReport(ssrc=PICTURE, ntp=9 << 32, rtp=0, packets=0, octets=0)], 1.0)
    for number in (5, 6, 9):
        it.on_rtp(rtx.padding(REPAIR, 97, number, number * 90, 60), 1.0)
    (block,) = it.reports(2.0)

    assert (block.ssrc, block.highest, block.lost) == (REPAIR, 9, 2)
    assert block.last_sr == 9 << 16
    assert block.delay_since_sr == 0x10000


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (again(picture(1, key=True), ssrc=31), DropReason.UNKNOWN_SOURCE),
        (again(picture(1, key=True), payload_type=96), DropReason.PAYLOAD_TYPE),
        (again(picture(1, key=True)[:13]), DropReason.RTP_MALFORMED),
    ],
)
def test_what_comes_again_and_cannot_be_read_is_dropped_by_name(
    packet: bytes, reason: DropReason
) -> None:
    it = receiver()
    it.on_rtp(packet, 1.0)
    assert it.drops == {reason: 1}
    assert it.repaired == 0


def test_asking_again_waits_for_the_answer() -> None:
    it = receiver()
    stage = {"speaker.1": "01"}
    assert it.keyframes_needed(stage, 1.0) == [PICTURE]
    assert it.keyframes_needed(stage, 1.0 + PATIENCE_S / 2) == []
    assert it.keyframes_needed(stage, 1.0 + PATIENCE_S) == [PICTURE]


@pytest.mark.parametrize(
    "stage", [{}, {"speaker.1": "11"}, {"speaker.1": None}], ids=["empty", "own", "none"]
)
def test_nothing_is_asked_of_an_empty_slot_or_of_oneself(stage: dict[str, str]) -> None:
    assert receiver().keyframes_needed(stage, 1.0) == []


def test_before_the_service_has_said_who_stands_where_every_slot_is_asked() -> None:
    assert receiver().keyframes_needed(None, 1.0) == [PICTURE, OTHER_PICTURE]
    assert receiver().picture_ssrcs == (PICTURE, OTHER_PICTURE)

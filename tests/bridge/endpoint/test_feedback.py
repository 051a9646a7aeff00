from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from bridge.endpoint.book import PayloadBook
from bridge.endpoint.clip import Clip
from bridge.endpoint.feedback import KEYFRAME_CHECK_S, REPORT_EVERY_S, Compound, Feedback
from bridge.endpoint.receiver import PATIENCE_S, Receiver
from bridge.endpoint.sender import Sender
from bridge.media.core import rtp, vp8
from bridge.media.core.rtcp import (
    MAX_REPORTS,
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    SenderReport,
)
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.sdp_client import AnsweredLine

PICTURE, REPAIR = 20, 21


def answered(kind: str, ssrc: int) -> AnsweredLine:
    return AnsweredLine(
        mid=str(ssrc),
        kind=kind,
        direction="sendonly",
        payload_type=96,
        rtx_payload_type=97,
        ssrc=ssrc,
        rtx_ssrc=ssrc + 1 if ssrc == PICTURE else None,
        nack=ssrc == PICTURE,
        rids=(),
        extensions={},
        stream="",
    )


class Endpoint:
    def __init__(self, *lines: tuple[str, AnsweredLine]) -> None:
        self.sender = Sender(Random(110))
        self.receiver = Receiver(
            "11",
            lines or [("chair", answered("video", PICTURE))],
            tones=PayloadBook(),
            keyframes=PayloadBook(),
        )
        self.feedback = Feedback(self.sender, self.receiver)

    def due(self, now_s: float, *, stage: dict[str, str] | None = None) -> list[Compound]:
        return list(self.feedback.due(now_s, ntp=7 << 32, rtt_s=0.05, stage=stage or {}))

    def picture(self, sequence: int, *, key: bool = False) -> None:
        packet = (
            rtp.pack_header(True, 96, sequence, 0, PICTURE)
            + vp8.pack_descriptor(starts_frame=True, picture_id=0, tl0=0)
            + (b"\x00key" if key else b"\x01delta")
        )
        self.receiver.on_rtp(packet, 1.0)


def test_a_report_goes_once_a_second_with_remb() -> None:
    it = Endpoint()
    assert [type(packet) for (compound,) in [it.due(1.0)] for packet in compound] == [
        ReceiverReport,
        Remb,
    ]
    assert it.due(1.0 + REPORT_EVERY_S / 2) == []
    assert len(it.due(1.0 + REPORT_EVERY_S)) == 1


def test_one_that_sends_says_how_its_clock_stands() -> None:
    it = Endpoint()
    it.sender.set_mic(True)
    it.sender.start_sound(answered("audio", 5), Clip((b"sound",)), 1.0)
    list(it.sender.due(1.0))
    ((report, _),) = it.due(2.0)
    assert isinstance(report, SenderReport)
    assert (report.ssrc, report.ntp, report.packets) == (it.sender.mic_ssrc, 7 << 32, 1)


def test_blocks_that_are_too_many_for_one_report_go_into_further_ones() -> None:
    lines = [(f"gallery.{n:02d}", answered("audio", 100 + n)) for n in range(MAX_REPORTS + 2)]
    it = Endpoint(*lines)
    for _, line in lines:
        assert line.ssrc is not None
        it.receiver.on_rtp(rtp.pack_header(False, 96, 1, 0, line.ssrc) + b"x", 1.0)
    compounds = it.due(2.0)
    reports = [each[0].reports for each in compounds if isinstance(each[0], ReceiverReport)]
    assert [len(report) for report in reports] == [MAX_REPORTS, 2]


def test_what_was_lost_is_asked_for_when_it_is_due_and_no_key_frame_beside_it() -> None:
    it = Endpoint()
    it.picture(1, key=True)
    it.due(1.0)
    it.picture(4)
    assert it.due(1.019, stage={"chair": "110"}) == []
    ((report, request),) = it.due(1.021, stage={"chair": "110"})
    assert isinstance(report, ReceiverReport)
    assert request == Nack(sender=it.sender.mic_ssrc, media=PICTURE, seqs=(2, 3))


def test_a_key_frame_is_looked_for_ten_times_a_second_and_asked_for_with_patience() -> None:
    it = Endpoint()
    stage = {"chair": "110"}
    asked = [
        now_s
        for now_s in (1 + step / 50 for step in range(60))
        for compound in it.due(now_s, stage=stage)
        if any(isinstance(packet, PictureLoss) for packet in compound)
    ]
    assert len(asked) == 3
    assert all(PATIENCE_S <= b - a <= PATIENCE_S + KEYFRAME_CHECK_S for a, b in pairwise(asked))


def test_when_every_picture_asks_at_once_each_datagram_is_one_that_a_line_carries() -> None:
    """A console, 64 pictures, after a stall in which each lost packets here and there."""
    lines = [
        (f"gallery.{n:02d}", replace(answered("video", 100 + n), nack=True, rtx_ssrc=300 + n))
        for n in range(64)
    ]
    it = Endpoint(*lines)
    stage = {slot: "79" for slot, _ in lines}
    for _, line in lines:
        assert line.ssrc is not None
        for number in (1, *range(3, 120, 20)):
            packet = rtp.pack_header(True, 96, number, 0, line.ssrc)
            descriptor = vp8.pack_descriptor(starts_frame=True, picture_id=0, tl0=0)
            it.receiver.on_rtp(packet + descriptor + b"\x01delta", 1.0)

    # No key frame has come of any: all are asked for; then all packets, in the next report's turn.
    compounds = it.due(1.0, stage=stage) + it.due(1.05, stage=stage)

    asked = [packet for each in compounds for packet in each]
    assert {p.media for p in asked if isinstance(p, PictureLoss | Nack)} == set(range(100, 164))
    assert all(isinstance(each[0], ReceiverReport) for each in compounds)
    assert max(len(compound(each, cname="console")) for each in compounds) <= 1_200


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.1])
def test_a_line_that_loses_packets_both_ways_costs_no_key_frame(loss: float) -> None:
    """One sends film, the other watches; 25 ms each way, for half a minute."""
    chance = Random(110)
    sender = Sender(Random(1))
    sender.start_film(answered("video", PICTURE))
    sender.add_film(Clip((b"\x00key" + bytes(3000), *([b"\x01delta" + bytes(2000)] * 59))), 0.0)
    sender.show_film(True, 0.0)
    watching = replace(
        answered("video", PICTURE), ssrc=sender.film_ssrc, rtx_ssrc=sender.film_repair_ssrc
    )
    watcher = Endpoint(("chair", watching))
    down: deque[tuple[float, bytes]] = deque()
    up: deque[tuple[float, Compound]] = deque()
    whole_s = [0.0]
    for step in range(30 * 50):
        now_s = step * 0.02
        down.extend((now_s + 0.025, packet) for packet in sender.due(now_s))
        while down and down[0][0] <= now_s:
            arrived_s, packet = down.popleft()
            if chance.random() >= loss:
                watcher.receiver.on_rtp(packet, arrived_s)
        up.extend((now_s + 0.025, compound) for compound in watcher.due(now_s))
        while up and up[0][0] <= now_s:
            _, compound = up.popleft()
            assert not any(isinstance(packet, PictureLoss) for packet in compound)
            if chance.random() >= loss:
                sender.on_rtcp(packet for packet in compound if isinstance(packet, Nack))
        if not watcher.receiver.pictures["chair"].broken:
            whole_s.append(now_s)
    totals = watcher.receiver.totals()
    assert sender.film is not None
    assert (totals.gaps > 0) == (sender.repaired > 0) == (loss > 0)
    assert totals.skipped <= 3  # what was sent last may still be on its way
    assert watcher.receiver.repaired >= sender.packets * loss * 0.8
    assert sender.packets - totals.packets + totals.duplicates <= 10
    # a hole is open for a few round trips, and the next may open meanwhile
    assert max(b - a for a, b in pairwise(whole_s)) < 1.0

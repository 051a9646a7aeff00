"""What leaves of a train, and what is understood of the reports about it; lines are in test_trial."""

from __future__ import annotations

import pytest

from bridge.media.core import rtp
from bridge.media.core.ntp import middle32, ntp_from_unix
from bridge.media.core.rtcp import ReportBlock, SenderReport
from bridge.media.forwarder import Forwarder
from bridge.media.train import (
    BURST_S,
    BURSTS_BPS,
    ENOUGH,
    EVEN_RATE,
    LATE_S,
    MARKS_S,
    OVERHEAD_BYTES,
    PATIENCE_S,
    Train,
    train_of,
)
from tests.support.media import CHAIR_PICTURE, SPEAKER_PICTURE, Client, spec

BEGAN_S = 10.0


class Rig:
    """A train, and a receiver that says what a test wants it to."""

    def __init__(self) -> None:
        self.client = Client(Forwarder(), spec("01"))
        self.now_s = BEGAN_S
        it = train_of(self.client, BEGAN_S)
        assert it is not None
        self.train = it
        self.ssrc = self.client.repeats[CHAIR_PICTURE.ssrc].ssrc

    def run(self, seconds: float, *, even_s: float = 1.0, may_burst: bool = True) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s - 1e-9:
            self.now_s = round(self.now_s + 0.01, 6)
            self.train.advance(
                self.now_s,
                ntp=ntp_from_unix(1000 + self.now_s),
                even_until_s=BEGAN_S + even_s,
                may_burst=may_burst,
            )

    def report(
        self,
        *,
        lost: int = 0,
        behind_s: float = 0.0,
        of: int | None = None,
        ssrc: int | None = None,
        jitter: int = 0,
    ) -> None:
        """All that has left is reported, *behind_s* after the last of our reports left, or with that
        of number *of*."""
        marks = [p for p in self.client.said if isinstance(p, SenderReport)]
        last = marks[-1 if of is None else of]
        highest = self.client.repeats[CHAIR_PICTURE.ssrc].index - 1
        delay = self.now_s - self.sent_s(last) - behind_s
        block = ReportBlock(
            ssrc=self.ssrc if ssrc is None else ssrc,
            fraction_lost=0,
            lost=lost,
            highest=highest,
            jitter=jitter,
            last_sr=middle32(last.ntp),
            delay_since_sr=round(delay * 0x10000),
        )
        self.train.hear([block], self.now_s)

    @staticmethod
    def sent_s(report: SenderReport) -> float:
        whole = report.ntp >> 32
        return whole - 2208988800 - 1000 + (report.ntp & 0xFFFFFFFF) / 2**32

    @property
    def sent(self) -> list[bytes]:
        return [packet for packet in self.client.rtp if int.from_bytes(packet[8:12], "big")]


@pytest.fixture
def rig() -> Rig:
    return Rig()


def even(rig: Rig) -> None:
    """The even part, reported."""
    rig.run(0.2)
    rig.report(behind_s=0.04)
    rig.run(1.2)
    rig.report(behind_s=0.04)


def test_padding_is_empty_packets_in_the_repeating_stream_of_the_first_free_slot(rig):
    rig.run(1.0)

    assert len(rig.sent) == pytest.approx(EVEN_RATE, abs=2)
    for packet in rig.sent:
        assert int.from_bytes(packet[8:12], "big") == rig.ssrc
        assert rtp.payload_end(packet) == rtp.header_length(packet)
    stamps = [rtp.fixed_header(packet)[3] for packet in rig.sent]
    assert stamps[-1] - stamps[0] == pytest.approx(90_000, rel=0.03)


def test_a_slot_that_shows_nothing_is_taken_before_one_that_does():
    client = Client(Forwarder(), spec("01"))
    client.outlets[CHAIR_PICTURE.ssrc].source = object()  # type: ignore[assignment]
    it = train_of(client, BEGAN_S)
    assert it is not None
    it.advance(BEGAN_S + 0.01, ntp=1 << 32, even_until_s=BEGAN_S + 1, may_burst=True)

    assert int.from_bytes(client.rtp[0][8:12], "big") == SPEAKER_PICTURE.rtx_ssrc


def test_without_a_repeating_stream_there_is_no_train():
    client = Client(Forwarder(), spec("01"))
    client.repeats.clear()

    assert train_of(client, BEGAN_S) is None


def test_round_trips_loss_and_jitter_are_of_what_left_evenly(rig):
    rig.run(0.4)
    rig.report(behind_s=0.03, lost=7, jitter=180)
    rig.run(1.2)
    rig.report(behind_s=0.05, lost=17, jitter=90)

    assert rig.train.rtts_s == [pytest.approx(0.03, abs=0.001)]
    assert (rig.train.expected, rig.train.lost) == (pytest.approx(ENOUGH, abs=2), 10)
    assert rig.train.jitter_s == pytest.approx(0.001)


def test_the_even_part_goes_on_while_a_late_report_leaves_too_few_to_tell(rig):
    rig.run(1.5)
    rig.report(behind_s=0.04)
    rig.run(0.9)
    rig.report(behind_s=0.04)
    assert rig.train.expected == 0
    rig.run(0.3)
    rig.report(behind_s=0.04)

    assert rig.train.expected == pytest.approx(ENOUGH, abs=2)


def test_a_burst_leaves_at_its_rate_and_sender_reports_stand_behind_it(rig):
    even(rig)
    before = len(rig.sent)
    rig.client.sent.clear()
    rig.run(BURST_S + MARKS_S[-1] + 0.03)

    assert before
    bits = sum(len(packet) + OVERHEAD_BYTES for packet in rig.sent) * 8
    assert bits / BURST_S == pytest.approx(BURSTS_BPS[0], rel=0.07)
    order = ["r" if data[1] == 200 else "p" for data, _ in rig.client.sent]
    assert "".join(order).strip("p") == "r" * len(MARKS_S)
    assert order[0] == "p"


def test_how_long_the_queue_is_is_seen_from_the_round_trip_behind_a_burst(rig):
    even(rig)
    rig.run(BURST_S + 0.1)
    rig.report(behind_s=0.24, lost=30)

    (burst,) = rig.train.bursts
    assert burst.queue_s == pytest.approx(0.24 - 0.04 + MARKS_S[-1], abs=0.01)
    assert burst.lost == 30
    assert rig.train.done  # it was too much


def test_the_first_report_behind_a_burst_says_the_same_as_the_last(rig):
    even(rig)
    marks = len([p for p in rig.client.said if isinstance(p, SenderReport)])
    rig.run(BURST_S + 0.1)
    rig.report(behind_s=0.27, of=marks)

    assert rig.train.bursts[0].queue_s == pytest.approx(0.23, abs=0.01)


def test_a_round_trip_as_before_says_that_there_is_no_queue(rig):
    even(rig)
    for _ in BURSTS_BPS:
        rig.run(BURST_S + 0.1)
        rig.report(behind_s=0.044)

    assert [burst.queue_s for burst in rig.train.bursts] == [0.0] * len(BURSTS_BPS)
    rates = [burst.bps for burst in rig.train.bursts]
    assert rates == pytest.approx(list(BURSTS_BPS), rel=0.07)
    assert rig.train.done


def test_what_a_report_about_another_stream_says_ends_nothing(rig):
    even(rig)
    rig.run(BURST_S + 0.1)
    rig.report(behind_s=0.3, ssrc=999)

    assert rig.train.bursts == []


def test_a_line_without_a_buffer_is_full_when_it_loses_much(rig):
    even(rig)
    rig.run(BURST_S + 0.1)
    rig.report(behind_s=0.04, lost=50)

    assert rig.train.done


def test_a_burst_of_which_nothing_is_said_is_waited_for_and_then_taken_as_it_is(rig):
    even(rig)
    rig.run(BURST_S + PATIENCE_S + 0.2)

    assert rig.train.bursts[0].queue_s is None
    assert rig.train.bursts[0].lost == 0


def test_where_nothing_was_said_of_what_left_evenly_nothing_bursts(rig):
    rig.run(10.0)

    assert rig.train.done
    assert rig.train.bursts == []
    assert len(rig.sent) == pytest.approx((1 + LATE_S) * EVEN_RATE, abs=3)


def test_a_train_that_may_not_burst_waits(rig):
    even(rig)
    before = len(rig.sent)
    rig.run(2.0, may_burst=False)
    assert len(rig.sent) == before
    rig.run(0.1)
    assert rig.train.is_bursting
    rig.run(BURST_S, may_burst=False)  # what has begun goes on

    assert not rig.train.is_bursting
    assert len(rig.sent) > before + 100


def test_a_train_that_is_done_sends_nothing(rig):
    rig.train.done = True
    rig.run(1.0)

    assert rig.client.sent == []


def test_of_a_train_itself_only_its_maker_knows_the_slot():
    client = Client(Forwarder(), spec("01"))

    assert Train(client, SPEAKER_PICTURE.ssrc, BEGAN_S).is_bursting is False

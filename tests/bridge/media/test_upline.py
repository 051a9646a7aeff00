"""What a publisher is told it may send: the least of what limits it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.media.core import layers, rtp
from bridge.media.core.clock import SessionClock
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Codec, Ladder
from bridge.media.streams import Source
from bridge.media.upline import Upline
from tests.support.media import CAMERA, MIC, spec

SEND_TIME = 3
TIMED = replace(CAMERA, send_time_extension=SEND_TIME)
SLIDES = replace(CAMERA, slot="content.picture", mid="7", rids=())
ALL_BPS = layers.remb_bps(("q", "h", "f"))


def packet(seq: int, sent_s: float, *, size: int = 1200) -> bytes:
    ticks = int(sent_s * (1 << 18)) & 0xFFFFFF
    header = rtp.pack_header_with_extensions(
        False, 96, seq & 0xFFFF, 0, 1, {SEND_TIME: ticks.to_bytes(3, "big")}
    )
    return header + bytes(size - len(header))


def fill(upline: Upline, *, from_s: float = 0.0, packets: int = 400, each_s: float = 0.002) -> bool:
    """A queue grows: each packet comes so much later than the one before."""
    told = False
    for n in range(packets):
        sent_s = from_s + 0.006 * n
        told |= upline.on_packet(packet(n, sent_s), sent_s + each_s * n)
    return told


@pytest.mark.parametrize(
    ("uplinks", "bps"),
    [
        ((MIC, CAMERA), ALL_BPS),
        ((MIC, replace(CAMERA, rids=("q", "f"))), layers.remb_bps(("q", "f"))),
        ((replace(CAMERA, rids=()),), layers.remb_bps(("",))),
        ((MIC, CAMERA, SLIDES), ALL_BPS + layers.remb_bps(("",))),
    ],
)
def test_a_publisher_may_send_what_all_its_pictures_need_wanted_or_not(uplinks, bps):
    assert Upline(spec(uplinks=uplinks)).allowed_bps == bps


@pytest.mark.parametrize("cap_bps", [300_000, 10_000_000])
def test_the_roster_says_what_the_line_carries(cap_bps):
    assert Upline(spec(bandwidth_bps=cap_bps)).allowed_bps == min(cap_bps, ALL_BPS)


@pytest.mark.parametrize(
    ("ladder", "bps"),
    [
        (Ladder.FULL, ALL_BPS),
        (Ladder.SMALL, layers.remb_bps(("q",))),
        (Ladder.SOUND, layers.SOUND_BPS),
    ],
)
def test_the_technicians_ladder_is_a_limit_as_the_others(ladder, bps):
    upline = Upline(spec())
    upline.ladder = ladder
    assert upline.allowed_bps == bps

    thin = Upline(spec(bandwidth_bps=50_000))
    thin.ladder = ladder
    assert thin.allowed_bps == 50_000


def test_a_line_that_fills_is_noticed_at_once_and_limits():
    upline = Upline(spec(uplinks=(MIC, TIMED)))

    assert fill(upline)

    estimate_bps = upline.estimate.bps
    assert estimate_bps is not None
    assert upline.allowed_bps == estimate_bps < 1_200_000


def test_a_line_that_carries_everything_is_not_limited():
    upline = Upline(spec(uplinks=(MIC, TIMED)))

    assert not fill(upline, each_s=0.0)
    assert upline.allowed_bps == ALL_BPS


@pytest.mark.parametrize("uplinks", [(MIC, CAMERA), (MIC,)])
def test_a_client_that_does_not_say_when_it_sent_is_not_measured(uplinks):
    upline = Upline(spec(uplinks=uplinks))

    assert not fill(upline)
    assert upline.estimate.bps is None


def test_a_time_that_is_missing_or_of_a_wrong_length_says_nothing():
    upline = Upline(spec(uplinks=(MIC, TIMED)))
    for value in (b"\1", b"\1\2", b"\1\2\3\4"):
        header = rtp.pack_header_with_extensions(False, 96, 1, 0, 1, {SEND_TIME: value})
        assert not upline.on_packet(header + bytes(1000), 1.0)
    assert not upline.on_packet(rtp.pack_header(False, 96, 1, 0, 1), 1.0)
    assert not upline.on_packet(b"\x90", 1.0)
    assert upline.allowed_bps == ALL_BPS


# Loss.


def source() -> Source:
    return Source(
        Forwarder().feed("01", "video"),
        slot="camera",
        layer="f",
        codec=Codec.VP8,
        ssrc=12,
        payload_type=96,
        level_extension=None,
        clock=SessionClock(),
        ask=lambda _: None,
        nack=True,
    )


def flow(upline: Upline, it: Source, *, seconds: float, every: int, repaired: bool = False) -> None:
    """A second of 1.2 Mbit/s; of *every* packets one is lost, or comes by retransmission."""
    start = it.reception.highest + 1
    step_s = 0.008
    for n in range(int(seconds / step_s)):
        seq = start + n
        now_s = 0.008 * seq
        if seq % every:
            it.reception.on_packet(seq & 0xFFFF, seq * 720, now_s)
            upline.on_packet(packet(seq, now_s), now_s)
        elif repaired:
            it.on_repeat(seq & 0xFFFF)
        if n % 62 == 0:
            upline.advance([it], now_s)


@pytest.mark.parametrize("repaired", [False, True])
def test_what_was_lost_on_the_line_counts_also_when_it_was_repaired(repaired):
    # The line lost it all the same, and the repair is more on the line.
    upline, it = Upline(spec(uplinks=(MIC, TIMED))), source()
    flow(upline, it, seconds=20, every=4, repaired=repaired)

    assert upline.estimate.bps is not None
    assert upline.allowed_bps < 1_200_000


def test_a_little_loss_takes_nothing():
    upline, it = Upline(spec(uplinks=(MIC, TIMED))), source()
    flow(upline, it, seconds=20, every=50)

    assert upline.allowed_bps == ALL_BPS


def test_a_stream_that_ends_is_no_loss_and_no_gain():
    upline, it = Upline(spec(uplinks=(MIC, TIMED))), source()
    flow(upline, it, seconds=5, every=1000)
    upline.advance([], 6.0)
    upline.advance([source()], 6.5)

    assert upline.allowed_bps == ALL_BPS

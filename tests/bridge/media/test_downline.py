"""What a subscriber's line carries, and what of each picture goes over it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bridge.media.core import layers
from bridge.media.core.allocation import BANDWIDTH, Choice
from bridge.media.core.rtcp import ReportBlock
from bridge.media.downline import DRAIN_S, SETTLE_S, Downline
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Downlink, Ladder
from bridge.media.slots import CONTENT, gallery
from tests.support.media import (
    CAMERA,
    CHAIR_PICTURE,
    MIC,
    PICTURE_PAYLOADS,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    Client,
    picture,
    sound,
    spec,
)


@pytest.fixture
def forwarder() -> Forwarder:
    it = Forwarder()
    it.set_gates(frozenset({"01", "02", "03"}))
    return it


def film(slot: str, ssrc: int) -> Downlink:
    return Downlink(slot=slot, kind="video", mid=str(ssrc), payloads=PICTURE_PAYLOADS, ssrc=ssrc)


CONTENT_PICTURE = film(CONTENT, 701)
GALLERY = film(gallery(1), 702)
SSRCS = {"q": 11, "h": 12, "f": 13}


def publisher(forwarder: Forwarder, site: str, names: str = "qhf") -> Client:
    """A site that has begun these layers."""
    it = Client(forwarder, spec(site))
    for name in names:
        it.says(picture(1, ssrc=SSRCS[name], key=True, mid=b"1", rid=name.encode()))
    return it


def flow(it: Client, kbps: dict[str, int], *, seconds: float = 3.0, tid: int = 0) -> float:
    """Let its layers flow at these rates; returns when that is over."""
    now_s, steps = 1.0, int(seconds / 0.1)
    for step in range(1, steps + 1):
        now_s = 1.0 + step * 0.1
        for name, rate in kbps.items():
            size = rate * 100 // 8
            body = bytes(min(size, 1000))
            for n in range(max(size // 1000, 1)):
                seq = 1 + step * 50 + n
                it.says(
                    picture(seq, step * 9000, ssrc=SSRCS[name], body=body, tid=step % (tid + 1)),
                    now_s=now_s,
                )
        for source in it.sources.values():
            source.measure(now_s)
    return now_s


def watching(forwarder: Forwarder, *downlinks: Downlink, cap_bps: int | None = None) -> Client:
    it = Client(forwarder, spec("99", downlinks=downlinks, bandwidth_bps=cap_bps))
    for downlink in downlinks:
        it.aim(downlink.ssrc, "01")
    return it


def chosen(it: Client, now_s: float = 1.0) -> dict[str, str | None]:
    choices = it.downline.allocate(it.outlets.values(), now_s)
    return {slot: choice.layer for slot, choice in choices.items()}


# What is wished.


def test_without_evidence_every_slot_gets_its_largest(forwarder):
    publisher(forwarder, "01")
    it = watching(forwarder, SPEAKER_PICTURE, GALLERY)

    assert chosen(it) == {"speaker.1": "f", gallery(1): "q"}


def test_a_slot_that_is_aimed_at_nobody_or_at_who_sends_nothing_wishes_nothing(forwarder):
    publisher(forwarder, "02")
    it = watching(forwarder, SPEAKER_PICTURE, CHAIR_PICTURE)
    it.aim(CHAIR_PICTURE.ssrc, None)

    assert chosen(it) == {}
    assert it.downline.choices == {}


def test_an_only_encoding_serves_every_slot(forwarder):
    client = Client(forwarder, spec("01", uplinks=(MIC, replace(CAMERA, rids=()))))
    client.says(picture(1, ssrc=11, key=True))
    it = watching(forwarder, SPEAKER_PICTURE, GALLERY)

    assert chosen(it) == {"speaker.1": "", gallery(1): ""}


@pytest.mark.parametrize(
    ("ladder", "layer"), [(Ladder.FULL, "f"), (Ladder.SMALL, "q"), (Ladder.SOUND, None)]
)
def test_the_ladder_leaves_out_what_a_technician_has_taken_away(forwarder, ladder, layer):
    publisher(forwarder, "01")
    it = watching(forwarder, SPEAKER_PICTURE)
    it.downline.ladder = ladder

    assert chosen(it) == {"speaker.1": layer}


def test_what_costs_most_is_named_first(forwarder):
    # Budget for one thumbnail only: content before speaker before chair before gallery.
    publisher(forwarder, "01", "q")
    order = (GALLERY, CHAIR_PICTURE, SPEAKER_PICTURE)
    it = watching(forwarder, *order, cap_bps=180_000)
    assert chosen(it) == {"speaker.1": "q", "chair": None, gallery(1): None}
    assert it.downline.choices["chair"] == Choice(layer=None, reason=BANDWIDTH)

    it.aim(SPEAKER_PICTURE.ssrc, None)

    assert chosen(it) == {"chair": "q", gallery(1): None}


# What it costs.


def test_a_layer_that_flows_costs_what_it_does_and_one_that_does_not_its_name(forwarder):
    client = publisher(forwarder, "01")
    it = watching(forwarder, SPEAKER_PICTURE, cap_bps=400_000)
    now_s = flow(client, {"q": 80, "h": 300})

    # h by its name (500 kbit/s) would not fit, h as it is does.
    assert chosen(it, now_s) == {"speaker.1": "h"}
    assert it.downline.choices["speaker.1"].bps == pytest.approx(300_000, rel=0.25)

    assert chosen(watching(forwarder, SPEAKER_PICTURE, cap_bps=1_200_000), now_s) == {
        "speaker.1": "h"
    }, "f does not flow and costs 1.5 Mbit/s by its name"


def test_temporal_layers_go_before_the_size_of_the_picture(forwarder):
    client = publisher(forwarder, "01", "f")
    it = watching(forwarder, SPEAKER_PICTURE, cap_bps=800_000)
    now_s = flow(client, {"f": 1000}, tid=2)
    it.downline.allocate(it.outlets.values(), now_s)

    choice = it.downline.choices["speaker.1"]
    assert (choice.layer, choice.max_tid) == ("f", 1)


def test_sound_is_paid_first_and_only_what_is_heard(forwarder):
    client = publisher(forwarder, "01", "q")
    it = watching(forwarder, SPEAKER_SOUND, SPEAKER_PICTURE, cap_bps=layers.BITRATES_BPS["q"])
    assert chosen(it) == {"speaker.1": "q"}

    client.says(sound(1, ssrc=9))

    assert chosen(it) == {"speaker.1": None}


# What the subscriber says, and what is sent.


def block(**changes: Any) -> ReportBlock:
    return ReportBlock(**(dict.fromkeys(ReportBlock.__slots__, 0) | {"ssrc": 504} | changes))


def test_the_first_report_of_a_stream_counts_no_packets(forwarder):
    # Its numbers begin anywhere: without the one before it says nothing of how many came.
    line = Downline(None)
    line.estimate.on_sent(1_000_000, 0.0)
    for n in range(10):
        line.on_reports([block(ssrc=n, fraction_lost=255, highest=60_000)], 1.0 + n, sound=False)

    assert line.estimate.bps is None


def test_reports_that_repeat_or_go_back_count_nothing():
    line = Downline(None)
    line.estimate.on_sent(1_000_000, 0.0)
    for n, highest in enumerate([1000, 1000, 900, 1000, 1000, 999]):
        line.on_reports([block(fraction_lost=255, highest=highest)], 1.0 + n, sound=False)

    assert line.estimate.falls <= 1


def test_loss_is_weighed_by_how_many_packets_it_is_about():
    line = Downline(None)
    line.estimate.on_sent(1_000_000, 0.0)
    for n in range(8):
        many = block(ssrc=1, highest=1000 * n)
        few = block(ssrc=2, fraction_lost=128, highest=10 * n)
        line.on_reports([many, few], 1.0 + n, sound=False)

    assert line.estimate.bps is None


def test_a_remb_is_of_pictures_and_sound_is_added(forwarder):
    loud = replace(spec("02"), downlinks=(SPEAKER_SOUND, SPEAKER_PICTURE))
    it = Client(forwarder, loud)
    publisher(forwarder, "01").says(sound(1, mid=b"0"))
    for ssrc in (SPEAKER_SOUND.ssrc, SPEAKER_PICTURE.ssrc):
        it.aim(ssrc, "01")
    publisher(forwarder, "01").says(sound(2, mid=b"0"))
    line = it.downline
    line.allocate(it.outlets.values(), 1.0)
    for tenth in range(10):
        line.estimate.on_sent(1_000_000, tenth / 10)
    for bps, at_s in ((800_000, 1.0), (650_000, 1.1), (400_000, 1.2)):
        line.on_remb(bps, at_s)

    assert line.estimate.bps == pytest.approx(0.9 * (400_000 + layers.SOUND_BPS), abs=1)


def test_what_is_sent_is_measured_between_calls(forwarder):
    client, it = publisher(forwarder, "01", "f"), watching(forwarder, SPEAKER_PICTURE)
    estimate = it.downline.estimate
    it.downline.measure(it.delivery, 0, 1.0)
    client.says(picture(2, ssrc=13, key=True, body=bytes(975)), now_s=1.1)
    it.downline.measure(it.delivery, 300, 101.0)

    # After so long the average is what the last hundred seconds were.
    assert it.delivery.bytes == len(it.rtp[0])
    assert estimate._sent_bps == pytest.approx(it.delivery.bytes * 8 / 100, abs=2)
    assert estimate._media_bps == pytest.approx((it.delivery.bytes - 300) * 8 / 100, abs=2)

    before_bps = estimate._sent_bps
    it.downline.measure(it.delivery, 300, 101.0)
    assert estimate._sent_bps == before_bps, "no time has passed"


def test_the_estimate_knows_what_would_be_sent_if_it_could(forwarder):
    publisher(forwarder, "01")
    it = watching(forwarder, SPEAKER_PICTURE)
    chosen(it)

    assert it.downline.estimate._wish_bps == pytest.approx(
        layers.BITRATES_BPS["f"] * 1.15, rel=0.01
    )


# When it falls.


def test_a_fall_is_news_until_it_is_allocated(forwarder):
    publisher(forwarder, "01")
    it = watching(forwarder, SPEAKER_PICTURE)
    line = it.downline
    chosen(it)
    line.estimate.on_sent(1_500_000, 1.0)
    line.on_remb(1_500_000, 1.0)
    assert not line.has_fallen
    line.on_remb(1_200_000, 1.1)
    assert (line.has_fallen, line.drowns) == (True, False)
    chosen(it, 1.1)
    assert not line.has_fallen
    assert line.drains_until_s is None

    line.estimate.on_asked(504, range(10), 0.3, 1.2)
    assert (line.has_fallen, line.drowns) == (True, True)
    chosen(it, 1.2)

    assert (line.has_fallen, line.drowns) == (False, False)
    assert line.drains_until_s == pytest.approx(1.2 + DRAIN_S)


def test_for_a_second_after_a_fall_nothing_rises_and_nothing_new_is_asked_for(forwarder):
    client = publisher(forwarder, "01", "qf")
    it = watching(forwarder, SPEAKER_PICTURE)
    now_s = flow(client, {"q": 150, "f": 1500})
    it.downline.estimate.on_sent(1_500_000, now_s)
    it.downline.estimate.on_asked(504, range(10), 0.3, now_s)
    assert chosen(it, now_s) == {"speaker.1": "q"}
    it.downline.estimate._limit_bps = 900_000.0
    assert chosen(it, now_s + SETTLE_S - 0.1) == {"speaker.1": "q"}

    assert chosen(it, now_s + SETTLE_S) == {"speaker.1": "h"}

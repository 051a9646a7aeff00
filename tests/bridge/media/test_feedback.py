"""What a client says by RTCP: each word reaches the one whom it concerns, and no other."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest

from bridge.media.core import rtcp
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import middle32, ntp_from_unix
from bridge.media.core.rtcp import (
    Bye,
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
    SourceDescription,
)
from bridge.media.core.rtcp_writer import compound
from bridge.media.feedback import hear
from tests.support.media import (
    CHAIR_PICTURE,
    CHAIR_SOUND,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    Client,
    picture,
    sound,
    spec,
)

# Key frames.


def test_key_frame_requests_of_a_subscriber_reach_the_source_it_sees(client, watcher):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"q"))
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f"))
    watcher.reports(PictureLoss(sender=77, media=SPEAKER_PICTURE.ssrc))
    assert client.asked == [12]
    assert watcher.asked == []

    client.says(picture(2, ssrc=12, key=True))
    fir = pack("!BBHIIIIII", 0x84, 206, 6, 77, 0, CHAIR_PICTURE.ssrc, 0, SPEAKER_PICTURE.ssrc, 0)
    watcher.says(fir, now_s=2.0)

    assert client.asked == [12, 12]


@pytest.mark.parametrize("media", [0, 11, SPEAKER_SOUND.ssrc, CHAIR_PICTURE.ssrc, 604])
def test_a_request_for_what_is_not_shown_is_nobodys(client, watcher, media):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"q"), sound(1, ssrc=9))
    watcher.reports(PictureLoss(sender=77, media=media))

    assert client.asked == watcher.asked == []


def test_requests_of_many_are_one(forwarder, client):
    watchers = [Client(forwarder, spec(f"{n:02d}")) for n in range(2, 8)]
    for watcher in watchers:
        watcher.aim(SPEAKER_PICTURE.ssrc, "01")
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f"))
    for watcher in watchers:
        watcher.reports(PictureLoss(sender=77, media=SPEAKER_PICTURE.ssrc), now_s=2.0)

    assert client.asked == [12]


# What is missing.


def test_what_was_lost_is_sent_again_and_nobody_else_gets_it(forwarder, client, watcher):
    other = Client(forwarder, spec("03"))
    other.aim(SPEAKER_PICTURE.ssrc, "01")
    client.says(*(picture(n, ssrc=12, key=n == 1, mid=b"1", rid=b"f") for n in (1, 2, 3)))
    numbers = [int.from_bytes(data[2:4], "big") for data in watcher.rtp]
    watcher.reports(Nack(sender=77, media=SPEAKER_PICTURE.ssrc, seqs=(numbers[1],)), now_s=2.0)

    assert len(watcher.rtp) == 4
    assert len(other.rtp) == 3
    assert watcher.delivery.repeated == 1


@pytest.mark.parametrize("media", [0, 12, SPEAKER_SOUND.ssrc, SPEAKER_PICTURE.ssrc + 100, 99999])
def test_what_is_asked_of_no_picture_of_ours_is_not_answered(client, watcher, media):
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f"), sound(1, ssrc=9))
    before = len(watcher.rtp)
    watcher.reports(Nack(sender=77, media=media, seqs=(1, 2, 3)))

    assert len(watcher.rtp) == before
    assert client._drops == {}


def test_what_still_waits_for_others_may_be_the_answer(forwarder, client, watcher):
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f"))
    [first] = [int.from_bytes(data[2:4], "big") for data in watcher.rtp]
    client.receive(picture(2, ssrc=12), 2.0)
    assert len(watcher.rtp) == 1
    nack = Nack(sender=77, media=SPEAKER_PICTURE.ssrc, seqs=(first + 1,))
    hear(watcher, [nack], forwarder, now_s=2.0, ntp=0)

    assert [data[1] & 0x7F for data in watcher.rtp] == [120, 120, 121]


# Clocks and reports.


def test_a_sender_report_sets_the_clock_of_its_own_source_alone(client):
    client.says(picture(1, 500, ssrc=11, mid=b"1", rid=b"q"), sound(1, 500, ssrc=9))
    client.reports(SenderReport(ssrc=11, ntp=100 << 32, rtp=7000, packets=1, octets=1))
    client.reports(SenderReport(ssrc=404, ntp=100 << 32, rtp=9, packets=1, octets=1))

    assert client.sources[11].clock.rtp_at(1.5) == 7000 + 45000
    assert client.sources[11].reception.report(1.5).delay_since_sr == 0x8000
    assert client.sources[9].clock.rtp_at(1.5) == 500 + 24000
    assert client.sources[9].reception.report(1.5).last_sr == 0


def block(**changes: Any) -> ReportBlock:
    values = dict.fromkeys(ReportBlock.__slots__, 0) | {"ssrc": SPEAKER_SOUND.ssrc}
    return ReportBlock(**(values | changes))


@pytest.mark.parametrize("kind", ["sender", "receiver"])
def test_reports_about_us_tell_round_trip_and_loss(client, kind):
    last_sr = middle32(ntp_from_unix(1000.0))
    blocks = (
        block(fraction_lost=64, last_sr=last_sr, delay_since_sr=0x8000),
        block(ssrc=404, fraction_lost=255, last_sr=last_sr),
        block(ssrc=SPEAKER_PICTURE.ssrc, fraction_lost=128),
    )
    report = (
        ReceiverReport(ssrc=1, reports=blocks)
        if kind == "receiver"
        else SenderReport(ssrc=1, ntp=1, rtp=1, packets=1, octets=1, reports=blocks)
    )
    client.says(compound((report,), cname="c"), ntp=ntp_from_unix(1000.75))

    assert client.rtt_s == 0.25
    assert {ssrc: outlet.reported for ssrc, outlet in client.outlets.items()} == {
        CHAIR_SOUND.ssrc: None,
        CHAIR_PICTURE.ssrc: None,
        SPEAKER_SOUND.ssrc: blocks[0],
        SPEAKER_PICTURE.ssrc: blocks[2],
    }


def lossy(client: Client, ssrc: int, rounds: int, *, from_s: float) -> None:
    """Half of a hundred packets lost, in each of so many reports."""
    for n in range(1, rounds + 1):
        report = block(ssrc=ssrc, fraction_lost=128, highest=100 * n)
        client.says(
            compound((ReceiverReport(ssrc=1, reports=(report,)),), cname="c"), now_s=from_s + n
        )


def test_loss_of_pictures_lowers_what_the_line_is_taken_for(client):
    client.downline.estimate.on_sent(1_000_000, 0.0)
    assert client.downline.estimate.bps is None
    lossy(client, SPEAKER_PICTURE.ssrc, 5, from_s=1.0)

    assert client.downline.estimate.bps == pytest.approx(450_000)


def test_loss_of_sound_says_nothing_while_there_are_pictures(client):
    # Its small packets find room where a picture's do not, or are lost where they are few.
    client.downline.estimate.on_sent(1_000_000, 0.0)
    for n in range(1, 9):
        blocks = (
            block(ssrc=SPEAKER_PICTURE.ssrc, highest=200 * n),
            block(ssrc=SPEAKER_SOUND.ssrc, fraction_lost=255, highest=100 * n),
        )
        client.says(compound((ReceiverReport(ssrc=1, reports=blocks),), cname="c"), now_s=1.0 + n)

    assert client.downline.estimate.bps is None


def test_loss_of_sound_counts_where_nothing_else_is_sent(client):
    client.downline.estimate.on_sent(100_000, 0.0)
    lossy(client, SPEAKER_SOUND.ssrc, 5, from_s=1.0)

    assert client.downline.estimate.bps is not None


def test_what_a_subscriber_says_of_its_line_is_its_own(client, watcher):
    for it in (client, watcher):
        it.downline.estimate.on_sent(1_000_000, 0.5)
    for n, bps in enumerate((900_000, 400_000)):
        watcher.reports(Remb(sender=1, bitrate_bps=bps, ssrcs=(504,)), now_s=1.0 + n)

    assert watcher.downline.estimate.bps == pytest.approx(360_000, rel=0.01)
    assert client.downline.estimate.bps is None
    assert client.upline.allowed_bps == watcher.upline.allowed_bps


# What ends here.


def test_rtcp_ends_here(client, watcher):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"f"))
    before = len(watcher.sent)
    client.says(pack("!BBHI", 0x81, 203, 1, 11), now_s=1.1)
    client.reports(Remb(sender=1, bitrate_bps=1, ssrcs=(501,)))
    client.reports(SenderReport(ssrc=11, ntp=1 << 32, rtp=0, packets=0, octets=0))
    assert len(watcher.sent) == before

    client.says(picture(2, ssrc=11))

    assert len(watcher.sent) == before + 1


def test_a_bye_ends_no_stream(forwarder, client, watcher):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"f"))
    said: list[rtcp.Rtcp] = [Bye(ssrcs=(11,)), SourceDescription(ssrc=11, cname="else")]
    hear(client, said, forwarder, now_s=1.0, ntp=0)

    assert list(client.sources) == [11]
    assert client._drops[DropReason.UNKNOWN_SOURCE] == 0
    assert watcher.said == []

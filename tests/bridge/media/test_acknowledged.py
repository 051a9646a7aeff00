"""What a client says of itself: feedback counted, reports dated, sound of the stage acknowledged."""

from __future__ import annotations

from collections import Counter

import pytest

from bridge.media.acknowledged import FEEDBACK, count
from bridge.media.core.rtcp import FullIntra, Nack, PictureLoss, ReceiverReport, Remb, ReportBlock
from bridge.media.core.rtcp_writer import compound
from bridge.media.forwarder import Forwarder
from tests.support.media import SPEAKER_PICTURE, SPEAKER_SOUND, Client, spec


@pytest.fixture
def client() -> Client:
    return Client(Forwarder(), spec("01"))


def block(ssrc: int, highest: int) -> ReportBlock:
    zeros = dict.fromkeys(ReportBlock.__slots__, 0)
    return ReportBlock(**(zeros | {"ssrc": ssrc, "highest": highest}))


def reports(client: Client, *blocks: ReportBlock, now_s: float) -> None:
    client.says(compound((ReceiverReport(ssrc=77, reports=blocks),), cname="c"), now_s=now_s)


def test_feedback_of_the_client_is_counted_by_kind(client):
    client.reports(
        Nack(sender=77, media=SPEAKER_PICTURE.ssrc, seqs=(1, 2, 9)),
        PictureLoss(sender=77, media=SPEAKER_PICTURE.ssrc),
        Remb(sender=77, bitrate_bps=500_000, ssrcs=()),
    )
    client.reports(PictureLoss(sender=77, media=SPEAKER_PICTURE.ssrc))

    assert client.acknowledged.said == {"nack": 1, "pli": 2, "remb": 1}
    assert client.acknowledged.told == {}


def test_feedback_to_the_client_is_counted_when_it_is_sent(client):
    client.ask_again(11, (4, 5))
    client.send_rtcp(ReceiverReport(ssrc=1), client.remb())

    assert client.acknowledged.told == {"nack": 1, "remb": 1}


def test_every_kind_has_a_name():
    counted: Counter[str] = Counter()
    packets = (
        Nack(sender=1, media=2, seqs=(3,)),
        PictureLoss(sender=1, media=2),
        FullIntra(sender=1, media=(2,)),
        Remb(sender=1, bitrate_bps=1, ssrcs=()),
        ReceiverReport(ssrc=1),
    )
    count(packets, counted)

    assert counted == dict.fromkeys(FEEDBACK, 1)


def test_sound_of_the_stage_is_acknowledged_while_its_highest_number_grows(client):
    assert client.acknowledged.stage_s is None
    for now_s, highest in ((1.0, 500), (2.0, 550), (3.0, 550), (4.0, 550)):
        reports(client, block(SPEAKER_SOUND.ssrc, highest), now_s=now_s)

    assert client.acknowledged.reported_s == 4.0
    assert client.acknowledged.stage_s == 2.0


def test_a_picture_is_no_sound_and_a_strange_stream_is_no_report(client):
    reports(client, block(999, 5), now_s=1.0)
    assert client.acknowledged.reported_s is None

    reports(client, block(SPEAKER_PICTURE.ssrc, 5), now_s=2.0)
    assert client.acknowledged.reported_s == 2.0
    assert client.acknowledged.stage_s is None

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.media.core.rtcp import Nack, ReceiverReport, ReportBlock
from bridge.media.core.rtcp_writer import compound
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Codec, Payload, SourceStats
from bridge.media.stats import Traffic, plane_stats
from bridge.media.steering import Steering
from bridge.media.tcp import TcpAddress
from bridge.media.times import NO_SWITCH, Spread
from bridge.media.told import Acknowledgement, Load, SinkStats
from tests.support.media import (
    HERE,
    MIC,
    PICTURE_PAYLOADS,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    Client,
    picture,
    sound,
    spec,
)

SOUND_BYTES = 28
"""A sound packet of these tests with its extensions, and 8 bytes fewer behind the rewriter."""


@pytest.fixture
def forwarder() -> Forwarder:
    it = Forwarder()
    it.set_gates(frozenset({"01"}))
    return it


def speak(client: Client, *numbers: int, now_s: float = 1.0) -> None:
    for n in numbers:
        client.says(
            sound(n, n * 960, ssrc=9, mid=b"0", level=bytes((30,)), body=b"12345678"), now_s=now_s
        )


def test_a_session_that_was_opened_and_not_heard_of(forwarder):
    client = Client(forwarder, spec("01"), handshake_done=False)

    [session] = plane_stats([client], forwarder, Traffic(), now_s=9.0).sessions

    assert (session.session, session.site, session.connected) == ("s-01", "01", False)
    assert (session.age_s, session.rtt_s, session.loss_down) == (None, None, None)
    assert (session.packets_out, session.bytes_out, session.sources) == (0, 0, ())


def test_a_stream_is_told_with_its_losses_its_level_and_its_age(forwarder):
    client = Client(forwarder, spec("01"))
    speak(client, 1, 2, 5)
    client.says(picture(1, ssrc=11, mid=b"1", rid=b"q", key=True), now_s=2.0)
    client.reports(now_s=3.0)

    [session] = plane_stats([client], forwarder, Traffic(), now_s=4.0).sessions

    assert session.connected
    assert session.age_s == 1.0
    mic, camera = session.sources
    assert mic == SourceStats(
        slot="mic",
        layer="",
        packets=3,
        bytes=3 * SOUND_BYTES,
        lost=2,
        jitter_s=mic.jitter_s,
        keyframes=0,
        level_dbov=-30,
        age_s=3.0,
    )
    assert (camera.slot, camera.layer, camera.keyframes, camera.age_s) == ("camera", "q", 1, 2.0)
    assert camera.level_dbov is None


def test_copies_are_no_negative_loss(forwarder):
    client = Client(forwarder, spec("01"))
    speak(client, 1, 1, 1)

    [session] = plane_stats([client], forwarder, Traffic(), now_s=1.0).sessions

    assert session.sources[0].lost == 0


def test_a_subscribers_loss_is_the_worst_of_what_it_is_fed_and_not_of_what_it_was(forwarder):
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_SOUND.ssrc, "01")
    speak(client, 1, 2)
    zeros = dict.fromkeys(ReportBlock.__slots__, 0)
    blocks = tuple(
        ReportBlock(**(zeros | {"ssrc": ssrc, "fraction_lost": part, "lost": lost, "jitter": 480}))
        for ssrc, part, lost in (
            (SPEAKER_SOUND.ssrc, 64, 7),
            (SPEAKER_PICTURE.ssrc, 128, -3),
        )
    )
    watcher.says(compound((ReceiverReport(ssrc=1, reports=blocks),), cname="w"))

    [session] = plane_stats([watcher], forwarder, Traffic(), now_s=1.0).sessions

    assert session.loss_down == 0.25
    assert (session.packets_out, session.bytes_out) == (2, 2 * (SOUND_BYTES - 8))
    assert session.sinks == (
        SinkStats(kind="audio", packets=2, bytes=2 * 20, lost=7, jitter_s=0.01),
        SinkStats(kind="video", packets=0, bytes=0, lost=0, jitter_s=None),
    )


def test_totals_do_not_fall_when_a_session_ends(forwarder):
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_SOUND.ssrc, "01")
    speak(client, 1, 2, 3)
    past = Traffic()
    before = plane_stats([client, watcher], forwarder, past, now_s=1.0)
    for ended in (client, watcher):
        past.add(ended)

    after = plane_stats([], forwarder, past, now_s=1.0)

    assert (before.packets_in, before.bytes_in) == (3, 3 * SOUND_BYTES)
    assert (before.packets_out, before.bytes_out) == (3, 3 * (SOUND_BYTES - 8))
    for total in ("packets_in", "bytes_in", "packets_out", "bytes_out"):
        assert getattr(after, total) == getattr(before, total)
    assert past == Traffic(
        packets_in=3, packets_out=3, bytes_in=3 * SOUND_BYTES, bytes_out=3 * (SOUND_BYTES - 8)
    )


def test_what_was_lost_is_told_by_name_and_requests_and_switches_are_counted(forwarder):
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01")
    client.says(sound(1), picture(1, ssrc=11, mid=b"1", rid=b"q"), picture(2, ssrc=11, key=True))

    told = plane_stats([client], forwarder, Traffic(), now_s=1.0)

    assert told.drops == {"not_watched": 1, "awaiting_keyframe": 1}
    assert (told.keyframe_requests, told.switches) == (1, 1)
    assert [source.keyframe_requests for source in told.sessions[0].sources] == [0, 1]


# Lines and their repair.


def asked_again(client: Client) -> SourceStats:
    [stats] = plane_stats([client], client._forwarder, Traffic(), now_s=1.0).sessions
    return stats.sources[0]


def test_what_was_lost_before_repair_can_be_told_from_what_is_lost(forwarder):
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01")
    client.says(
        *(picture(n, ssrc=13, key=n == 1, mid=b"1", rid=b"f") for n in (1, 4, 5)), now_s=1.0
    )
    Steering(forwarder, lambda _: None).repair(client, 1.1)
    repeated = picture(2)[12:]
    client.says(
        sound(9, ssrc=23, pt=97, body=b"\0\2" + repeated, marker=False, mid=b"1", repaired_rid=b"f")
    )

    source = asked_again(client)
    assert (source.lost, source.repaired, source.asked_again) == (1, 1, 2)


def test_a_line_is_told_with_what_it_may_carry_each_way(forwarder):
    client, watcher = (
        Client(forwarder, spec("01", bandwidth_bps=700_000)),
        Client(forwarder, spec("02", uplinks=(MIC,))),
    )
    watcher.aim(SPEAKER_PICTURE.ssrc, "01")
    client.says(*(picture(n, ssrc=13, key=n == 1, mid=b"1", rid=b"f") for n in (1, 2)))
    seq = int.from_bytes(watcher.rtp[0][2:4], "big")
    watcher.reports(Nack(sender=1, media=SPEAKER_PICTURE.ssrc, seqs=(seq,)))
    ssrc = SPEAKER_PICTURE.ssrc
    watcher.delivery.pad(watcher.outlets[ssrc], watcher.repeats[ssrc], 100, 0)

    first, second = plane_stats([client, watcher], forwarder, Traffic(), now_s=1.0).sessions

    assert (first.allowed_bps, first.line_bps) == (700_000, 700_000)
    assert (second.allowed_bps, second.line_bps) == (None, None)
    assert (first.repeated, first.padding_bytes) == (0, 0)
    assert (second.repeated, second.padding_bytes) == (1, 112)
    assert second.packets_out == 4


def test_each_picture_slot_says_what_it_shows_or_why_it_is_empty(forwarder):
    downlinks = tuple(
        replace(SPEAKER_PICTURE, slot=slot, ssrc=900 + n, payloads=payloads)
        for n, (slot, payloads) in enumerate(
            {
                "chair": PICTURE_PAYLOADS,
                "speaker.1": PICTURE_PAYLOADS,
                "speaker.2": {Codec.H264: Payload(number=122)},
                "gallery.01": PICTURE_PAYLOADS,
                "gallery.02": PICTURE_PAYLOADS,
            }.items()
        )
    )
    client, watcher = (
        Client(forwarder, spec("01")),
        Client(forwarder, spec("02", downlinks=downlinks)),
    )
    for ssrc in (900, 901, 902, 904):
        watcher.aim(ssrc, "01")
    watcher.aim(903, "77")
    forwarder.limit(watcher.outlets[901], None, 3, 0.0)
    for ssrc, rid in ((11, b"q"), (13, b"f")):
        client.says(picture(1, ssrc=ssrc, key=True, mid=b"1", rid=rid))

    [session] = plane_stats([watcher], forwarder, Traffic(), now_s=1.0).sessions

    assert session.shown == {
        "chair": "f",
        "speaker.1": "bandwidth",
        "speaker.2": "codec",
        "gallery.02": "q",
    }


def test_delays_are_told_as_they_were_noted(forwarder):
    forwarder.fanout.note(0.0)
    forwarder.fanout.note(99.0)

    told = plane_stats([], forwarder, Traffic(), now_s=1.0)

    assert (told.delays[0], told.delays[-1], sum(told.delays)) == (1, 1, 2)
    assert told.delay_s == 99.0


def test_what_a_client_said_of_itself_is_told_with_its_age(forwarder):
    client = Client(forwarder, spec("01"))
    zeros = dict.fromkeys(ReportBlock.__slots__, 0)
    block = ReportBlock(**(zeros | {"ssrc": SPEAKER_SOUND.ssrc, "highest": 7}))
    client.says(compound((ReceiverReport(ssrc=1, reports=(block,)),), cname="c"), now_s=2.0)
    client.reports(Nack(sender=1, media=SPEAKER_PICTURE.ssrc, seqs=(1,)), now_s=3.0)
    client.ask_again(11, (1,))

    [session] = plane_stats([client], forwarder, Traffic(), now_s=5.0).sessions

    assert session.path == "udp"
    assert session.acknowledged == Acknowledgement(
        said={"nack": 1}, told={"nack": 1}, reported_age_s=3.0, stage_age_s=3.0
    )


def test_a_path_is_told_once_it_is_known(forwarder):
    client = Client(forwarder, spec("01"))
    tcp = TcpAddress("192.0.2.1", 1, "tcp", 1)
    client.learn(tcp, client.port, nominated=True)
    [over_tcp] = plane_stats([client], forwarder, Traffic(), now_s=1.0).sessions
    for address in (tcp, HERE):
        client.unlearn(address)
    [nowhere] = plane_stats([client], forwarder, Traffic(), now_s=1.0).sessions

    assert (over_tcp.path, nowhere.path) == ("tcp", "")


def test_stages_of_beginnings_go_on_when_their_sessions_have_ended(forwarder):
    past, client = Traffic(), Client(forwarder, spec("01"))
    past.open(client, 1.0)
    client.reach("ice", 1.5)
    client.reach("dtls", 2.0)
    speak(client, 1, 2, now_s=2.5)

    told = plane_stats([], forwarder, past, now_s=9.0)

    assert {stage: (sum(s.counts), s.total_s) for stage, s in told.begun.items()} == {
        "ice": (1, 0.5),
        "dtls": (1, 0.5),
        "media": (1, 0.5),
    }


def test_what_stands_at_the_sockets_and_how_long_switches_took_is_handed_on(forwarder):
    forwarder.switches.times.note(0.01)
    load = Load(datagrams_refused=3)

    told = plane_stats([], forwarder, Traffic(), now_s=1.0, load=load)

    assert told.load is load
    assert told.switched == Spread(counts=(1, *NO_SWITCH.counts[1:]), total_s=0.01)

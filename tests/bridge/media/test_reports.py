"""What the service says in RTCP: one moment for sound and picture, and never too much of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.media.core import layers, rtcp
from bridge.media.core.rtcp import (
    ReceiverReport,
    Remb,
    ReportBlock,
    Rtcp,
    SenderReport,
    SourceDescription,
)
from bridge.media.core.rtcp_writer import compound
from bridge.media.dtls import MAX_PROTECT_RTCP_BYTES
from bridge.media.forwarder import Forwarder
from bridge.media.incoming import MAX_SOURCES
from bridge.media.plane import Downlink, Ladder
from bridge.media.reports import MAX_PER_COMPOUND, reports
from bridge.media.slots import gallery
from tests.support.media import (
    CAMERA,
    CHAIR_SOUND,
    MIC,
    PICTURE_PAYLOADS,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    Client,
    picture,
    read,
    sound,
    spec,
)

NTP = 4000 << 32


@pytest.fixture
def forwarder() -> Forwarder:
    it = Forwarder()
    it.set_gates(frozenset({"01", "02", "03"}))
    return it


def said(client: Client, now_s: float, ntp: int = NTP) -> list[Rtcp]:
    """What the client hears when the reports are sent."""
    before = len(client.said)
    for packets in reports(client, now_s=now_s, ntp=ntp):
        client.send_rtcp(*packets)
    return client.said[before:]


def sender_reports(client: Client, now_s: float) -> dict[int, SenderReport]:
    return {p.ssrc: p for p in said(client, now_s) if isinstance(p, SenderReport)}


def test_a_client_that_neither_sends_nor_gets_anything_is_told_we_live(forwarder):
    client = Client(forwarder, spec("01", uplinks=()))

    assert said(client, 1.0) == [
        ReceiverReport(ssrc=501),
        SourceDescription(ssrc=501, cname="s-01"),
    ]


def test_a_publisher_is_told_how_every_stream_arrives(forwarder):
    client = Client(forwarder, spec("01"))
    client.says(
        sound(10, ssrc=9), sound(13, ssrc=9), picture(1, ssrc=11, mid=b"1", rid=b"q"), now_s=1.0
    )
    client.reports(SenderReport(ssrc=9, ntp=7 << 32, rtp=0, packets=0, octets=0), now_s=1.0)

    report = said(client, 1.5)[0]

    assert isinstance(report, ReceiverReport)
    assert [(b.ssrc, b.lost, b.fraction_lost, b.highest) for b in report.reports] == [
        (9, 2, 128, 13),
        (11, 0, 0, 1),
    ]
    assert (report.reports[0].last_sr, report.reports[0].delay_since_sr) == (7 << 16, 0x8000)
    again = said(client, 2.0)[0]
    assert isinstance(again, ReceiverReport)
    assert [(b.lost, b.fraction_lost) for b in again.reports] == [(2, 0), (0, 0)]


@pytest.mark.parametrize(
    ("rids", "bps"), [(("q", "h", "f"), 2_644_000), (("q", "f"), 2_044_000), ((), 1_864_000)]
)
def test_a_camera_is_told_what_all_its_layers_and_the_sound_need(forwarder, rids, bps):
    camera = replace(CAMERA, rids=rids)
    client = Client(forwarder, spec("01", uplinks=(MIC, camera)))
    client.says(sound(1, ssrc=9))
    ssrcs = (11, 12, 13)[: len(rids)]
    for ssrc, rid in zip(ssrcs, rids, strict=True):
        client.says(picture(1, ssrc=ssrc, mid=b"1", rid=rid.encode()))

    [remb] = [p for p in said(client, 1.0) if isinstance(p, Remb)]

    assert layers.remb_bps(rids or ("",)) == bps
    assert bps - 16 < remb.bitrate_bps <= bps
    assert (remb.sender, remb.ssrcs) == (501, ssrcs)


def test_a_camera_is_told_no_more_than_the_roster_and_the_ladder_allow(forwarder):
    client = Client(forwarder, spec("01", bandwidth_bps=512_000))

    def told() -> int:
        [remb] = [p for p in said(client, 1.0) if isinstance(p, Remb)]
        return remb.bitrate_bps

    assert told() == 512_000
    client.upline.ladder = Ladder.SMALL
    assert told() == layers.remb_bps(("q",))
    client.upline.ladder = Ladder.SOUND
    assert told() == layers.SOUND_BPS


def test_who_has_no_camera_is_told_no_bitrate(forwarder):
    for uplinks in ((), (MIC,)):
        client = Client(forwarder, spec("01", uplinks=uplinks))
        assert [p for p in said(client, 1.0) if isinstance(p, Remb)] == []


def test_a_sender_report_counts_what_went_out_on_its_outlet(forwarder):
    watcher, client = Client(forwarder, spec("02")), Client(forwarder, spec("01"))
    watcher.aim(SPEAKER_SOUND.ssrc, "01")
    client.says(sound(1, 960, body=b"12345"), sound(2, 1920, body=b"123"), now_s=1.0)

    reported = sender_reports(watcher, 1.1)

    assert list(reported) == [SPEAKER_SOUND.ssrc]
    report = reported[SPEAKER_SOUND.ssrc]
    assert (report.ntp, report.packets, report.octets) == (NTP, 2, 8)
    assert report.rtp == (read(watcher.rtp[1], "audio").timestamp + 4800) & 0xFFFFFFFF


def test_what_is_not_fed_is_not_reported(forwarder):
    watcher, client = Client(forwarder, spec("02")), Client(forwarder, spec("01"))
    watcher.aim(SPEAKER_SOUND.ssrc, "01")
    watcher.aim(CHAIR_SOUND.ssrc, "03")
    assert sender_reports(watcher, 0.5) == {}
    client.says(sound(1), now_s=1.0)
    assert list(sender_reports(watcher, 1.1)) == [SPEAKER_SOUND.ssrc]
    forwarder.set_gates(frozenset())
    assert sender_reports(watcher, 1.2) == {}, "its numbers begin anew when the gate opens"

    watcher.aim(SPEAKER_SOUND.ssrc, None)

    assert sender_reports(watcher, 1.3) == {}


def test_the_blocks_stand_in_the_first_report_whatever_it_is(forwarder):
    watcher, client = Client(forwarder, spec("02")), Client(forwarder, spec("01"))
    watcher.aim(SPEAKER_SOUND.ssrc, "01")
    watcher.says(sound(1, ssrc=21), now_s=1.0)
    client.says(sound(1), now_s=1.0)

    first, name, *_ = said(watcher, 1.1)

    assert isinstance(first, SenderReport)
    assert [block.ssrc for block in first.reports] == [21]
    assert name == SourceDescription(ssrc=SPEAKER_SOUND.ssrc, cname="s-02")


# Lip sync.


def wall_s(client: Client, ssrc: int, data: bytes, now_s: float) -> float:
    """When a packet was captured, as its receiver works it out (RFC 3550 section 6.4.1)."""
    report = sender_reports(client, now_s)[ssrc]
    kind, clock_hz = ("audio", 48000) if ssrc == SPEAKER_SOUND.ssrc else ("video", 90000)
    ticks = (read(data, kind).timestamp - report.rtp + 0x80000000) & 0xFFFFFFFF
    return report.ntp / 2**32 + (ticks - 0x80000000) / clock_hz


def publisher(forwarder: Forwarder, site: str, *, clock_s: int, way_s: float) -> Client:
    """A site whose clock says *clock_s* when ours says 0 and whose packets take *way_s*; both its
    streams have reported at 10 s.  What it captures at a moment has the timestamps of `moment`."""
    client = Client(forwarder, spec(site))
    sr = {"ntp": (clock_s + 10) << 32, "packets": 1, "octets": 1}
    client.says(
        sound(1, 10 * 48000, ssrc=9),
        picture(1, 77 + 10 * 90000, ssrc=11, mid=b"1", rid=b"f"),
        now_s=10 + way_s,
    )
    client.says(
        compound((SenderReport(ssrc=9, rtp=10 * 48000, **sr),), cname=site), now_s=10 + way_s
    )
    client.says(
        compound((SenderReport(ssrc=11, rtp=77 + 10 * 90000, **sr),), cname=site),
        now_s=10.2 + way_s,
    )
    return client


def test_sound_and_picture_of_a_site_are_one_moment_also_after_a_floor_change(forwarder):
    watcher = Client(forwarder, spec("03"))
    sites = {
        "01": publisher(forwarder, "01", clock_s=1_000_000, way_s=0.02),
        "02": publisher(forwarder, "02", clock_s=5, way_s=0.3),
    }
    seq = 1
    for moment_s, site in ((12.0, "01"), (14.0, "02"), (16.0, "01")):
        for ssrc in (SPEAKER_SOUND.ssrc, SPEAKER_PICTURE.ssrc):
            watcher.aim(ssrc, site, moment_s)
        watcher.port.sent.clear()
        seq += 1
        client = sites[site]
        # Captured together; the picture is here 0.2 s after the sound, encoders take their time.
        client.says(sound(seq, round(moment_s * 48000), ssrc=9), now_s=moment_s + 0.05)
        client.says(
            picture(seq, 77 + round(moment_s * 90000), ssrc=11, key=True), now_s=moment_s + 0.25
        )
        heard, seen = watcher.rtp

        sound_s = wall_s(watcher, SPEAKER_SOUND.ssrc, heard, moment_s + 0.5)
        picture_s = wall_s(watcher, SPEAKER_PICTURE.ssrc, seen, moment_s + 0.5)

        assert sound_s == pytest.approx(picture_s, abs=0.001)
        assert sound_s == pytest.approx(NTP / 2**32 - 0.5, abs=0.31)


# Sizes.


@pytest.mark.parametrize("cname", ["s", "x" * 255])
@pytest.mark.parametrize("outlets", [1, 2, 25, 26, 74])
def test_however_much_there_is_to_say_no_compound_is_too_long_and_nothing_is_missing(
    forwarder, cname, outlets
):
    downlinks = tuple(
        Downlink(
            slot=gallery(n), kind="video", mid=str(n), payloads=PICTURE_PAYLOADS, ssrc=2000 + n
        )
        for n in range(outlets)
    )
    cameras = tuple(replace(CAMERA, slot=f"m{n}", mid=str(n), rids=()) for n in range(MAX_SOURCES))
    watcher = Client(forwarder, spec("110", downlinks=downlinks, uplinks=cameras, cname=cname))
    client = Client(forwarder, spec("01"))
    for ssrc in watcher.outlets:
        watcher.aim(ssrc, "01")
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"q"))
    for n in range(MAX_SOURCES):
        watcher.says(picture(1, ssrc=3000 + n, mid=b"%d" % n))

    compounds = [compound(packets, cname=cname) for packets in reports(watcher, now_s=1.1, ntp=NTP)]

    assert max(map(len, compounds)) <= MAX_PROTECT_RTCP_BYTES
    assert len(compounds) == 1 + (max(outlets - 2, 0)) // MAX_PER_COMPOUND
    packets = [rtcp.parse(data) for data in compounds]
    assert all(isinstance(compound[0], SenderReport) for compound in packets)
    assert all(isinstance(compound[1], SourceDescription) for compound in packets)
    senders = [p.ssrc for compound in packets for p in compound if isinstance(p, SenderReport)]
    assert senders == list(watcher.outlets)
    assert len(packets[0][0].reports) == MAX_SOURCES
    assert [len(p.ssrcs) for p in packets[0] if isinstance(p, Remb)] == [MAX_SOURCES]


def test_the_longest_compound_is_as_long_as_the_module_says():
    first = SenderReport(ssrc=1, ntp=1, rtp=1, packets=1, octets=1)
    block = ReportBlock(**dict.fromkeys(ReportBlock.__slots__, 1))
    full = compound(
        [
            replace(first, reports=(block,) * MAX_SOURCES),
            Remb(sender=1, bitrate_bps=1, ssrcs=tuple(range(MAX_SOURCES))),
            *[first] * MAX_PER_COMPOUND,
        ],
        cname="x" * 255,
    )

    assert len(full) == 1324 <= MAX_PROTECT_RTCP_BYTES

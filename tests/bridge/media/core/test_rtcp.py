from __future__ import annotations

import aiortc.rtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.rtcp import (
    MAX_REPORTS,
    Bye,
    FullIntra,
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    ReportBlock,
    RtcpMalformed,
    SenderReport,
    SourceDescription,
    compound,
    middle32,
    ntp_from_unix,
    pack,
    parse,
    round_trip_s,
)

U8 = st.integers(0, 0xFF)
U32 = st.integers(0, 0xFFFFFFFF)
BLOCKS = st.lists(
    st.builds(
        ReportBlock,
        ssrc=U32,
        fraction_lost=U8,
        lost=st.integers(-0x800000, 0x7FFFFF),
        highest=U32,
        jitter=U32,
        last_sr=U32,
        delay_since_sr=U32,
    ),
    max_size=MAX_REPORTS,
).map(tuple)
SENDER_REPORTS = st.builds(
    SenderReport,
    ssrc=U32,
    ntp=st.integers(0, 2**64 - 1),
    rtp=U32,
    packets=U32,
    octets=U32,
    reports=BLOCKS,
)
RECEIVER_REPORTS = st.builds(ReceiverReport, ssrc=U32, reports=BLOCKS)
CNAMES = st.text(st.characters(codec="utf-8"), max_size=60)
PACKETS = st.one_of(
    SENDER_REPORTS,
    RECEIVER_REPORTS,
    st.builds(SourceDescription, ssrc=U32, cname=CNAMES),
    st.builds(PictureLoss, sender=U32, media=U32),
    st.builds(
        Remb,
        sender=U32,
        bitrate_bps=st.integers(0, 0x3FFFF),
        ssrcs=st.lists(U32, max_size=255).map(tuple),
    ),
)


@given(st.lists(PACKETS, min_size=1, max_size=6))
def test_a_compound_is_read_as_it_was_written(packets):
    assert parse(b"".join(map(pack, packets))) == packets


@given(st.integers(0, 2**63))
def test_a_rate_is_written_with_18_bits_and_never_higher(bitrate_bps):
    [remb] = parse(pack(Remb(sender=1, bitrate_bps=bitrate_bps, ssrcs=())))

    assert isinstance(remb, Remb)
    assert 0 <= bitrate_bps - remb.bitrate_bps <= bitrate_bps >> 17


BLOCK = ReportBlock(
    ssrc=0x11223344,
    fraction_lost=5,
    lost=-2,
    highest=0x00018000,
    jitter=77,
    last_sr=0x12345678,
    delay_since_sr=0x00018000,
)


def test_aiortc_reads_our_reports_and_we_read_those_of_aiortc():
    ours = SenderReport(
        ssrc=1, ntp=0x0123456789ABCDEF, rtp=3, packets=4, octets=5, reports=(BLOCK,)
    )
    [theirs] = aiortc.rtp.RtcpPacket.parse(pack(ours))

    assert isinstance(theirs, aiortc.rtp.RtcpSrPacket)
    info = theirs.sender_info
    assert (theirs.ssrc, info.ntp_timestamp, info.rtp_timestamp) == (1, 0x0123456789ABCDEF, 3)
    assert (info.packet_count, info.octet_count) == (4, 5)
    [report] = theirs.reports
    assert (report.ssrc, report.fraction_lost, report.packets_lost) == (0x11223344, 5, -2)
    assert (report.highest_sequence, report.jitter) == (0x18000, 77)
    assert (report.lsr, report.dlsr) == (0x12345678, 0x18000)
    assert parse(bytes(theirs)) == [ours]

    receiver = aiortc.rtp.RtcpRrPacket(ssrc=9, reports=theirs.reports)
    assert bytes(receiver) == pack(ReceiverReport(ssrc=9, reports=(BLOCK,)))


def test_aiortc_and_we_write_the_same_feedback():
    pli = aiortc.rtp.RtcpPsfbPacket(
        fmt=aiortc.rtp.RTCP_PSFB_PLI, ssrc=0xA1A2A3A4, media_ssrc=0xB1B2B3B4
    )
    remb = aiortc.rtp.RtcpPsfbPacket(
        fmt=aiortc.rtp.RTCP_PSFB_APP,
        ssrc=0xA1A2A3A4,
        media_ssrc=0,
        fci=aiortc.rtp.pack_remb_fci(4_160_000, [2529072847, 7]),
    )

    assert bytes(pli) == pack(PictureLoss(sender=0xA1A2A3A4, media=0xB1B2B3B4))
    assert bytes(remb) == pack(
        Remb(sender=0xA1A2A3A4, bitrate_bps=4_160_000, ssrcs=(2529072847, 7))
    )


@pytest.mark.parametrize("cname", ["", "a", "ab", "abc", "abcd", "Hà Nội", "x" * 255])
def test_aiortc_reads_our_name(cname):
    data = pack(SourceDescription(ssrc=6, cname=cname))
    [theirs] = aiortc.rtp.RtcpPacket.parse(data)

    assert isinstance(theirs, aiortc.rtp.RtcpSdesPacket)
    [chunk] = theirs.chunks
    assert (chunk.ssrc, chunk.items) == (6, [(1, cname.encode())])
    assert parse(data) == [SourceDescription(ssrc=6, cname=cname)]


def test_we_read_a_nack_of_aiortc():
    theirs = aiortc.rtp.RtcpRtpfbPacket(
        fmt=aiortc.rtp.RTCP_RTPFB_NACK, ssrc=1, media_ssrc=2, lost=[10, 11, 26, 27, 400]
    )

    assert parse(bytes(theirs)) == [Nack(sender=1, media=2, seqs=(10, 11, 26, 27, 400))]


@pytest.mark.parametrize(
    ("wire", "packets", "why"),
    [
        ("80c90001 00000007", [ReceiverReport(ssrc=7)], "an empty RR"),
        ("80c90002 00000007 ffffffff", [ReceiverReport(ssrc=7)], "RR with a profile extension"),
        (
            "80c80007 00000001 0000000200000003 00000004 00000005 00000006 ffffffff",
            [SenderReport(ssrc=1, ntp=0x200000003, rtp=4, packets=5, octets=6)],
            "SR with a profile extension",
        ),
        ("80ca0000", [], "SDES without chunks"),
        ("81ca0002 00000009 00000000", [], "a chunk without items"),
        (
            "82ca0006 00000008 0201420102534500 00000009 010141020142 0000",
            [SourceDescription(ssrc=8, cname="SE"), SourceDescription(ssrc=9, cname="A")],
            "other items before and behind",
        ),
        ("81ca0003 00000009 01 03 414243 000000", [SourceDescription(ssrc=9, cname="ABC")], "3"),
        ("81ca0002 00000009 01 01 ff 00", [SourceDescription(ssrc=9, cname="�")], "not UTF-8"),
        ("80cb0000", [Bye(ssrcs=())], "BYE of nobody"),
        ("82cb0002 00000001 00000002", [Bye(ssrcs=(1, 2))], "BYE"),
        ("81cb0003 00000001 06 6d6f7665640000", [Bye(ssrcs=(1,))], "BYE with its reason"),
        ("81cd0003 00000001 00000002 fffe0005", None, "NACK across the wrap"),
        ("8fcd0003 00000001 00000002 ffffffff", [], "transport-cc"),
        ("82ce0003 00000001 00000002 ffffffff", [], "SLI"),
        (
            "84ce0006 00000001 00000000 00000009 07000000 0000000a 08000000",
            [FullIntra(sender=1, media=(9, 10))],
            "FIR for two",
        ),
        ("84ce0002 00000001 00000000", [FullIntra(sender=1, media=())], "FIR for nobody"),
        ("8fce0003 00000001 00000000 41424344", [], "another application's message"),
        ("8fce0002 00000001 00000000", [], "an application's message without a name"),
        (
            "8fce0005 00000001 00000000 52454d42 01ffffff 00000009",
            [Remb(sender=1, bitrate_bps=0x3FFFF << 63, ssrcs=(9,))],
            "the largest REMB",
        ),
        ("80cc0002 00000001 6e616d65", [], "APP"),
        ("80cf0001 00000001", [], "XR"),
        ("80000000", [], "a type nobody knows"),
        ("a0c90002 00000007 00000004", [ReceiverReport(ssrc=7)], "padding in the last"),
        ("a0ca0001 00000004", [], "nothing but padding"),
        ("a0c90003 00000007 00000000 00000008", [ReceiverReport(ssrc=7)], "more padding"),
        ("81ce0002 00000001 00000002", [PictureLoss(sender=1, media=2)], "reduced size"),
        (
            "80c90001 00000007 81ce0002 00000007 00000002",
            [ReceiverReport(ssrc=7), PictureLoss(sender=7, media=2)],
            "two",
        ),
    ],
)
def test_what_peers_send_is_understood(wire, packets, why):
    if packets is None:
        packets = [Nack(sender=1, media=2, seqs=(0xFFFE, 0xFFFF, 1))]

    assert parse(bytes.fromhex(wire)) == packets, why


@pytest.mark.parametrize("bit", range(16))
def test_a_nack_names_the_packet_and_sixteen_more(bit):
    wire = bytes.fromhex("81cd0003 00000001 00000002 0064") + (1 << bit).to_bytes(2, "big")

    assert parse(wire) == [Nack(sender=1, media=2, seqs=(100, 101 + bit))]


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        ("", "nothing"),
        ("80c900", "shorter than a header"),
        ("80c90001 00000007 80", "a rest behind the last"),
        ("40c90001 00000007", "another version"),
        ("80c90002 00000007", "longer than the datagram"),
        ("80c90000", "RR without its SSRC"),
        ("81c90006 00000007" + "00" * 20, "RR without its block"),
        ("80c80005" + "00" * 20, "SR without its octets"),
        ("81c8000b" + "00" * 44, "SR without its block"),
        ("81ca0000", "SDES without its chunk"),
        ("81ca0001 00000009", "a chunk without its end"),
        ("81ca0002 00000009 01024142", "items without their end"),
        ("81ca0002 00000009 01034142", "an item that reaches out"),
        ("81ca0002 00000009 01014101", "an item without its length"),
        ("82ca0002 00000009 00000000", "SDES without its second chunk"),
        ("81cb0000", "BYE without its SSRC"),
        ("81ce0001 00000001", "PLI without its media"),
        ("81cd0001 00000001", "NACK without its media"),
        ("84ce0003 00000001 00000000 00000009", "half a FIR entry"),
        ("8fce0003 00000001 00000000 52454d42", "REMB without a rate"),
        ("8fce0004 00000001 00000000 52454d42 01000000", "REMB without its SSRC"),
        ("a0c90002 00000007 00000000", "padding of nothing"),
        ("a0c90002 00000007 00000002", "padding of half a word"),
        ("a0c90002 00000007 0000000c", "padding longer than the packet"),
        ("a0c90002 00000007 00000008", "padding over the SSRC"),
        ("a0c90000", "padding of an empty packet"),
        ("a0c90002 00000007 00000004 80c90001 00000007", "padding before the last"),
    ],
)
def test_wrong_lengths_are_refused(wire, why):
    with pytest.raises(RtcpMalformed):
        assert parse(bytes.fromhex(wire)) is None, why


KINDS = st.sampled_from([200, 201, 202, 203, 204, 205, 206, 207])


@given(
    st.lists(st.tuples(st.integers(0, 0x3F), KINDS, st.binary(max_size=40)), max_size=4),
    st.binary(max_size=5),
)
def test_any_bytes_are_a_list_or_malformed(heads, rest):
    data = rest
    for flags, kind, body in heads:
        words = len(body) // 4
        data += bytes((0x80 | flags, kind, 0, words)) + body[: 4 * words]
        for candidate in (data, data[len(rest) :]):
            try:
                parsed = parse(candidate)
            except RtcpMalformed:
                continue
            assert isinstance(parsed, list)


def test_a_compound_starts_with_a_report_and_has_a_name():
    report = ReceiverReport(ssrc=7)
    loss = PictureLoss(sender=7, media=8)

    data = compound([report, loss], cname="room110")

    assert parse(data) == [report, SourceDescription(ssrc=7, cname="room110"), loss]
    with pytest.raises(ValueError, match="starts with a report"):
        compound([loss, report], cname="room110")


def test_a_report_has_room_for_31_blocks():
    assert len(pack(ReceiverReport(ssrc=7, reports=(BLOCK,) * 31))) == 8 + 31 * 24
    with pytest.raises(ValueError, match="at most 31"):
        pack(ReceiverReport(ssrc=7, reports=(BLOCK,) * 32))


def test_a_name_has_at_most_255_bytes():
    with pytest.raises(ValueError, match="at most 255"):
        pack(SourceDescription(ssrc=7, cname="x" * 256))


def test_counts_of_a_long_conference_wrap():
    report = SenderReport(ssrc=1, ntp=0, rtp=0, packets=2**32 + 5, octets=2**32 + 6)

    [read] = parse(pack(report))

    assert isinstance(read, SenderReport)
    assert (read.packets, read.octets) == (5, 6)


@pytest.mark.parametrize(
    ("unix", "ntp"),
    [
        (0.0, 2_208_988_800 << 32),
        (0.5, (2_208_988_800 << 32) + 0x80000000),
        (1_590_714_000.25, (3_799_702_800 << 32) + 0x40000000),
        (2_085_978_496.0, 0),
    ],
)
def test_ntp_time_counts_from_1900_and_wraps_in_2036(unix, ntp):
    assert ntp_from_unix(unix) == ntp


def test_the_middle_of_an_ntp_time_is_seconds_and_fraction():
    assert middle32(0x1234_5678_9ABC_DEF0) == 0x5678_9ABC


@pytest.mark.parametrize(
    ("now", "last_sr", "delay", "seconds"),
    [
        (0x0000_0006_0000_0000, 0x0004_0000, 0x0001_8000, 0.5),
        (0x0000_0006_0000_0000, 0x0004_0000, 0x0002_0000, 0.0),
        (0x0000_0006_0000_0000, 0x0004_0000, 0x0002_8000, 0.0),
        (0x0001_0000_8000_0000, 0xFFFF_8000, 0x0000_C000, 0.25),
        (0x0000_0006_0000_0000, 0, 0, None),
    ],
)
def test_a_report_about_us_tells_the_round_trip(now, last_sr, delay, seconds):
    block = ReportBlock(
        ssrc=1,
        fraction_lost=0,
        lost=0,
        highest=0,
        jitter=0,
        last_sr=last_sr,
        delay_since_sr=delay,
    )

    assert round_trip_s(now_ntp=now, block=block) == seconds

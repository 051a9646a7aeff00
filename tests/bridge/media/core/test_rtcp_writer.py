"""Writing: what we read back, and aiortc reads, is what was meant."""

from __future__ import annotations

from itertools import accumulate

import aiortc.rtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.rtcp import (
    MAX_REPORTS,
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
    SourceDescription,
    parse,
)
from bridge.media.core.rtcp_writer import compound, pack

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
SEQS = st.builds(
    # As a stream loses them: ascending, across the wrap, less than the circle altogether.
    lambda first, steps: tuple((first + step) & 0xFFFF for step in (0, *accumulate(steps))),
    st.integers(0, 0xFFFF),
    st.lists(st.integers(1, 20) | st.integers(1, 900), max_size=64),
)
PACKETS = st.one_of(
    SENDER_REPORTS,
    RECEIVER_REPORTS,
    st.builds(SourceDescription, ssrc=U32, cname=CNAMES),
    st.builds(PictureLoss, sender=U32, media=U32),
    st.builds(Nack, sender=U32, media=U32, seqs=SEQS),
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


@pytest.mark.parametrize("start", [0, 1, 100, 32767, 65519, 65520, 65530, 65535])
@pytest.mark.parametrize(
    ("steps", "entries", "why"),
    [
        ([0], [(0, 0)], "one"),
        ([0, 1], [(0, 0x0001)], "the lowest bit is the next number"),
        ([0, 16], [(0, 0x8000)], "the highest the sixteenth after it"),
        ([0, 17], [(0, 0), (17, 0)], "the seventeenth is another entry"),
        (range(17), [(0, 0xFFFF)], "seventeen in an entry"),
        (range(18), [(0, 0xFFFF), (17, 0)], "eighteen in two"),
        ([0, 3, 40, 41, 300], [(0, 0x0004), (40, 0x0001), (300, 0)], "far ones"),
    ],
)
def test_a_nack_packs_seventeen_numbers_into_an_entry(start, steps, entries, why):
    wire = pack(Nack(sender=1, media=2, seqs=tuple((start + step) & 0xFFFF for step in steps)))

    expected = b"".join(
        ((start + step) & 0xFFFF).to_bytes(2, "big") + mask.to_bytes(2, "big")
        for step, mask in entries
    )
    head = bytes((0x81, 205, 0, 2 + len(entries)))
    assert wire == head + bytes.fromhex("00000001 00000002") + expected, why


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=64))
def test_a_nack_in_any_order_names_the_same_packets(seqs):
    [nack] = parse(pack(Nack(sender=1, media=2, seqs=tuple(seqs))))

    assert isinstance(nack, Nack)
    assert set(nack.seqs) == set(seqs)


def test_aiortc_and_we_write_the_same_nack():
    lost = [10, 11, 26, 27, 400, 65535]
    theirs = aiortc.rtp.RtcpRtpfbPacket(
        fmt=aiortc.rtp.RTCP_RTPFB_NACK, ssrc=1, media_ssrc=2, lost=lost
    )

    assert pack(Nack(sender=1, media=2, seqs=tuple(lost))) == bytes(theirs)


def test_a_nack_of_nothing_is_not_written():
    with pytest.raises(ValueError, match="names a packet"):
        pack(Nack(sender=1, media=2, seqs=()))


@pytest.mark.parametrize("cname", ["", "a", "ab", "abc", "abcd", "Hà Nội", "x" * 255])
def test_aiortc_reads_our_name(cname):
    data = pack(SourceDescription(ssrc=6, cname=cname))
    [theirs] = aiortc.rtp.RtcpPacket.parse(data)

    assert isinstance(theirs, aiortc.rtp.RtcpSdesPacket)
    [chunk] = theirs.chunks
    assert (chunk.ssrc, chunk.items) == (6, [(1, cname.encode())])
    assert parse(data) == [SourceDescription(ssrc=6, cname=cname)]


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

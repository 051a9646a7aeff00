"""Writing: what we read back, and aiortc reads, is what was meant."""

from __future__ import annotations

import aiortc.rtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.rtcp import (
    MAX_REPORTS,
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

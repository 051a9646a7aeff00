"""Reading: rows of wire bytes.  What we write ourselves is read back in test_rtcp_writer.py."""

from __future__ import annotations

import aiortc.rtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.rtcp import (
    Bye,
    FullIntra,
    Nack,
    PictureLoss,
    ReceiverReport,
    Remb,
    RtcpMalformed,
    SenderReport,
    SourceDescription,
    parse,
)


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

"""One client's transport with keys that change nothing: what becomes of what it sends."""

from __future__ import annotations

from dataclasses import replace
from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media import session as session_module
from bridge.media.core import rtcp
from bridge.media.core.drops import DropReason
from bridge.media.core.ntp import middle32, ntp_from_unix
from bridge.media.core.rtcp import PictureLoss, ReceiverReport, Remb, ReportBlock, SenderReport
from bridge.media.core.rtcp_writer import compound
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Uplink
from bridge.media.session import MAX_ADDRESSES, MAX_SOURCES
from tests.support.media import (
    CAMERA,
    CHAIR_PICTURE,
    CHAIR_SOUND,
    FORGED,
    HERE,
    LEVEL,
    MIC,
    MID,
    OPUS,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    VP8,
    Client,
    padding,
    picture,
    read,
    sound,
    spec,
)


@pytest.fixture
def forwarder() -> Forwarder:
    it = Forwarder()
    it.set_gates(frozenset({"01", "02"}))
    return it


@pytest.fixture
def client(forwarder: Forwarder) -> Client:
    return Client(forwarder, spec("01"))


@pytest.fixture
def watcher(forwarder: Forwarder) -> Client:
    """Site 02, whose speaker is site 01."""
    it = Client(forwarder, spec("02"))
    it.aim(SPEAKER_SOUND.ssrc, "01")
    it.aim(SPEAKER_PICTURE.ssrc, "01")
    return it


def known(client: Client) -> dict[int, tuple[str, str]]:
    return {ssrc: (source.slot, source.layer) for ssrc, source in client.sources.items()}


# Which m-line a new SSRC belongs to.


def test_layers_are_known_by_mid_and_rid_and_then_by_ssrc_alone(client):
    client.says(
        picture(1, ssrc=11, mid=b"1", rid=b"q"),
        picture(1, ssrc=12, mid=b"1", rid=b"f"),
        picture(2, ssrc=11),
    )

    assert known(client) == {11: ("camera", "q"), 12: ("camera", "f")}
    assert client.sources[11].reception.packets == 2


def test_a_layer_is_known_by_rid_where_only_one_m_line_has_its_payload_type(client):
    client.says(picture(1, ssrc=11, rid=b"q"))

    assert known(client) == {11: ("camera", "q")}


def test_sound_is_known_by_its_payload_type_when_only_one_m_line_has_it(client):
    client.says(sound(1, ssrc=9))

    assert known(client) == {9: ("mic", "")}
    assert client.sources[9].feed.kind == "audio"


def test_a_payload_type_of_two_m_lines_says_nothing(forwarder):
    client = Client(forwarder, spec(uplinks=(MIC, replace(MIC, slot="content", mid="9"))))
    client.says(sound(1, ssrc=9))

    assert known(client) == {}
    assert client._drops == {DropReason.UNKNOWN_SOURCE: 1}


def test_the_mid_says_it_where_the_payload_type_does_not(forwarder):
    client = Client(forwarder, spec(uplinks=(MIC, replace(MIC, slot="content", mid="9"))))
    client.says(sound(1, ssrc=9, mid=b"9"))

    assert known(client) == {9: ("content", "")}


def test_a_stream_is_known_by_the_ssrc_the_offer_named(forwarder):
    named = replace(CAMERA, rids=(), ssrcs=(31, 32))
    client = Client(forwarder, spec(uplinks=(replace(MIC, payload_type=VP8), named)))
    client.says(picture(1, ssrc=32))

    assert known(client) == {32: ("camera", "")}


def test_a_session_without_header_extensions_is_known_by_what_is_left(forwarder):
    bare = replace(MIC, mid_extension=None, level_extension=None)
    client = Client(forwarder, spec(uplinks=(bare,)))
    client.says(sound(1, ssrc=9, mid=b"7"))

    assert known(client) == {9: ("mic", "")}


@pytest.mark.parametrize(
    "stranger",
    [
        picture(1, ssrc=11),
        picture(1, ssrc=11, mid=b"1"),
        picture(1, ssrc=11, mid=b"1", rid=b"h"),
        picture(1, ssrc=11, mid=b"1", rid=b"\xff"),
        picture(1, ssrc=11, mid=b"7", rid=b"q"),
        picture(1, ssrc=11, mid=b"\xff", rid=b"q"),
        sound(1, ssrc=11, pt=63),
        sound(1, ssrc=11, mid=b"7"),
    ],
)
def test_a_stream_that_says_too_little_or_nonsense_is_dropped(client, stranger):
    client.says(stranger)

    assert known(client) == {}
    assert client._drops == {DropReason.UNKNOWN_SOURCE: 1}


def test_a_stream_may_begin_with_padding_alone_and_sound_is_not_read_as_a_picture(client):
    client.says(padding(1, ssrc=11, mid=b"1", rid=b"q"), sound(1, ssrc=9, body=b"\x80"))

    assert known(client) == {11: ("camera", "q"), 9: ("mic", "")}
    assert client.sources[11].reception.packets == 1


def test_the_clients_level_reaches_the_source(client):
    client.says(sound(1, ssrc=9, mid=b"0", level=bytes((20,))))

    assert client.sources[9].level_dbov == -20


# What must not change anything.


@pytest.mark.parametrize(
    ("useless", "reason"),
    [
        (picture(5, ssrc=99, pt=OPUS, mid=b"1", rid=b"f"), DropReason.PAYLOAD_TYPE),
        (picture(5, ssrc=12, pt=97), DropReason.PAYLOAD_TYPE),
        (picture(5, ssrc=99, mid=b"1", rid=b"f")[:24], DropReason.RTP_MALFORMED),
        (padding(5, ssrc=99, mid=b"1", rid=b"f")[:-1] + b"\xff", DropReason.RTP_MALFORMED),
        (padding(5, ssrc=12)[:-1] + b"\xff", DropReason.RTP_MALFORMED),
        (b"\x9f" + picture(5, ssrc=12)[1:], DropReason.RTP_MALFORMED),
        (picture(5, ssrc=12)[:14], DropReason.RTP_MALFORMED),
        (b"\x80\xe0" + bytes(8), DropReason.RTP_MALFORMED),
        (picture(5, ssrc=12) + FORGED, DropReason.SRTP_UNAUTHENTIC),
        (b"\x80\xc9\x00\x09" + bytes(8), DropReason.RTCP_MALFORMED),
        (b"\x80\xc9\x00\x01" + FORGED, DropReason.SRTP_UNAUTHENTIC),
    ],
)
def test_a_packet_nobody_can_use_is_dropped_by_name_and_changes_nothing(
    client, watcher, useless, reason
):
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f"))
    client.says(useless)
    client.says(picture(2, ssrc=12, body=b"goes on"))

    assert known(client) == {12: ("camera", "f")}
    assert [read(data, "video").body for data in watcher.rtp] == [b"", b"goes on"]
    assert client._drops == {reason: 1}
    assert (client.bugs, watcher.bugs) == ([], [])


def test_what_is_not_authentic_is_no_sign_of_life(client):
    client.says(sound(1) + FORGED, b"\x80\xc9\x00\x01" + FORGED, now_s=5.0)
    assert client.heard_s is None
    assert (client.packets_in, client.bytes_in) == (0, 0)

    client.says(sound(1), now_s=6.0)
    assert client.heard_s == 6.0
    assert (client.packets_in, client.bytes_in) == (1, len(sound(1)))

    client.reports(now_s=7.0)
    assert client.heard_s == 7.0
    assert client.packets_in == 1


def test_nothing_is_taken_or_sent_before_the_handshake_is_done(forwarder):
    client, watcher = (Client(forwarder, spec(site), handshake_done=False) for site in ("01", "02"))
    watcher.aim(SPEAKER_SOUND.ssrc, "01")
    assert not client.link_up
    client.says(sound(1), compound((ReceiverReport(ssrc=7),), cname="c"))
    assert client._drops == {DropReason.NOT_READY: 2}

    client.connected = True
    client.says(sound(1))
    watcher.send_rtcp(b"report")

    assert watcher.sent == []
    assert client._drops == {DropReason.NOT_READY: 3}
    assert watcher.packets_out == 0


def test_nothing_is_sent_before_an_address_is_known(client, watcher):
    watcher.remote = None
    client.says(sound(1))
    watcher.send_rtcp(b"report")

    assert watcher.sent == []
    assert client._drops == {DropReason.NOT_READY: 1}


@given(
    st.lists(
        st.tuples(
            st.binary(max_size=60),
            st.sampled_from([b"", sound(1), picture(1), picture(1, mid=b"1", rid=b"q")]),
            st.integers(0, 30),
        ),
        max_size=30,
    )
)
def test_any_bytes_from_an_authenticated_peer_are_counted_or_carried(rows):
    client = Client(Forwarder(), spec("01"))
    for tail, head, at in rows:
        data = head[:at] + tail
        client.says(bytes((128 + len(data) % 64,)) + data[1:] if data else b"\x80")

    assert client.bugs == []
    assert len(client.sources) <= MAX_SOURCES


# Restarts and bounds.


def test_a_restarted_encoder_takes_the_place_of_the_old_one(client, watcher):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"f", body=b"old"))
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f", body=b"new"))
    client.says(picture(1, ssrc=13, key=True, mid=b"1", rid=b"q", body=b"thumb"))

    assert known(client) == {12: ("camera", "f"), 13: ("camera", "q")}
    assert [read(data, "video").body for data in watcher.rtp] == [b"old", b"new"]
    assert [read(data, "video").ssrc for data in watcher.rtp] == [SPEAKER_PICTURE.ssrc] * 2


def many(count: int) -> tuple[Uplink, ...]:
    return tuple(replace(MIC, slot=f"mic{n}", mid=str(n)) for n in range(count))


def test_a_client_has_a_bounded_number_of_streams_and_may_still_restart_one(forwarder):
    client = Client(forwarder, spec(uplinks=many(MAX_SOURCES + 1)))
    for n in range(MAX_SOURCES + 1):
        client.says(sound(1, ssrc=n, mid=b"%d" % n))
    assert list(client.sources) == list(range(MAX_SOURCES))
    assert client._drops[DropReason.UNKNOWN_SOURCE] == 1

    client.says(sound(1, ssrc=100, mid=b"0"))

    assert list(client.sources) == [*range(1, MAX_SOURCES), 100]
    assert len(client.sources) == 8
    assert client._drops[DropReason.UNKNOWN_SOURCE] == 1


def test_addresses_are_bounded_and_the_nominated_one_is_never_forgotten(client):
    others = [("192.0.2.2", port) for port in range(MAX_ADDRESSES)]
    forgotten = [client.learn(address, nominated=False) for address in others]

    assert forgotten == [[]] * (MAX_ADDRESSES - 1) + [[others[0]]]
    assert client.addresses == [HERE, *others[1:]]
    assert len(client.addresses) == 8
    assert client.remote == HERE


def test_the_address_moves_with_a_nomination_and_not_with_a_check(client, watcher):
    watcher.learn(("192.0.2.9", 1), nominated=False)
    client.says(sound(1))
    watcher.learn(("192.0.2.9", 2), nominated=True)
    client.says(sound(2))

    assert [address for _, address in watcher.sent] == [HERE, ("192.0.2.9", 2)]


def test_the_first_address_is_used_before_any_is_nominated(forwarder):
    client = Client(forwarder, spec())
    client.remote = None
    client.learn(("192.0.2.7", 7), nominated=False)

    assert client.remote == ("192.0.2.7", 7)


def test_an_address_that_comes_again_is_the_newest(client):
    for port in (1, 2, 1):
        client.learn(("192.0.2.2", port), nominated=False)

    assert client.addresses == [HERE, ("192.0.2.2", 2), ("192.0.2.2", 1)]


# RTCP.


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


@pytest.mark.parametrize("media", [0, 11, SPEAKER_SOUND.ssrc, CHAIR_PICTURE.ssrc])
def test_a_request_for_what_is_not_shown_is_nobodys(client, watcher, media):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"q"), sound(1, ssrc=9))
    watcher.reports(PictureLoss(sender=77, media=media))

    assert client.asked == watcher.asked == []


def test_a_request_says_who_we_are(client, watcher):
    client.says(picture(1, ssrc=11, mid=b"1", rid=b"q"))

    report, name, loss = rtcp.parse(client.sent[0][0])

    assert report == ReceiverReport(ssrc=501)
    assert name == rtcp.SourceDescription(ssrc=501, cname="s-01")
    assert loss == PictureLoss(sender=501, media=11)


def test_rtcp_ends_here(client, watcher):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"f"))
    before = len(watcher.sent)
    client.says(pack("!BBHI", 0x81, 203, 1, 11), now_s=1.1)
    client.reports(Remb(sender=1, bitrate_bps=1, ssrcs=(501,)))
    client.reports(SenderReport(ssrc=11, ntp=1 << 32, rtp=0, packets=0, octets=0))
    assert len(watcher.sent) == before

    client.says(picture(2, ssrc=11))

    assert len(watcher.sent) == before + 1


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
def test_reports_about_us_tell_round_trip_and_loss(client, monkeypatch, kind):
    monkeypatch.setattr(session_module.time, "time", lambda: 1000.75)
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
    client.says(compound((report,), cname="c"))

    assert client.rtt_s == 0.25
    assert {ssrc: outlet.reported for ssrc, outlet in client.outlets.items()} == {
        CHAIR_SOUND.ssrc: None,
        CHAIR_PICTURE.ssrc: None,
        SPEAKER_SOUND.ssrc: blocks[0],
        SPEAKER_PICTURE.ssrc: blocks[2],
    }


# The way out.


def test_what_was_sent_is_counted_and_what_the_kernel_refused_is_not(client, watcher):
    client.says(sound(1, body=b"12345"))
    watcher.kernel_takes = False
    client.says(sound(2, body=b"12345"))

    [sent] = [read(data, "audio") for data in watcher.rtp]
    assert (sent.pt, sent.ssrc, sent.marker) == (SPEAKER_SOUND.payload_type, 503, True)
    assert (watcher.packets_out, watcher.bytes_out) == (1, 17)
    assert (client.packets_out, client.bytes_out) == (0, 0)


def test_what_is_too_long_to_seal_is_dropped_by_name(client, watcher):
    client.says(sound(1, body=bytes(1345)), sound(2, body=bytes(1344)))
    watcher.send_rtcp(bytes(1353))

    assert [len(data) for data in watcher.rtp] == [1356]
    assert client._drops == {DropReason.SRTP_REFUSED: 2}
    assert watcher.bugs == []


def test_a_bug_on_a_subscribers_way_is_told_of_it_and_stops_nobody_else(forwarder, client, watcher):
    other = Client(forwarder, spec("03"))
    other.aim(SPEAKER_SOUND.ssrc, "01")

    def planted(_: bytes) -> bytes:
        raise RuntimeError("planted")

    watcher.clear.protect = watcher.clear.protect_rtcp = planted
    client.says(sound(1))
    watcher.send_rtcp(b"report")

    assert [str(bug) for bug in watcher.bugs] == ["planted", "planted"]
    assert (client.bugs, other.bugs) == ([], [])
    assert len(other.rtp) == 1


def test_a_stream_starts_in_the_lower_half_of_the_sequence_numbers(forwarder):
    # RFC 3711: a receiver that guesses the rollover counter must not meet a wrap at once.
    downlinks = tuple(replace(SPEAKER_SOUND, ssrc=1000 + n) for n in range(64))
    watcher, client = Client(forwarder, spec("02", downlinks=downlinks)), Client(forwarder, spec())
    for ssrc in watcher.outlets:
        watcher.aim(ssrc, "01")
    client.says(sound(1))

    seqs = {read(data, "audio").seq for data in watcher.rtp}
    assert max(seqs) < 0x8000
    assert len(seqs) > 60


def test_a_session_that_only_sends_or_only_receives_has_a_name_in_rtcp(forwarder):
    assert Client(forwarder, spec(uplinks=())).ssrc == 501
    assert 0 <= Client(forwarder, spec(downlinks=())).ssrc < 1 << 32
    assert Client(forwarder, spec(uplinks=())).layers == frozenset()
    assert Client(forwarder, spec(uplinks=(MIC,))).layers == frozenset()
    assert Client(forwarder, spec()).layers == {"q", "f"}


def test_a_closed_session_leaves_nothing_on_the_table(forwarder, client, watcher):
    client.says(sound(1), picture(1, ssrc=11, key=True, mid=b"1", rid=b"f"))
    for it in (client, watcher):
        it.close(2.0)

    assert forwarder._outlets == []
    assert [feed for feed in forwarder._feeds.values() if feed.sources or feed.aimed] == []


def test_the_extension_numbers_of_this_test_are_those_of_its_specs():
    assert (MIC.mid_extension, MIC.level_extension, CAMERA.mid_extension) == (MID, LEVEL, MID)

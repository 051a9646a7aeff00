"""One client's transport with keys that change nothing: what becomes of what it sends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core import layers, rtcp
from bridge.media.core.drops import DropReason
from bridge.media.core.rtcp import Nack, PictureLoss, ReceiverReport, Remb, SourceDescription
from bridge.media.core.rtcp_writer import compound
from bridge.media.forwarder import Forwarder
from bridge.media.incoming import MAX_SOURCES
from bridge.media.session import MAX_ADDRESSES
from tests.support.media import (
    CAMERA,
    FORGED,
    HERE,
    MIC,
    OPUS,
    SPEAKER_PICTURE,
    SPEAKER_SOUND,
    Client,
    FakePort,
    padding,
    picture,
    read,
    sound,
    spec,
)

REPORT = ReceiverReport(ssrc=501)


def known(client: Client) -> dict[int, tuple[str, str]]:
    return {ssrc: (source.slot, source.layer) for ssrc, source in client.sources.items()}


# What must not change anything.


@pytest.mark.parametrize(
    ("useless", "reason"),
    [
        (picture(5, ssrc=99, pt=OPUS, mid=b"1", rid=b"f"), DropReason.PAYLOAD_TYPE),
        (picture(5, ssrc=12, pt=98), DropReason.PAYLOAD_TYPE),
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

    client.begin()
    client.says(sound(1))
    watcher.send_rtcp(REPORT)

    assert watcher.sent == []
    assert client._drops == {DropReason.NOT_READY: 3}
    assert watcher.delivery.packets == 0


def test_a_session_that_has_ended_takes_and_sends_nothing(client, watcher):
    client.says(sound(1))
    watcher.end()
    client.says(sound(2))
    watcher.send_rtcp(REPORT)
    watcher.says(sound(1), now_s=9.0)

    assert len(watcher.sent) == 1
    assert watcher.heard_s is None
    assert client._drops == {DropReason.NOT_READY: 2}


def test_nothing_is_sent_before_an_address_is_known(client, watcher):
    watcher.delivery.route = None
    client.says(sound(1))
    watcher.send_rtcp(REPORT)

    assert watcher.sent == []
    assert not watcher.send_raw(b"\x16 a flight of the handshake")
    assert client._drops == {DropReason.NOT_READY: 1}


@given(
    st.lists(
        st.tuples(
            st.binary(max_size=60),
            st.sampled_from(
                [
                    b"",
                    sound(1),
                    picture(1),
                    picture(1, mid=b"1", rid=b"q"),
                    sound(1, ssrc=5, pt=97, body=b"\0\1\x90\x80", mid=b"1", repaired_rid=b"q"),
                    compound((REPORT, Nack(sender=1, media=504, seqs=(1, 9))), cname="c"),
                ]
            ),
            st.integers(0, 40),
        ),
        max_size=30,
    )
)
def test_any_bytes_from_an_authenticated_peer_are_counted_or_carried(rows):
    forwarder = Forwarder()
    client, watcher = Client(forwarder, spec("01")), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01")
    for tail, head, at in rows:
        data = head[:at] + tail
        client.says(bytes((128 + len(data) % 64,)) + data[1:] if data else b"\x80")

    assert (client.bugs, watcher.bugs) == ([], [])
    assert len(client.sources) <= MAX_SOURCES


# Addresses.


def test_addresses_are_bounded_and_the_nominated_one_is_never_forgotten(client):
    others = [("192.0.2.2", port) for port in range(MAX_ADDRESSES)]
    forgotten = [client.learn(address, client.port, nominated=False) for address in others]

    assert forgotten == [[]] * (MAX_ADDRESSES - 1) + [[others[0]]]
    assert list(client.addresses) == [HERE, *others[1:]]
    assert len(client.addresses) == 8
    assert client.remote == HERE


def test_the_address_moves_with_a_nomination_and_not_with_a_check(client, watcher):
    watcher.learn(("192.0.2.9", 1), watcher.port, nominated=False)
    client.says(sound(1))
    watcher.learn(("192.0.2.9", 2), watcher.port, nominated=True)
    client.says(sound(2))

    assert [address for _, address in watcher.sent] == [HERE, ("192.0.2.9", 2)]


def test_a_nomination_may_move_it_to_another_port_of_ours(client, watcher):
    tcp = FakePort()
    watcher.learn(("192.0.2.9", 1, "tcp", 1), tcp, nominated=True)
    client.says(sound(1))
    watcher.send_rtcp(REPORT)

    assert [address for _, address in tcp.sent] == [("192.0.2.9", 1, "tcp", 1)] * 2
    assert watcher.port.sent == []


def test_the_first_address_is_used_before_any_is_nominated(forwarder):
    client = Client(forwarder, spec())
    client.unlearn(HERE)
    assert client.remote is None
    client.learn(("192.0.2.7", 7), client.port, nominated=False)

    assert client.remote == ("192.0.2.7", 7)


def test_an_address_that_comes_again_is_the_newest(client):
    for port in (1, 2, 1):
        client.learn(("192.0.2.2", port), client.port, nominated=False)

    assert list(client.addresses) == [HERE, ("192.0.2.2", 2), ("192.0.2.2", 1)]


def test_an_address_that_is_no_more_gives_way_to_the_newest_of_the_others(client, watcher):
    tcp, gone = FakePort(), ("192.0.2.9", 1, "tcp", 1)
    for port in (1, 2):
        watcher.learn(("192.0.2.2", port), watcher.port, nominated=False)
    watcher.learn(gone, tcp, nominated=True)
    watcher.unlearn(gone)
    client.says(sound(1))
    assert [address for _, address in watcher.sent] == [("192.0.2.2", 2)]

    watcher.unlearn(HERE)
    assert watcher.remote == ("192.0.2.2", 2), "one that is not in use changes nothing"
    for port in (2, 1):
        watcher.unlearn(("192.0.2.2", port))
    client.says(sound(2))

    assert (watcher.remote, watcher.addresses) == (None, {})
    assert client._drops == {DropReason.NOT_READY: 1}


# What the service says.


def test_a_request_for_a_key_frame_says_who_we_are(client, watcher):
    client.says(picture(1, ssrc=11, mid=b"1", rid=b"q"))

    report, name, loss = rtcp.parse(client.sent[0][0])

    assert report == ReceiverReport(ssrc=501)
    assert name == SourceDescription(ssrc=501, cname="s-01")
    assert loss == PictureLoss(sender=501, media=11)


def test_what_is_missing_is_asked_for_by_name_and_number(client):
    client.ask_again(11, (65534, 65535, 3))

    assert client.said == [
        ReceiverReport(ssrc=501),
        SourceDescription(ssrc=501, cname="s-01"),
        Nack(sender=501, media=11, seqs=(65534, 65535, 3)),
    ]


def test_rtcp_that_is_too_long_to_seal_is_dropped_by_name(forwarder):
    client = Client(forwarder, spec(cname="x" * 255))
    many = [PictureLoss(sender=1, media=n) for n in range(100)]
    client.send_rtcp(REPORT, *many)

    assert client.sent == []
    assert forwarder.drops == {DropReason.SRTP_REFUSED: 1}


def test_a_bug_in_asking_for_a_key_frame_is_the_publishers_and_not_the_watchers(client, watcher):
    def planted(_: bytes) -> bytes:
        raise RuntimeError("planted")

    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"f"))
    client.clear.protect_rtcp = planted
    watcher.reports(PictureLoss(sender=77, media=SPEAKER_PICTURE.ssrc))

    assert [str(bug) for bug in client.bugs] == ["planted"]
    assert watcher.bugs == []
    with pytest.raises(RuntimeError, match="planted"):
        client.send_rtcp(REPORT)


def sent_at(seq: int, at_s: float, **more: Any) -> bytes:
    """A large packet of layer f with the time it left."""
    ticks = int(at_s * (1 << 18)) & 0xFFFFFF
    data = picture(seq, int(at_s * 90000), ssrc=12, mid=b"1", rid=b"f", body=bytes(1100), **more)
    # abs-send-time as extension 3, between those of this picture and their padding.
    extended = data[:12] + b"\xbe\xde\x00\x03" + b"\x32" + ticks.to_bytes(3, "big")
    return extended + b"\x40" + b"1" + b"\xa0" + b"f" + bytes(4) + data[24:]


def test_a_line_that_fills_is_told_at_once(forwarder):
    camera = replace(CAMERA, send_time_extension=3)
    client = Client(forwarder, spec("01", uplinks=(MIC, camera)))
    client.says(sent_at(0, 10.0, key=True), now_s=20.0)
    assert list(client.sources) == [12]
    told = 0
    for n in range(1, 400):
        # Sent every 6 ms, and each comes 2 ms later than the one before: a queue that grows.
        client.says(sent_at(n, 10.0 + 0.006 * n), now_s=20.0 + 0.008 * n)
        if client.said:
            told = n
            break

    assert 0 < told < 100
    _, _, remb = client.said
    assert isinstance(remb, Remb)
    # 1.1 Mbit/s come, and 0.85 of that is what the line is taken for.
    assert 0.6e6 < remb.bitrate_bps < 1.1e6
    assert remb.ssrcs == (12,)


def test_what_a_client_may_send_is_said_of_its_pictures_alone(client):
    client.says(sound(1, ssrc=9), picture(1, ssrc=11, mid=b"1", rid=b"q"))

    remb = client.remb()
    assert (remb.sender, remb.ssrcs) == (501, (11,))
    assert remb.bitrate_bps == layers.remb_bps(("q", "h", "f"))


# The way out, and the end.


def test_a_stream_starts_in_the_lower_half_of_the_sequence_numbers(forwarder):
    # RFC 3711: a receiver that guesses the rollover counter must not meet a wrap at once.
    downlinks = tuple(replace(SPEAKER_PICTURE, ssrc=1000 + n, rtx_ssrc=2000 + n) for n in range(64))
    watcher, client = Client(forwarder, spec("02", downlinks=downlinks)), Client(forwarder, spec())
    for ssrc in watcher.outlets:
        watcher.aim(ssrc, "01")
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f"))

    seqs = {read(data, "video").seq for data in watcher.rtp}
    assert max(seqs) < 0x8000
    assert len(seqs) > 60
    beside = {repeats.index for repeats in watcher.repeats.values()}
    assert max(beside) < 0x8000
    assert len(beside) > 60


def test_a_session_that_only_sends_or_only_receives_has_a_name_in_rtcp(forwarder):
    assert Client(forwarder, spec(uplinks=())).ssrc == 501
    assert 0 <= Client(forwarder, spec(downlinks=())).ssrc < 1 << 32
    assert not Client(forwarder, spec(uplinks=())).sends_picture
    assert not Client(forwarder, spec(uplinks=(MIC,))).sends_picture
    assert Client(forwarder, spec()).sends_picture


def test_only_pictures_whose_subscriber_takes_it_are_sent_again(forwarder):
    downlinks = (SPEAKER_SOUND, replace(SPEAKER_PICTURE, rtx_ssrc=None), SPEAKER_PICTURE)
    client = Client(forwarder, spec(downlinks=downlinks[::2]))
    assert {s: r.ssrc for s, r in client.repeats.items()} == {504: 604}
    assert Client(forwarder, spec(downlinks=downlinks[:2])).repeats == {}


def test_a_closed_session_leaves_nothing_on_the_table(forwarder, client, watcher):
    client.says(sound(1), picture(1, ssrc=11, key=True, mid=b"1", rid=b"f"))
    for it in (client, watcher):
        it.close(2.0)

    assert forwarder.outlets == []
    assert [feed for feed in forwarder._feeds.values() if feed.sources or feed.aimed] == []
    assert [outlet for outlet in watcher.outlets.values() if outlet.former] == []

"""The answer's lines, to Chromium's offer."""

from __future__ import annotations

import pytest

from bridge.media.plane import Candidate, Greeting
from tests.bridge.media.core.offers import (
    CHROMIUM,
    GREETING,
    LEVEL,
    MID,
    REPAIRED_RID,
    RID,
    SEND_TIME,
    agree,
    section,
)

CANDIDATES = [
    "a=candidate:1 1 udp 2130706431 127.0.0.1 8110 typ host",
    "a=candidate:2 1 tcp 1520434943 192.0.2.10 8111 typ host tcptype passive",
    "a=candidate:3 1 udp 2130705919 2001:db8::10 8110 typ host",
    "a=end-of-candidates",
]
VP8 = [
    "a=rtpmap:96 VP8/90000",
    "a=rtcp-fb:96 goog-remb",
    "a=rtcp-fb:96 ccm fir",
    "a=rtcp-fb:96 nack",
    "a=rtcp-fb:96 nack pli",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
]
H264 = [
    "a=rtpmap:102 H264/90000",
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    "a=rtcp-fb:102 goog-remb",
    "a=rtcp-fb:102 ccm fir",
    "a=rtcp-fb:102 nack",
    "a=rtcp-fb:102 nack pli",
    "a=rtpmap:103 rtx/90000",
    "a=fmtp:103 apt=102",
]


def greeting(*candidates: Candidate) -> Greeting:
    return Greeting(fingerprint=GREETING.fingerprint, candidates=candidates)


def test_the_session_level_says_the_transport_once():
    answer, _ = agree(CHROMIUM)
    assert answer.split("\r\nm=")[0].split("\r\n") == [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE 0 1 2 3",
        "a=extmap-allow-mixed",
        "a=ice-ufrag:srv1",
        "a=ice-pwd:serverserverserverserver",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:passive",
    ]


def test_the_microphone_is_received_with_its_level_and_without_repair():
    answer, _ = agree(CHROMIUM.replace("a=rtcp-fb:111 transport-cc", "a=rtcp-fb:111 nack"))
    assert section(answer, 0) == [
        "m=audio 8110 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 127.0.0.1",
        "a=mid:0",
        "a=recvonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        f"a=extmap:4 {MID}",
        f"a=extmap:1 {LEVEL}",
        f"a=extmap:2 {SEND_TIME}",
        *CANDIDATES,
    ]


def test_the_camera_is_received_in_one_codec_with_its_layers_and_their_repair():
    answer, _ = agree(CHROMIUM)
    assert section(answer, 1) == [
        "m=video 8110 UDP/TLS/RTP/SAVPF 96 97",
        "c=IN IP4 127.0.0.1",
        "a=mid:1",
        "a=recvonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *VP8,
        f"a=extmap:4 {MID}",
        f"a=extmap:10 {RID}",
        f"a=extmap:11 {REPAIRED_RID}",
        f"a=extmap:2 {SEND_TIME}",
        "a=rid:q recv",
        "a=rid:h recv",
        "a=rid:f recv",
        "a=simulcast:recv q;h;f",
        *CANDIDATES,
    ]


def test_receive_slots_carry_our_ssrc_and_a_msid_of_their_own():
    answer, _ = agree(CHROMIUM)
    assert section(answer, 2) == [
        "m=audio 8110 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 127.0.0.1",
        "a=mid:2",
        "a=sendonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=msid:chair chair.audio",
        "a=ssrc:9001 cname:s1",
        *CANDIDATES,
    ]


def test_picture_is_sent_in_any_codec_the_client_knows_and_repaired_by_a_second_ssrc():
    answer, _ = agree(CHROMIUM)
    assert section(answer, 3)[:-1] == [
        "m=video 8110 UDP/TLS/RTP/SAVPF 96 97 102 103",
        "c=IN IP4 127.0.0.1",
        "a=mid:3",
        "a=sendonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *VP8,
        *H264,
        "a=msid:chair chair.video",
        "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "a=ssrc-group:FID 9002 9003",
        "a=ssrc:9002 cname:s1",
        "a=ssrc:9003 cname:s1",
        *CANDIDATES,
    ]


def test_udp_goes_before_tcp_and_the_greetings_order_counts_within_each():
    addresses = ("192.0.2.1", "2001:db8::1")
    answer, _ = agree(
        CHROMIUM,
        greeting=greeting(
            *(Candidate(address=each, port=8111, transport="tcp") for each in addresses),
            *(Candidate(address=each, port=8110) for each in addresses),
        ),
    )
    lines = [line.split() for line in section(answer, 0) if line.startswith("a=candidate:")]
    by_priority = sorted(lines, key=lambda line: -int(line[3]))
    assert [(line[2], line[4]) for line in by_priority] == [
        ("udp", "192.0.2.1"),
        ("udp", "2001:db8::1"),
        ("tcp", "192.0.2.1"),
        ("tcp", "2001:db8::1"),
    ]
    assert all(0 < int(line[3]) < 1 << 31 for line in lines)


@pytest.mark.parametrize(
    ("candidates", "network", "port"),
    [
        ([Candidate(address="2001:db8::1", port=8110)], "IN IP6 2001:db8::1", 8110),
        (
            [
                Candidate(address="192.0.2.1", port=8111, transport="tcp"),
                Candidate(address="192.0.2.2", port=8110),
            ],
            "IN IP4 192.0.2.2",
            8110,
        ),
        (
            [Candidate(address="192.0.2.1", port=8111, transport="tcp")],
            "IN IP4 192.0.2.1",
            8111,
        ),
    ],
    ids=["IPv6", "first of UDP", "TCP alone"],
)
def test_the_default_address_is_the_first_of_udp(candidates, network, port):
    answer, _ = agree(CHROMIUM, greeting=greeting(*candidates))
    assert f"o=- 1 1 {network}\r\n" in answer
    assert section(answer, 0)[:2] == [f"m=audio {port} UDP/TLS/RTP/SAVPF 111", f"c={network}"]

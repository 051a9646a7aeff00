"""Negotiation: rows of offers and what becomes of them, and two real peers."""

from __future__ import annotations

import pytest
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.sdp import SdpRejected, negotiate, parse_offer
from bridge.media.core.sdp_client import build_offer, mids_of, parse_answer
from bridge.media.ice import gathering_only
from bridge.media.plane import Greeting, SessionSpec, Uplink
from bridge.media.slots import (
    CAMERA,
    MIC,
    Direction,
    Medium,
    SessionKind,
    Slot,
    slots_for,
)

CHAIR_SOUND = Slot("chair", Medium.AUDIO, Direction.RECEIVE)
CHAIR_PICTURE = Slot("chair", Medium.VIDEO, Direction.RECEIVE)
SLOTS = (MIC, CAMERA, CHAIR_SOUND, CHAIR_PICTURE)
MIDS = {"0": "mic", "1": "camera", "2": "chair", "3": "chair"}
GREETING = Greeting(
    fingerprint=":".join(["AB"] * 32), candidates=(("127.0.0.1", 8110), ("192.0.2.10", 8110))
)
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

# The shape of a Chromium offer with max-bundle and codec preferences, at media level where
# Chromium writes the transport, written for this test.
TRANSPORT = f"""c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 8c1b5d5e-0000-4000-8000-000000000001.local 50000 typ host
a=ice-ufrag:9uB3
a=ice-pwd:Q2pB1bWzv0rQ9uYxk3Hq7sLd
a=ice-options:trickle
a=fingerprint:sha-256 {":".join(["0f"] * 32)}
a=setup:actpass
"""
AUDIO_CODEC = """a=rtcp-mux
a=rtcp-rsize
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
"""
VIDEO_CODEC = """a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
"""
EXTENSIONS = f"""a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:4 {MID}
a=extmap:10 {RID}
a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
"""
CHROMIUM = f"""v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2 3
a=extmap-allow-mixed
a=msid-semantic: WMS tray
m=audio 9 UDP/TLS/RTP/SAVPF 63 111
{TRANSPORT}a=mid:0
a=extmap:1 {LEVEL}
a=extmap:4 {MID}
a=sendonly
a=msid:tray 11111111-0000-4000-8000-000000000000
{AUDIO_CODEC}a=ssrc:1111 cname:kvTq
a=ssrc:1111 msid:tray 11111111-0000-4000-8000-000000000000
m=video 9 UDP/TLS/RTP/SAVPF 96 97
{TRANSPORT}a=mid:1
{EXTENSIONS}a=sendonly
a=msid:tray 22222222-0000-4000-8000-000000000000
{VIDEO_CODEC}a=rid:q send
a=rid:h send
a=rid:f send
a=simulcast:send q;h;f
m=audio 9 UDP/TLS/RTP/SAVPF 63 111
{TRANSPORT}a=mid:2
a=extmap:1 {LEVEL}
a=extmap:4 {MID}
a=recvonly
{AUDIO_CODEC}m=video 9 UDP/TLS/RTP/SAVPF 96 97
{TRANSPORT}a=mid:3
{EXTENSIONS}a=recvonly
{VIDEO_CODEC}""".replace("\n", "\r\n")


def agree(text, slots=SLOTS, mids=None, **changes) -> tuple[str, SessionSpec]:
    numbers = iter(range(9001, 9999))
    known = {
        "session": "s1",
        "site": "01",
        "local_ufrag": "srv1",
        "local_pwd": "serverserverserverserver",
        "ssrcs": lambda _: next(numbers),
        "greeting": GREETING,
    }
    mids = mids_of(slots) if mids is None else mids
    return negotiate(parse_offer(text), slots, mids, **(known | changes))


def section(answer: str, index: int) -> list[str]:
    return ("m=" + answer.split("\r\nm=")[index + 1]).split("\r\n")


class TestChromium:
    def test_the_session_level_says_the_transport_once(self):
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

    def test_the_microphone_is_received_with_its_level(self):
        answer, _ = agree(CHROMIUM)
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
            "a=candidate:1 1 udp 2130706431 127.0.0.1 8110 typ host",
            "a=candidate:2 1 udp 2130706175 192.0.2.10 8110 typ host",
            "a=end-of-candidates",
        ]

    def test_the_camera_is_received_in_layers_q_and_f_without_nack_and_transport_cc(self):
        answer, _ = agree(CHROMIUM)
        assert section(answer, 1)[5:-3] == [
            "a=rtcp-rsize",
            "a=rtpmap:96 VP8/90000",
            "a=rtcp-fb:96 goog-remb",
            "a=rtcp-fb:96 ccm fir",
            "a=rtcp-fb:96 nack pli",
            f"a=extmap:4 {MID}",
            f"a=extmap:10 {RID}",
            "a=rid:q recv",
            "a=rid:f recv",
            "a=simulcast:recv q;f",
        ]

    def test_receive_slots_carry_our_ssrc_and_a_msid_of_their_own(self):
        answer, _ = agree(CHROMIUM)
        assert section(answer, 2)[3:-3] == [
            "a=sendonly",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 minptime=10;useinbandfec=1",
            "a=msid:chair chair.audio",
            "a=ssrc:9001 cname:s1",
        ]
        assert section(answer, 3)[-6:-4] == ["a=msid:chair chair.video", "a=ssrc:9002 cname:s1"]

    def test_the_plane_is_told_all_it_needs(self):
        _, spec = agree(CHROMIUM)
        assert (spec.session, spec.site, spec.cname) == ("s1", "01", "s1")
        assert (spec.local_ufrag, spec.remote_ufrag) == ("srv1", "9uB3")
        assert spec.remote_fingerprints == (("sha-256", ":".join(["0F"] * 32)),)
        assert spec.uplinks == (
            Uplink(
                slot="mic",
                kind="audio",
                mid="0",
                payload_type=111,
                ssrcs=(1111,),
                mid_extension=4,
                level_extension=1,
            ),
            Uplink(
                slot="camera",
                kind="video",
                mid="1",
                payload_type=96,
                rids=("q", "f"),
                mid_extension=4,
                rid_extension=10,
            ),
        )
        assert [(d.slot, d.kind, d.mid, d.payload_type, d.ssrc) for d in spec.downlinks] == [
            ("chair", "audio", "2", 111, 9001),
            ("chair", "video", "3", 96, 9002),
        ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("a=extmap-allow-mixed\r\n", "", "a=extmap-allow-mixed"),
        ("a=rtcp-rsize\r\n", "", "a=rtcp-rsize"),
        ("a=rtcp-fb:96 goog-remb\r\n", "", "a=rtcp-fb:96 goog-remb"),
        (f"a=extmap:1 {LEVEL}\r\n", "", f"a=extmap:1 {LEVEL}"),
        (f"a=extmap:1 {LEVEL}\r\n", f"a=extmap:15 {LEVEL}\r\n", LEVEL),
        (f"a=extmap:1 {LEVEL}\r\n", f"a=extmap:256 {LEVEL}\r\n", LEVEL),
        (f"a=extmap:1 {LEVEL}\r\n", f"a=extmap:1/recvonly {LEVEL}\r\n", LEVEL),
        ("a=rid:q send\r\n", "", "a=rid:q recv"),
        ("a=rid:q send\r\n", "a=rid:q recv\r\n", "a=rid:q recv"),
        ("send q;h;f", "send h;f", "a=rid:q recv"),
        ("a=simulcast:send q;h;f\r\n", "", "a=simulcast:recv q;f"),
    ],
)
def test_what_is_not_offered_is_not_answered(old, new, line):
    assert line in agree(CHROMIUM)[0]
    assert line not in agree(CHROMIUM.replace(old, new))[0]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (f"a=extmap:4 {MID}", f"a=extmap:4/sendonly {MID}", f"a=extmap:4/recvonly {MID}"),
        (f"a=extmap:4 {MID}", f"a=extmap:4/sendrecv {MID}", f"a=extmap:4/sendrecv {MID}"),
        (f"a=extmap:4 {MID}", f"a=extmap:255 {MID}", f"a=extmap:255 {MID}"),
        (
            f"a=extmap:4 {MID}",
            f"a=extmap:4 {MID}\r\na=extmap:5 {MID}",
            f"a=extmap:4 {MID}",
        ),
        (
            "a=extmap-allow-mixed\r\na=msid-semantic: WMS tray\r\nm=audio 9 UDP/TLS/RTP/SAVPF 63 111",
            "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\na=extmap-allow-mixed",
            "a=extmap-allow-mixed",
        ),
        ("send q;h;f", "send ~f,h;q", "a=simulcast:recv q;f"),
        ("a=rtcp-fb:96 nack pli", "a=rtcp-fb:* nack pli", "a=rtcp-fb:96 nack pli"),
        ("63 111\r\n", "109 111\r\na=rtpmap:109 OPUS/48000/2\r\n", "a=rtpmap:109 opus/48000/2"),
        (
            "a=group:BUNDLE 0 1 2 3",
            "a=group:LS 0 1\r\na=group:BUNDLE 1 0 2 3",
            "a=group:BUNDLE 0 1 2 3",
        ),
        ("a=setup:actpass", "a=setup:active", "a=setup:passive"),
        ("m=audio 9 ", "m=audio 0 ", "m=audio 8110 UDP/TLS/RTP/SAVPF 111"),
        ("\r\n", "\n", "a=simulcast:recv q;f"),
    ],
)
def test_other_ways_to_write_an_offer_are_understood(old, new, line):
    offer = CHROMIUM.replace("a=mid:", "a=bundle-only\r\na=mid:").replace(old, new)
    assert line in agree(offer)[0].split("\r\n")


def test_the_tagged_m_line_says_the_transport_before_the_session_does():
    beside = CHROMIUM.replace("s=-", "s=-\r\na=ice-ufrag:session\r\na=fingerprint:sha-256 00:00")
    assert agree(beside)[1].remote_ufrag == "9uB3"
    assert agree(beside)[1].remote_fingerprints[0][1].startswith("0F:0F")
    alone = "\r\n".join(line for line in beside.split("\r\n") if line != "a=ice-ufrag:9uB3")
    assert agree(alone)[1].remote_ufrag == "session"
    second = CHROMIUM.replace("a=ice-ufrag:9uB3", "a=ice-ufrag:first", 1)
    assert agree(second)[1].remote_ufrag == "first"
    assert agree(second.replace("BUNDLE 0 1", "BUNDLE 1 0"))[1].remote_ufrag == "9uB3"


def test_only_the_camera_has_layers_and_only_the_microphone_a_level():
    offer = CHROMIUM.replace("a=mid:0", f"a=rid:q send\r\na=extmap:10 {RID}\r\na=mid:0")
    offer = offer.replace("a=mid:1", f"a=extmap:1 {LEVEL}\r\na=mid:1")
    mic, camera = agree(offer)[1].uplinks
    assert (mic.rids, mic.rid_extension, mic.level_extension) == ((), None, 1)
    assert (camera.rids, camera.rid_extension, camera.level_extension) == (("q", "f"), 10, None)


@pytest.mark.parametrize("semantics", ["FID", "FEC-FR"])
def test_a_camera_without_layers_is_one_encoding_and_repair_streams_are_no_sources(semantics):
    offer = CHROMIUM
    for line in ("a=rid:q send", "a=rid:h send", "a=rid:f send", "a=simulcast:send q;h;f"):
        offer = offer.replace(line + "\r\n", "")
    offer = offer.replace(
        "a=msid:tray 2222",
        f"a=ssrc-group:{semantics} 5 6\r\na=ssrc:5 cname:x\r\na=ssrc:6 cname:x\r\na=msid:tray 2222",
    )
    answer, spec = agree(offer)
    assert spec.uplinks[1].rids == ()
    assert spec.uplinks[1].ssrcs == (5,)
    assert spec.uplinks[1].rid_extension is None
    assert "simulcast" not in answer


def without(attribute: str, count: int = -1):
    lines = [line for line in CHROMIUM.split("\r\n") if line.startswith(f"a={attribute}")]
    offer = CHROMIUM
    for line in lines:
        offer = offer.replace(line + "\r\n", "", count)
    return offer


BAD_OFFERS = [
    # as a text
    ("", "does not start with v=0"),
    ("v=1", "does not start with v=0"),
    ("v=0\r\n", "no BUNDLE group"),
    (CHROMIUM.replace("s=-", "s-"), "not of the form"),
    (CHROMIUM.replace("s=-", "s=\0"), "not of the form"),
    (CHROMIUM.replace("\r\n", "\r"), "does not start with v=0"),
    (CHROMIUM + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:x\r\n" * 125, "more than 128"),
    (CHROMIUM + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:x\r\n" * 124, "same mid"),
    # the transport
    (without("ice-ufrag"), "a=ice-ufrag is missing"),
    (without("ice-pwd"), "a=ice-pwd is missing"),
    (without("fingerprint"), "a=fingerprint is missing"),
    (without("setup"), "a=setup is missing"),
    (CHROMIUM.replace("9uB3", "9u\tB3"), "malformed a=ice-ufrag"),
    (CHROMIUM.replace("Q2pB1bWzv0rQ9uYxk3Hq7sLd", "short"), "malformed a=ice-pwd"),
    (CHROMIUM.replace("0f:0f", "0f:0x"), "malformed a=fingerprint"),
    (CHROMIUM.replace("sha-256", "sha-1"), "no a=fingerprint of sha-256"),
    (CHROMIUM.replace("actpass", "passive"), "a=setup is passive"),
    (CHROMIUM.replace("actpass", "holdconn"), "a=setup is holdconn"),
    (CHROMIUM.replace("s=-", "s=-\r\na=ice-lite"), "ICE-lite"),
    (without("group"), "no BUNDLE group"),
    (CHROMIUM.replace("BUNDLE 0 1 2 3", "BUNDLE 9 1 2 3"), "no BUNDLE group that starts"),
    (CHROMIUM.replace("BUNDLE 0 1 2 3", "BUNDLE 0 1 2"), "m-line 3: mid 3 is not in the BUNDLE"),
    (CHROMIUM.replace("BUNDLE 0 1 2 3", "BUNDLE 0 1 2 3 4"), "names a mid that has no m-line"),
    # m-lines as such
    (CHROMIUM.replace("m=audio 9", "m=audio x", 1), "m-line 0: malformed m="),
    (CHROMIUM.replace("m=audio 9", "m=audio ٩", 1), "m-line 0: malformed m="),
    (CHROMIUM.replace("m=video 9", "m=video 0", 1), "m-line 1: rejected by its own offer"),
    (CHROMIUM.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"), "m-line 0: protocol is RTP/SAVPF"),
    (without("rtcp-mux"), "m-line 0: a=rtcp-mux is missing"),
    (without("mid:3"), "m-line 3: a=mid is missing"),
    (CHROMIUM.replace("a=mid:3", "a=mid:" + "x" * 17), "m-line 3: malformed a=mid"),
    (CHROMIUM.replace("a=mid:3", "a=mid:2"), "same mid"),
    (CHROMIUM.replace("a=rid:q", "a=ssrc:1111 cname:x\r\na=rid:q"), "m-line 1: an SSRC is named"),
    (CHROMIUM.replace("ssrc:1111", "ssrc:4294967296"), "m-line 0: an SSRC is wider"),
    (CHROMIUM.replace("rtpmap:96", "rtpmap:9६"), "m-line 1: malformed a=rtpmap"),
    (CHROMIUM.replace("a=fmtp:97 apt=96", "a=fmtp:97"), "m-line 1: malformed a=fmtp"),
    (CHROMIUM.replace("a=rtcp-fb:96 nack", "a=rtcp-fb:nack"), "m-line 1: malformed a=rtcp-fb"),
    (CHROMIUM.replace("a=extmap:4", "a=extmap:4/up"), "m-line 0: malformed a=extmap"),
    (CHROMIUM.replace("rid:q send", "rid:q up"), "m-line 1: malformed a=rid"),
    (CHROMIUM.replace("send q;h;f", "send q;;f"), "m-line 1: malformed a=simulcast"),
    (CHROMIUM.replace("send q;h;f", "send q send f"), "m-line 1: malformed a=simulcast"),
    # against the slots
    (CHROMIUM.replace("a=sendonly", "a=sendrecv"), "m-line 0 (mic): direction is sendrecv, must"),
    (CHROMIUM.replace("a=recvonly", "a=inactive"), "m-line 2 (chair): direction is inactive"),
    (CHROMIUM.replace("a=recvonly\r\n", ""), "m-line 2 (chair): direction is sendrecv, must be r"),
    (CHROMIUM.replace("m=video", "m=audio", 1), "m-line 1 (camera): is audio, must be video"),
    (CHROMIUM.replace("opus", "PCMU"), "m-line 0 (mic): does not offer opus/48000/2"),
    (CHROMIUM.replace("48000/2", "48000"), "m-line 0 (mic): does not offer opus/48000/2"),
    (CHROMIUM.replace("VP8", "VP9"), "m-line 1 (camera): does not offer VP8/90000"),
    (CHROMIUM.replace("96", "72"), "m-line 1 (camera): payload type 72 is not usable"),
    (CHROMIUM.replace("96", "128"), "m-line 1 (camera): payload type 128 is not usable"),
    (CHROMIUM.replace("send q;h;f", "send h"), "m-line 1 (camera): none of its layers is q or f"),
    (CHROMIUM.replace(RID, "urn:other"), "m-line 1 (camera): has a=rid without"),
    (
        CHROMIUM.replace("a=rid:q", "a=ssrc-group:SIM 1 2 3\r\na=rid:q"),
        "m-line 1 (camera): simulcast by a=ssrc-group:SIM",
    ),
]


@pytest.mark.parametrize(("text", "reason"), BAD_OFFERS, ids=[reason for _, reason in BAD_OFFERS])
def test_a_bad_offer_is_refused_with_its_reason(text, reason):
    with pytest.raises(SdpRejected) as rejected:
        agree(text, mids=MIDS)
    assert reason in rejected.value.reason


@pytest.mark.parametrize(
    ("slots", "mids", "reason"),
    [
        (SLOTS[:3], MIDS, "4 m-lines offered for 3 slots"),
        ((*SLOTS, CHAIR_SOUND), MIDS, "4 m-lines offered for 5 slots"),
        (SLOTS, {**MIDS, "4": "chair"}, "names a mid that the offer lacks"),
        (SLOTS, {**MIDS, "1": "mic"}, "m-line 1 (camera): the slot map says mic"),
        (SLOTS, {"0": "mic"}, "m-line 1 (camera): the slot map says None"),
        ((MIC, CAMERA, CHAIR_PICTURE, CHAIR_SOUND), MIDS, "m-line 2 (chair): is audio, must be"),
    ],
)
def test_an_offer_that_is_not_this_session_is_refused(slots, mids, reason):
    with pytest.raises(SdpRejected) as rejected:
        agree(CHROMIUM, slots, mids)
    assert reason in rejected.value.reason


@given(st.text())
def test_any_text_gives_an_offer_or_a_refusal(text):
    for whole in (text, "v=0\r\n" + text):
        try:
            parse_offer(whole)
        except SdpRejected as rejected:
            assert rejected.reason


LINES = CHROMIUM.split("\r\n")[:-1]


@given(
    at=st.integers(0, len(LINES) - 1),
    other=st.sampled_from(LINES) | st.text(max_size=30),
    cut=st.integers(0, 60),
    keep=st.booleans(),
)
def test_any_change_of_a_real_offer_gives_an_answer_of_safe_lines_or_a_refusal(
    at, other, cut, keep
):
    changed = LINES[at][:cut] + other + LINES[at][cut:] if keep else other
    text = "\r\n".join([*LINES[:at], changed, *LINES[at + 1 :], ""])
    try:
        answer, _ = agree(text, mids=MIDS)
    except SdpRejected:
        return
    assert len(parse_answer(answer).lines) == len(SLOTS)
    assert all(line.isprintable() for line in answer.split("\r\n"))


async def test_a_stock_aiortc_client_offers_and_takes_the_answer():
    slots = slots_for(SessionKind.ROOM)
    config = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    client = RTCPeerConnection(config)
    with gathering_only("127.0.0.1"):
        for slot in slots:
            direction = "sendonly" if slot.direction is Direction.SEND else "recvonly"
            client.addTransceiver(slot.kind, direction=direction)
        await client.setLocalDescription(await client.createOffer())
    try:
        answer, spec = agree(client.localDescription.sdp, slots)
        await client.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        assert client.signalingState == "stable"
        directions = [each.currentDirection for each in client.getTransceivers()]
        assert directions == ["sendonly"] * 2 + ["recvonly"] * 8
    finally:
        await client.close()
    # both picture and its repair are named; only the picture is a source
    assert [len(uplink.ssrcs) for uplink in spec.uplinks] == [1, 1]
    assert spec.uplinks[1].rids == ()
    assert len(spec.remote_fingerprints) == 3
    assert [downlink.slot for downlink in spec.downlinks] == [slot.name for slot in slots[2:]]


def test_the_answer_to_the_longest_session_stays_small():
    slots = slots_for(SessionKind.ROOM, gallery_size=64)
    offer = build_offer(
        slots,
        ufrag="abcd",
        pwd="p" * 24,
        fingerprint=":".join(["AB"] * 32),
        cname="c",
        ssrcs={},
    )
    answer, spec = agree(offer, slots)
    print(f"answer to {len(slots)} m-lines: {len(answer)} characters")  # noqa: T201 - a figure
    assert len(answer) < 40_000
    streams = [line for line in answer.split("\r\n") if line.startswith("a=msid:")]
    assert len(set(streams)) == len(spec.downlinks) == 72

"""Negotiation: rows of offers and what becomes of them, and two real peers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.sdp import SdpRejected, parse_offer, renegotiate
from bridge.media.core.sdp_client import build_offer, parse_answer
from bridge.media.ice import gathering_only
from bridge.media.plane import Codec, Payload, Uplink
from bridge.media.slots import (
    CAMERA,
    CONTENT_PICTURE,
    CONTENT_SOUND,
    MIC,
    Direction,
    SessionKind,
    slots_for,
)
from tests.bridge.media.core.offers import (
    CHAIR_PICTURE,
    CHAIR_SOUND,
    CHROMIUM,
    GREETING,
    LEVEL,
    MID,
    MIDS,
    REPAIRED_RID,
    RID,
    SEND_TIME,
    SLOTS,
    agree,
)


def test_the_plane_is_told_all_it_needs():
    _, spec = agree(CHROMIUM, bandwidth_bps=4_000_000)
    assert (spec.session, spec.site, spec.cname) == ("s1", "01", "s1")
    assert (spec.local_ufrag, spec.remote_ufrag) == ("srv1", "9uB3")
    assert spec.bandwidth_bps == 4_000_000
    assert spec.remote_fingerprints == (("sha-256", ":".join(["0F"] * 32)),)
    assert spec.uplinks == (
        Uplink(
            slot="mic",
            kind="audio",
            mid="0",
            codec=Codec.OPUS,
            payload_type=111,
            ssrcs=(1111,),
            mid_extension=4,
            level_extension=1,
            send_time_extension=2,
        ),
        Uplink(
            slot="camera",
            kind="video",
            mid="1",
            codec=Codec.VP8,
            payload_type=96,
            rtx_payload_type=97,
            rids=("q", "h", "f"),
            nack=True,
            mid_extension=4,
            rid_extension=10,
            repaired_rid_extension=11,
            send_time_extension=2,
        ),
    )
    sound, picture = spec.downlinks
    assert (sound.slot, sound.kind, sound.mid) == ("chair", "audio", "2")
    assert (sound.payloads, sound.ssrc, sound.rtx_ssrc) == (
        {Codec.OPUS: Payload(number=111)},
        9001,
        None,
    )
    assert (picture.slot, picture.kind, picture.mid) == ("chair", "video", "3")
    assert picture.payloads == {
        Codec.VP8: Payload(number=96, rtx=97),
        Codec.H264: Payload(number=102, rtx=103),
    }
    assert (picture.ssrc, picture.rtx_ssrc) == (9002, 9003)


H264_FIRST = CHROMIUM.replace("96 97 100 101 102 103", "100 101 102 103 96 97")


def test_a_client_sends_in_the_first_codec_of_its_list_that_we_know():
    camera = agree(H264_FIRST)[1].uplinks[1]
    assert (camera.codec, camera.payload_type, camera.rtx_payload_type) == (Codec.H264, 102, 103)


def test_a_subscriber_without_retransmissions_has_no_ssrc_for_them():
    lines = [line for line in CHROMIUM.split("\r\n") if " apt=" not in line]
    _, spec = agree("\r\n".join(lines))
    assert [downlink.rtx_ssrc for downlink in spec.downlinks] == [None, None]
    assert spec.downlinks[1].payloads[Codec.VP8] == Payload(number=96)
    assert spec.uplinks[1].rtx_payload_type is None
    assert spec.uplinks[1].nack


def test_layers_whose_repair_nobody_could_tell_apart_are_repeated_as_they_were():
    answer, spec = agree(CHROMIUM.replace(f"a=extmap:11 {REPAIRED_RID}\r\n", ""))
    assert (spec.uplinks[1].rtx_payload_type, spec.uplinks[1].nack) == (None, True)
    assert "m=video 8110 UDP/TLS/RTP/SAVPF 96\r\n" in answer


def test_film_is_one_picture_and_its_sound_as_the_client_says_and_has_no_level():
    slots = (CONTENT_PICTURE, CONTENT_SOUND)
    offer = build_offer(
        slots,
        ufrag="abcd",
        pwd="p" * 24,
        fingerprint=":".join(["AB"] * 32),
        cname="c",
        ssrcs={"content.picture": 5, "content.sound": 7},
        rtx_ssrcs={"content.picture": 6},
    )
    answer, spec = agree(offer, slots)
    picture, sound = spec.uplinks
    assert (picture.rids, picture.ssrcs, picture.rtx_ssrcs) == ((), (5,), {6: 5})
    assert (sound.ssrcs, sound.nack, sound.level_extension) == ((7,), False, None)
    assert "a=fmtp:112 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n" in answer


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
        ("a=simulcast:send q;h;f\r\n", "", "a=simulcast:recv q;h;f"),
        ("a=rtcp-fb:96 nack\r\n", "", "a=rtcp-fb:96 nack\r\n"),
        ("a=fmtp:97 apt=96", "a=fmtp:97 apt=98", "a=rtpmap:97 rtx/90000"),
        (f"a=extmap:2 {SEND_TIME}\r\n", "", SEND_TIME),
        (f"a=extmap:11 {REPAIRED_RID}\r\n", "", REPAIRED_RID),
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
        ("send q;h;f", "send ~f,h;q", "a=simulcast:recv q;h;f"),
        ("a=rtcp-fb:96 nack pli", "a=rtcp-fb:* nack pli", "a=rtcp-fb:96 nack pli"),
        ("63 111\r\n", "109 111\r\na=rtpmap:109 OPUS/48000/2\r\n", "a=rtpmap:109 opus/48000/2"),
        (
            "a=group:BUNDLE 0 1 2 3",
            "a=group:LS 0 1\r\na=group:BUNDLE 1 0 2 3",
            "a=group:BUNDLE 0 1 2 3",
        ),
        ("a=setup:actpass", "a=setup:active", "a=setup:passive"),
        ("m=audio 9 ", "m=audio 0 ", "m=audio 8110 UDP/TLS/RTP/SAVPF 111"),
        ("\r\n", "\n", "a=simulcast:recv q;h;f"),
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
    assert (camera.rids, camera.rid_extension, camera.level_extension) == (
        ("q", "h", "f"),
        10,
        None,
    )


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
    assert spec.uplinks[1].rtx_ssrcs == ({6: 5} if semantics == "FID" else {})
    assert spec.uplinks[1].rtx_payload_type == 97
    assert spec.uplinks[1].repaired_rid_extension is None
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
    (
        CHROMIUM.replace("VP8", "VP9").replace("42e01f", "64001f"),
        "m-line 1 (camera): does not offer VP8/90000 or H264/90000",
    ),
    (CHROMIUM.replace("97 100", "97 97"), "m-line 1 (camera): a payload type stands for two"),
    (CHROMIUM.replace("97", "72"), "m-line 1 (camera): payload type 72 is not usable"),
    (CHROMIUM.replace("96", "72"), "m-line 1 (camera): payload type 72 is not usable"),
    (CHROMIUM.replace("96", "128"), "m-line 1 (camera): payload type 128 is not usable"),
    (CHROMIUM.replace("send q;h;f", "send x"), "m-line 1 (camera): none of its layers is q, h, f"),
    (
        CHROMIUM.replace("a=rid:q", "a=ssrc-group:FID 5 1111\r\na=rid:q"),
        "m-line 1: an SSRC is named by an earlier",
    ),
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


RESTART = CHROMIUM.replace("9uB3", "new1").replace("Q2pB1bWzv0rQ9uYxk3Hq7sLd", "r" * 24)


def restarted(text, spec, slots=SLOTS, mids=MIDS):
    return renegotiate(
        parse_offer(text),
        spec,
        slots,
        mids,
        local_ufrag="srv2",
        local_pwd="anotheranotheranother123",
        greeting=GREETING,
    )


def test_an_ice_restart_changes_the_names_of_ice_and_nothing_else():
    before, spec = agree(CHROMIUM, bandwidth_bps=1_000_000)
    after, renewed = restarted(RESTART, spec)
    assert renewed == replace(
        spec,
        local_ufrag="srv2",
        local_pwd="anotheranotheranother123",
        remote_ufrag="new1",
    )
    assert [
        pair
        for pair in zip(before.split("\r\n"), after.split("\r\n"), strict=True)
        if pair[0] != pair[1]
    ] == [
        ("a=ice-ufrag:srv1", "a=ice-ufrag:srv2"),
        ("a=ice-pwd:serverserverserverserver", "a=ice-pwd:anotheranotheranother123"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("new1", "9uB3", "new a=ice-ufrag"),
        ("0f:0f", "0f:0e", "keeps its a=fingerprint"),
        ("ssrc:1111", "ssrc:1112", "that of mic differs"),
        ("96 97 100", "97 100", "that of camera differs"),
        ("a=fmtp:103 apt=102", "a=fmtp:103 apt=9", "that of chair differs"),
        (f"a=extmap:2 {SEND_TIME}", f"a=extmap:3 {SEND_TIME}", "that of mic differs"),
        ("m=video", "m=audio", "is audio, must be video"),
    ],
)
def test_an_ice_restart_that_changes_more_is_refused(old, new, reason):
    _, spec = agree(CHROMIUM)
    assert old in RESTART
    with pytest.raises(SdpRejected) as rejected:
        restarted(RESTART.replace(old, new), spec)
    assert reason in rejected.value.reason


def test_an_ice_restart_that_suddenly_takes_retransmissions_is_refused():
    _, spec = agree(CHROMIUM.replace("apt=", "apx="))
    with pytest.raises(SdpRejected, match="camera differs"):
        restarted(RESTART, spec)


@given(
    at=st.integers(0, len(LINES) - 1),
    other=st.sampled_from(LINES) | st.text(max_size=30),
    cut=st.integers(0, 60),
    keep=st.booleans(),
)
def test_any_change_of_a_restart_is_a_refusal_or_the_same_session(at, other, cut, keep):
    _, spec = agree(CHROMIUM)
    lines = RESTART.split("\r\n")[:-1]
    lines[at] = lines[at][:cut] + other + lines[at][cut:] if keep else other
    try:
        _, renewed = restarted("\r\n".join([*lines, ""]), spec)
    except SdpRejected:
        return
    assert (
        replace(
            renewed,
            local_ufrag=spec.local_ufrag,
            local_pwd=spec.local_pwd,
            remote_ufrag=spec.remote_ufrag,
        )
        == spec
    )


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
        assert directions == ["sendonly"] * 4 + ["recvonly"] * 10
    finally:
        await client.close()
    # both picture and its repair are named; only the picture is a source
    assert [len(uplink.ssrcs) for uplink in spec.uplinks] == [1, 1, 1, 1]
    assert [len(uplink.rtx_ssrcs) for uplink in spec.uplinks] == [0, 1, 1, 0]
    assert spec.uplinks[1].rids == ()
    assert spec.uplinks[1].codec is Codec.VP8
    assert {tuple(d.payloads) for d in spec.downlinks} == {
        (Codec.OPUS,),
        (Codec.VP8, Codec.H264),
    }
    assert len(spec.remote_fingerprints) == 3
    assert [downlink.slot for downlink in spec.downlinks] == [slot.name for slot in slots[4:]]


def test_the_answer_to_the_longest_session_stays_small():
    slots = slots_for(SessionKind.ROOM, gallery_size=64)
    offer = build_offer(
        slots,
        ufrag="abcd",
        pwd="p" * 24,
        fingerprint=":".join(["AB"] * 32),
        cname="c",
        ssrcs={},
        codecs=(Codec.VP8, Codec.H264),
    )
    answer, spec = agree(offer, slots)
    print(f"answer to {len(slots)} m-lines: {len(answer)} characters")  # noqa: T201 - a figure
    assert len(answer) < 70_000
    streams = [line for line in answer.split("\r\n") if line.startswith("a=msid:")]
    assert len(set(streams)) == len(spec.downlinks) == 74

"""The client's half: what it offers is understood, what is answered it understands."""

from __future__ import annotations

import pytest

from bridge.media.core.layers import LAYERS
from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.core.sdp_client import build_offer, mids_of, parse_answer
from bridge.media.core.sdp_text import SdpRejected, parse_description
from bridge.media.plane import Candidate, Codec, Greeting
from bridge.media.slots import SessionKind, slots_for

SLOTS = slots_for(SessionKind.ROOM)
GREETING = Greeting(
    fingerprint=":".join(["CD"] * 32),
    candidates=(
        Candidate(address="127.0.0.1", port=8110),
        Candidate(address="2001:db8::1", port=8110),
        Candidate(address="127.0.0.1", port=8111, transport="tcp"),
    ),
)


def offer_with(layers=LAYERS, slots=SLOTS, codecs=(Codec.VP8,)):
    return build_offer(
        slots,
        ufrag="cli1",
        pwd="clientclientclientclient",
        fingerprint=":".join(["AB"] * 32),
        cname="site-01",
        ssrcs={"mic": 7, "camera": 8} if not layers else {"mic": 7},
        rtx_ssrcs={"camera": 9},
        layers=layers,
        codecs=codecs,
    )


def answered(layers=LAYERS, slots=SLOTS, codecs=(Codec.VP8,)):
    numbers = iter(range(100, 400))
    return negotiate(
        parse_offer(offer_with(layers, slots, codecs)),
        slots,
        mids_of(slots),
        session="s1",
        site="01",
        local_ufrag="srv1",
        local_pwd="serverserverserverserver",
        ssrcs=lambda _: next(numbers),
        greeting=GREETING,
    )


@pytest.mark.parametrize(
    "codecs", [(Codec.VP8,), (Codec.H264,), (Codec.H264, Codec.VP8), (Codec.VP8, Codec.H264)]
)
def test_both_ends_know_the_same_after_offer_and_answer(codecs):
    text, spec = answered(codecs=codecs)
    answer = parse_answer(text)
    assert (answer.ufrag, answer.pwd) == (spec.local_ufrag, spec.local_pwd)
    assert answer.fingerprints == (("sha-256", GREETING.fingerprint),)
    assert answer.candidates == GREETING.candidates
    assert answer.ice_lite
    assert spec.remote_ufrag == "cli1"
    for uplink in spec.uplinks:
        line = answer.lines[uplink.mid]
        assert uplink.codec == (codecs[0] if uplink.kind == "video" else Codec.OPUS)
        assert (line.direction, line.ssrc, line.stream) == ("recvonly", None, "")
        assert (line.kind, line.payload_type, line.rtx_payload_type, line.nack, line.rids) == (
            uplink.kind,
            uplink.payload_type,
            uplink.rtx_payload_type,
            uplink.nack,
            uplink.rids,
        )
        assert uplink.nack == (uplink.rtx_payload_type is not None) == (uplink.kind == "video")
        assert uplink.send_time_extension is not None
        taken = {
            uplink.mid_extension,
            uplink.rid_extension,
            uplink.repaired_rid_extension,
            uplink.level_extension,
            uplink.send_time_extension,
        } - {None}
        assert set(line.extensions.values()) == taken
    for downlink in spec.downlinks:
        line = answer.lines[downlink.mid]
        assert (line.direction, line.ssrc, line.rtx_ssrc, line.stream) == (
            "sendonly",
            downlink.ssrc,
            downlink.rtx_ssrc,
            downlink.slot,
        )
        first = next(iter(downlink.payloads.values()))
        assert (line.kind, line.payload_type, line.rtx_payload_type) == (
            downlink.kind,
            first.number,
            first.rtx,
        )
        assert set(downlink.payloads) == (set(codecs) if downlink.kind == "video" else {Codec.OPUS})
        assert (downlink.rtx_ssrc is not None) == line.nack == (downlink.kind == "video")
    assert len(answer.lines) == len(spec.uplinks) + len(spec.downlinks) == len(SLOTS)
    streams = [n for d in spec.downlinks for n in (d.ssrc, d.rtx_ssrc) if n is not None]
    assert len(set(streams)) == len(streams)


def test_one_number_means_one_thing_in_all_m_lines():
    meanings = {}
    slots = slots_for(SessionKind.ROOM, gallery_size=2)
    for line in parse_description(offer_with(slots=slots, codecs=(Codec.VP8, Codec.H264))).media:
        for form in line.formats:
            assert meanings.setdefault(form.payload_type, form) == form


def test_a_layered_camera_is_named_by_its_layers():
    _, spec = answered()
    mic, camera = spec.uplinks[:2]
    assert (mic.ssrcs, mic.rids) == ((7,), ())
    assert (camera.ssrcs, camera.rtx_ssrcs, camera.rids) == ((), {}, ("q", "h", "f"))


def test_a_camera_of_one_encoding_is_named_by_its_ssrcs():
    _, spec = answered(layers=())
    camera = spec.uplinks[1]
    assert (camera.ssrcs, camera.rtx_ssrcs, camera.rids) == ((8,), {9: 8}, ())


def test_a_layer_the_server_does_not_know_is_not_taken():
    text, _ = answered(layers=("q", "x", "f"))
    assert parse_answer(text).lines["1"].rids == ("q", "f")


def test_film_is_stereo_both_ways_and_speech_is_not():
    answer, spec = answered()
    stereo = {d.mid for d in (*spec.uplinks, *spec.downlinks) if d.slot.startswith("content")}
    stereo = {mid for mid in stereo if parse_answer(answer).lines[mid].kind == "audio"}
    for line in parse_description(answer).media:
        assert ("stereo=1" in line.formats[0].fmtp) == (line.mid in stereo)
    assert len(stereo) == 2


def test_an_ssrc_that_repeats_another_is_not_the_first_of_the_m_line():
    text, spec = answered()
    picture = next(downlink for downlink in spec.downlinks if downlink.kind == "video")
    lone = text.replace(f"a=ssrc-group:FID {picture.ssrc} {picture.rtx_ssrc}\r\n", "")
    line = parse_answer(lone).lines[picture.mid]
    assert (line.ssrc, line.rtx_ssrc) == (picture.ssrc, None)


def test_a_wall_only_receives():
    slots = slots_for(SessionKind.WALL, gallery_size=64)
    text, spec = answered(slots=slots)
    assert spec.uplinks == ()
    assert len(parse_answer(text).lines) == len(slots) == 74


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("a=setup:passive", "a=setup:active", "a=setup is active"),
        ("m=video 8110", "m=video 0", "m-line 1: refused by the answer"),
        ("a=rtpmap:96 VP8/90000\r\n", "", "m-line 1: no codec"),
        ("a=rtpmap:111 opus/48000/2\r\n", "", "m-line 0: no codec"),
        ("v=0", "v=9", "v=0"),
    ],
)
def test_an_answer_we_cannot_use_is_refused(old, new, reason):
    text, _ = answered()
    with pytest.raises(SdpRejected) as rejected:
        parse_answer(text.replace(old, new))
    assert reason in rejected.value.reason


def test_candidates_we_cannot_use_are_skipped():
    text, _ = answered()
    strange = (
        "a=candidate:9 1 tcp 1 192.0.2.9 9 typ host tcptype active\r\n"
        "a=candidate:9 2 udp 1 192.0.2.9 9 typ host\r\n"
        "a=candidate:9 1 udp 1 192.0.2.9 9 typ relay\r\n"
        "a=candidate:nonsense\r\n"
    )
    changed = text.replace("a=end-of-candidates\r\n", strange, 1)
    assert parse_answer(changed).candidates == GREETING.candidates

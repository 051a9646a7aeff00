"""The client's half: what it offers is understood, what is answered it understands."""

from __future__ import annotations

import pytest

from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.core.sdp_client import build_offer, mids_of, parse_answer
from bridge.media.core.sdp_text import SdpRejected
from bridge.media.plane import Greeting
from bridge.media.slots import SessionKind, slots_for

SLOTS = slots_for(SessionKind.ROOM)
GREETING = Greeting(
    fingerprint=":".join(["CD"] * 32), candidates=(("127.0.0.1", 8110), ("192.0.2.1", 8110))
)


def offer_with(layers=("q", "f"), slots=SLOTS):
    return build_offer(
        slots,
        ufrag="cli1",
        pwd="clientclientclientclient",
        fingerprint=":".join(["AB"] * 32),
        cname="site-01",
        ssrcs={"mic": 7, "camera": 8} if not layers else {"mic": 7},
        layers=layers,
    )


def answered(layers=("q", "f"), slots=SLOTS):
    numbers = iter(range(100, 200))
    return negotiate(
        parse_offer(offer_with(layers, slots)),
        slots,
        mids_of(slots),
        session="s1",
        site="01",
        local_ufrag="srv1",
        local_pwd="serverserverserverserver",
        ssrcs=lambda _: next(numbers),
        greeting=GREETING,
    )


def test_both_ends_know_the_same_after_offer_and_answer():
    text, spec = answered()
    answer = parse_answer(text)
    assert (answer.ufrag, answer.pwd) == (spec.local_ufrag, spec.local_pwd)
    assert answer.fingerprints == (("sha-256", GREETING.fingerprint),)
    assert answer.candidates == GREETING.candidates
    assert answer.ice_lite
    assert spec.remote_ufrag == "cli1"
    for uplink in spec.uplinks:
        line = answer.lines[uplink.mid]
        assert (line.direction, line.ssrc, line.stream) == ("recvonly", None, "")
        assert (line.kind, line.payload_type, line.rids) == (
            uplink.kind,
            uplink.payload_type,
            uplink.rids,
        )
        taken = {uplink.mid_extension, uplink.rid_extension, uplink.level_extension} - {None}
        assert set(line.extensions.values()) == taken
    for downlink in spec.downlinks:
        line = answer.lines[downlink.mid]
        assert (line.direction, line.ssrc, line.stream) == (
            "sendonly",
            downlink.ssrc,
            downlink.slot,
        )
        assert (line.kind, line.payload_type) == (downlink.kind, downlink.payload_type)
    assert len(answer.lines) == len(spec.uplinks) + len(spec.downlinks) == len(SLOTS)


def test_a_layered_camera_is_named_by_its_layers():
    _, spec = answered()
    mic, camera = spec.uplinks
    assert (mic.ssrcs, mic.rids) == ((7,), ())
    assert (camera.ssrcs, camera.rids) == ((), ("q", "f"))


def test_a_camera_of_one_encoding_is_named_by_its_ssrc():
    _, spec = answered(layers=())
    assert (spec.uplinks[1].ssrcs, spec.uplinks[1].rids) == ((8,), ())


def test_a_layer_the_server_does_not_know_is_not_taken():
    text, _ = answered(layers=("q", "h", "f"))
    assert parse_answer(text).lines["1"].rids == ("q", "f")


def test_a_wall_only_receives():
    slots = slots_for(SessionKind.WALL, gallery_size=64)
    text, spec = answered(slots=slots)
    assert spec.uplinks == ()
    assert len(parse_answer(text).lines) == len(slots) == 72


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("a=setup:passive", "a=setup:active", "a=setup is active"),
        ("m=video 8110", "m=video 0", "m-line 1: refused by the answer"),
        ("a=rtpmap:96 VP8/90000\r\n", "", "m-line 1: no codec"),
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
        "a=candidate:9 1 tcp 1 192.0.2.9 9 typ host tcptype passive\r\n"
        "a=candidate:9 2 udp 1 192.0.2.9 9 typ host\r\n"
        "a=candidate:9 1 udp 1 192.0.2.9 9 typ relay\r\n"
        "a=candidate:nonsense\r\n"
    )
    changed = text.replace("a=end-of-candidates\r\n", strange, 1)
    assert parse_answer(changed).candidates == GREETING.candidates

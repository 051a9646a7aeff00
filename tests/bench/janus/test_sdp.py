from __future__ import annotations

import pytest

from bench.janus import sdp
from room110.bench.shape import Shape
from room110.bench.wire import Wire, udp_socket

# As Janus 1.1.2 writes it for a subscriber of one feed, shortened.
OFFERED = """v=0\r
o=- 1 1 IN IP4 10.110.0.1\r
s=VideoRoom 7\r
t=0 0\r
a=group:BUNDLE 0 1\r
a=ice-options:trickle\r
a=fingerprint:sha-256 AA:BB\r
m=audio 9 UDP/TLS/RTP/SAVPF 111\r
a=sendonly\r
a=mid:0\r
a=ice-ufrag:abcd\r
a=ice-pwd:a password of janus\r
a=setup:actpass\r
a=rtpmap:111 opus/48000/2\r
a=candidate:1 1 udp 2015363327 10.110.0.1 35871 typ host\r
m=video 9 UDP/TLS/RTP/SAVPF 96 97\r
a=sendonly\r
a=mid:1\r
a=setup:actpass\r
a=rtpmap:96 VP8/90000\r
a=rtpmap:97 rtx/90000\r
"""


@pytest.fixture
async def wire():
    made = Wire(udp_socket("127.0.0.1"), name="one", shape=Shape())
    yield made
    await made.close()


async def test_januss_side_is_read(wire):
    remote = sdp.remote(OFFERED.replace("password of janus", "password"))

    assert remote.address == ("10.110.0.1", 35871)
    assert (remote.ufrag, remote.setup) == ("abcd", "actpass")
    assert remote.fingerprints == (("sha-256", "AA:BB"),)


async def test_an_answer_takes_each_line_with_its_first_codec(wire):
    lines = sdp.answer(wire, OFFERED).split("\r\n")

    assert [line for line in lines if line.startswith("m=")] == [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
    ]
    assert [line for line in lines if line.startswith("a=mid")] == ["a=mid:0", "a=mid:1"]
    assert lines.count("a=recvonly") == 2
    assert "a=setup:active" in lines
    assert "a=rtcp-fb:96 nack pli" in lines
    assert not any(line.startswith("a=ssrc") for line in lines)


async def test_an_offer_names_what_is_published(wire):
    lines = sdp.offer(wire).split("\r\n")

    assert f"a=ssrc:{wire.publisher.audio.ssrc} cname:one" in lines
    assert f"a=ssrc:{wire.publisher.video.ssrc} cname:one" in lines
    assert lines.count("a=sendonly") == 2
    assert not any(line.startswith("a=extmap") for line in lines)
    assert (wire.publisher.audio.payload_type, wire.publisher.video.payload_type) == (111, 96)

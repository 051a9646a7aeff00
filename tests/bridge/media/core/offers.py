"""An offer as Chromium writes it, and its answer."""

from __future__ import annotations

from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.core.sdp_client import mids_of
from bridge.media.plane import Candidate, Greeting, SessionSpec
from bridge.media.slots import CAMERA, MIC, Direction, Medium, Slot

CHAIR_SOUND = Slot("chair", Medium.AUDIO, Direction.RECEIVE)
CHAIR_PICTURE = Slot("chair", Medium.VIDEO, Direction.RECEIVE)
SLOTS = (MIC, CAMERA, CHAIR_SOUND, CHAIR_PICTURE)
MIDS = {"0": "mic", "1": "camera", "2": "chair", "3": "chair"}
GREETING = Greeting(
    fingerprint=":".join(["AB"] * 32),
    candidates=(
        Candidate(address="127.0.0.1", port=8110),
        Candidate(address="192.0.2.10", port=8111, transport="tcp"),
        Candidate(address="2001:db8::10", port=8110),
    ),
)
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

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
a=rtpmap:100 H264/90000
a=rtcp-fb:100 goog-remb
a=fmtp:100 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=100
a=rtpmap:102 H264/90000
a=rtcp-fb:102 goog-remb
a=rtcp-fb:102 transport-cc
a=rtcp-fb:102 ccm fir
a=rtcp-fb:102 nack
a=rtcp-fb:102 nack pli
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
"""
EXTENSIONS = f"""a=extmap:2 {SEND_TIME}
a=extmap:4 {MID}
a=extmap:10 {RID}
a=extmap:11 {REPAIRED_RID}
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
a=extmap:2 {SEND_TIME}
a=extmap:4 {MID}
a=sendonly
a=msid:tray 11111111-0000-4000-8000-000000000000
{AUDIO_CODEC}a=ssrc:1111 cname:kvTq
a=ssrc:1111 msid:tray 11111111-0000-4000-8000-000000000000
m=video 9 UDP/TLS/RTP/SAVPF 96 97 100 101 102 103
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
{AUDIO_CODEC}m=video 9 UDP/TLS/RTP/SAVPF 96 97 100 101 102 103
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

"""Reading a description: rows of lines, and any text at all.  What negotiation makes of it is
test_sdp.py's and test_sdp_client.py's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.sdp_text import (
    MAX_MEDIA,
    Description,
    Extension,
    Format,
    SdpRejected,
    parse_description,
)
from bridge.media.plane import Candidate

PRINT = ":".join(["0a"] * 32)
HEAD = f"""v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
a=fingerprint:SHA-256 {PRINT}
a=setup:actpass
"""
AUDIO = """m=audio 9 UDP/TLS/RTP/SAVPF 111 63
a=mid:0
a=rtpmap:111 Opus/48000/2
a=fmtp:111 useinbandfec=1
a=sendonly
a=rtcp-mux
"""
VIDEO = """m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:1
a=rtpmap:96 VP8/90000
a=recvonly
"""
WHOLE = HEAD + AUDIO + VIDEO


def described(text: str = WHOLE) -> Description:
    return parse_description(text.replace("\n", "\r\n"))


def video(*lines: str):
    return described(WHOLE + "".join(f"{line}\n" for line in lines)).media[1]


def refused(text: str) -> str:
    with pytest.raises(SdpRejected) as rejected:
        parse_description(text)
    assert rejected.value.reason == str(rejected.value)
    return rejected.value.reason


def test_a_description_is_its_transport_and_its_m_lines():
    it = described()

    assert (it.bundle, it.ufrag, it.pwd) == (("0", "1"), "abcd", "abcdefghijklmnopqrstuv")
    assert it.fingerprints == (("sha-256", PRINT.upper()),)
    assert (it.setup, it.ice_lite, it.allow_mixed) == ("actpass", False, False)
    assert [(m.kind, m.mid, m.direction) for m in it.media] == [
        ("audio", "0", "sendonly"),
        ("video", "1", "recvonly"),
    ]
    assert [(m.port, m.protocol, m.rtcp_mux) for m in it.media] == [
        (9, "UDP/TLS/RTP/SAVPF", True),
        (9, "UDP/TLS/RTP/SAVPF", False),
    ]


def test_lines_may_end_with_or_without_a_carriage_return():
    assert parse_description(WHOLE) == described()


def test_codecs_come_in_the_order_of_the_m_line_and_without_a_map_they_are_left_out():
    assert described().media[0].formats == (
        Format(payload_type=111, encoding="opus/48000/2", fmtp="useinbandfec=1", feedback=()),
    )


def test_feedback_for_all_codecs_stands_behind_a_codecs_own():
    line = video("a=rtcp-fb:* ccm fir", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:97 nack")

    assert line.formats[0].feedback == ("nack pli", "ccm fir")


def test_layers_extensions_and_ssrcs_are_read_once_each():
    line = video(
        "a=rid:q send",
        "a=rid:f send max-width=640",
        "a=rid:x recv",
        "a=simulcast:send q;~f recv x",
        "a=extmap:4/sendonly urn:mid",
        "a=extmap:5 urn:mid",
        "a=extmap:6 urn:other with attributes",
        "a=ssrc:7 cname:x",
        "a=ssrc:7 msid:y",
        "a=ssrc:8",
        "a=ssrc-group:FID 7 8",
        "a=msid:stream track",
        "a=bundle-only",
        "a=rtcp-rsize",
    )

    assert (line.send_rids, line.recv_rids) == (("q", "f"), ("x",))
    assert line.simulcast == {"send": ("q", "f"), "recv": ("x",)}
    assert line.extensions == {
        "urn:mid": Extension(number=4, direction="sendonly"),
        "urn:other": Extension(number=6, direction=None),
    }
    assert (line.ssrcs, line.ssrc_groups) == ((7, 8), (("FID", (7, 8)),))
    assert (line.msid, line.bundle_only, line.rtcp_rsize) == ("stream track", True, True)


def test_of_candidates_hosts_for_udp_and_passive_ones_for_tcp_are_kept():
    line = video(
        "a=candidate:1 1 udp 5 192.0.2.1 8110 typ host",
        "a=candidate:1 1 UDP 5 192.0.2.2 8110 typ host generation 0",
        "a=candidate:1 2 udp 5 192.0.2.3 8110 typ host",
        "a=candidate:1 1 tcp 5 192.0.2.4 8111 typ host tcptype passive",
        "a=candidate:1 1 tcp 5 2001:db8::5 8111 typ host generation 0 tcptype passive x y",
        "a=candidate:1 1 tcp 5 192.0.2.6 8111 typ host tcptype active",
        "a=candidate:1 1 tcp 5 192.0.2.6 8111 typ host tcptype so",
        "a=candidate:1 1 tcp 5 192.0.2.6 8111 typ host",
        "a=candidate:1 1 udp 5 192.0.2.7 8110 typ srflx",
        "a=candidate:1 1 udp 5 192.0.2.8 0 typ host",
        "a=candidate:1 1 udp 5 192.0.2.8 65536 typ host",
        "a=candidate:1 1 sctp 5 192.0.2.9 8110 typ host",
        "a=candidate:nonsense",
    )

    assert line.candidates == (
        Candidate(address="192.0.2.1", port=8110),
        Candidate(address="192.0.2.2", port=8110),
        Candidate(address="192.0.2.4", port=8111, transport="tcp"),
        Candidate(address="2001:db8::5", port=8111, transport="tcp"),
    )


def test_the_tagged_m_lines_transport_goes_before_the_sessions():
    it = described(WHOLE.replace("a=mid:0\n", "a=mid:0\na=ice-ufrag:tagged\na=setup:active\n"))

    assert (it.ufrag, it.setup) == ("tagged", "active")


def test_the_tagged_m_line_is_the_first_of_the_bundle_and_not_of_the_text():
    swapped = WHOLE.replace("BUNDLE 0 1", "BUNDLE 1 0")
    it = described(swapped.replace("a=mid:1\n", "a=mid:1\na=ice-ufrag:tagged\n"))

    assert it.ufrag == "tagged"


def test_without_a_direction_an_m_line_goes_both_ways():
    assert described(WHOLE.replace("a=recvonly\n", "")).media[1].direction == "sendrecv"


@pytest.mark.parametrize("at", ["head", "m-line"])
def test_mixed_headers_may_be_allowed_for_all_or_for_one(at):
    where = "a=setup:actpass\n" if at == "head" else "a=mid:1\n"

    assert described(WHOLE.replace(where, f"{where}a=extmap-allow-mixed\n")).allow_mixed


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (WHOLE, "", "v=0"),
        ("v=0\n", "v=1\n", "v=0"),
        ("s=-\n", "s\n", "letter=value"),
        ("s=-\n", "s=\x00\n", "letter=value"),
        ("a=mid:1\n", "", "m-line 1: a=mid is missing"),
        ("a=mid:1\n", "a=mid:0\n", "same mid"),
        ("a=mid:1\n", "a=mid:\n", "m-line 1: malformed a=mid"),
        ("a=mid:1\n", "a=mid:1\ra=evil\n", "letter=value"),
        ("a=group:BUNDLE 0 1\n", "", "no BUNDLE group"),
        ("BUNDLE 0 1", "BUNDLE 7 1", "no BUNDLE group"),
        ("BUNDLE 0 1", "LS 0 1", "no BUNDLE group"),
        ("a=ice-ufrag:abcd\n", "", "a=ice-ufrag is missing"),
        ("ice-ufrag:abcd", "ice-ufrag:abc", "malformed a=ice-ufrag"),
        ("ice-pwd:abc", "ice-pwd:", "malformed a=ice-pwd"),
        ("a=setup:actpass\n", "", "a=setup is missing"),
        (f"a=fingerprint:SHA-256 {PRINT}\n", "", "a=fingerprint is missing"),
        (PRINT, "nonsense", "malformed a=fingerprint"),
        ("m=video 9 ", "m=video nine ", "m-line 1: malformed m="),
        ("m=video 9 ", "m=video ٩ ", "m-line 1: malformed m="),
        ("a=rtpmap:96 VP8/90000", "a=rtpmap:96", "m-line 1: malformed a=rtpmap"),
        ("a=recvonly", "a=ssrc:4294967296 x", "m-line 1: an SSRC is wider"),
        ("a=recvonly", "a=simulcast:both q", "m-line 1: malformed a=simulcast"),
        ("a=recvonly", "a=simulcast:send q send f", "m-line 1: malformed a=simulcast"),
        ("a=recvonly", "a=rid:q up", "m-line 1: malformed a=rid"),
        ("a=recvonly", "a=extmap:4/up urn:x", "m-line 1: malformed a=extmap"),
    ],
)
def test_what_is_malformed_is_refused_with_the_place_and_the_cause(old, new, reason):
    assert old in WHOLE
    assert reason in refused(WHOLE.replace(old, new, 1))


def test_m_lines_are_bounded():
    lines = "".join(VIDEO.replace("mid:1", f"mid:{n}") for n in range(1, MAX_MEDIA + 1))

    assert len(described(HEAD + AUDIO + lines.replace(VIDEO, "", 1)).media) == MAX_MEDIA
    assert str(MAX_MEDIA) in refused(HEAD + AUDIO + lines)


LINES = WHOLE.splitlines()


@given(
    st.lists(
        st.one_of(
            st.sampled_from(LINES),
            st.text(max_size=30),
            st.builds(
                lambda line, at, text: line[: at % (len(line) + 1)] + text,
                st.sampled_from(LINES),
                st.integers(0, 80),
                st.text(max_size=8),
            ),
        ),
        max_size=30,
    ),
    st.booleans(),
)
def test_any_text_is_a_description_or_rejected(lines, whole):
    text = "\r\n".join([*(LINES if whole else ["v=0"]), *lines])
    try:
        it = parse_description(text)
    except SdpRejected as rejected:
        assert rejected.reason
        return
    assert isinstance(it, Description)
    assert all("\n" not in m.mid and "\r" not in m.mid for m in it.media)

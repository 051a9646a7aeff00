"""Which formats of an m-line we speak: rows of m-lines."""

from __future__ import annotations

import pytest

from bridge.media.core.sdp_terms import Spoken, sources, spoken
from bridge.media.core.sdp_text import MediaLine, SdpRejected, parse_description
from bridge.media.plane import Codec, Payload
from bridge.media.slots import Medium

HEAD = f"""v=0
a=group:BUNDLE 0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
a=fingerprint:sha-256 {":".join(["0a"] * 32)}
a=setup:actpass
"""
BASELINE = "packetization-mode=1;profile-level-id=42e01f"


def m_line(kind: str, formats: str, *lines: str) -> MediaLine:
    text = f"{HEAD}m={kind} 9 UDP/TLS/RTP/SAVPF {formats}\na=mid:0\n"
    return parse_description(text + "".join(f"a={line}\n" for line in lines)).media[0]


def video(formats: str, *lines: str) -> tuple[Spoken, ...]:
    return spoken(m_line("video", formats, *lines), Medium.VIDEO, "m-line 0")


def h264(fmtp: str) -> tuple[Spoken, ...]:
    return video("96 102", "rtpmap:96 VP8/90000", "rtpmap:102 H264/90000", f"fmtp:102 {fmtp}")


@pytest.mark.parametrize(
    "fmtp",
    [
        BASELINE,
        "packetization-mode=1;profile-level-id=42001f",
        "profile-level-id=42C01E; Packetization-Mode=1",
        f"level-asymmetry-allowed=1;{BASELINE}",
    ],
)
def test_baseline_h264_in_mode_1_is_ours_and_its_parameters_are_echoed(fmtp):
    _, one = h264(fmtp)
    assert (one.codec, one.payload, one.fmtp) == (Codec.H264, Payload(number=102), fmtp)


@pytest.mark.parametrize(
    "fmtp",
    [
        "packetization-mode=0;profile-level-id=42e01f",
        "profile-level-id=42e01f",
        "packetization-mode=1",
        "packetization-mode=1;profile-level-id=4d001f",
        "packetization-mode=1;profile-level-id=64001f",
        "packetization-mode=1;profile-level-id=42e01",
        "packetization-mode=1;profile-level-id=42e01f00",
        "nonsense",
    ],
)
def test_other_h264_is_not_ours(fmtp):
    assert [one.codec for one in h264(fmtp)] == [Codec.VP8]


def test_of_a_codec_the_first_that_fits_is_taken_in_the_offers_order():
    found = video(
        "100 102 104 96 98",
        "rtpmap:100 H264/90000",
        "fmtp:100 packetization-mode=0;profile-level-id=42e01f",
        "rtpmap:102 H264/90000",
        f"fmtp:102 {BASELINE}",
        "rtpmap:104 h264/90000",
        f"fmtp:104 {BASELINE}",
        "rtpmap:96 vp8/90000",
        "rtpmap:98 VP8/90000",
    )
    assert [(one.codec, one.payload.number) for one in found] == [
        (Codec.H264, 102),
        (Codec.VP8, 96),
    ]


@pytest.mark.parametrize(
    ("repair", "rtx"),
    [
        (("rtpmap:97 rtx/90000", "fmtp:97 apt=96"), 97),
        (("rtpmap:97 RTX/90000", "fmtp:97 rtx-time=3000; apt=96"), 97),
        (("rtpmap:97 rtx/90000", "fmtp:97 apt=98"), None),
        (("rtpmap:97 rtx/90000",), None),
        (("rtpmap:97 rtx/48000", "fmtp:97 apt=96"), None),
        (("fmtp:97 apt=96",), None),
    ],
)
def test_a_format_is_repeated_by_the_one_that_names_it(repair, rtx):
    (one,) = video("96 97", "rtpmap:96 VP8/90000", *repair)
    assert one.payload == Payload(number=96, rtx=rtx)
    assert list(one.numbers) == ([96] if rtx is None else [96, 97])


def test_only_feedback_that_was_offered_is_spoken_and_of_it_only_ours():
    (one,) = video("96", "rtpmap:96 VP8/90000", "rtcp-fb:96 transport-cc", "rtcp-fb:* nack")
    assert one.feedback == ("nack",)


def test_sound_is_not_repaired_whatever_is_offered():
    line = m_line(
        "audio",
        "111 112",
        "rtpmap:111 opus/48000/2",
        "rtcp-fb:111 nack",
        "rtpmap:112 rtx/90000",
        "fmtp:112 apt=111",
    )
    (one,) = spoken(line, Medium.AUDIO, "m-line 0")
    assert (one.codec, one.payload, one.feedback) == (Codec.OPUS, Payload(number=111), ())


def test_what_is_written_is_read_as_the_same():
    one = Spoken(
        codec=Codec.H264,
        payload=Payload(number=102, rtx=103),
        fmtp=BASELINE,
        feedback=("goog-remb", "nack"),
    )
    written = [line.removeprefix("a=") for line in one.attributes]
    assert video("102 103", *written) == (one,)


@pytest.mark.parametrize("number", [64, 72, 95, 128, 999])
@pytest.mark.parametrize("of", ["codec", "repair"])
def test_a_number_that_looks_like_rtcp_or_is_none_is_refused(number, of):
    codec, repair = (number, 97) if of == "codec" else (96, number)
    with pytest.raises(SdpRejected) as rejected:
        video(
            f"{codec} {repair}",
            f"rtpmap:{codec} VP8/90000",
            f"rtpmap:{repair} rtx/90000",
            f"fmtp:{repair} apt={codec}",
        )
    assert rejected.value.reason == f"m-line 0: payload type {number} is not usable"


@pytest.mark.parametrize("formats", ["96 96", "96 096"])
def test_a_number_twice_is_refused(formats):
    with pytest.raises(SdpRejected, match="stands for two formats"):
        video(formats, "rtpmap:96 VP8/90000", "rtpmap:096 rtx/90000")


@pytest.mark.parametrize(
    ("kind", "medium", "line"),
    [
        ("video", Medium.VIDEO, "rtpmap:96 opus/48000/2"),
        ("audio", Medium.AUDIO, "rtpmap:96 VP8/90000"),
        ("video", Medium.VIDEO, "rtpmap:96 VP8/48000"),
        ("audio", Medium.AUDIO, "rtpmap:96 opus/48000/1"),
    ],
)
def test_an_m_line_without_a_codec_of_its_kind_is_refused(kind, medium, line):
    with pytest.raises(SdpRejected, match="m-line 0: does not offer"):
        spoken(m_line(kind, "96", line), medium, "m-line 0")


def test_a_stream_is_named_with_what_repeats_it():
    assert list(sources(5, None, "c")) == ["a=ssrc:5 cname:c"]
    assert list(sources(5, 6, "c")) == [
        "a=ssrc-group:FID 5 6",
        "a=ssrc:5 cname:c",
        "a=ssrc:6 cname:c",
    ]

"""Which stream of a client a packet is of: by name, by number, and as a repetition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.media.core import rtp
from bridge.media.core.drops import DropReason
from bridge.media.forwarder import Forwarder
from bridge.media.incoming import MAX_SOURCES
from bridge.media.plane import Codec, Uplink
from bridge.media.streams import HISTORY_PACKETS
from tests.support.media import (
    CAMERA,
    H264,
    LEVEL,
    MIC,
    MID,
    OPUS,
    RID,
    SPEAKER_PICTURE,
    VP8,
    VP8_RTX,
    Client,
    Sent,
    h264,
    padding,
    picture,
    read,
    sound,
    spec,
)

ONE = replace(CAMERA, rids=(), ssrcs=(31,), rtx_ssrcs={41: 31})
"""A camera with one encoding whose SSRCs the offer names."""
BARE = replace(CAMERA, rids=())
"""A camera with one encoding of which the offer says nothing more."""
FIRST = 65500
"""The publisher's first number: they wrap on the way."""


def known(client: Client) -> dict[int, tuple[str, str]]:
    return {ssrc: (source.slot, source.layer) for ssrc, source in client.sources.items()}


def seen(watcher: Client) -> list[Sent]:
    return [read(data, "video") for data in watcher.rtp]


# Which m-line a new SSRC belongs to.


def test_layers_are_known_by_mid_and_rid_and_then_by_ssrc_alone(client):
    client.says(
        picture(1, ssrc=11, mid=b"1", rid=b"q"),
        picture(1, ssrc=12, mid=b"1", rid=b"f"),
        picture(2, ssrc=11),
    )

    assert known(client) == {11: ("camera", "q"), 12: ("camera", "f")}
    assert client.sources[11].reception.packets == 2


def test_a_layer_is_known_by_rid_where_only_one_m_line_has_its_payload_type(client):
    client.says(picture(1, ssrc=11, rid=b"q"))

    assert known(client) == {11: ("camera", "q")}


def test_sound_is_known_by_its_payload_type_when_only_one_m_line_has_it(client):
    client.says(sound(1, ssrc=9))

    assert known(client) == {9: ("mic", "")}
    assert client.sources[9].feed.kind == "audio"


FILM = replace(MIC, slot="content.sound", mid="9")


def test_a_payload_type_of_two_m_lines_says_nothing(forwarder):
    client = Client(forwarder, spec(uplinks=(MIC, FILM)))
    client.says(sound(1, ssrc=9))

    assert known(client) == {}
    assert forwarder.drops == {DropReason.UNKNOWN_SOURCE: 1}


def test_the_mid_says_it_where_the_payload_type_does_not(forwarder):
    client = Client(forwarder, spec(uplinks=(MIC, FILM)))
    client.says(sound(1, ssrc=9, mid=b"9"))

    assert known(client) == {9: ("content.sound", "")}
    assert client.sources[9].feed.medium == "content.audio"


def test_a_stream_is_known_by_the_ssrc_the_offer_named(forwarder):
    named = replace(CAMERA, rids=(), ssrcs=(31, 32))
    client = Client(forwarder, spec(uplinks=(replace(MIC, payload_type=VP8), named)))
    client.says(picture(1, ssrc=32))

    assert known(client) == {32: ("camera", "")}


def test_a_session_without_header_extensions_is_known_by_what_is_left(forwarder):
    bare = replace(MIC, mid_extension=None, level_extension=None)
    client = Client(forwarder, spec(uplinks=(bare,)))
    client.says(sound(1, ssrc=9, mid=b"7"))

    assert known(client) == {9: ("mic", "")}


def test_a_stream_is_of_the_codec_its_m_line_agreed_on(forwarder):
    camera = replace(CAMERA, codec=Codec.H264, payload_type=H264, rids=())
    client = Client(forwarder, spec(uplinks=(MIC, camera)))
    client.says(h264(1, ssrc=9, key=True))

    [source] = client.sources.values()
    assert (source.codec, source.keyframes_seen) == (Codec.H264, 1)


def test_the_feed_knows_what_its_publisher_could_send_before_it_does(forwarder):
    Client(forwarder, spec(uplinks=(MIC, replace(CAMERA, rids=("f", "q", "h")))))
    Client(forwarder, spec("02", uplinks=(BARE,)))

    assert forwarder.feed("01", "video").layers == ("q", "h", "f")
    assert forwarder.feed("02", "video").layers == ("",)


@pytest.mark.parametrize(
    "stranger",
    [
        picture(1, ssrc=11),
        picture(1, ssrc=11, mid=b"1"),
        picture(1, ssrc=11, mid=b"1", rid=b"x"),
        picture(1, ssrc=11, mid=b"1", rid=b"\xff"),
        picture(1, ssrc=11, mid=b"7", rid=b"q"),
        picture(1, ssrc=11, mid=b"\xff", rid=b"q"),
        sound(1, ssrc=11, pt=63),
        sound(1, ssrc=11, mid=b"7"),
    ],
)
def test_a_stream_that_says_too_little_or_nonsense_is_dropped(client, stranger):
    client.says(stranger)

    assert known(client) == {}
    assert client._drops == {DropReason.UNKNOWN_SOURCE: 1}


def test_a_stream_may_begin_with_padding_alone_and_sound_is_not_read_as_a_picture(client):
    client.says(padding(1, ssrc=11, mid=b"1", rid=b"q"), sound(1, ssrc=9, body=b"\x80"))

    assert known(client) == {11: ("camera", "q"), 9: ("mic", "")}
    assert client.sources[11].reception.packets == 1


def test_the_clients_level_reaches_the_source(client):
    client.says(sound(1, ssrc=9, mid=b"0", level=bytes((20,))))

    assert client.sources[9].level_dbov == -20


def test_the_extension_numbers_of_this_test_are_those_of_its_specs():
    assert (MIC.mid_extension, MIC.level_extension, CAMERA.mid_extension) == (MID, LEVEL, MID)
    assert CAMERA.rid_extension == RID


# Restarts and bounds.


def test_a_restarted_encoder_takes_the_place_of_the_old_one(client, watcher):
    client.says(picture(1, ssrc=11, key=True, mid=b"1", rid=b"f", body=b"old"))
    client.says(picture(1, ssrc=12, key=True, mid=b"1", rid=b"f", body=b"new"))
    client.says(picture(1, ssrc=13, key=True, mid=b"1", rid=b"q", body=b"thumb"))

    assert known(client) == {12: ("camera", "f"), 13: ("camera", "q")}
    assert [sent.body for sent in seen(watcher)] == [b"old", b"new"]
    assert [sent.ssrc for sent in seen(watcher)] == [SPEAKER_PICTURE.ssrc] * 2


def many(count: int) -> tuple[Uplink, ...]:
    return tuple(replace(MIC, slot=f"mic{n}", mid=str(n)) for n in range(count))


def test_a_client_has_a_bounded_number_of_streams_and_may_still_restart_one(forwarder):
    client = Client(forwarder, spec(uplinks=many(MAX_SOURCES + 1)))
    for n in range(MAX_SOURCES + 1):
        client.says(sound(1, ssrc=n, mid=b"%d" % n))
    assert list(client.sources) == list(range(MAX_SOURCES))
    assert forwarder.drops[DropReason.UNKNOWN_SOURCE] == 1

    client.says(sound(1, ssrc=100, mid=b"0"))

    assert list(client.sources) == [*range(1, MAX_SOURCES), 100]
    assert len(client.sources) == 12
    assert forwarder.drops[DropReason.UNKNOWN_SOURCE] == 1


# What repeats.


def again(original: bytes, *, ssrc: int, seq: int = 7000, pt: int = VP8_RTX, **ext: bytes) -> bytes:
    """*original* as its sender repeats it (RFC 4588 section 4)."""
    marker, _, number, timestamp, _ = rtp.fixed_header(original)
    start, stop = rtp.header_length(original), rtp.payload_end(original)
    body = number.to_bytes(2, "big") + original[start:stop]
    return sound(seq, timestamp, ssrc=ssrc, pt=pt, marker=marker, body=body, **ext)


def nothing(*, ssrc: int, **ext: bytes) -> bytes:
    return padding(7001, ssrc=ssrc, pt=VP8_RTX, **ext)


def frames(count: int, **more: Any) -> list[bytes]:
    """A key frame and what follows, a packet each."""
    return [
        picture(
            FIRST + n,
            3000 * n,
            ssrc=31,
            key=n == 0,
            picture_id=n,
            tl0=n,
            body=b"%d" % n,
            marker=True,
            **more,
        )
        for n in range(count)
    ]


WAYS: Mapping[str, tuple[Uplink, dict[str, bytes], dict[str, bytes]]] = {
    "the pair the offer names": (ONE, {}, {}),
    "the repaired RID": (
        CAMERA,
        {"mid": b"1", "rid": b"f"},
        {"mid": b"1", "repaired_rid": b"f"},
    ),
    "the payload type": (BARE, {}, {}),
}
"""How it is known what a stream repeats: uplink, extensions of the stream and of what repeats."""


@pytest.mark.parametrize(("uplink", "own", "repeats"), WAYS.values(), ids=WAYS)
def test_a_lost_packet_comes_again_and_falls_into_its_place(
    forwarder, watcher, uplink, own, repeats
):
    client = Client(forwarder, spec(uplinks=(MIC, uplink)))
    packets = frames(60, **own)
    lost = (20, 40, 41)  # before and behind the wrap
    client.says(*(packet for n, packet in enumerate(packets) if n not in lost))
    assert client.sources[31].reception.lost == 3
    client.says(again(packets[20], ssrc=41, **repeats), again(packets[41], ssrc=41))

    source = client.sources[31]
    assert (source.reception.lost, source.repaired) == (1, 2)
    assert known(client) == {31: ("camera", "f" if uplink.rids else "")}
    got = seen(watcher)
    assert [sent.body for sent in got[-2:]] == [b"20", b"41"]
    first = got[0]
    for sent in got:
        n = int(sent.body)
        assert (sent.seq - first.seq) & 0xFFFF == n
        assert (sent.picture_id - first.picture_id) & 0x7FFF == n
        assert (sent.timestamp - first.timestamp) & 0xFFFFFFFF == 3000 * n
        assert sent.marker
    assert forwarder.drops == {}


def test_a_key_frame_may_come_again_and_what_comes_again_is_remembered_for_others(
    forwarder, watcher
):
    client = Client(forwarder, spec(uplinks=(ONE,)))
    packets = frames(5)
    client.says(packets[0], *packets[2:], again(packets[1], ssrc=41))

    assert client.sources[31].history.get(FIRST + 1) is not None
    assert len(watcher.rtp) == 5


@pytest.mark.parametrize(
    ("uplink", "repeated"),
    [
        (CAMERA, {"mid": b"1"}),
        (CAMERA, {"mid": b"1", "repaired_rid": b"h"}),
        (CAMERA, {"mid": b"1", "repaired_rid": b"\xff"}),
        (replace(CAMERA, repaired_rid_extension=None), {"repaired_rid": b"f"}),
        (replace(ONE, rtx_ssrcs={41: 77}), {}),
    ],
)
def test_a_repetition_of_no_known_stream_is_dropped_by_name(forwarder, watcher, uplink, repeated):
    client = Client(forwarder, spec(uplinks=(MIC, uplink)))
    own = {"mid": b"1", "rid": b"f"} if uplink.rids else {}
    packets = frames(3, **own)
    client.says(packets[0], packets[2], again(packets[1], ssrc=41, **repeated))

    assert forwarder.drops == {DropReason.REPEAT_UNKNOWN: 1}
    assert len(watcher.rtp) == 2
    assert len(client.sources) == 1


def test_what_repeats_cannot_begin_a_stream(forwarder):
    client = Client(forwarder, spec(uplinks=(MIC, BARE)))
    client.says(again(frames(1)[0], ssrc=41))

    assert client.sources == {}
    assert forwarder.drops == {DropReason.REPEAT_UNKNOWN: 1}


def test_a_repetition_of_nothing_is_counted_as_what_it_is(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(ONE,)))
    client.says(*frames(2), nothing(ssrc=41), sound(7002, ssrc=41, pt=VP8_RTX, body=b"\x01"))

    assert forwarder.drops == {DropReason.PADDING: 2}
    assert client.sources[31].reception.packets == 2
    assert len(watcher.rtp) == 2


def test_padding_that_was_lost_comes_again_too(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(ONE,)))
    packets = frames(3)
    empty = sound(FIRST + 1, 3000, ssrc=31, pt=VP8, body=b"")
    client.says(packets[0], packets[2], again(empty, ssrc=41))

    assert [sent.body for sent in seen(watcher)] == [b"0", b"2", b""]
    assert client.sources[31].reception.lost == 0


def test_what_has_come_does_not_come_twice(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(ONE,)))
    packets = frames(4)
    client.says(packets[0], packets[1], packets[3])
    client.says(*(again(packets[n], ssrc=41, seq=7000 + n) for n in (0, 1, 2, 2, 3)))
    client.says(packets[2])

    assert [sent.body for sent in seen(watcher)] == [b"0", b"1", b"3", b"2"]
    assert forwarder.drops == {DropReason.DUPLICATE: 5}
    assert client.sources[31].repaired == 1


def test_what_is_older_than_the_memory_is_not_sent_again(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(ONE,)))
    packets = frames(HISTORY_PACKETS + 2)
    client.says(packets[0], *packets[3:])
    before = len(watcher.rtp)
    client.says(again(packets[1], ssrc=41), again(packets[2], ssrc=41))

    assert forwarder.drops == {DropReason.DUPLICATE: 1}
    assert [sent.body for sent in seen(watcher)[before:]] == [b"2"]


@given(ahead=st.integers(1, 0x8000))
@example(ahead=0x8000)
@example(ahead=0x7FFF)
def test_what_repeats_the_future_uses_no_number_twice(ahead):
    # Counted backwards it would fall onto numbers that are sealed already.
    forwarder = Forwarder()
    client, watcher = Client(forwarder, spec(uplinks=(ONE,))), Client(forwarder, spec("02"))
    watcher.aim(SPEAKER_PICTURE.ssrc, "01")
    client.says(*frames(3))
    early = picture(FIRST + 2 + ahead, 9000, ssrc=31, body=b"early")
    client.says(again(early, ssrc=41), early, *(again(early, ssrc=41, seq=n) for n in (1, 2)))

    got = seen(watcher)
    seqs = [(sent.seq - got[0].seq) & 0xFFFF for sent in got]
    assert seqs in ([0, 1, 2], [0, 1, 2, 2 + ahead])
    assert (3 in seqs) or ahead > 1, "the very next is as good as the packet itself"


def test_a_repetition_of_what_nobody_can_read_changes_nothing(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(ONE,)))
    packets = frames(3)
    client.says(packets[0], packets[2])
    broken = again(packets[1], ssrc=41)
    client.says(broken[:13], broken[:15])

    assert forwarder.drops == {DropReason.PADDING: 1, DropReason.RTP_MALFORMED: 1}
    assert client.sources[31].repaired == 0
    assert client.sources[31].reception.packets == 2
    assert len(watcher.rtp) == 2


def test_a_restarted_encoder_takes_its_repetitions_with_it(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(BARE,)))
    packets = frames(3)
    client.says(packets[0], packets[2], again(packets[1], ssrc=41))
    client.says(picture(1, ssrc=32, key=True, body=b"new"), picture(3, ssrc=32, body=b"3"))

    client.says(again(picture(2, ssrc=32, body=b"2"), ssrc=42))

    assert [sent.body for sent in seen(watcher)] == [b"0", b"2", b"1", b"new", b"3", b"2"]
    assert list(client.incoming._repeats) == [42]


def test_the_streams_that_repeat_are_bounded(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(BARE,)))
    packets = frames(40)
    client.says(packets[0], packets[39])
    client.says(*(again(packets[1 + n], ssrc=100 + n) for n in range(20)))

    assert len(client.incoming._repeats) == MAX_SOURCES
    assert len(watcher.rtp) == 2 + MAX_SOURCES
    assert forwarder.drops == {DropReason.REPEAT_UNKNOWN: 20 - MAX_SOURCES}


def test_the_streams_own_ssrc_cannot_repeat(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(BARE,)))
    packets = frames(3)
    client.says(packets[0], packets[2], again(packets[1], ssrc=31))

    assert forwarder.drops == {DropReason.PAYLOAD_TYPE: 1}


def test_sound_is_not_repeated(forwarder):
    mic = replace(MIC, rtx_payload_type=112)
    client = Client(forwarder, spec(uplinks=(mic,)))
    client.says(sound(1, ssrc=9), sound(3, ssrc=9), again(sound(2, ssrc=9), ssrc=19, pt=112))

    assert forwarder.drops == {DropReason.NOT_WATCHED: 2, DropReason.DUPLICATE: 1}


def test_a_closed_client_leaves_nothing(forwarder, watcher):
    client = Client(forwarder, spec(uplinks=(MIC, ONE)))
    packets = frames(3)
    client.says(packets[0], packets[2], again(packets[1], ssrc=41), sound(1, ssrc=9, pt=OPUS))
    client.close(2.0)

    assert (client.sources, client.incoming._repeats) == ({}, {})
    assert forwarder.feed("01", "video").sources == {}

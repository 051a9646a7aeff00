"""The wire: every message arrives as it was sent, however the stream is cut; garbage has a name."""

from __future__ import annotations

import socket
import stat
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media import wire
from bridge.media.plane import (
    Candidate,
    Codec,
    Downlink,
    Greeting,
    Ladder,
    LayerDemand,
    LinkLost,
    LinkUp,
    Payload,
    Plan,
    PlaneStats,
    SessionEnded,
    SessionSpec,
    SessionStats,
    SourceStats,
    Uplink,
)
from bridge.media.told import SinkStats
from bridge.media.tried import Burst, LineTried, TrialOrder, TrialStop
from bridge.media.wire import (
    LIMIT_BYTES,
    Alive,
    Close,
    Fault,
    Frames,
    Open,
    Restart,
    SetPlan,
    Welcome,
    WireError,
    address_of,
    encode,
)
from tests.support.fake_plane import NOTHING

words = st.text(max_size=12)
layers = st.frozensets(st.sampled_from("qhf"))
counts = st.integers(0, 2**63 - 1)
seconds = st.floats(0, 1e9)
maybe_seconds = st.none() | seconds
numbers = st.integers(0, 127)
ssrcs = st.integers(0, 2**32 - 1)

candidates = st.builds(
    Candidate, address=words, port=st.integers(0, 65535), transport=st.sampled_from(["udp", "tcp"])
)
greetings = st.builds(
    Greeting, fingerprint=words, candidates=st.lists(candidates, max_size=3).map(tuple)
)
uplinks = st.builds(
    Uplink,
    slot=words,
    kind=words,
    mid=words,
    codec=st.sampled_from(Codec),
    payload_type=numbers,
    rtx_payload_type=st.none() | numbers,
    rids=st.lists(words, max_size=3).map(tuple),
    ssrcs=st.lists(ssrcs, max_size=3).map(tuple),
    rtx_ssrcs=st.dictionaries(ssrcs, ssrcs, max_size=2),
    nack=st.booleans(),
    mid_extension=st.none() | numbers,
)
downlinks = st.builds(
    Downlink,
    slot=words,
    kind=words,
    mid=words,
    payloads=st.dictionaries(
        st.sampled_from(Codec), st.builds(Payload, number=numbers, rtx=st.none() | numbers)
    ),
    ssrc=ssrcs,
    rtx_ssrc=st.none() | ssrcs,
)
specs = st.builds(
    SessionSpec,
    session=words,
    site=words,
    local_ufrag=words,
    local_pwd=words,
    remote_ufrag=words,
    remote_fingerprints=st.lists(st.tuples(words, words), max_size=2).map(tuple),
    uplinks=st.lists(uplinks, max_size=2).map(tuple),
    downlinks=st.lists(downlinks, max_size=2).map(tuple),
    cname=words,
    bandwidth_bps=st.none() | counts,
)
plans = st.builds(
    Plan,
    gates=st.frozensets(words, max_size=3),
    slots=st.dictionaries(words, words, max_size=3),
    wants=st.dictionaries(words, layers, max_size=3),
    private=st.dictionaries(words, st.dictionaries(words, words, max_size=2), max_size=2),
    watched=st.none() | words,
    ladder=st.dictionaries(words, st.sampled_from(Ladder), max_size=3),
)
sources = st.builds(
    SourceStats,
    slot=words,
    layer=words,
    packets=counts,
    bytes=counts,
    lost=counts,
    jitter_s=seconds,
    keyframes=counts,
    level_dbov=st.none() | st.integers(-127, 0),
    age_s=maybe_seconds,
)
sinks = st.builds(
    SinkStats, kind=words, packets=counts, bytes=counts, lost=counts, jitter_s=maybe_seconds
)
sessions = st.builds(
    SessionStats,
    session=words,
    site=words,
    connected=st.booleans(),
    age_s=maybe_seconds,
    rtt_s=maybe_seconds,
    loss_down=maybe_seconds,
    packets_out=counts,
    bytes_out=counts,
    sources=st.lists(sources, max_size=2).map(tuple),
    sinks=st.lists(sinks, max_size=2).map(tuple),
)
stats = st.builds(
    PlaneStats,
    sessions=st.lists(sessions, max_size=2).map(tuple),
    packets_in=counts,
    packets_out=counts,
    bytes_in=counts,
    bytes_out=counts,
    drops=st.dictionaries(words, counts, max_size=3),
    keyframe_requests=counts,
    switches=counts,
)
bursts = st.builds(
    Burst,
    bps=counts,
    lasted_s=seconds,
    packets=counts,
    lost=st.none() | counts,
    queue_s=maybe_seconds,
)
messages = st.one_of(
    st.builds(
        Welcome, greeting=greetings, pid=counts, metrics=words, plan=plans, alive=st.integers(0, 99)
    ),
    st.builds(Alive, spec=specs, link_up=st.booleans()),
    st.builds(LinkUp, session=words),
    st.builds(LinkLost, session=words),
    st.builds(SessionEnded, session=words, reason=words),
    st.builds(LayerDemand, site=words, layers=layers),
    stats,
    st.builds(Open, spec=specs),
    st.builds(Close, session=words),
    st.builds(Restart, session=words, local_ufrag=words, local_pwd=words, remote_ufrag=words),
    st.builds(SetPlan, plan=plans),
    st.builds(
        LineTried,
        trial=words,
        session=words,
        outcome=st.sampled_from(["done", "ended", "busy", "absent", "stopped"]),
        rtt_s=maybe_seconds,
        expected_up=counts,
        bursts=st.lists(bursts, max_size=3).map(tuple),
        levels=st.lists(st.tuples(counts, st.integers(-127, 0)), max_size=3).map(tuple),
        width=st.none() | counts,
        notes=st.lists(words, max_size=2).map(tuple),
    ),
    st.builds(
        TrialOrder,
        trial=words,
        session=words,
        bursts=st.booleans(),
        sound=st.lists(words, max_size=3).map(tuple),
    ),
    st.builds(TrialStop, trial=words),
)


@given(st.lists(messages, max_size=4), st.integers(1, 4000))
def test_what_is_sent_arrives_however_the_stream_is_cut(sent, piece):
    stream = b"".join(map(encode, sent))
    frames = Frames()

    arrived = [
        message
        for start in range(0, len(stream), piece)
        for message in frames.feed(stream[start : start + piece])
    ]

    assert arrived == sent
    assert [type(message) for message in arrived] == [type(message) for message in sent]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_fault(garbage):
    frames = Frames()
    try:
        for message in frames.feed(garbage):
            assert type(message) in wire._NUMBERS
    except WireError as error:
        assert error.fault in set(Fault)


@given(messages, st.data())
def test_a_damaged_message_is_another_message_or_a_fault(message, data):
    whole = bytearray(encode(message))
    whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        list(Frames().feed(bytes(whole)))
    except WireError as error:
        assert error.fault in {Fault.MALFORMED, Fault.UNKNOWN}


@pytest.mark.parametrize(
    ("stream", "fault"),
    [
        (struct.pack("!IB", 0, 0), Fault.TOO_LONG),
        (struct.pack("!IB", LIMIT_BYTES + 1, 0), Fault.TOO_LONG),
        (b"GET / HTTP/1.1\r\n", Fault.TOO_LONG),
        (struct.pack("!IB", 1, 255), Fault.UNKNOWN),
        (struct.pack("!IB", 3, 2) + b"{}", Fault.MALFORMED),
        (struct.pack("!IB", 4, 2) + b"\xff\x00\xff", Fault.MALFORMED),
        (struct.pack("!IB", 1, 2), Fault.MALFORMED),
    ],
)
def test_garbage_has_a_name(stream, fault):
    with pytest.raises(WireError) as raised:
        list(Frames().feed(stream))
    assert raised.value.fault is fault


def test_what_came_whole_before_garbage_is_taken():
    arriving = Frames().feed(encode(Close(session="a")) + b"\xff" * 5)
    assert next(arriving) == Close(session="a")
    with pytest.raises(WireError):
        next(arriving)


def test_nothing_longer_than_the_limit_is_sent():
    with pytest.raises(WireError) as raised:
        encode(Close(session="x" * LIMIT_BYTES))
    assert raised.value.fault is Fault.TOO_LONG


def test_statistics_of_a_whole_conference_are_far_from_the_limit():
    source = SourceStats(
        slot="content.picture",
        layer="q",
        packets=2**40,
        bytes=2**50,
        lost=2**30,
        jitter_s=0.123456789,
        keyframes=2**20,
        level_dbov=-127,
        age_s=0.123456789,
    )
    session = SessionStats(
        session="x" * 20,
        site="110-9",
        connected=True,
        age_s=0.123456789,
        rtt_s=0.123456789,
        loss_down=0.123456789,
        packets_out=2**50,
        bytes_out=2**60,
        sources=(source,) * 12,
    )
    whole = replace(NOTHING, sessions=(session,) * 200)

    assert len(encode(whole)) < LIMIT_BYTES / 4
    assert list(Frames().feed(encode(whole))) == [whole]
    assert list(Frames().feed(encode(replace(whole, sessions=())))) != [whole]


def test_a_socket_may_lie_deeper_than_its_address_is_long(tmp_path):
    folder = tmp_path / ("d" * 100) / ("e" * 100)
    folder.mkdir(parents=True)
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    with socket.socket(socket.AF_UNIX) as there, socket.socket(socket.AF_UNIX) as here:
        with address_of(folder / "s") as address:
            there.bind(address)
        there.listen()
        with address_of(folder / "s") as address:
            here.connect(address)
    assert stat.S_ISSOCK((folder / "s").stat().st_mode)
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before

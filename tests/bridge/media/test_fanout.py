"""What waits, for how long, and what becomes of packets that cannot."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.drops import DropReason
from bridge.media.core.packets import MAX_GROUP
from tests.support.media import Eye, Table, padding, picture, sound


@pytest.fixture
def table() -> Table:
    it = Table()
    it.forwarder.set_gates(frozenset({"01", "02"}))
    return it


def watched(table: Table, site: str = "01") -> tuple[Eye, object]:
    """An eye that is shown the first picture of a site."""
    eye = table.eye("03", "speaker.1", "video", at=site)
    source = table.source(site, "video")
    table.see(source, 1.0, picture(10, key=True, picture_id=10))
    return eye, source


def test_nothing_waits_at_first_and_a_flush_of_nothing_is_nothing(table):
    fanout = table.forwarder.fanout
    assert fanout.since_s is None

    fanout.flush()

    assert fanout.since_s is None


def test_packets_wait_for_others_and_leave_together(table):
    eye, source = watched(table)
    table.put(source, 2.0, picture(11), picture(12))
    table.put(source, 2.5, picture(13))
    assert (eye.batches, table.forwarder.fanout.since_s) == ([1], 2.0)

    table.forwarder.fanout.flush()

    assert (eye.batches, table.forwarder.fanout.since_s) == ([1, 3], None)
    assert eye.seqs == [0, 1, 2, 3]
    assert source.pending == []


def test_the_oldest_that_waits_says_since_when_whatever_its_source(table):
    (_, one), (_, two) = watched(table, "01"), watched(table, "02")
    table.put(two, 2.0, picture(11))
    table.put(one, 2.1, picture(11))
    assert table.forwarder.fanout.since_s == 2.0
    table.forwarder.fanout.flush()

    table.put(one, 2.2, picture(12))

    assert table.forwarder.fanout.since_s == 2.2


def test_what_is_given_once_is_written_for_everybody(table):
    eyes = [table.eye(f"{n:02d}", "speaker.1", "video", at="01") for n in range(2, 6)]
    table.see(table.source("01", "video"), 1.0, *(picture(n, key=n == 0) for n in range(20)))

    assert [eye.batches for eye in eyes] == [[MAX_GROUP, 4]] * 4
    assert [eye.seqs for eye in eyes] == [list(range(20))] * 4


def test_a_slot_that_comes_while_packets_wait_is_not_given_them(table):
    first = table.eye("03", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    table.put(source, 1.0, sound(1, body=b"before"))
    later = table.eye("04", "speaker.1", "audio", at="01")
    table.hear(source, 1.02, sound(2, body=b"after"))

    assert first.bodies == [b"before", b"after"]
    assert later.bodies == [b"after"]


@pytest.mark.parametrize("change", ["aim", "gate", "remove source", "remove outlet", "restart"])
def test_what_waits_goes_where_it_was_meant_to_before_anything_changes(table, change):
    ear = table.eye("03", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    table.hear(source, 1.0, sound(1, body=b"one"))
    table.put(source, 1.02, sound(2, body=b"two"))
    if change == "aim":
        table.aim(ear, "02", 1.021)
    elif change == "gate":
        table.forwarder.set_gates(frozenset())
    elif change == "remove source":
        table.forwarder.remove_source(source)
    elif change == "remove outlet":
        table.forwarder.remove_outlet(ear.outlet, 1.021)
    else:
        table.put(source, 1.021, sound(30000), sound(30001, body=b"three"))
        assert ear.bodies == [b"one", b"two"]
        table.forwarder.fanout.flush()
        assert ear.bodies == [b"one", b"two", b"three"]
        return
    table.forwarder.fanout.flush()

    assert ear.bodies == [b"one", b"two"]
    assert ear.seqs == [0, 1]


def test_a_packet_that_is_not_the_newest_goes_at_once_behind_what_waits(table):
    eye, source = watched(table)
    table.put(source, 2.0, picture(11, picture_id=11), picture(13, picture_id=13))

    table.put(source, 2.0, picture(12, picture_id=12))

    assert table.forwarder.fanout.since_s is None
    assert eye.seqs == [0, 1, 3, 2]
    assert [sent.picture_id for sent in eye.got] == [0x7FFF, 0, 2, 1]
    assert eye.batches == [1, 2, 1]


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_a_late_packet_of_before_the_run_is_dropped_by_name(table, kind):
    eye = table.eye("03", "speaker.1", kind, at="01")
    source = table.source("01", kind)
    if kind == "audio":
        table.hear(source, 1.0, sound(10), sound(9), sound(11))
    else:
        table.see(source, 1.0, picture(10, key=True), picture(9), picture(11))

    assert eye.seqs == [0, 1]
    assert table.forwarder.drops == {DropReason.BEFORE_SWITCH: 1}


def test_a_late_packet_for_a_slot_that_has_begun_nothing_is_dropped_by_name(table):
    ear = table.eye("03", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    table.hear(source, 1.0, sound(10), sound(12))
    table.forwarder.set_gates(frozenset())
    table.forwarder.set_gates(frozenset({"01"}))
    table.hear(source, 1.1, sound(11), sound(13))

    assert ear.seqs == [0, 2, 3]
    assert table.forwarder.drops == {DropReason.BEFORE_SWITCH: 1}


def test_the_first_sound_of_a_run_is_marked_and_a_marked_picture_is_left_alone(table):
    ear = table.eye("03", "speaker.1", "audio", at="01")
    eye, source = watched(table)
    table.hear(table.source("01", "audio"), 1.0, sound(1), sound(2), sound(3, marker=True))
    table.see(source, 1.1, picture(11, marker=True))

    assert [sent.marker for sent in ear.got] == [True, False, True]
    assert [sent.marker for sent in eye.got] == [False, True]


# Temporal layers.

LAYERED = [(0, False), (2, True), (1, True), (2, False)]


def layered(n: int, **changes) -> bytes:
    tid, sync = LAYERED[n % 4]
    values = {"key": n == 0, "picture_id": n, "tl0": n // 4, "tid": tid, "sync": sync}
    return picture(n, n * 3000, **(values | changes))


def test_upper_temporal_layers_are_left_out_for_whose_line_carries_less(table):
    full, small = (table.eye(site, "speaker.1", "video", at="01") for site in ("03", "04"))
    source = table.source("01", "video")
    table.see(source, 1.0, *map(layered, range(4)))
    table.limit(small, "f", 1.1, tid=0)
    table.see(source, 1.1, *map(layered, range(4, 16)))

    assert full.seqs == list(range(16))
    assert [sent.tid for sent in small.got] == [0, 2, 1, 2, 0, 0, 0]
    assert small.seqs == list(range(7))
    ids = [(sent.picture_id - 0x7FFF) & 0x7FFF for sent in small.got]
    assert ids == list(range(7)), "libwebrtc waits for a picture id that is missing"
    assert [(sent.tl0 - 255) & 0xFF for sent in small.got] == [0, 0, 0, 0, 1, 2, 3]
    assert table.forwarder.drops == {DropReason.TEMPORAL: 16 - 7}


def test_they_come_back_one_after_the_other_where_the_picture_allows_it(table):
    small = table.eye("04", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.limit(small, "f", 0.5, tid=0)
    table.see(source, 1.0, *map(layered, range(5)))
    table.limit(small, "f", 1.1)
    table.see(source, 1.1, *map(layered, range(5, 12)))

    assert [sent.tid for sent in small.got] == [0, 0, 1, 0, 2, 1, 2]
    assert small.seqs == list(range(7))
    assert small.outlet.tiers.is_open


def test_a_late_packet_of_a_layer_left_out_leaves_no_hole(table):
    small = table.eye("04", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.limit(small, "f", 0.5, tid=0)
    table.see(source, 1.0, *map(layered, (0, 2, 3, 4)), layered(1, body=b"upper"))

    assert [index - 65534 for index in small.indices] == [0, 2, 1]
    assert [sent.body for sent in small.got] == [b"", b"", b""]
    assert small.got[2].picture_id == -1, "filled with nothing"
    assert table.forwarder.drops == {DropReason.TEMPORAL: 3}


def test_a_packet_left_out_comes_not_again_when_it_comes_twice(table):
    small = table.eye("04", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.limit(small, "f", 0.5, tid=0)
    table.see(source, 1.0, *map(layered, range(5)), layered(1))

    assert small.seqs == [0, 1]
    assert table.forwarder.drops == {DropReason.DUPLICATE: 1, DropReason.TEMPORAL: 5 - 2}


def test_padding_alone_is_of_the_lowest_layer(table):
    small = table.eye("04", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.limit(small, "f", 0.5, tid=0)
    table.see(source, 1.0, layered(0), padding(1), *map(layered, (2, 3, 4)))

    assert small.seqs == [0, 1, 2]


def test_a_picture_begins_with_all_that_its_line_carries(table):
    eye = table.eye("04", "speaker.1", "video", at="01")
    table.limit(eye, "f", 0.5, tid=0)
    table.see(table.source("01", "video"), 1.0, *map(layered, range(4)))
    table.aim(eye, "02", 1.1)
    table.limit(eye, "f", 1.1)
    table.see(table.source("02", "video"), 1.2, *map(layered, range(4)))

    assert [sent.tid for sent in eye.got] == [0, 0, 2, 1, 2]
    assert eye.seqs == list(range(5))


turns = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["01", "02"]), st.just("send"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["01", "02"]), st.just("key"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["01", "02"]), st.just("aim"), st.none()),
        st.tuples(st.none(), st.just("limit"), st.integers(0, 3)),
        st.tuples(st.none(), st.just("flush"), st.none()),
    ),
    min_size=30,
    max_size=120,
)


@given(turns)
def test_where_nothing_is_lost_nothing_is_missing_however_much_is_left_out(turns):
    table = Table()
    eye = table.eye("03", "speaker.1", "video", at="01")
    sources = {site: table.source(site, "video") for site in ("01", "02")}
    seqs, frames, since_key = ({"01": 65_000, "02": 9} for _ in range(3))
    now_s = 10.0
    for site, deed, value in turns:
        now_s += 0.03
        if deed in {"send", "key"}:
            since_key[site] = 0 if deed == "key" else since_key[site] + 1
            for n in range(value):
                packet = layered(
                    since_key[site],
                    key=deed == "key",
                    starts=n == 0,
                    picture_id=frames[site],
                    marker=n == value - 1,
                )
                head = picture(seqs[site], round(now_s * 90000), marker=n == value - 1)[:12]
                table.put(sources[site], now_s, head + packet[12:])
                seqs[site] += 1
            frames[site] += 1
        elif deed == "aim":
            table.aim(eye, site, now_s)
        elif deed == "limit":
            table.limit(eye, "f", now_s, tid=value)
        else:
            table.forwarder.fanout.flush()
    table.forwarder.fanout.flush()

    assert eye.indices == list(range(65534, 65534 + len(eye.got)))
    for before, after in pairwise(eye.got):
        is_next = before.marker
        assert (after.picture_id - before.picture_id) & 0x7FFF == is_next
        assert after.starts == is_next, "whole pictures, one after the other"
        assert ((after.timestamp - before.timestamp) & 0xFFFFFFFF > 0) == is_next
        assert (after.timestamp - before.timestamp) & 0xFFFFFFFF < 0x80000000

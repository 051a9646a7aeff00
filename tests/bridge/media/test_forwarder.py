"""The forwarding table with fakes, in times that are written down.  No sockets, no keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.drops import DropReason
from bridge.media.core.h264 import H264Malformed
from bridge.media.core.vp8 import Vp8Malformed
from bridge.media.plane import Codec
from bridge.media.streams import ALIVE_S, Source
from tests.support.media import Table, h264, padding, picture, sound

WRAPS = [0, 1, 127, 128, 32767, 32768, 65534, 65535]


@pytest.fixture
def table() -> Table:
    return Table()


def opened(*sites: str) -> Table:
    table = Table()
    table.forwarder.set_gates(frozenset(sites))
    return table


# Sound and its gate.


def test_a_shut_gate_drops_from_the_first_packet_of_a_new_source(table):
    ear = table.eye("02", "speaker.1", "audio", at="01")

    table.hear(table.source("01", "audio"), 1.0, sound(1), sound(2))

    assert ear.got == []
    assert table.forwarder.drops == {DropReason.GATE: 2}


def test_an_open_gate_lets_pass_from_the_first_packet_of_a_new_source():
    table = opened("01")
    ear = table.eye("02", "speaker.1", "audio", at="01")

    table.hear(table.source("01", "audio"), 1.0, sound(1, body=b"one"), sound(2, body=b"two"))

    assert ear.bodies == [b"one", b"two"]
    assert table.forwarder.drops == {}


def test_a_slot_aimed_later_hears_a_source_that_was_there_before():
    table = opened("01")
    source = table.source("01", "audio")
    table.hear(source, 1.0, sound(1))
    ear = table.eye("02", "speaker.1", "audio", at="01")

    table.hear(source, 1.02, sound(2, body=b"two"))

    assert ear.bodies == [b"two"]
    assert table.forwarder.drops == {DropReason.NOT_WATCHED: 1}


@pytest.mark.parametrize("first", WRAPS)
def test_a_gate_that_was_shut_and_opens_leaves_no_gap_and_marks_the_first_packet(first):
    table = opened("01")
    ear = table.eye("02", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    for n in range(3):
        table.hear(source, n * 0.02, sound(first + n, n * 960))
    table.forwarder.set_gates(frozenset())
    for n in range(3, 53):
        table.hear(source, n * 0.02, sound(first + n, n * 960))
    table.forwarder.set_gates(frozenset({"01"}))
    for n in range(53, 55):
        table.hear(source, n * 0.02, sound(first + n, n * 960))

    assert ear.seqs == [0, 1, 2, 3, 4]
    assert [sent.marker for sent in ear.got] == [True, False, False, True, False]
    steps = [(sent.timestamp - ear.got[0].timestamp) & 0xFFFFFFFF for sent in ear.got]
    assert steps == [0, 960, 1920, 53 * 960, 54 * 960]
    assert table.forwarder.drops == {DropReason.GATE: 50}


def test_a_gate_is_of_one_site_and_of_sound_only(table):
    table.forwarder.set_gates(frozenset({"03"}))
    ear = table.eye("02", "speaker.1", "audio", at="01")
    eye = table.eye("02", "speaker.1", "video", at="01")

    table.hear(table.source("01", "audio"), 1.0, sound(1))
    table.see(table.source("01", "video"), 1.0, picture(1, key=True))

    assert ear.got == []
    assert len(eye.got) == 1


def test_gates_that_stay_open_are_not_touched():
    table = opened("01")
    ear = table.eye("03", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    table.hear(source, 1.0, sound(1))
    table.forwarder.set_gates(frozenset({"01", "02"}))
    table.hear(source, 1.02, sound(2))

    assert [sent.marker for sent in ear.got] == [True, False]


def test_the_level_is_measured_behind_a_shut_gate_too(table):
    source = table.source("01", "audio", level=1)
    table.hear(source, 1.0, sound(1, level=bytes((0x80 | 35,))))
    assert source.level_dbov == -35

    table.hear(source, 1.0, sound(2))

    assert source.level_dbov == -35
    assert table.source("02", "audio").level_dbov is None


def test_sound_moves_to_another_site_at_once_and_nothing_of_the_old_one_follows():
    table = opened("01", "02")
    ear = table.eye("03", "speaker.1", "audio", at="01")
    one, two = table.source("01", "audio"), table.source("02", "audio")
    table.hear(one, 1.0, sound(500, body=b"one"))
    table.hear(two, 1.0, sound(9, body=b"unheard"))
    table.aim(ear, "02", 1.01)
    table.hear(one, 1.02, sound(501, body=b"late"))
    table.hear(two, 1.02, sound(10, body=b"two"))

    assert ear.bodies == [b"one", b"two"]
    assert ear.seqs == [0, 1]
    assert [sent.marker for sent in ear.got] == [True, True]
    assert table.forwarder.drops == {DropReason.NOT_WATCHED: 2}
    assert table.forwarder.switches.count == 0


# Whose picture may be seen where.


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_no_machine_of_a_site_is_sent_the_site_itself(kind):
    table = opened("01")
    room, console = (table.eye("01", "speaker.1", kind, at="01") for _ in range(2))
    other = table.eye("02", "speaker.1", kind, at="01")
    source = table.source("01", kind)
    send = table.hear if kind == "audio" else table.see
    send(source, 1.0, sound(1) if kind == "audio" else picture(1, key=True))
    for eye in (room, console):
        table.aim(eye, "01", 1.1)
    send(source, 1.2, sound(2) if kind == "audio" else picture(2))

    assert room.got == console.got == []
    assert len(other.got) == 2


@pytest.mark.parametrize("kind", ["audio", "video"])
@pytest.mark.parametrize("target", ["02", None])
def test_a_slot_that_becomes_empty_or_ones_own_is_empty_at_once(kind, target):
    table = opened("01")
    eye = table.eye("02", "speaker.1", kind, at="01")
    source = table.source("01", kind)
    send = table.hear if kind == "audio" else table.see
    send(source, 1.0, sound(1) if kind == "audio" else picture(1, key=True))
    table.aim(eye, target, 1.01)
    send(source, 1.02, sound(2) if kind == "audio" else picture(2))

    assert len(eye.got) == 1
    assert table.forwarder.drops == {DropReason.NOT_WATCHED: 1}


def test_every_subscriber_gets_its_own_ssrc_and_payload_type_from_one_packet(table):
    eyes = [table.eye(f"{n:02d}", "speaker.1", "video", at="01") for n in range(2, 5)]

    table.see(table.source("01", "video"), 1.0, picture(1, key=True, body=b"same"))

    assert len({eye.got[0].ssrc for eye in eyes}) == 3
    assert {(eye.got[0].pt, eye.got[0].body) for eye in eyes} == {(100, b"same")}


def test_aiming_where_one_aims_already_changes_nothing():
    table = opened("01")
    eye = table.eye("02", "speaker.1", "video", at="01")
    ear = table.eye("02", "speaker.1", "audio", at="01")
    mic, camera = table.source("01", "audio"), table.source("01", "video")
    table.hear(mic, 1.0, sound(1))
    table.see(camera, 1.0, picture(1, key=True))
    for each in (eye, ear):
        table.aim(each, "01", 1.01)
    table.hear(mic, 1.02, sound(2))
    table.see(camera, 1.02, picture(2))

    assert eye.seqs == ear.seqs == [0, 1]
    assert [sent.marker for sent in ear.got] == [True, False]
    assert table.asked == []


def test_an_outlet_that_was_removed_gets_nothing_and_is_forgotten(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.see(source, 1.0, picture(1, key=True))
    table.forwarder.remove_outlet(eye.outlet, 1.01)
    table.see(source, 1.02, picture(2))
    table.forwarder.advance(1.1)

    assert eye.seqs == [0]
    assert (source.outlets, source.feed.aimed, table.forwarder.outlets) == ([], [], [])


# A floor change.


def test_the_old_picture_goes_on_until_the_new_ones_key_frame_and_then_no_more(table):
    eye = table.eye("03", "speaker.1", "video", at="01")
    old, new = table.source("01", "video"), table.source("02", "video")
    table.see(new, 1.0, picture(900, picture_id=7, tl0=7))
    table.see(old, 1.0, picture(5, 0, key=True, picture_id=300, tl0=30, body=b"old0"))
    table.aim(eye, "02", 1.05)
    table.see(old, 1.1, picture(6, 9000, picture_id=301, tl0=31, body=b"old1"))
    table.see(new, 1.1, picture(901, picture_id=8, tl0=8, body=b"no key"))
    table.see(new, 1.15, picture(902, 77, key=True, picture_id=9, tl0=9, body=b"new0"))
    table.see(old, 1.16, picture(7, 18000, picture_id=302, tl0=32, body=b"old2"))
    table.see(new, 1.2, picture(903, 77 + 4500, picture_id=10, tl0=10, body=b"new1"))

    assert table.asked == [("02", "")]
    assert eye.bodies == [b"old0", b"old1", b"new0", b"new1"]
    assert eye.seqs == [0, 1, 2, 3]
    assert [sent.picture_id for sent in eye.got] == [0x7FFF, 0, 1, 2]
    assert [sent.tl0 for sent in eye.got] == [255, 0, 1, 2]
    steps = [(sent.timestamp - eye.got[0].timestamp) & 0xFFFFFFFF for sent in eye.got]
    assert steps == [0, 9000, 9000 + 4500, 9000 + 4500 + 4500]
    assert table.forwarder.switches.count == 2
    assert table.forwarder.drops == {DropReason.NOT_WATCHED: 2, DropReason.AWAITING_KEYFRAME: 1}


def test_the_old_picture_goes_on_for_the_time_of_patience_and_no_longer(table):
    eye = table.eye("03", "speaker.1", "video", at="01")
    old = table.source("01", "video")
    table.see(old, 1.0, picture(1, key=True, body=b"key"))
    table.aim(eye, "02", 1.5)
    table.aim(eye, "02", 2.5)
    table.forwarder.advance(3.5)
    table.see(old, 3.5, picture(2, body=b"within"))
    table.forwarder.advance(3.51)
    table.see(old, 3.52, picture(3, body=b"beyond"))

    assert eye.bodies == [b"key", b"within"]
    assert table.forwarder.drops == {DropReason.NOT_WATCHED: 1}


def test_a_change_of_mind_before_the_key_frame_goes_on_with_the_old_picture(table):
    eye = table.eye("03", "speaker.1", "video", at="01")
    old, new = table.source("01", "video", "f"), table.source("02", "video", "f")
    table.see(old, 1.0, picture(1, key=True))
    table.see(new, 1.0, picture(1))
    table.aim(eye, "02", 1.1)
    table.aim(eye, "01", 1.2)
    table.see(new, 1.3, picture(2, key=True, body=b"new"))
    table.see(old, 1.3, picture(2))
    table.forwarder.advance(4.2)

    assert b"new" not in eye.bodies
    assert eye.seqs == [0, 1]
    assert eye.outlet.source is old
    assert [asked for asked in table.asked if asked[0] == "01"] == []


def test_a_site_of_which_nothing_has_come_yet_is_taken_when_it_comes(table):
    eye = table.eye("03", "speaker.1", "video", at="02")
    table.forwarder.advance(1.0)
    table.see(table.source("02", "video"), 5.0, picture(1, key=True, body=b"here"))

    assert eye.bodies == [b"here"]
    assert table.asked == []


# Key-frame requests.


def test_64_slots_that_aim_at_once_make_one_request(table):
    source = table.source("01", "video", "q")
    table.see(source, 0.9, picture(1))
    eyes = [table.eye("110", f"gallery.{n:02d}", "video") for n in range(64)]
    for eye in eyes:
        table.aim(eye, "01", 1.0)

    assert table.asked == [("01", "q")]
    assert table.forwarder.keyframe_requests == 1
    table.see(source, 1.1, picture(2, key=True))
    assert all(eye.seqs == [0] for eye in eyes)
    assert table.forwarder.switches.count == 64


def test_a_request_is_repeated_until_it_is_answered(table):
    source = table.source("01", "video")
    table.see(source, 0.9, picture(1))
    table.aim(table.eye("02", "speaker.1", "video"), "01", 1.0)
    asked_at_s = [1.0]
    for tenth in range(11, 30):
        before = len(table.asked)
        table.see(source, tenth / 10, picture(tenth))
        table.forwarder.advance(tenth / 10)
        asked_at_s += [tenth / 10] * (len(table.asked) - before)
        if tenth == 22:
            table.see(source, 2.25, picture(23, key=True))

    assert asked_at_s == [1.0, 1.5, 2.0]
    assert table.forwarder.keyframe_requests == 3 == len(table.asked)


def test_a_viewers_request_goes_to_the_source_and_waits_for_the_end_of_the_half_second(table):
    source = table.source("01", "video")
    table.see(source, 1.0, picture(1, key=True))
    table.forwarder.ask_keyframe(source, 1.1)
    table.see(source, 1.2, picture(2, key=True))
    table.forwarder.ask_keyframe(source, 1.3)
    table.forwarder.advance(1.5)
    assert len(table.asked) == 1

    table.forwarder.advance(1.6)

    assert len(table.asked) == 2


def test_a_new_source_that_begins_with_its_key_frame_is_not_asked_for_one(table):
    table.eye("02", "speaker.1", "video", at="01")

    table.see(table.source("01", "video"), 1.0, picture(1, key=True), picture(2))

    assert table.asked == []


def test_a_new_source_that_begins_otherwise_is_asked_at_once(table):
    table.eye("02", "speaker.1", "video", at="01")

    table.see(table.source("01", "video"), 1.0, picture(1), picture(2))

    assert table.asked == [("01", "")]
    assert table.forwarder.drops == {DropReason.AWAITING_KEYFRAME: 2}


def test_a_source_nobody_watches_is_asked_for_nothing(table):
    table.eye("02", "gallery.01", "video", at="01")

    table.see(table.source("01", "video", "f"), 1.0, picture(1))
    table.see(table.source("03", "video", "q"), 1.0, picture(1))
    table.forwarder.advance(1.1)

    assert table.asked == []
    assert table.forwarder.drops == {DropReason.NOT_WATCHED: 2}


def test_a_layer_that_is_silent_is_not_asked_and_is_asked_when_it_comes_back(table):
    source = table.source("01", "video", "q")
    table.see(source, 1.0, picture(1))
    table.eye("02", "speaker.1", "video")
    eye = table.eye("02", "gallery.01", "video")
    table.aim(eye, "01", 1.0 + ALIVE_S)
    table.forwarder.advance(2.1)
    assert table.asked == []

    table.see(source, 2.2, picture(2))

    assert table.asked == [("01", "q")]


# Layers.


def test_the_stage_takes_the_first_key_frame_and_rises_to_the_better_layer(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    q, f = table.source("01", "video", "q"), table.source("01", "video", "f")
    table.see(q, 1.0, picture(1, key=True, body=b"q0"))
    table.see(f, 1.0, picture(70, body=b"f no key"))
    assert table.asked == [("01", "f")]
    table.see(q, 1.1, picture(2, picture_id=1, body=b"q1"))
    table.see(f, 1.2, picture(71, key=True, body=b"f0"))
    table.see(q, 1.2, picture(3, key=True, body=b"q2"))
    table.see(f, 1.3, picture(72, body=b"f1"))

    assert eye.bodies == [b"q0", b"q1", b"f0", b"f1"]
    assert eye.seqs == [0, 1, 2, 3]
    assert table.forwarder.switches.count == 2


def test_a_layer_that_dies_is_left_for_a_lower_one_that_lives(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    q, f = table.source("01", "video", "q"), table.source("01", "video", "f")
    table.see(f, 1.0, picture(70, key=True, body=b"f0"))
    table.see(q, 1.9, picture(1, body=b"q0"))
    table.forwarder.advance(1.9)
    table.see(q, 1.95, picture(2, key=True, body=b"too early"))
    assert table.asked == []

    table.forwarder.advance(2.0)

    assert table.asked == [("01", "q")]
    table.see(q, 2.1, picture(3, key=True, body=b"q1"))
    table.see(f, 2.5, picture(71, body=b"f no key"))
    assert table.asked == [("01", "q"), ("01", "f")]
    table.see(f, 2.6, picture(72, key=True, body=b"f1"))
    assert eye.bodies == [b"f0", b"q1", b"f1"]
    assert eye.seqs == [0, 1, 2]


def test_a_site_whose_every_layer_is_silent_keeps_its_last_one(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    q, f = table.source("01", "video", "q"), table.source("01", "video", "f")
    table.see(q, 1.0, picture(1))
    table.see(f, 1.0, picture(70, key=True, body=b"f0"))
    table.forwarder.advance(60.0)
    table.see(f, 60.1, picture(71, body=b"f1"))

    assert eye.bodies == [b"f0", b"f1"]


def test_a_dead_layer_is_not_left_for_one_the_slot_may_not_show(table):
    eye = table.eye("02", "gallery.00", "video", at="01")
    q, f = table.source("01", "video", "q"), table.source("01", "video", "f")
    table.see(q, 1.0, picture(1, key=True, body=b"q0"))
    table.see(f, 5.0, picture(70, key=True))
    table.forwarder.advance(5.0)
    table.see(q, 5.1, picture(2, body=b"q1"))

    assert eye.bodies == [b"q0", b"q1"]


def test_a_thumbnail_is_never_the_large_layer(table):
    eye = table.eye("02", "gallery.00", "video", at="01")
    f = table.source("01", "video", "f")
    table.see(f, 1.0, picture(1, key=True))
    table.forwarder.advance(1.1)

    assert eye.got == []
    assert table.asked == []
    table.see(table.source("01", "video", "q"), 1.2, picture(1, key=True, body=b"q"))
    assert eye.bodies == [b"q"]


@pytest.mark.parametrize("slot", ["speaker.1", "chair", "gallery.63"])
def test_an_only_encoding_serves_stage_and_gallery(table, slot):
    eye = table.eye("02", slot, "video", at="01")
    source = table.source("01", "video", "")
    table.see(source, 1.0, picture(1, key=True), picture(2))
    table.forwarder.advance(1.1)

    assert eye.seqs == [0, 1]
    assert table.asked == []


# What a line carries.


def layers_of(table: Table, site: str = "01") -> dict[str, Source]:
    return {layer: table.source(site, "video", layer) for layer in ("q", "h", "f")}


def test_a_slot_goes_down_at_a_smaller_ones_key_frame_and_shows_the_large_one_until_then(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = layers_of(table)
    for layer in "qhf":
        table.see(source[layer], 1.0, picture(1, key=layer == "f", body=layer.encode()))
    table.asked.clear()
    table.limit(eye, "h", 1.6)
    assert table.asked == [("01", "h")], "the best it may show, and no other"
    table.see(source["f"], 1.7, picture(2, key=True, body=b"f, a key"))
    table.see(source["h"], 1.7, picture(2, body=b"h, no key"))
    table.see(source["h"], 1.8, picture(3, key=True, body=b"h"))
    table.see(source["f"], 1.9, picture(3, key=True, body=b"f, too large"))
    table.see(source["q"], 1.9, picture(2, key=True, body=b"q, too small"))

    assert eye.bodies == [b"f", b"f, a key", b"h"]
    assert eye.seqs == [0, 1, 2]


@pytest.mark.parametrize("limited", ["h", "q"])
def test_a_limit_that_goes_lets_it_up_again_at_a_key_frame(table, limited):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = layers_of(table)
    table.limit(eye, limited, 0.5)
    for layer in "qhf":
        table.see(source[layer], 1.0, picture(1, key=True, body=layer.encode()))
    assert eye.outlet.source is source[limited]
    table.limit(eye, "f", 1.1)
    assert table.asked[-1] == ("01", "f")

    table.see(source[limited], 1.2, picture(2, body=b"still"))
    table.see(source["f"], 1.3, picture(2, key=True, body=b"up"))

    assert eye.bodies[-2:] == [b"still", b"up"]


def test_down_takes_the_smallest_that_comes_first_and_then_rises_to_the_best_it_may(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = layers_of(table)
    table.see(source["f"], 1.0, picture(1, key=True, body=b"f"))
    table.limit(eye, "h", 1.1)
    table.see(source["q"], 1.2, picture(1, key=True, body=b"q"))
    table.see(source["h"], 1.3, picture(1, key=True, body=b"h"))

    assert eye.bodies == [b"f", b"q", b"h"]


def test_a_line_that_carries_no_picture_is_sent_none_at_once(table):
    eye, other = (table.eye(site, "speaker.1", "video", at="01") for site in ("02", "03"))
    source = table.source("01", "video", "q")
    table.see(source, 1.0, picture(1, key=True))
    table.limit(eye, None, 1.1)
    table.see(source, 1.2, picture(2, key=True), picture(3))
    table.forwarder.advance(1.3)
    assert (eye.seqs, other.seqs) == ([0], [0, 1, 2])
    assert table.asked == []

    table.limit(eye, "q", 1.4)
    assert table.asked == [("01", "q")]
    table.see(source, 1.5, picture(4), picture(5, key=True))

    assert (eye.seqs, other.seqs) == ([0, 1], [0, 1, 2, 3, 4])


def test_a_picture_that_no_line_carries_is_dropped_by_that_name(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    table.limit(eye, None, 0.5)
    table.see(table.source("01", "video"), 1.0, picture(1, key=True), picture(2))

    assert table.forwarder.drops == {DropReason.BANDWIDTH: 2}


def test_a_limit_that_stays_asks_for_nothing(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = layers_of(table)
    table.see(source["f"], 1.0, picture(1, key=True))
    table.see(source["h"], 1.0, picture(1))
    for now_s in (1.1, 1.7, 2.3):
        table.limit(eye, "f", now_s)
        table.see(source["f"], now_s, picture(int(now_s * 10)))
        table.see(source["h"], now_s, picture(int(now_s * 10)))

    assert table.asked == []


def test_a_limit_of_an_empty_slot_is_kept_for_what_comes(table):
    eye = table.eye("02", "speaker.1", "video")
    table.limit(eye, "q", 0.5)
    table.aim(eye, "01", 0.6)
    source = layers_of(table)
    table.see(source["f"], 1.0, picture(1, key=True))
    table.see(source["q"], 1.0, picture(1, key=True, body=b"q"))

    assert eye.bodies == [b"q"]


def test_a_large_picture_that_dies_beyond_the_limit_is_left_at_once(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = layers_of(table)
    table.see(source["f"], 1.0, picture(1, key=True, body=b"f"))
    table.limit(eye, "h", 1.5)
    table.see(source["q"], 1.9, picture(1))
    table.forwarder.advance(2.0)

    assert eye.outlet.source is None
    assert ("01", "q") in table.asked


# Codecs.


def test_a_codec_that_nobody_decodes_is_dropped_by_that_name_and_asked_for_nothing(table):
    eye = table.eye("02", "speaker.1", "video", at="01", codecs=[Codec.VP8])
    source = table.source("01", "video", codec=Codec.H264)
    table.see(source, 1.0, h264(1, key=True), h264(2))
    table.forwarder.advance(1.1)

    assert eye.got == []
    assert table.asked == []
    assert table.forwarder.drops == {DropReason.CODEC: 2}


def test_a_picture_in_a_codec_it_lacks_leaves_a_slot_empty_after_the_time_of_patience(table):
    eye = table.eye("03", "speaker.1", "video", at="01", codecs=[Codec.VP8])
    other = table.eye("04", "speaker.1", "video", at="01")
    old = table.source("01", "video")
    table.see(old, 1.0, picture(1, key=True))
    for each in (eye, other):
        table.aim(each, "02", 1.1)
    table.see(table.source("02", "video", codec=Codec.H264), 1.2, h264(1, key=True))
    table.see(old, 3.0, picture(2))
    table.forwarder.advance(3.2)
    table.see(old, 3.3, picture(3))

    assert eye.seqs == [0, 1]
    assert [sent.pt for sent in other.got] == [100, 102]


def test_codecs_may_follow_each_other_in_a_slot_each_at_its_key_frame(table):
    eye = table.eye("03", "speaker.1", "video", at="01")
    vp8, avc = table.source("01", "video"), table.source("02", "video", codec=Codec.H264)
    table.see(vp8, 1.0, picture(1, key=True, picture_id=50, body=b"vp8"))
    table.aim(eye, "02", 1.1)
    table.see(avc, 1.2, h264(900, body=b"no key"))
    table.see(vp8, 1.2, picture(2, picture_id=51, body=b"vp8"))
    table.see(avc, 1.3, h264(901, key=True, body=b"h264"), h264(902, body=b"h264"))
    table.aim(eye, "01", 1.4)
    table.see(vp8, 1.5, picture(40, key=True, picture_id=70, body=b"vp8"))

    assert eye.bodies == [b"vp8", b"vp8", b"h264", b"h264", b"vp8"]
    assert [sent.pt for sent in eye.got] == [100, 100, 102, 102, 100]
    assert eye.seqs == [0, 1, 2, 3, 4]
    assert [sent.picture_id for sent in eye.got] == [0x7FFF, 0, -1, -1, 1]


def test_a_malformed_picture_of_h264_is_refused_too(table):
    source = table.source("01", "video", codec=Codec.H264)
    with pytest.raises(H264Malformed):
        table.see(source, 1.0, h264(1)[:12] + b"\x78\x00")

    assert source.reception.packets == 0


# Slides and film.


def test_sound_of_slides_is_heard_while_their_site_has_the_content_slot():
    table = opened("01")
    mic, film = table.source("01", "audio"), table.source("01", "content.audio")
    speaker = table.eye("02", "speaker.1", "audio", at="01")
    content = table.eye("02", "content", "audio", at="01")
    table.hear(mic, 1.0, sound(1, body=b"mic"))
    table.hear(film, 1.0, sound(1, body=b"film"))
    table.forwarder.set_gates(frozenset(), content="01")
    table.hear(mic, 1.1, sound(2, body=b"mic"))
    table.hear(film, 1.1, sound(2, body=b"film"))
    table.forwarder.set_gates(frozenset({"01"}), content="02")
    table.hear(film, 1.2, sound(3, body=b"film"))

    assert speaker.bodies == [b"mic"]
    assert content.bodies == [b"film"]
    assert table.forwarder.drops == {DropReason.GATE: 3}


def test_a_new_session_with_slides_meets_the_gate_of_the_content_slot(table):
    content = table.eye("02", "content", "audio", at="01")
    table.forwarder.set_gates(frozenset(), content="01")
    table.hear(table.source("01", "content.audio"), 1.0, sound(1, body=b"film"))
    table.forwarder.set_gates(frozenset(), content=None)
    table.hear(table.source("01", "content.audio"), 1.1, sound(1, body=b"shut"))

    assert content.bodies == [b"film"]


def test_slides_and_camera_of_a_site_are_two_pictures_and_neither_is_sent_back(table):
    camera, slides = table.source("01", "video"), table.source("01", "content.video")
    face = table.eye("02", "speaker.1", "video", at="01")
    content = table.eye("02", "content", "video", at="01")
    own = table.eye("01", "content", "video", at="01")
    table.see(camera, 1.0, picture(1, key=True, body=b"face"))
    table.see(slides, 1.0, picture(1, key=True, body=b"slide"))

    assert (face.bodies, content.bodies, own.bodies) == ([b"face"], [b"slide"], [])


# Sources that come and go.


def test_a_new_session_of_a_site_takes_over_its_sound_without_a_gap():
    table = opened("01")
    ear = table.eye("02", "speaker.1", "audio", at="01")
    old = table.source("01", "audio")
    table.hear(old, 1.0, sound(1, body=b"old"))
    new = table.source("01", "audio")
    table.hear(old, 1.02, sound(2, body=b"old, late"))
    table.hear(new, 1.02, sound(700, body=b"new"))
    table.forwarder.remove_source(old)
    table.hear(new, 1.04, sound(701, body=b"new"))

    assert ear.bodies == [b"old", b"new", b"new"]
    assert ear.seqs == [0, 1, 2]
    assert table.forwarder.feed("01", "audio").sources == {"": new}


def test_a_new_session_meets_the_gate_that_was_shut_on_the_old_one():
    table = opened("01")
    ear = table.eye("02", "speaker.1", "audio", at="01")
    table.hear(table.source("01", "audio"), 1.0, sound(1))
    table.forwarder.set_gates(frozenset())
    table.hear(table.source("01", "audio"), 1.1, sound(1))

    assert len(ear.got) == 1
    assert table.forwarder.drops == {DropReason.GATE: 1}


def test_a_new_session_of_a_site_takes_over_its_picture_at_its_key_frame(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    table.see(table.source("01", "video", "f"), 1.0, picture(1, key=True, body=b"old"))
    new = table.source("01", "video", "f")
    table.see(new, 1.1, picture(50, body=b"no key"))
    assert table.asked == [("01", "f")]
    table.see(new, 1.2, picture(51, key=True, body=b"new"))

    assert eye.bodies == [b"old", b"new"]
    assert eye.seqs == [0, 1]


def test_a_source_that_ended_is_asked_for_nothing_and_its_slots_wait(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.see(source, 1.0, picture(1, key=True))
    table.forwarder.ask_keyframe(source, 1.1)
    table.forwarder.remove_source(source)
    table.forwarder.advance(1.7)

    assert len(table.asked) == 1
    assert eye.outlet.source is None
    assert table.forwarder.feed("01", "video").sources == {}


# Numbers that jump, and packets without a picture.


def test_a_single_packet_far_from_the_stream_is_dropped():
    table = opened("01")
    ear = table.eye("02", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    table.hear(source, 1.0, sound(1), sound(30000), sound(2))

    assert ear.seqs == [0, 1]
    assert table.forwarder.drops == {DropReason.SEQUENCE_JUMP: 1}
    assert source.bytes == 2 * len(sound(1))


def test_sound_whose_numbers_jumped_goes_on_without_a_gap():
    table = opened("01")
    ear = table.eye("02", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    table.hear(source, 1.0, sound(1, 100), sound(30000, 5), sound(30001, 965), sound(30002, 1925))

    assert ear.seqs == [0, 1, 2]
    assert [sent.marker for sent in ear.got] == [True, True, False]
    assert table.forwarder.drops == {DropReason.SEQUENCE_JUMP: 1}


def test_picture_whose_numbers_jumped_goes_on_at_its_next_key_frame(table):
    # The packet that was dropped as suspect may have been the start of a key frame.
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    source.on_sender_report(5 << 32, 1000, 1.0)
    table.see(source, 1.0, picture(1, key=True, body=b"before"))
    table.see(source, 1.1, picture(30000, 9, key=True), picture(30001, 9, body=b"torn"))
    assert table.asked == [("01", "")]
    table.see(source, 1.2, picture(30002, 18, key=True, body=b"after"))

    assert eye.bodies == [b"before", b"after"]
    assert eye.seqs == [0, 1]
    assert source.clock.rtp_at(1.2) == 18, "the report before the jump says nothing about it"
    assert table.forwarder.drops == {
        DropReason.SEQUENCE_JUMP: 1,
        DropReason.AWAITING_KEYFRAME: 1,
    }


def test_a_jump_of_a_picture_nobody_sees_asks_for_nothing(table):
    source = table.source("01", "video")
    table.see(source, 1.0, picture(1), picture(30000), picture(30001))

    assert table.asked == []


def test_padding_alone_keeps_its_place_and_shows_nothing(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.see(source, 1.0, padding(1), picture(2, key=True), padding(3), picture(4, picture_id=1))

    assert eye.seqs == [0, 1, 2]
    assert [sent.body for sent in eye.got] == [b"", b"", b""]
    assert [sent.picture_id for sent in eye.got] == [0x7FFF, -1, 0]
    assert table.asked == [("01", "")]
    assert source.keyframes_seen == 1


def test_packets_older_than_the_key_frame_are_not_sent_behind_it(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.see(source, 1.0, picture(10), picture(12, key=True, body=b"key"), picture(11))
    table.see(source, 1.1, picture(13, body=b"next"))

    assert eye.bodies == [b"key", b"next"]
    assert table.forwarder.drops == {
        DropReason.AWAITING_KEYFRAME: 1,
        DropReason.BEFORE_SWITCH: 1,
    }


def test_loss_before_us_stays_a_gap_behind_us(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.see(source, 1.0, picture(10, key=True), picture(13), picture(12))

    assert eye.seqs == [0, 3, 2]


def test_a_key_frame_of_many_packets_is_one(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.see(source, 1.0, picture(1, key=True), picture(2, key=True, starts=False), picture(3))

    assert eye.seqs == [0, 1, 2]
    assert source.keyframes_seen == 1
    assert table.forwarder.switches.count == 1


# Repairs, copies and what comes late.


def test_what_came_again_is_given_the_place_it_was_missed_in(table):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video", nack=True)
    table.see(source, 1.0, picture(10, key=True), picture(12, picture_id=2))
    table.see(source, 1.1, picture(11, picture_id=1, body=b"again"), repeated=True)

    assert eye.seqs == [0, 2, 1]
    assert [sent.picture_id for sent in eye.got] == [0x7FFF, 1, 0]
    assert (source.repaired, source.reception.lost) == (1, 0)


@pytest.mark.parametrize(("nack", "holes"), [(True, 1), (False, 0)])
def test_a_hole_in_a_picture_is_told_at_once_if_it_can_be_closed(table, nack, holes):
    told = []
    table.forwarder.on_hole = lambda: told.append(table.forwarder.outlets)
    source = table.source("01", "video", nack=nack)
    table.see(source, 1.0, picture(10), picture(11), picture(13))
    assert len(told) == holes

    table.see(source, 1.1, picture(12), repeated=True)
    table.see(source, 1.2, picture(14))

    assert len(told) == holes


def test_a_packet_that_came_again_before_it_was_missed_is_as_good_as_the_first(table):
    # A sender that probes its line repeats what it sent last, and this may overtake it.
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video", nack=True)
    table.see(source, 1.0, picture(10, key=True))
    table.see(source, 1.1, picture(12, picture_id=2), repeated=True)
    table.see(source, 1.2, picture(12, picture_id=2), picture(13, picture_id=3))

    assert eye.seqs == [0, 2, 3]
    assert table.forwarder.drops == {DropReason.DUPLICATE: 1}
    assert (source.repaired, source.reception.highest) == (0, 13)


@pytest.mark.parametrize("ahead", [1, 5, 2999])
def test_a_repeat_of_what_was_never_sent_takes_no_number_that_was_used(table, ahead):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video", "f")
    under_the_same = 70_000 + ahead - 65536
    numbers = sorted({*range(0, 70_001, 2000), under_the_same})
    table.see(source, 1.0, *(picture(n, key=n == 0, body=b"%d" % n) for n in numbers))
    table.see(source, 1.1, picture(70_000 + ahead, body=b"planted"), repeated=True)

    assert len(set(eye.indices)) == len(eye.indices)
    assert eye.indices[-1] == eye.indices[-2] + ahead


@pytest.mark.parametrize("again", ["by itself", "by retransmission"])
@pytest.mark.parametrize("back", [0, 1, 50, 63, 64, 90])
@pytest.mark.parametrize("layer", ["q", "f"])
def test_a_number_goes_out_once_whatever_comes_under_it(table, again, back, layer):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video", layer)
    table.see(source, 1.0, *(picture(n, key=n == 0) for n in range(200)))
    before = len(eye.got)
    table.see(source, 1.1, picture(199 - back, body=b"other"), repeated=again != "by itself")

    assert len(eye.got) == before
    assert table.forwarder.drops == {DropReason.DUPLICATE: 1}


def test_a_key_frame_whose_beginning_comes_late_is_no_place_to_begin(table):
    # What follows its beginning has gone by: a decoder would be given a torn picture.
    eye = table.eye("03", "speaker.1", "video", at="01")
    old, new = table.source("01", "video"), table.source("02", "video")
    table.see(old, 1.0, picture(1, key=True, body=b"old"))
    table.see(new, 1.0, picture(9))
    table.aim(eye, "02", 1.1)
    table.see(new, 1.2, picture(11, starts=False), picture(10, key=True, body=b"late"))
    table.see(new, 1.3, picture(12, body=b"delta"))
    table.see(old, 1.3, picture(2, body=b"old"))
    assert eye.bodies == [b"old", b"old"]
    table.forwarder.advance(1.6)
    assert table.asked == [("02", ""), ("02", "")], "and it is asked for again"

    table.see(new, 1.7, picture(13, key=True, body=b"new"))

    assert eye.bodies == [b"old", b"old", b"new"]
    assert eye.seqs == [0, 1, 2]


def test_a_late_key_frame_serves_those_who_see_its_source_already(table):
    eye = table.eye("03", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    table.see(source, 1.0, picture(9, key=True))
    table.forwarder.ask_keyframe(source, 1.1)
    table.see(source, 1.2, picture(11, starts=False), picture(10, key=True, body=b"late"))
    table.forwarder.advance(2.0)

    assert eye.seqs == [0, 2, 1]
    assert len(table.asked) == 1


@pytest.mark.parametrize("length", [12, 13, 17, 18])
def test_a_malformed_picture_is_refused_and_nothing_is_counted(table, length):
    eye = table.eye("02", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    with pytest.raises(Vp8Malformed):
        table.forwarder.forward_picture(
            source, picture(1, key=True)[:length], 12, max(length, 13), 1, 0, 1.0
        )

    assert eye.got == []
    assert (source.reception.packets, source.bytes) == (0, 0)
    assert table.forwarder.drops == {}


# Laws.

SITES = ["01", "02", "110"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("aim"), st.sampled_from([*SITES, None])),
        st.tuples(st.just("gates"), st.frozensets(st.sampled_from(SITES))),
        st.tuples(st.just("sound"), st.sampled_from(SITES)),
        st.tuples(st.just("key"), st.sampled_from(SITES)),
        st.tuples(st.just("delta"), st.sampled_from(SITES)),
        st.tuples(st.just("jump"), st.sampled_from(SITES)),
        st.tuples(st.just("reconnect"), st.sampled_from(SITES)),
        st.tuples(st.just("wait"), st.sampled_from([0.1, 1.1, 2.5])),
    ),
    min_size=15,
    max_size=60,
)


@given(STEPS)
def test_whatever_happens_no_stream_tears_and_nobody_hears_itself_or_a_shut_gate(steps):
    table = Table()
    ears = {site: table.eye(site, "speaker.1", "audio") for site in SITES}
    eyes = {site: table.eye(site, "speaker.1", "video") for site in SITES}
    sources = {
        (site, kind): table.source(site, kind) for site in SITES for kind in ("audio", "video")
    }
    numbers = dict.fromkeys(sources, 65500)
    gates: frozenset[str] = frozenset()
    target: str | None = None
    now_s = 10.0
    for frame, (step, value) in enumerate(steps):
        now_s += 0.03
        heard = {site: len(ear.got) for site, ear in ears.items()}
        if step == "aim":
            target = value
            for eye in (*ears.values(), *eyes.values()):
                table.aim(eye, target, now_s)
        elif step == "gates":
            gates = value
            table.forwarder.set_gates(gates)
        elif step == "wait":
            now_s += value
            table.forwarder.advance(now_s)
        elif step == "jump":
            numbers[value, "audio"] += 20000
            numbers[value, "video"] += 20000
        elif step == "reconnect":
            for kind in ("audio", "video"):
                sources[value, kind] = table.source(value, kind)
        else:
            kind = "audio" if step == "sound" else "video"
            numbers[value, kind] += 1
            seq, timestamp = numbers[value, kind], round(now_s * 90000)
            body = value.encode()
            if kind == "audio":
                table.hear(sources[value, "audio"], now_s, sound(seq, timestamp, body=body))
            else:
                key = step == "key"
                packet = picture(seq, timestamp, key=key, picture_id=frame, tl0=1, body=body)
                table.see(sources[value, "video"], now_s, packet)
        for site, ear in ears.items():
            for sent in ear.got[heard[site] :]:
                assert sent.body.decode() == target != site
                assert target in gates
    for eye in (*ears.values(), *eyes.values()):
        assert eye.outlet.site.encode() not in eye.bodies
        assert eye.seqs == list(range(len(eye.seqs)))
        times = [(sent.timestamp - 0xFFFFFFF0) & 0xFFFFFFFF for sent in eye.got]
        assert times == sorted(set(times))
        assert eye.outlet.packets == len(eye.got)
    for eye in eyes.values():
        changes = [n for n, body in enumerate(eye.bodies) if n == 0 or eye.bodies[n - 1] != body]
        assert all(eye.got[n].key for n in changes)


class Encoder:
    """A publisher's picture: what it sends, in order, each packet once."""

    def __init__(self, start: int, salt: int) -> None:
        self._seq = start
        self._frame = 0
        self._salt = salt
        self.held: list[bytes] = []
        """Lost or late on the way, and here still."""

    def send(self, *, key: bool, tid: int, sync: bool, size: int) -> list[bytes]:
        packets = [
            picture(
                self._seq + n,
                self._frame * 3000 + self._salt,
                key=key,
                starts=n == 0,
                picture_id=self._frame + self._salt,
                tl0=self._frame,
                tid=0 if key else tid,
                sync=sync,
                body=b"%d %d %d" % (self._salt, self._frame, n),
                marker=n == size - 1,
            )
            for n in range(size)
        ]
        self._seq += size
        self._frame += 1
        return packets

    def jump(self) -> None:
        self._seq += 20_000


deeds = st.lists(
    st.one_of(
        st.tuples(
            st.just("send"),
            st.integers(0, 2),
            st.booleans(),
            st.integers(0, 2),
            st.booleans(),
            st.lists(
                st.sampled_from(["now", "now", "now", "lost", "twice"]), min_size=1, max_size=4
            ),
        ),
        st.tuples(st.just("late"), st.integers(0, 2), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("aim"), st.sampled_from(["01", "02", None])),
        st.tuples(st.just("limit"), st.sampled_from(["q", "f", None]), st.integers(0, 3)),
        st.tuples(st.just("jump"), st.integers(0, 2)),
        st.tuples(st.just("reconnect"), st.integers(0, 2)),
        st.tuples(st.just("wait"), st.sampled_from([0.02, 1.1, 2.5])),
        st.tuples(st.just("flush")),
    ),
    min_size=30,
    max_size=120,
)


@given(st.sampled_from([0, 65_500, 65_535]), deeds)
def test_no_number_is_ever_sent_twice_whatever_comes_in_whatever_order(start, deeds):
    """A second text under one nonce gives the key to forge away (RFC 7714 section 8.4)."""
    table = Table()
    eye = table.eye("03", "speaker.1", "video", at="01")
    places = [("01", "q"), ("01", "f"), ("02", "f")]
    encoders = [Encoder(start, 1000 * n) for n in range(3)]
    sources = [table.source(site, "video", layer) for site, layer in places]
    now_s = 10.0
    for deed, *what in deeds:
        now_s += 0.02
        if deed == "send":
            which, key, tid, sync, fates = what
            encoder = encoders[which]
            packets = encoder.send(key=key, tid=tid, sync=sync, size=len(fates))
            for packet, fate in zip(packets, fates, strict=True):
                if fate != "lost":
                    table.put(sources[which], now_s, packet)
                if fate != "now":
                    encoder.held.append(packet)
        elif deed == "late":
            which, at, repeated = what
            held = encoders[which].held
            if held:
                packet = held[at % len(held)]
                table.put(sources[which], now_s, packet, repeated=repeated)
        elif deed == "aim":
            table.aim(eye, what[0], now_s)
        elif deed == "limit":
            table.limit(eye, what[0], now_s, tid=what[1])
        elif deed == "jump":
            encoders[what[0]].jump()
        elif deed == "reconnect":
            site, layer = places[what[0]]
            sources[what[0]] = table.source(site, "video", layer)
            encoders[what[0]].held.clear()
        elif deed == "wait":
            now_s += what[0]
            table.forwarder.advance(now_s)
        else:
            table.forwarder.fanout.flush()
    table.forwarder.fanout.flush()

    assert len(set(eye.indices)) == len(eye.indices)
    assert all(index >= 65534 for index in eye.indices)
    for index, sent, written in zip(eye.indices, eye.got, eye.written, strict=True):
        assert sent.seq == index & 0xFFFF
        assert len(written) >= 12
    contents = [body for body in eye.bodies if body]
    assert len(set(contents)) == len(contents), "nor is anything shown twice"

"""The table's parts; what happens in it is test_forwarder.py's."""

from __future__ import annotations

import pytest

from bridge.media.core.layers import RANKS
from bridge.media.core.rewrite import Place
from bridge.media.plane import Codec
from bridge.media.streams import (
    ALIVE_S,
    HISTORY_PACKETS,
    REMEMBERED_RUNS,
    SMALL_HISTORY_PACKETS,
    medium_of,
)
from tests.support.media import Table, picture, sound


@pytest.fixture
def table() -> Table:
    it = Table()
    it.forwarder.set_gates(frozenset({"01", "02"}))
    return it


# Sources.


def test_a_source_is_alive_for_a_second_after_a_packet(table):
    source = table.source("01", "video")
    assert not source.alive(0.0)
    table.see(source, 5.0, picture(1))

    assert source.alive(5.0)
    assert source.alive(4.99 + ALIVE_S)
    assert not source.alive(5.0 + ALIVE_S)


def test_its_rate_is_measured_while_it_is_alive_and_begins_anew_after(table):
    source = table.source("01", "video")
    for tenth in range(30):
        now_s = 5.0 + tenth / 10
        table.see(source, now_s, picture(tenth, 9000 * tenth, body=bytes(1000)))
        source.measure(now_s)
    assert source.rate.is_known(now_s)
    assert source.rate.bps == pytest.approx(len(picture(0, body=bytes(1000))) * 80, rel=0.01)

    source.measure(now_s + ALIVE_S)

    assert not source.rate.is_known(now_s + ALIVE_S)


def test_a_sender_report_is_for_the_clock_and_for_the_next_block_about_the_source(table):
    source = table.source("01", "audio")
    source.on_sender_report(100 << 32, 4000, 7.0)

    assert source.clock.rtp_at(8.0) == 4000 + 48000
    block = source.reception.report(9.0)
    assert (block.last_sr, block.delay_since_sr) == (100 << 16, 2 << 16)


def test_after_a_restart_only_what_comes_then_says_where_the_clock_stands(table):
    source = table.source("01", "audio")
    source.on_sender_report(100 << 32, 4000, 7.0)
    source.restart(1)
    assert source.clock.rtp_at(8.0) is None

    source.on_sender_report(101 << 32, 9, 8.0)

    assert source.clock.rtp_at(8.0) == 9


def test_a_restart_forgets_the_pictures_of_before_and_what_was_missing(table):
    source = table.source("01", "video", nack=True)
    table.see(source, 1.0, picture(1, picture_id=7), picture(3), picture(4))
    assert source.missing.due(1.0, None) == (2,)
    source.restart(30_001)

    assert source.missing.due(1.5, None) == ()
    assert source.history.get(1) is None
    assert source.place().picture_id == source.place().tl0 == -1


def test_where_it_stands_and_where_it_stood_before_it_jumped(table):
    source = table.source("01", "video")
    assert source.place() == Place(0, 0, 0.0, -1, -1)
    table.see(source, 1.0, picture(65535, 100, picture_id=7, tl0=8))
    table.see(source, 1.1, picture(0, 200, picture_id=8, tl0=9), picture(65534, 0, picture_id=6))
    stood = Place(65536, 200, 1.1, 8, 9)
    assert source.place() == stood

    source.reception.on_packet(30_000, 5, 1.2)
    source.reception.on_packet(30_001, 5, 1.2)

    assert source.place_before_restart() == stood


def test_pictures_are_remembered_and_sound_is_not(table):
    assert table.source("01", "audio").history is None
    assert table.source("01", "content.audio").history is None
    assert table.source("01", "content.video").history is not None


@pytest.mark.parametrize("first", [0, 65000, 65535])
@pytest.mark.parametrize(
    ("layer", "remembered"), [("q", SMALL_HISTORY_PACKETS), ("f", HISTORY_PACKETS)]
)
def test_a_picture_is_remembered_by_its_index_for_a_while(table, first, layer, remembered):
    source = table.source("01", "video", layer)
    packets = [picture(first + n, body=b"%d" % n) for n in range(remembered + 1)]
    table.see(source, 1.0, *packets)

    assert source.remembered(first) is None
    assert source.remembered(first + 1) == packets[1]
    assert source.remembered(first + remembered) == packets[-1]
    assert source.remembered(first + remembered - 65536) is None, "as long ago as numbers wrap"


@pytest.mark.parametrize(
    ("medium", "nack", "asks"),
    [("video", True, True), ("video", False, False), ("audio", True, False)],
)
def test_what_is_lost_is_missed_if_it_can_be_had_again(table, medium, nack, asks):
    assert (table.source("01", medium, nack=nack).missing is not None) is asks


def test_what_came_again_is_counted_as_repaired(table):
    source = table.source("01", "video")
    table.see(source, 1.0, picture(1), picture(3))
    source.on_repeat(2)

    assert (source.repaired, source.reception.lost) == (1, 0)


# Outlets.


@pytest.mark.parametrize(
    ("slot", "top"),
    [
        ("chair", "f"),
        ("speaker.1", "f"),
        ("content", "f"),
        ("gallery.00", "q"),
        ("gallery.63", "q"),
    ],
)
def test_thumbnails_show_the_small_layer_and_the_stage_the_large_one(table, slot, top):
    outlet = table.eye("02", slot, "video").outlet

    assert (outlet.largest, outlet.top) == (top, top)
    assert outlet.tiers.is_open


@pytest.mark.parametrize("top", ["q", "h", "f"])
@pytest.mark.parametrize("present", [None, "q", "h", "f", ""])
@pytest.mark.parametrize("layer", ["q", "h", "f", ""])
def test_an_outlet_takes_what_is_better_and_not_more_than_it_may_show(table, top, present, layer):
    outlet = table.eye("02", "speaker.1", "video", at="01").outlet
    outlet.top = top
    if present is not None:
        outlet.source = table.source("01", "video", present)

    def may_show(layer: str) -> bool:
        return layer == "" or RANKS[layer] <= RANKS[top]

    is_needed = present is None or not may_show(present) or RANKS[layer] > RANKS[present]
    assert outlet.takes(table.source("01", "video", layer)) == (may_show(layer) and is_needed)


@pytest.mark.parametrize("layer", ["q", "h", "f", ""])
def test_an_outlet_whose_line_carries_none_takes_none(table, layer):
    outlet = table.eye("02", "speaker.1", "video", at="01").outlet
    outlet.top = None

    assert not outlet.takes(table.source("01", "video", layer))


@pytest.mark.parametrize("layer", ["q", "h", "f", ""])
def test_an_outlet_that_still_shows_another_site_takes_any_layer_of_the_new_one(table, layer):
    outlet = table.eye("02", "speaker.1", "video", at="01").outlet
    outlet.source = table.source("03", "video", "")

    assert outlet.takes(table.source("01", "video", layer))


def test_an_outlet_takes_no_codec_that_its_subscriber_lacks(table):
    outlet = table.eye("02", "speaker.1", "video", at="01", codecs=[Codec.VP8]).outlet

    assert not outlet.takes(table.source("01", "video", codec=Codec.H264))
    assert outlet.takes(table.source("01", "video", codec=Codec.VP8))


def test_retransmissions_have_the_number_that_belongs_to_the_codec(table):
    outlet = table.eye("02", "speaker.1", "video").outlet
    assert [outlet.rtx_of(number) for number in (100, 102, 9)] == [101, 103, None]

    assert table.eye("02", "speaker.1", "audio").outlet.rtx_of(100) is None


def test_former_runs_of_a_picture_are_remembered_newest_first_and_of_sound_not(table):
    eye = table.eye("03", "speaker.1", "video")
    ear = table.eye("03", "speaker.1", "audio")
    cameras = [table.source(site, "video") for site in ("01", "02")]
    mics = [table.source(site, "audio") for site in ("01", "02")]
    for n in range(REMEMBERED_RUNS + 2):
        for each in (eye, ear):
            table.aim(each, f"0{n % 2 + 1}", float(n))
        table.see(cameras[n % 2], float(n), picture(n, key=True))
        table.hear(mics[n % 2], float(n), sound(n))
    table.aim(eye, None, 9.0)

    assert len(eye.outlet.former) == REMEMBERED_RUNS
    firsts = [run.first + run.index_delta for run, _ in eye.outlet.former]
    assert firsts == [65534 + n for n in (5, 4, 3, 2)]
    assert [source for _, source in eye.outlet.former] == cameras[::-1] * 2
    assert ear.outlet.former == []


def test_the_newest_number_is_known_while_a_run_is_on_and_after(table):
    eye = table.eye("03", "speaker.1", "video", at="01")
    source = table.source("01", "video")
    assert eye.outlet.newest()[0] == 65533
    table.see(source, 1.0, picture(5, key=True), picture(8))
    assert eye.outlet.newest()[0] == 65537

    table.aim(eye, None, 1.1)

    assert eye.outlet.newest()[0] == 65537


# Feeds.


@pytest.mark.parametrize(
    ("slot", "kind", "medium"),
    [
        ("mic", "audio", "audio"),
        ("camera", "video", "video"),
        ("speaker.1", "audio", "audio"),
        ("gallery.07", "video", "video"),
        ("content", "video", "content.video"),
        ("content.picture", "video", "content.video"),
        ("content.sound", "audio", "content.audio"),
    ],
)
def test_a_slot_is_of_a_medium_and_slides_are_one_of_their_own(table, slot, kind, medium):
    assert medium_of(slot, kind) == medium
    assert table.forwarder.feed("01", medium).kind == kind

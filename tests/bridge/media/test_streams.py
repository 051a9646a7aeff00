"""The table's parts; what happens in it is test_forwarder.py's."""

from __future__ import annotations

import pytest

from bridge.media.streams import ALIVE_S
from tests.support.media import Table, picture

FIRST = {"": 2, "f": 1, "q": 0}


def test_a_source_is_alive_for_a_second_after_a_packet():
    table = Table()
    source = table.source("01", "video")
    assert not source.alive(0.0)
    table.see(source, 5.0, picture(1))

    assert source.alive(5.0)
    assert source.alive(4.99 + ALIVE_S)
    assert not source.alive(5.0 + ALIVE_S)


@pytest.mark.parametrize(
    ("slot", "top"),
    [("chair", "f"), ("speaker.1", "f"), ("gallery.00", "q"), ("gallery.63", "q")],
)
def test_thumbnails_show_the_small_layer_and_the_stage_the_large_one(slot, top):
    assert Table().eye("02", slot, "video").outlet.top == top


@pytest.mark.parametrize("slot", ["speaker.1", "gallery.00"])
@pytest.mark.parametrize("present", [None, "q", "f", ""])
@pytest.mark.parametrize("layer", ["q", "f", ""])
def test_an_outlet_takes_what_is_better_and_not_more_than_it_may_show(slot, present, layer):
    table = Table()
    outlet = table.eye("02", slot, "video", at="01").outlet
    if present is not None:
        outlet.source = table.source("01", "video", present)
    is_too_large = slot == "gallery.00" and layer == "f"
    is_better = present is None or FIRST[layer] > FIRST[present]

    assert outlet.takes(table.source("01", "video", layer)) == (is_better and not is_too_large)


@pytest.mark.parametrize("layer", ["q", "f", ""])
def test_an_outlet_that_still_shows_another_site_takes_any_layer_of_the_new_one(layer):
    table = Table()
    outlet = table.eye("02", "speaker.1", "video", at="01").outlet
    outlet.source = table.source("03", "video", "")

    assert outlet.takes(table.source("01", "video", layer))


def test_a_sender_report_is_for_the_clock_and_for_the_next_block_about_the_source():
    source = Table().source("01", "audio")
    source.on_sender_report(100 << 32, 4000, 7.0)

    assert source.clock.rtp_at(8.0) == 4000 + 48000
    block = source.reception.report(9.0)
    assert (block.last_sr, block.delay_since_sr) == (100 << 16, 2 << 16)


def test_after_a_restart_only_what_comes_then_says_where_the_clock_stands():
    source = Table().source("01", "audio")
    source.on_sender_report(100 << 32, 4000, 7.0)
    source.restart()
    assert source.clock.rtp_at(8.0) is None

    source.on_sender_report(101 << 32, 9, 8.0)

    assert source.clock.rtp_at(8.0) == 9

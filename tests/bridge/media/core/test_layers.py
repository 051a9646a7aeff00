from __future__ import annotations

import pytest

from bridge.media.core.layers import BITRATES_BPS, LAYERS, RANKS, below, fits, remb_bps


@pytest.mark.parametrize(
    ("layers", "bps"),
    [
        ((), 64_000),
        (("q",), 244_000),
        (("q", "h"), 844_000),
        (("q", "f"), 2_044_000),
        (("q", "h", "f"), 2_644_000),
        (("f", "q", "f"), 2_044_000),
        (("",), 1_864_000),
    ],
)
def test_a_publisher_may_send_its_layers_its_sound_and_a_fifth(layers, bps):
    assert remb_bps(layers) == bps


@pytest.mark.parametrize(
    ("top", "shown"), [("q", {"q", ""}), ("h", {"q", "h", ""}), ("f", {"q", "h", "f", ""})]
)
def test_a_slot_shows_layers_up_to_its_own_and_an_only_encoding_always(top, shown):
    assert {layer for layer in RANKS if fits(layer, top)} == shown


@pytest.mark.parametrize(
    ("layer", "larger"), [("q", {"h", "f", ""}), ("h", {"f", ""}), ("f", {""}), ("", set())]
)
def test_nothing_is_larger_than_an_only_encoding(layer, larger):
    assert {other for other in RANKS if below(layer, other)} == larger


def test_they_are_named_from_the_smallest_and_each_costs_more():
    assert sorted(LAYERS, key=RANKS.__getitem__) == list(LAYERS)
    costs = [BITRATES_BPS[layer] for layer in LAYERS]
    assert costs == sorted(set(costs))
    assert RANKS.keys() == BITRATES_BPS.keys() == {*LAYERS, ""}

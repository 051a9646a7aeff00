from __future__ import annotations

import pytest

from bridge.media.core.layers import below, fits, remb_bps


@pytest.mark.parametrize(
    ("layers", "bps"),
    [
        (("q",), 244_000),
        (("q", "f"), 2_044_000),
        (("f", "q", "f"), 2_044_000),
        (("",), 1_864_000),
    ],
)
def test_a_publisher_may_send_its_layers_its_sound_and_a_fifth(layers, bps):
    assert remb_bps(layers) == bps


@pytest.mark.parametrize(
    ("layer", "top", "does"),
    [
        ("q", "q", True),
        ("q", "f", True),
        ("f", "f", True),
        ("f", "q", False),
        ("", "q", True),
        ("", "f", True),
    ],
)
def test_a_slot_shows_layers_up_to_its_own_and_an_only_encoding_always(layer, top, does):
    assert fits(layer, top) is does


@pytest.mark.parametrize(
    ("layer", "other", "is_below"),
    [("q", "f", True), ("f", "q", False), ("q", "q", False), ("", "f", False), ("q", "", True)],
)
def test_nothing_is_larger_than_an_only_encoding(layer, other, is_below):
    assert below(layer, other) is is_below

from __future__ import annotations

import pytest

from bridge.media.core.layers import below, fits, remb_bps


@pytest.mark.parametrize(
    ("wanted", "audio", "bps"),
    [
        ((), True, 244_000),
        ((), False, 180_000),
        (("q",), True, 244_000),
        (("f",), True, 1_864_000),
        (("q", "f"), True, 2_044_000),
        (("f", "q", "f"), False, 1_980_000),
    ],
)
def test_a_publisher_may_send_what_is_wanted_and_a_fifth_but_never_nothing(wanted, audio, bps):
    assert remb_bps(wanted, audio) == bps


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

from __future__ import annotations

from itertools import combinations

from bridge.endpoint.card import Card

ROOM_110 = Card(code="110", name="Phòng 110", position=63)
PROVINCES = [Card(code=f"{n:02d}", name=f"Tỉnh {n}", position=n) for n in range(63)]
EVERYBODY = [*PROVINCES, ROOM_110]


def test_tones_rise_by_20_hz_in_roster_order_and_room_110_is_below_them() -> None:
    assert [card.tone_hz for card in EVERYBODY[:3]] == [300, 320, 340]
    assert PROVINCES[62].tone_hz == 1540
    assert ROOM_110.tone_hz == 220


def test_every_tone_repeats_in_100_ms() -> None:
    assert all(card.tone_hz % 10 == 0 for card in EVERYBODY)


def test_no_two_sites_have_colours_that_could_be_taken_for_each_other() -> None:
    for one, other in combinations(EVERYBODY, 2):
        assert max(abs(a - b) for a, b in zip(one.colour, other.colour, strict=True)) >= 56


def test_ink_is_readable_on_every_colour() -> None:
    def luma(colour: tuple[int, int, int]) -> float:
        return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]

    assert all(abs(luma(card.ink) - luma(card.colour)) > 100 for card in EVERYBODY)

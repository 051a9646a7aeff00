"""What is drawn by lot."""

from __future__ import annotations

import random
import re

from bridge.draw import Draw
from bridge.media.slots import MIC


def test_names_and_secrets_are_ice_chars_of_the_promised_length():
    draw = Draw(random.Random(110))
    for text, length in ((draw.name(), 12), (draw.ufrag(), 8), (draw.password(), 32)):
        assert re.fullmatch(rf"[A-Za-z0-9]{{{length}}}", text)


def test_nothing_is_drawn_twice():
    draw = Draw(random.Random(110))
    assert len({draw.ufrag() for _ in range(1000)}) == 1000


def test_ssrcs_of_a_session_differ_also_within_a_slot_and_wrap_around():
    class Last(random.Random):
        def getrandbits(self, bits):
            return 2**bits - 2

    ssrcs = Draw(Last()).ssrcs()
    assert [ssrcs(MIC) for _ in range(4)] == [0xFFFFFFFE, 0xFFFFFFFF, 0, 1]


def test_a_number_has_two_digits_and_any_is_drawn():
    draw = Draw(random.Random(110))
    assert {draw.number() for _ in range(2000)} == {f"{n:02}" for n in range(100)}

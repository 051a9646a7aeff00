from __future__ import annotations

import math
from array import array

import pytest

from bridge.endpoint import tone
from bridge.endpoint.card import Card

HA_NOI = Card(code="01", name="Hà Nội", position=0)
HA_GIANG = Card(code="02", name="Hà Giang", position=1)
CENTRE = Card(code="110", name="Phòng 110", position=63)
ALL_TONES_HZ = [220, *range(300, 1560, 20)]


def samples(card: Card) -> array[int]:
    heard = array("h")
    heard.frombytes(tone.period(card))
    return heard


@pytest.mark.parametrize("card", [HA_NOI, HA_GIANG, CENTRE], ids=lambda card: card.code)
def test_a_sites_tone_is_told_from_all_others(card: Card) -> None:
    assert tone.strongest(samples(card), ALL_TONES_HZ) == card.tone_hz


def test_silence_noise_and_a_foreign_tone_are_nobodys() -> None:
    assert tone.strongest([0] * 4800, ALL_TONES_HZ) is None
    assert tone.strongest([], ALL_TONES_HZ) is None
    assert tone.strongest([(n * 7919) % 2000 - 1000 for n in range(4800)], ALL_TONES_HZ) is None
    assert tone.strongest(samples(HA_NOI), [1000]) is None


def test_the_level_is_minus_20_dbov() -> None:
    heard = samples(HA_GIANG)
    rms = math.sqrt(sum(sample * sample for sample in heard) / len(heard)) / 32768
    assert 20 * math.log10(rms) == pytest.approx(tone.LEVEL_DBOV, abs=0.05)


def test_five_frames_are_one_period_and_the_sixth_begins_again() -> None:
    period = tone.period(HA_NOI)
    assert b"".join(tone.frame(period, number) for number in range(5)) == period
    assert tone.frame(period, 5) == tone.frame(period, 0)

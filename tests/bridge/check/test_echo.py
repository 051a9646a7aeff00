"""Echoes of what was played, in rooms that are known."""

from __future__ import annotations

import math
import random

import pytest

from bridge.check.echo import FRAME_MS, echo_db
from bridge.check.number import SILENT_DBOV, beeps_of, evened, framed, levels_of

BEGAN_MS = 1000
PLAYED = [level for frame in framed(evened(beeps_of("43"))) for level in levels_of(frame)]


def sum_dbov(*levels: float) -> float:
    return 10 * math.log10(sum(10 ** (level / 10) for level in levels))


def heard(
    *,
    gain_db: float | None,
    lag_ms: int = 180,
    noise: float = -65.0,
    talk: list[float] | None = None,
) -> list[tuple[int, int]]:
    """What the microphone of a room says for eight seconds, in packets of 20 ms."""
    levels = []
    for at_ms in range(0, 8000, FRAME_MS):
        parts = [noise]
        frame = (at_ms - BEGAN_MS - lag_ms) // FRAME_MS
        if gain_db is not None and 0 <= frame < len(PLAYED):
            parts.append(PLAYED[frame] + gain_db)
        if talk is not None:
            parts.append(talk[at_ms // FRAME_MS])
        levels.append((at_ms + 7, max(round(sum_dbov(*parts)), -127)))
    return levels


def talker(seed: int) -> list[float]:
    """Somebody who speaks: syllables of 80 to 300 ms, with pauses between."""
    chance, levels = random.Random(seed), []
    while len(levels) < 400:
        levels += [chance.uniform(-35, -20)] * chance.randint(4, 15)
        levels += [-70.0] * chance.randint(2, 12)
    return levels


@pytest.mark.parametrize("gain_db", [-3.0, -12.0, -25.0])
@pytest.mark.parametrize("lag_ms", [60, 180, 700, 1100])
def test_an_echo_is_measured_whenever_it_comes(gain_db, lag_ms):
    levels = heard(gain_db=gain_db, lag_ms=lag_ms)

    assert echo_db(PLAYED, BEGAN_MS, levels) == pytest.approx(-gain_db, abs=1.5)


@pytest.mark.parametrize("noise", [-127.0, -65.0, -40.0])
def test_a_room_that_gives_nothing_back_has_none(noise):
    assert echo_db(PLAYED, BEGAN_MS, heard(gain_db=None, noise=noise)) is None


def test_an_echo_below_the_noise_is_not_seen():
    assert echo_db(PLAYED, BEGAN_MS, heard(gain_db=-50.0, noise=-50.0)) is None


def test_somebody_who_speaks_meanwhile_is_no_echo():
    talkers = [heard(gain_db=None, talk=talker(seed)) for seed in range(60)]

    assert [echo_db(PLAYED, BEGAN_MS, levels) for levels in talkers] == [None] * 60


def test_lost_packets_do_not_hide_it():
    chance = random.Random(110)
    levels = [one for one in heard(gain_db=-10.0) if chance.random() > 0.1]

    assert echo_db(PLAYED, BEGAN_MS, levels) == pytest.approx(10, abs=2)


def test_of_nothing_nothing_is_said():
    assert echo_db(PLAYED, BEGAN_MS, []) is None
    assert echo_db(PLAYED[:10], BEGAN_MS, heard(gain_db=-3.0)) is None
    assert echo_db([SILENT_DBOV] * 100, BEGAN_MS, heard(gain_db=-3.0)) is None
    assert echo_db([-20.0] * 100, BEGAN_MS, heard(gain_db=-3.0)) is None

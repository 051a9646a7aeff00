from __future__ import annotations

from bridge.check.loudness import is_silent, noise_dbov, outside, since_open, spoken_dbov


def at(*levels: int) -> list[tuple[int, int]]:
    return [(20 * number, level) for number, level in enumerate(levels)]


def test_a_room_where_somebody_speaks_has_a_voice_and_a_floor():
    levels = at(*[-62] * 60, *[-35] * 20, *[-24] * 10, *[-62] * 60)

    assert spoken_dbov(levels) == -24
    assert noise_dbov(levels) == -62


def test_a_knock_is_no_voice():
    assert spoken_dbov(at(*[-60] * 99, -5)) == -60


def test_a_switched_off_microphone_is_as_silent_as_can_be():
    levels = at(*[-127] * 100)

    assert (spoken_dbov(levels), noise_dbov(levels)) == (-127, -127)


def test_what_came_before_it_was_opened_is_not_the_room_s():
    assert since_open(at(-127, -127, -60, -127)) == [(40, -60), (60, -127)]
    assert since_open(at(-127, -127)) == at(-127, -127)
    assert since_open([]) == []


def test_only_digital_silence_is_silence():
    assert is_silent(at(-127, -127))
    assert not is_silent(at(-127, -126))
    assert not is_silent([])


def test_of_a_few_packets_nothing_is_said():
    assert spoken_dbov(at(-30, -30, -30, -30)) is None
    assert noise_dbov([]) is None
    assert spoken_dbov(at(-30, -30, -30, -30, -30)) == -30


def test_a_time_can_be_left_out():
    assert outside(at(-1, -2, -3, -4), 20, 60) == [(0, -1), (60, -4)]

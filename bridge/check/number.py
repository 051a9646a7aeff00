"""A number, as a room's loudspeaker says it: samples, before they are encoded.

Two ways, by what the machine has:

* **Words**: espeak-ng (a Debian package, GPL, a program of its own) speaks Vietnamese.  The digits one
  by one and twice over, since by a bad loudspeaker *bốn mươi mốt* is easily *bốn mươi tư*.
* **Beeps**: so many of a low tone as the tens, then of a high one as the ones; a nought is one long
  beep.  Nobody needs to understand a language for it, and nothing needs to be installed.

Both begin and end with a pause and have pauses inside: an echo is told from them
(:mod:`bridge.check.echo`).  What is played is as loud as somebody who speaks up.

Samples are signed 16 bits, mono, ``RATE_HZ``; here they are only made and measured.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from typing import Final

RATE_HZ: Final = 48_000
FRAME_SAMPLES: Final = 960
LOUD_DBOV: Final = -20.0
"""Of the words, pauses apart."""
SILENT_DBOV: Final = -96.0
BEEP_S: Final = 0.14
GAP_S: Final = 0.14
LONG_S: Final = 0.7
BETWEEN_S: Final = 0.8
PAUSE_S: Final = 0.2
DIGITS: Final = 2
LOW_HZ: Final = 520
HIGH_HZ: Final = 880
_EDGE_S: Final = 0.01
_FULL: Final = 32767
_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def text_of(number: str) -> str:
    """What is to be spoken.  Raises ValueError unless *number* is two digits."""
    tens, ones = _digits(number)
    said = f"{_DIGITS[tens]}. {_DIGITS[ones]}."
    return f"Số. {said} {said.capitalize()}"


def beeps_of(number: str) -> array[int]:
    """Raises as :func:`text_of`."""
    tens, ones = _digits(number)
    samples = _silence(PAUSE_S)
    for digit, hz in ((tens, LOW_HZ), (ones, HIGH_HZ)):
        for lasts_s in [BEEP_S] * digit or [LONG_S]:
            samples.extend(_beep(hz, lasts_s))
            samples.extend(_silence(GAP_S))
        samples.extend(_silence(BETWEEN_S if hz == LOW_HZ else PAUSE_S))
    return samples


def evened(samples: array[int]) -> array[int]:
    """As loud as it shall be: its loud frames at ``LOUD_DBOV``, nothing beyond full scale."""
    levels = levels_of(samples)
    loud = [level for level in levels if level > max(levels, default=0.0) - 12.0]
    if not loud or max(levels) <= SILENT_DBOV:
        return samples
    mean = 10 * math.log10(sum(10 ** (level / 10) for level in loud) / len(loud))
    factor = 10 ** ((LOUD_DBOV - mean) / 20)
    return array("h", (max(-_FULL, min(_FULL, round(one * factor))) for one in samples))


def framed(samples: array[int]) -> Iterator[array[int]]:
    """Frames of 20 ms, the last filled up, with a pause before and behind."""
    whole = _silence(PAUSE_S) + samples + _silence(PAUSE_S)
    whole.extend([0] * (-len(whole) % FRAME_SAMPLES))
    for start in range(0, len(whole), FRAME_SAMPLES):
        yield whole[start : start + FRAME_SAMPLES]


def levels_of(samples: array[int]) -> list[float]:
    """Of each 20 ms in dBov, a full-scale square being 0."""
    return [
        _level(samples[start : start + FRAME_SAMPLES])
        for start in range(0, len(samples), FRAME_SAMPLES)
    ]


def _level(frame: array[int]) -> float:
    power = sum(one * one for one in frame) / len(frame)
    return (
        max(10 * math.log10(power) - 20 * math.log10(_FULL), SILENT_DBOV) if power else SILENT_DBOV
    )


def _digits(number: str) -> tuple[int, int]:
    if len(number) != DIGITS or not (number.isascii() and number.isdigit()):
        raise ValueError(f"not a number of two digits: {number!r}")
    return int(number[0]), int(number[1])


def _beep(hz: int, lasts_s: float) -> array[int]:
    count, edge = round(lasts_s * RATE_HZ), round(_EDGE_S * RATE_HZ)
    peak = _FULL * 10 ** (LOUD_DBOV / 20) * math.sqrt(2)
    turn = 2 * math.pi * hz / RATE_HZ
    return array(
        "h",
        (
            round(peak * math.sin(turn * n) * min(1.0, n / edge, (count - n) / edge))
            for n in range(count)
        ),
    )


def _silence(lasts_s: float) -> array[int]:
    return array("h", bytes(2 * round(lasts_s * RATE_HZ)))

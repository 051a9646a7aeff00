"""Card: what a synthetic site looks and sounds like.

A synthetic site shows a test card and hums one steady tone, so that eyes, ears and tests know at
once which site is on the stage.  Everything is derived from three facts of the roster: the code,
the name and the position (the order of the roster file, Hà Nội first).

Tones are ``300 + 20 x position`` Hz and 220 Hz for room 110.  Steps of 20 Hz keep 64 tones below
1600 Hz, where Opus at 24 kbit/s is clean, and make every tone repeat exactly in 100 ms (five
frames), which is what lets a loop of whole frames close without a click.

Colours are the 64 corners of a grid with four levels per channel.  Neighbours differ by at least
56 of 255 in one channel, many times what VP8 at 100 kbit/s does to a plain area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bridge.conference.words import CENTRE, SiteCode

CENTRE_TONE_HZ: Final = 220
LOWEST_TONE_HZ: Final = 300
TONE_STEP_HZ: Final = 20

_LEVELS: Final = (32, 88, 144, 200)
_STRIDE: Final = 27
"""Odd, so the walk through the 64 colours visits each once; neighbours in the roster differ."""
_MIDDLE_LUMA: Final = 120

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    code: SiteCode
    name: str
    position: int
    """Place in the roster file, 0 for Hà Nội; room 110 stands after the last province."""

    @property
    def tone_hz(self) -> int:
        if self.code == CENTRE:
            return CENTRE_TONE_HZ
        return LOWEST_TONE_HZ + TONE_STEP_HZ * self.position

    @property
    def colour(self) -> Colour:
        """Background as RGB; unique for positions 0 to 63, then it repeats."""
        place = self.position * _STRIDE % len(_LEVELS) ** 3
        return (_LEVELS[place % 4], _LEVELS[place // 4 % 4], _LEVELS[place // 16])

    @property
    def ink(self) -> Colour:
        """Black or white, whichever is easier to read on the background (ITU-R BT.601 luma)."""
        red, green, blue = self.colour
        luma = 0.299 * red + 0.587 * green + 0.114 * blue
        return (0, 0, 0) if luma > _MIDDLE_LUMA else (255, 255, 255)

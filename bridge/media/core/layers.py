"""Layers: the sizes of one picture, what they need, and which of them a slot shows.

A camera sends ``q`` (320x180, for thumbnails), ``h`` (640x360, for a line that does not carry more)
and ``f`` (1280x720, for the stage) as simulcast, or one encoding without a name, ``""``, which
serves as all of them (RFC 8853: no RID, no simulcast).

The bitrate told to a publisher (REMB) is what *all* its layers need, wanted or not, plus a fifth,
since an encoder overshoots on movement and one that is allowed exactly its rate cannot probe.
DESIGN section 5 says the wanted layers; tried with Chromium, that costs seven seconds: told
244 kbit/s while only ``q`` was wanted it sent its first packet of ``f`` 7 s after ``f`` was asked
for, because it climbs by about 8 % a second.  What is not wanted is not sent anyway:
``media.want`` switches layers, and the REMB need not.  What the line carries is another limit, and
the lower counts (:mod:`bridge.media.upline`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

Q: Final = "q"
H: Final = "h"
F: Final = "f"
ONLY: Final = ""
LAYERS: Final = (Q, H, F)
"""Smallest first, as simulcast is offered."""

RANKS: Final[Mapping[str, int]] = {Q: 0, H: 1, F: 2, ONLY: 3}
"""Higher is larger; nothing is larger than an only encoding, so nobody waits for more."""

BITRATES_BPS: Final[Mapping[str, int]] = {Q: 150_000, H: 500_000, F: 1_500_000, ONLY: 1_500_000}
SOUND_BPS: Final = 64_000


def remb_bps(layers: Iterable[str]) -> int:
    """What a publisher with a microphone and these *layers* may send altogether."""
    return sum(BITRATES_BPS[layer] for layer in set(layers)) * 6 // 5 + SOUND_BPS


def fits(layer: str, top: str) -> bool:
    """Whether a slot that shows *top* at most may show *layer*: an only encoding fits anywhere."""
    return layer == ONLY or RANKS[layer] <= RANKS[top]


def below(layer: str, other: str) -> bool:
    """Whether *other* is a larger picture than *layer*."""
    return RANKS[layer] < RANKS[other]

"""Layers: the sizes of one picture, what they need, and which of them a slot shows.

A camera sends ``q`` (320x180, for thumbnails) and ``f`` (for the stage) as simulcast, or one
encoding without a name, ``""``, which serves as both (RFC 8853: no RID, no simulcast).

The bitrate told to a publisher (REMB) is what *all* its layers need, wanted or not, plus a fifth,
since an encoder overshoots on movement and one that is allowed exactly its rate cannot probe.
DESIGN section 5 says the wanted layers; tried with Chromium, that costs seven seconds: told
244 kbit/s while only ``q`` was wanted it sent its first packet of ``f`` 7 s after ``f`` was asked
for, because it climbs by about 8 % a second.  What is not wanted is not sent anyway:
``media.want`` switches layers, and the REMB need not.

Debt: DESIGN section 5 has the lower of this and a receive-side estimate; the estimate comes
later, and until then a line that cannot carry the layers loses packets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

Q: Final = "q"
F: Final = "f"
ONLY: Final = ""

RANKS: Final[Mapping[str, int]] = {Q: 0, F: 1, ONLY: 2}
"""Higher is larger; nothing is larger than an only encoding, so nobody waits for more."""

BITRATES_BPS: Final[Mapping[str, int]] = {Q: 150_000, F: 1_500_000, ONLY: 1_500_000}
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

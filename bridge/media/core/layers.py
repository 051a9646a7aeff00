"""Layers: the sizes of one picture, what they need, and which of them a slot shows.

A camera sends ``q`` (320x180, for thumbnails) and ``f`` (for the stage) as simulcast, or one
encoding without a name, ``""``, which serves as both (RFC 8853: no RID, no simulcast).

The bitrate told to a publisher (REMB) is what its wanted layers need plus a fifth: an encoder
overshoots on movement, and a sender that is allowed exactly its rate cannot probe for more.  It
never falls below sound and one ``q``: a browser climbs back by about 8 % a second only, so one
that is told "nothing" while nobody watches would have no picture for many seconds when called,
and its sound would be cut thin although it is always wanted.

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

BITRATES_BPS: Final[Mapping[str, int]] = {Q: 150_000, F: 1_500_000}
SOUND_BPS: Final = 64_000


def remb_bps(wanted: Iterable[str], audio: bool) -> int:
    """What a publisher may send altogether, *wanted* being layers ``q`` and ``f``."""
    needed = sum(BITRATES_BPS[layer] for layer in set(wanted))
    return max(needed, BITRATES_BPS[Q]) * 6 // 5 + (SOUND_BPS if audio else 0)


def fits(layer: str, top: str) -> bool:
    """Whether a slot that shows *top* at most may show *layer*: an only encoding fits anywhere."""
    return layer == ONLY or RANKS[layer] <= RANKS[top]


def below(layer: str, other: str) -> bool:
    """Whether *other* is a larger picture than *layer*."""
    return RANKS[layer] < RANKS[other]

"""Tiers: which temporal layers of a picture go on to a subscriber (RFC 7741, TID and Y).

A picture with temporal layers can lose its upper ones and goes on with half or a quarter of the
frames: it is the first thing to take from a line that carries too little, before the size of the
picture.  *Down* is possible at any frame, since no lower layer needs a higher one.  *Up* goes one
layer at a time, at a frame that needs nothing but the lowest layer (Y): after it every frame of its
layer finds what it needs.

What is left out takes no number (:meth:`bridge.media.core.rewrite.Run.skip`): libwebrtc holds a
frame back until all picture ids before it have come, so a gap would stop the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from bridge.media.core.packets import STARTS_FRAME, SYNC, TID, Packet
from bridge.media.core.rewrite import Run

WHOLE: Final = 3
"""All temporal layers: VP8 has no more than four."""


class Tiers:
    """The temporal layers of one outgoing picture."""

    __slots__ = ("present", "top")

    def __init__(self) -> None:
        self.top = WHOLE
        """The highest that may be shown."""
        self.present = WHOLE
        """The highest that is shown; follows where the picture allows it."""

    @property
    def is_open(self) -> bool:
        """Nothing is left out."""
        return self.present == WHOLE and self.top == WHOLE

    def begin(self) -> None:
        """A key frame comes: every layer begins at it."""
        self.present = self.top

    def passed(self, packets: Iterable[Packet], run: Run, used: int) -> Iterator[list[Packet]]:
        """*packets*, in order, as far as they go on, in pieces: each is to be delivered before the
        next is asked for, since leaving a packet out moves *run*.

        *used*: the highest temporal layer that the source uses; at that one all are shown.
        """
        piece: list[Packet] = []
        for packet in packets:
            tier = packet[7]
            tid = tier & TID
            if tier & STARTS_FRAME:
                if self.top < self.present or self.present >= used:
                    self.present = self.top
                elif tid <= self.top and tid == self.present + 1 and tier & SYNC:
                    self.present = tid
            if tid <= self.present:
                piece.append(packet)
                continue
            if piece:
                yield piece
                piece = []
            run.skip(packet[0], packet[5])
        if piece:
            yield piece

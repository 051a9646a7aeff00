"""Picture payloads: what the forwarder must know of one, whatever its codec.

Of VP8 that is the descriptor's numbers, which are moved onto the outgoing line, and the temporal
layer; of H.264 nothing is patched.  Of both: whether a decoder can begin here.

:class:`PictureCount` keeps what a source has counted.  Picture ids lose their wraps there, so that
one written in 7 bits and one in 15 stand on one line (:mod:`bridge.media.core.vp8`).
"""

from __future__ import annotations

from typing import Final, TypeAlias

from bridge.media.core import h264, vp8
from bridge.media.core.packets import PLAIN, STARTS_FRAME, SYNC, TID
from bridge.media.plane import Codec

Payload: TypeAlias = tuple[int, int, int, int, int, int, bool]
"""(descriptor, rest, picture_id, picture_id_bits, tl0, tier, keyframe): the words of
:data:`bridge.media.core.packets.Packet`, *rest* being where it begins, and *picture_id* as it is
written, in so many bits."""

PICTURE_ERRORS: Final = (vp8.Vp8Malformed, h264.H264Malformed)

_M: Final = 0x80
_S_AND_PID: Final = 0x17
_S: Final = 0x10
_CIRCLE: Final = 0x8000
"""Picture ids before they wrap."""


def read(codec: Codec, data: bytes, start: int, stop: int) -> Payload:
    """Read the payload that stands at *start* to *stop*.  Raises one of ``PICTURE_ERRORS``."""
    if start == stop:  # padding alone, a sender's probe: shows nothing, but takes a number
        return PLAIN, start, -1, 0, -1, 0, False
    if codec is Codec.H264:
        return PLAIN, start, -1, 0, -1, 0, h264.keyframe_starts(data, start, stop)
    _, picture_id, tl0, keyframe, tid, sync = vp8.parse(data, start, stop)
    tier = tid
    if sync:
        tier |= SYNC
    first = data[start]
    if first & _S_AND_PID == _S:
        tier |= STARTS_FRAME
    if picture_id < 0 and tl0 < 0:
        return PLAIN, start, -1, 0, -1, tier, keyframe
    rest, bits = start + 2, 0
    if picture_id >= 0:
        bits = 15 if data[rest] & _M else 7
        rest += 2 if bits == 15 else 1
    if tl0 >= 0:
        rest += 1
    return first << 8 | data[start + 1], rest, picture_id, bits, tl0, tier, keyframe


class PictureCount:
    """What one source of pictures has counted so far."""

    __slots__ = ("picture_id", "tl0", "top_tid")

    def __init__(self) -> None:
        self.picture_id = -1
        """The newest packet's, without wraps; -1: none yet."""
        self.tl0 = -1
        self.top_tid = 0
        """The highest temporal layer it uses."""

    def advance(self, picture_id: int, tl0: int, tier: int) -> None:
        """The newest packet has these; -1 for what it has not."""
        if picture_id >= 0:
            self.picture_id = picture_id
        if tl0 >= 0:
            self.tl0 = tl0
        self.top_tid = max(self.top_tid, tier & TID)

    def unwrapped(self, picture_id: int, bits: int) -> int:
        """*picture_id* without wraps: of the numbers that end so the nearest to the newest."""
        if self.picture_id < 0:
            return picture_id
        half = 1 << bits - 1
        nearest = self.picture_id + ((picture_id - self.picture_id + half) % (2 * half)) - half
        # An encoder that counts anew may go back below the first; -1 would mean there is none.
        return nearest if nearest >= 0 else nearest + _CIRCLE

    def restart(self) -> None:
        """The source began anew: the next ids follow none."""
        self.picture_id = self.tl0 = -1

"""The VP8 payload descriptor (RFC 7741 section 4.2): read and write it.

     0 1 2 3 4 5 6 7
    |X|R|N|S|R| PID |   S: a partition starts here, PID: which one
    |I|L|T|K| RSV   |   X  which of the following are there
    |M| PictureID   |   I  7 bits, or with M 15 bits in two bytes
    |   TL0PICIDX   |   L
    |TID|Y| KEYIDX  |   T or K

The picture id counts frames, TL0PICIDX the frames of the lowest temporal layer, TID says which
layer a frame is of and Y that it needs none but the lowest.  When a slot changes its source a decoder
must see both numbers go on: :mod:`bridge.media.core.packets` writes them anew.

Written picture ids always have 15 bits.  A sender may change from 7 bits to 15 and back while it
counts (aiortc writes 7 below 128), and a slot shows senders of both kinds one after another: only
the long form is one number line for all of them.  The price is one byte per packet of the
former.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

_PICTURE_LAYER_AND_TID: Final = Struct("!BBHBB")

_X: Final = 0x80
_S: Final = 0x10
_S_AND_PID: Final = 0x17
_I: Final = 0x80
_L: Final = 0x40
_T: Final = 0x20
_T_OR_K: Final = 0x30
_M: Final = 0x80
_Y: Final = 0x20


class Vp8Malformed(ValueError):
    """The peer sent something that is no VP8 payload."""


def parse(data: bytes, start: int, end: int) -> tuple[int, int, int, bool, int, bool]:
    """Read the descriptor of a payload that stands at *start* to *end* of a packet.

    Returns where the descriptor ends, the picture id as written (7 or 15 bits) or -1, TL0PICIDX
    or -1, whether a key frame starts here, the temporal layer, and whether the frame needs only
    the lowest layer (Y): there a decoder may step up.  A frame without a layer is of layer 0.
    Raises Vp8Malformed when the payload ends before or right after its descriptor.
    """
    picture_id = tl0 = -1
    tid = 0
    sync = False
    at = start + 1
    try:
        first = data[start]
        if first & _X:
            flags = data[at]
            at += 1
            if flags & _I:
                picture_id = data[at]
                at += 1
                if picture_id & _M:
                    picture_id = (picture_id & 0x7F) << 8 | data[at]
                    at += 1
            if flags & _L:
                tl0 = data[at]
                at += 1
            if flags & _T_OR_K:
                if flags & _T:
                    layer = data[at]
                    tid = layer >> 6
                    sync = layer & _Y != 0
                at += 1
        if at >= end:
            raise Vp8Malformed("nothing behind the descriptor")
        # RFC 7741 section 4.3: the payload header stands where the first partition starts, and
        # its lowest bit is 0 in a key frame.
        return at, picture_id, tl0, first & _S_AND_PID == _S and not data[at] & 1, tid, sync
    except IndexError:
        raise Vp8Malformed("the descriptor is cut") from None


def pack_descriptor(
    *, starts_frame: bool, picture_id: int, tl0: int, tid: int = 0, sync: bool = False
) -> bytes:
    """What a sender writes that says all: 15-bit picture id, TL0PICIDX, temporal layer, Y."""
    return _PICTURE_LAYER_AND_TID.pack(
        _X | (_S if starts_frame else 0),
        _I | _L | _T,
        0x8000 | picture_id,
        tl0,
        tid << 6 | (_Y if sync else 0),
    )


def dimensions(payload: bytes) -> tuple[int, int]:
    """Width and height of a key frame, *payload* beginning behind the descriptor.

    RFC 6386 section 9.1; the scaling bits are left out.  Raises Vp8Malformed if it is none.
    """
    if len(payload) < 10 or payload[0] & 1 or payload[3:6] != b"\x9d\x01\x2a":
        raise Vp8Malformed("not the start of a key frame")
    return (
        int.from_bytes(payload[6:8], "little") & 0x3FFF,
        int.from_bytes(payload[8:10], "little") & 0x3FFF,
    )

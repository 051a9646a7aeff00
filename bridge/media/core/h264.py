"""H.264 payloads (RFC 6184, packetization-mode 1): where can a decoder begin?

     0 1 2 3 4 5 6 7
    |F|NRI|  Type   |   1-23 one NAL unit; 24 STAP-A: units, each behind its 16-bit length;
    |S|E|R|  Type   |   28 FU-A: a part of one unit, whose type stands in this second byte

A decoder needs the parameter sets and the IDR picture, in this order.  A slot shows many sources
one after another, so what a decoder knows is of another one, and our answers carry no
``sprop-parameter-sets``: the sets must come in the stream.  Chromium and aiortc send SPS and PPS
in front of each IDR picture with its timestamp, in a STAP-A or as single units.

So a slot may switch **at an SPS, and only there**.  An IDR picture alone is no place to begin:
either its SPS came just before and the switch is done, or the SPS was lost (a NACK repairs it, or
else the next key frame comes), or the source sends none, and then a decoder that never saw it
would show nothing or, worse, decode with the sets of the source before.  Such a source leaves the
slot waiting, with key frames asked for, which is what the truth is.

That an IDR picture follows its SPS is not checked.  It may stand several packets later, and an
encoder that sends an SPS in front of other pictures has not been met.

A packet is read only as far as that question needs.  Types that mode 1 forbids, and units of
unknown types, are no beginning and no error: decoders step over them (section 5.2).
"""

from __future__ import annotations

from typing import Final

_TYPE: Final = 0x1F
_SPS: Final = 7
_STAP_A: Final = 24
_FU_A: Final = 28
_S: Final = 0x80


class H264Malformed(ValueError):
    """The peer sent something that is no H.264 payload."""


def keyframe_starts(data: bytes, start: int, stop: int) -> bool:
    """Whether a decoder can begin at the payload that stands at *start* to *stop* of a packet.

    Raises H264Malformed when the payload ends before what it announces.
    """
    if start >= stop or stop > len(data):
        raise H264Malformed("empty")
    kind = data[start] & _TYPE
    if kind == _FU_A:
        # Behind its two bytes a fragment may be empty (section 5.8).
        if start + 2 > stop:
            raise H264Malformed("a fragment without its header")
        return data[start + 1] & (_S | _TYPE) == _S | _SPS
    if kind == _STAP_A:
        return _aggregate_has_sps(data, start + 1, stop)
    return kind == _SPS


def _aggregate_has_sps(data: bytes, at: int, stop: int) -> bool:
    found = False
    if at == stop:
        raise H264Malformed("an aggregate of nothing")
    while at < stop:
        unit = at + 2
        if unit > stop:
            raise H264Malformed("an aggregate that ends in half a length")
        at = unit + (data[unit - 2] << 8 | data[unit - 1])
        if at > stop or at == unit:
            raise H264Malformed("a unit that is not as long as it claims")
        found = found or data[unit] & _TYPE == _SPS
    return found

"""The size of an H.264 picture, from its sequence parameter set (ITU-T H.264 section 7.3.2.1.1).

A line check says how large a camera's picture is.  Nothing is decoded here, so it is read where a
decoder reads it: behind the profile's fields stand the picture's width and height in macroblocks of
16 and what is cropped from them.  All numbers are Exp-Golomb codes (section 9.1), so a field is found
only by reading all before it.

Only the SPS of a single NAL unit or of the first of an aggregate is read: that is how Chromium and
aiortc send it (:mod:`bridge.media.core.h264`).
"""

from __future__ import annotations

from typing import Final

from bridge.media.core.h264 import H264Malformed

_TYPE: Final = 0x1F
_SPS: Final = 7
_STAP_A: Final = 24
_HIGH: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128})
"""Profiles whose set says the chroma format and may carry scaling lists."""
_MACROBLOCK: Final = 16


def dimensions(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """Width and height by the SPS in the payload at *start* to *stop*.

    Raises H264Malformed if there is none, or it ends too early.
    """
    at, end = start, stop
    if at < end and data[at] & _TYPE == _STAP_A:
        at += 3
        if at > end:
            raise H264Malformed("an aggregate of nothing")
        end = min(end, at + (data[at - 2] << 8 | data[at - 1]))
    if at >= end or data[at] & _TYPE != _SPS:
        raise H264Malformed("no sequence parameter set")
    return _read(_Bits(_unescaped(data[at + 1 : end])))


def _unescaped(data: bytes) -> bytes:
    """Without the bytes that keep a payload from looking like a start code (section 7.4.1)."""
    return data.replace(b"\0\0\3", b"\0\0")


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise H264Malformed("the parameter set is cut")
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def unsigned(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -code // 2


def _read(bits: _Bits) -> tuple[int, int]:
    profile = bits.take(8)
    bits.take(16)  # constraints and level
    bits.unsigned()
    chroma = 1
    if profile in _HIGH:
        chroma = bits.unsigned()
        if chroma == 3:
            bits.take(1)
        bits.unsigned()
        bits.unsigned()
        bits.take(1)
        if bits.take(1):
            _skip_scaling(bits, 12 if chroma == 3 else 8)
    bits.unsigned()
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.unsigned()):
            bits.signed()
    bits.unsigned()
    bits.take(1)
    width = (bits.unsigned() + 1) * _MACROBLOCK
    rows = bits.unsigned() + 1
    by_frames = bits.take(1)
    height = rows * _MACROBLOCK * (2 - by_frames)
    if not by_frames:
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        across, down = (2 if chroma in {1, 2} else 1), (2 if chroma == 1 else 1)
        width -= (left + right) * across
        height -= (top + bottom) * down * (2 - by_frames)
    return width, height


def _skip_scaling(bits: _Bits, lists: int) -> None:
    for number in range(lists):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                following = (last + bits.signed()) % 256
            last = following or last

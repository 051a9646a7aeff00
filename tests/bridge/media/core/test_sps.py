"""The size of an H.264 picture, of sets that encoders wrote and of sets written field by field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.h264 import H264Malformed
from bridge.media.core.sps import dimensions

X264 = {
    "6742c01fd9005005ba1000000300100000030320f1832480": (1280, 720),
    "6742c01ed900a02ff961000003000100000300320f162e48": (640, 360),
    "6742c00cd901419f9e1000000300100000030320f142a480": (320, 180),
    "6742c028d900780227e584000003000400000300c83c60c920": (1920, 1080),
    "6764001eacd940d83de6e1000003000100000300320f162d96": (854, 480),
}


class Written:
    """A parameter set, written bit by bit."""

    def __init__(self) -> None:
        self.bits = ""

    def u(self, value: int, width: int) -> None:
        self.bits += f"{value:0{width}b}"

    def ue(self, *values: int) -> None:
        for value in values:
            digits = f"{value + 1:b}"
            self.bits += "0" * (len(digits) - 1) + digits

    def se(self, value: int) -> None:
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def payload(self) -> bytes:
        bits = self.bits + "1"
        bits += "0" * (-len(bits) % 8)
        data = int(bits, 2).to_bytes(len(bits) // 8, "big")
        escaped = bytearray()
        for byte in data:
            if escaped[-2:] == b"\0\0" and byte <= 3:
                escaped.append(3)
            escaped.append(byte)
        return b"\x67" + bytes(escaped)


def written(
    *,
    profile: int = 66,
    chroma: int = 1,
    scaled: bool = False,
    order: int = 0,
    across: int = 20,
    rows: int = 12,
    fields: bool = False,
    crop: tuple[int, int, int, int] | None = None,
) -> bytes:
    it = Written()
    it.u(profile, 8)
    it.u(0, 16)
    it.ue(0)
    if profile == 100:
        it.ue(chroma)
        if chroma == 3:
            it.u(0, 1)
        it.ue(0, 0)
        it.u(0, 1)
        it.u(int(scaled), 1)
        for number in range(12 if chroma == 3 else 8) if scaled else ():
            it.u(number % 2, 1)
            if number % 2:
                for _ in range(16 if number < 6 else 64):
                    it.se(1)
    it.ue(0, order)
    if order == 0:
        it.ue(0)
    elif order == 1:
        it.u(0, 1)
        it.se(-3)
        it.se(4)
        it.ue(2)
        it.se(1)
        it.se(-1)
    it.ue(1)
    it.u(0, 1)
    it.ue(across - 1, rows - 1)
    it.u(int(not fields), 1)
    if fields:
        it.u(0, 1)
    it.u(1, 1)
    it.u(int(crop is not None), 1)
    if crop is not None:
        it.ue(*crop)
    it.u(0, 1)
    return it.payload()


@pytest.mark.parametrize(("text", "size"), X264.items())
def test_of_what_x264_writes(text, size):
    data = bytes.fromhex(text)

    assert dimensions(b"xx" + data + b"x", 2, 2 + len(data)) == size


def test_of_the_first_unit_of_an_aggregate():
    sps = bytes.fromhex(next(iter(X264)))
    data = b"\x78" + len(sps).to_bytes(2, "big") + sps + b"\x00\x02\x68\xce"

    assert dimensions(data, 0, len(data)) == (1280, 720)


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({}, (320, 192)),
        ({"crop": (1, 2, 3, 4)}, (320 - 6, 192 - 14)),
        ({"fields": True, "crop": (0, 0, 0, 2)}, (320, 384 - 8)),
        ({"order": 1}, (320, 192)),
        ({"order": 2}, (320, 192)),
        ({"profile": 100, "chroma": 1, "crop": (1, 0, 1, 0)}, (318, 190)),
        ({"profile": 100, "chroma": 2, "crop": (1, 0, 1, 0)}, (318, 191)),
        ({"profile": 100, "chroma": 3, "scaled": True, "crop": (1, 0, 1, 0)}, (319, 191)),
        ({"profile": 100, "chroma": 0, "scaled": True, "crop": (1, 0, 1, 0)}, (319, 191)),
    ],
)
def test_of_every_form(fields, size):
    data = written(**fields)

    assert dimensions(data, 0, len(data)) == size


@pytest.mark.parametrize("data", [b"", b"\x65\x88", b"\x78", b"\x78\x00", b"\x78\x00\x01\x41"])
def test_what_is_no_set_is_refused(data):
    with pytest.raises(H264Malformed):
        dimensions(data, 0, len(data))


@pytest.mark.parametrize("length", range(1, 8))
def test_a_set_that_ends_too_early_is_refused(length):
    with pytest.raises(H264Malformed):
        dimensions(bytes.fromhex(next(iter(X264))), 0, length)


@given(st.binary(max_size=60))
def test_any_bytes_have_a_size_or_are_refused(data):
    try:
        width, height = dimensions(b"\x67" + data, 0, 1 + len(data))
    except H264Malformed:
        return
    assert isinstance(width, int)
    assert isinstance(height, int)

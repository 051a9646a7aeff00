"""Lines: which sizes of a camera and which codecs are offered, and that Chromium sends them."""

from __future__ import annotations

import pytest

from bridge.media.slots import Direction, Medium, SessionKind, slots_for
from config.roster import load_roster
from room110.bench.chromium import probe

pytestmark = pytest.mark.asyncio(loop_scope="package")

ASK = """
async ([name, ...values]) => {
  const lines = await import("/pages/js/media-lines.js");
  return lines[name](...values);
}
"""
CAPABLE = [
    {
        "mimeType": "video/H264",
        "sdpFmtpLine": f"packetization-mode={mode};profile-level-id={profile}",
    }
    for profile in ("42001f", "42e01f", "4d001f")
    for mode in (1, 0)
] + [{"mimeType": f"video/{name}"} for name in ("AV1", "VP9", "rtx", "VP8", "red", "ulpfec")]
"""In another order than ours, and with more than we take."""


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (1920, 1080, {"q": 320, "h": 640, "f": 1280}),
        (1280, 720, {"q": 320, "h": 640, "f": 1280}),
        (960, 540, {"q": 320, "h": 640, "f": 960}),
        (800, 600, {"q": 320, "f": 800}),
        (640, 480, {"q": 320, "f": 640}),
        (640, 360, {"q": 320, "f": 640}),
        (480, 270, {"q": 320, "f": 480}),
        (320, 240, {None: 320}),
    ],
)
async def test_a_camera_is_offered_in_as_many_sizes_as_chromium_sends(blank, width, height, sizes):
    offered = await blank.evaluate(ASK, ["encodings", {"width": width, "height": height}])

    assert {e.get("rid"): round(width / e["scaleResolutionDownBy"]) for e in offered} == sizes
    bitrates = [e["maxBitrate"] for e in offered]
    assert bitrates == sorted(bitrates)


@pytest.mark.parametrize(
    ("sends", "search", "names"),
    [
        (False, "", ["VP8", "H264", "rtx"]),
        (False, "?codec=h264", ["VP8", "H264", "rtx"]),
        (True, "", ["VP8", "rtx"]),
        (True, "?codec=h264", ["H264", "VP8", "rtx"]),
        (True, "?codec=av1", ["VP8", "rtx"]),
    ],
)
async def test_the_codecs_of_a_picture(blank, sends, search, names):
    options = {"kind": "video", "sends": sends, "search": search}

    taken = await blank.evaluate(ASK, ["codecs", CAPABLE, options])

    assert [codec["mimeType"].removeprefix("video/") for codec in taken] == names
    for codec in taken:
        if codec["mimeType"] == "video/H264":
            assert "mode=1" in codec["sdpFmtpLine"]
            assert "=42e0" in codec["sdpFmtpLine"]


async def test_the_desk_offers_every_line_with_both_codecs_in_a_quarter_of_what_is_allowed(hall):
    slots = slots_for(SessionKind.CONSOLE, gallery_size=len(load_roster().sites))

    [sdp] = await probe(hall.desk.page, "offers")

    pictures = sdp.split("\r\nm=video")[1:]
    assert len(pictures) == sum(slot.kind is Medium.VIDEO for slot in slots)
    assert {slot.direction for slot in slots} == {Direction.RECEIVE}
    for line in pictures:
        assert line.count("rtx/90000") == 2
        assert "VP8/90000" in line
        assert "H264/90000" in line
    assert len(sdp) < 131_072

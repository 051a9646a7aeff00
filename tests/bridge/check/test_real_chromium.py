"""Chromium takes the padding of a line check, counts it, and shows on; what is said comes out of its slot.

A room as Chromium makes it without our pages: what our pages add are the same m-lines and elements.
Its microphone plays back what all its loudspeakers play, 12 dB below, without echo cancellation.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bridge.check.measure import figures_of
from bridge.check.speech import Speech
from bridge.endpoint.library import ClipLibrary
from bridge.media.plane import Plan
from room110.bench.chromium import chromium
from tests.bridge.check.real import ROOM, hall, room
from tests.support.eventually import eventually

FAR = Path(__file__).with_name("far_chromium.js").read_text()
COUNTED = """async () => Object.fromEntries((await Promise.all(
  room.pc.getTransceivers().filter((line) => line.receiver.track).map(async (line) =>
    [...(await line.receiver.getStats()).values()]
      .filter((one) => one.type === "inbound-rtp")
      .map((one) => [`${one.kind}.${one.mid}`, one])))).flat())"""
SIZES = [
    {"rid": "q", "scaleResolutionDownBy": 4, "maxBitrate": 100_000},
    {"rid": "f", "scaleResolutionDownBy": 1, "maxBitrate": 1_000_000},
]
TRIES = 3
"""A machine without time stretches what it plays, and an echo that is stretched is none."""
MIDS = {(slot.name, slot.kind.value): str(place) for place, slot in enumerate(ROOM)}
SPOKEN_IN = f"audio.{MIDS['speaker.4', 'audio']}"
SHOWN_IN = f"video.{MIDS['speaker.1', 'video']}"


async def test_chromium_counts_it_shows_on_and_says_the_number_in_its_own_slot(tmp_path):
    clip = await Speech("/nonexistent").clip("23")
    sound = tuple(frame.hex() for frame in clip.frames)
    slots = [{"name": s.name, "kind": s.kind.value, "direction": s.direction.value} for s in ROOM]
    with ClipLibrary(tmp_path) as library:
        async with hall() as it, room(it, "02", library), chromium() as browser:
            it.plane.set_plan(Plan(slots={"speaker.1": "02"}))
            page = await browser.new_page()
            await page.route(
                "http://localhost/", lambda route: route.fulfill(body="", content_type="text/html")
            )
            await page.goto("http://localhost/")
            told = await page.evaluate(FAR, {"slots": slots, "encodings": SIZES, "echoes": True})
            answer = it.answer("01", told["sdp"], told["mids"])
            await page.evaluate(
                "sdp => room.pc.setRemoteDescription({ type: 'answer', sdp })", answer
            )

            async def counted() -> dict[str, dict[str, Any]]:
                found: dict[str, dict[str, Any]] = await page.evaluate(COUNTED)
                return found

            async def decodes() -> bool:
                return bool((await counted()).get(SHOWN_IN, {}).get("framesDecoded", 0) > 20)

            await eventually(decodes)
            await asyncio.sleep(1.0)
            for _ in range(TRIES):
                before = await counted()
                tried = await it.tried("01", sound=sound)
                after = await counted()
                figures = figures_of(tried, clip, "23", bursts=True)
                if figures.echo_db is not None:
                    break
            line_bps = it.plane.snapshot().sessions[-1].line_bps

    # It counts padding, and reports it with how long our reports lay there.
    assert tried.expected_down > 150
    assert figures.loss_down == pytest.approx(0, abs=0.01)
    assert figures.down_bps is not None
    assert figures.down_bps > 500_000  # loopback has more; a machine without time looks thin
    assert {burst.queue_s is not None for burst in tried.bursts} == {True}
    assert line_bps is None
    # Nobody sees it.
    shown = after[SHOWN_IN]
    assert shown["framesDecoded"] > before[SHOWN_IN]["framesDecoded"] + 30
    assert shown["packetsLost"] == before[SHOWN_IN]["packetsLost"]
    assert shown["nackCount"] == before[SHOWN_IN]["nackCount"]
    # If bursts froze it, each would; fewer freezes are a machine without time.
    assert shown["freezeCount"] - before[SHOWN_IN]["freezeCount"] < len(tried.bursts)
    assert {k: v.get("framesDecoded", 0) for k, v in after.items() if k.startswith("video.")} == {
        k: shown["framesDecoded"] if k == SHOWN_IN else 0 for k in after if k.startswith("video.")
    }
    # The number is loud in its slot, and in no other.
    loud = {
        k: v["totalAudioEnergy"] for k, v in after.items() if v.get("totalAudioEnergy", 0) > 1e-3
    }
    assert loud.keys() == {SPOKEN_IN}
    assert figures.played == "23"
    # The room gives it back 12 dB below.
    assert figures.echo_db == pytest.approx(12, abs=2)
    assert figures.spoken_dbov is not None
    assert figures.spoken_dbov < -60
    assert (figures.width, figures.height) == (1280, 720)
    assert figures.frames_per_s is not None
    assert figures.frames_per_s > 5

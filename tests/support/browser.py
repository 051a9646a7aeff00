"""Pages as a person meets them: what they show, what they play, and all that went wrong in them.

A synthetic site shows a card of its own colour and hums a tone of its own (``bridge.endpoint.card``),
so who is seen is asked of the pixels and who is heard of the sound, not of what the page says.
"""

from __future__ import annotations

import base64
import io
import math
import sys
import wave
from array import array
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Response

from bridge.endpoint.card import Card
from bridge.endpoint.picture import LOOP_S, nearest, still
from bridge.endpoint.tone import RATE_HZ
from config.roster import load_roster
from room110.bench.chromium import PATIENCE_S, context, probe, until
from room110.crowd import card_of

CARDS = {site.code: card_of(site) for site in load_roster()}
WIDTH, HEIGHT, RATE = 640, 360, 15
PEAK = 0.3
"""Of full scale: somebody who speaks up."""
OPEN_S = 90.0
"""A browser that has just been started, on a machine whose cores are taken."""


def write_tone(path: Path, hz: int) -> Path:
    """A second of a tone as WAV, swelling four times like speech; Chromium plays it for ever.

    A steady tone is noise to a browser's noise suppression, which has it gone within seconds.  The
    pauses are shorter than the ear's window, so nobody takes one for silence.
    """
    swell, turn = 2 * math.pi * 4 / RATE_HZ, 2 * math.pi * hz / RATE_HZ
    samples = array(
        "h",
        (
            round(32767 * PEAK * max(0.0, -math.cos(swell * n)) * math.sin(turn * n))
            for n in range(RATE_HZ)
        ),
    )
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(samples.tobytes())
    return path


def write_card(path: Path, card: Card) -> Path:
    """The moving card as Y4M (BT.601, studio range); Chromium plays it for ever."""
    luma = [round(16 + level * 219 / 255) for level in range(256)]
    chroma = [round(128 + (level - 128) * 224 / 255) for level in range(256)]
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(LOOP_S * RATE):
            y, cb, cr = still(card, WIDTH, HEIGHT, number / RATE).convert("YCbCr").split()
            film.write(b"FRAME\n" + y.point(luma).tobytes())
            for plane in (cb, cr):
                half = plane.resize((WIDTH // 2, HEIGHT // 2), Image.Resampling.BOX)
                film.write(half.point(chroma).tobytes())
    return path


class Screen:
    """One open page and its faults: console errors, exceptions, requests that failed."""

    def __init__(self, name: str, page: Page) -> None:
        self.name = name
        self.page = page
        self._faults: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._note(f"exception: {error}"))
        page.on("requestfailed", lambda r: self._note(f"failed: {r.url} {r.failure}"))
        page.on("response", self._on_response)
        # The desk asks before it is left; Playwright by itself would stay.
        page.on("dialog", lambda dialog: dialog.accept())

    async def faults(self) -> list[str]:
        """All that went wrong since this was asked last."""
        found = self._faults + [f"policy: {v}" for v in await probe(self.page, "violations")]
        self._faults = []
        return [f"{self.name}: {fault}" for fault in found]

    def forgive(self, *beginnings: str) -> None:
        """Forget faults that a browser itself tells of a service that is not there."""
        self._faults = [f for f in self._faults if not f.startswith(beginnings)]

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    async def click(self, selector: str) -> None:
        await self.page.locator(selector).click(timeout=PATIENCE_S * 1000)

    async def waits_for(self, selector: str, *, timeout_s: float = PATIENCE_S) -> None:
        """Until an element like this is there, shown or not."""
        await self.page.locator(selector).first.wait_for(state="attached", timeout=timeout_s * 1000)

    async def frames(self, slot: str) -> int:
        return int(await probe(self.page, "frames", slot))

    async def image(self, slot: str) -> Image.Image | None:
        url: str | None = await probe(self.page, "picture", slot)
        if url is None:
            return None
        return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))

    async def shows(self, slot: str) -> str | None:
        """The site whose card is seen in a slot."""
        image = await self.image(slot)
        card = None if image is None else nearest(image, CARDS.values())
        return None if card is None else card.code

    async def hears(self) -> set[str]:
        """The sites whose tone the page plays; of tones apart, the loudest decides who is meant."""
        tones = {card.tone_hz: code for code, card in CARDS.items()}
        heard: list[list[Any]] = await probe(self.page, "tones", list(tones))
        loudest = max((level for _, level in heard), default=0.0)
        # 30 dB below a steady tone are only the skirts of the window and the codec's noise.
        return {tones[int(hz)] for hz, level in heard if level > loudest - 30}

    async def sees(self, site: str, slot: str, *, timeout_s: float = PATIENCE_S) -> None:
        """Until the slot shows this site, and it moves."""
        await until(
            lambda: self.shows(slot),
            lambda seen: seen == site,
            timeout_s=timeout_s,
            what=f"{self.name} sees {site} in {slot}",
        )
        await self.moves(slot, timeout_s=timeout_s)

    async def moves(self, slot: str, *, timeout_s: float = PATIENCE_S) -> None:
        """Until ten more frames are decoded; a new PeerConnection counts from none."""
        fewest = max(0, await self.frames(slot))

        def enough(now: int) -> bool:
            nonlocal fewest
            fewest = min(fewest, max(0, now))
            return now >= fewest + 10

        await until(
            lambda: self.frames(slot),
            enough,
            timeout_s=timeout_s,
            what=f"{self.name} decodes {slot}",
        )

    async def hears_only(self, sites: Collection[str], *, timeout_s: float = PATIENCE_S) -> None:
        """Until these tones are heard and no other; of nobody: until it is silent."""
        await until(
            lambda: probe(self.page, "hearing"), timeout_s=timeout_s, what=f"{self.name} can hear"
        )
        await until(
            self.hears,
            lambda heard: heard == set(sites),
            timeout_s=timeout_s,
            what=f"{self.name} hears {sorted(sites) or 'nobody'}",
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text}")

    def _on_response(self, response: Response) -> None:
        # 304 is the answer to an ETag that still holds, not a fault.
        if not response.ok and response.status != 304:
            self._note(f"HTTP {response.status}: {response.url}")

    def _note(self, fault: str) -> None:
        self._faults.append(fault)


@asynccontextmanager
async def screen(browser: Browser, name: str, address: str) -> AsyncIterator[Screen]:
    """A page in a browser profile of its own."""
    profile = await context(browser)
    try:
        shown = Screen(name, await profile.new_page())
        await shown.page.goto(address, timeout=OPEN_S * 1000)
        yield shown
    finally:
        await profile.close()

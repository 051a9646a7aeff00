"""Seat: a site's page in Chromium that meets the service over a line of the bench's choice.

The page is the service's own and knows nothing of it: ``seat.js`` changes the answer it is given.
What a seat tells is what Chromium counts (``getStats`` of its one PeerConnection), by slot: the mids of
a connection are numbered in the order of its slots.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from bridge.conference.words import Role, SiteCode
from bridge.media.slots import SessionKind, slots_for
from room110.bench.chromium import PATIENCE_S, context
from room110.bench.relay import Relay
from room110.premises import Premises

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

SCRIPT: Final = Path(__file__).with_name("seat.js")
SPEAKER: Final = "speaker.1"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a page gets to the service."""

    transport: str | None = "udp"
    address: str | None = None
    """Of the only candidate it is given; None: of any."""
    port: int | None = None
    repair: bool = True

    @classmethod
    def over(cls, relay: Relay, *, repair: bool = True) -> Self:
        return cls(port=relay.port, repair=repair)


DIRECT: Final = Way()


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What a slot has played since its connection began."""

    frames: int = 0
    freezes: int = 0
    freeze_s: float = 0.0
    keyframes: int = 0
    nacks: int = 0
    repaired: int = 0
    """Packets that came as retransmissions."""
    missed: int = 0
    """Packets of the picture that never came."""
    samples: int = 0
    concealed: int = 0
    lost: int = 0
    """Packets of the sound."""

    def since(self, before: Got) -> dict[str, float]:
        told: dict[str, float] = {
            name: round(getattr(self, name) - getattr(before, name), 2)
            for name in (
                "frames",
                "freezes",
                "freeze_s",
                "keyframes",
                "nacks",
                "repaired",
                "missed",
            )
        }
        samples = self.samples - before.samples
        concealed = self.concealed - before.concealed
        told["sound_lost"] = self.lost - before.lost
        told["concealed"] = round(concealed / samples, 4) if samples > 0 else 1.0
        return told


class Seat:
    """Made by :func:`seat`."""

    def __init__(self, site: SiteCode, page: Page) -> None:
        self.site = site
        self.page = page
        self._mids = {
            (slot.name, str(slot.kind)): str(place)
            for place, slot in enumerate(slots_for(SessionKind.ROOM))
        }

    async def rows(self, kind: str) -> list[Row]:
        rows: list[Row] = await self.page.evaluate("() => globalThis.room110Seat.rows()")
        return [row for row in rows if row["type"] == kind]

    async def got(self, slot: str = SPEAKER) -> Got:
        """Of the picture and the sound in a slot."""
        rows = {row.get("mid"): row for row in await self.rows("inbound-rtp")}
        picture = rows.get(self._mids[slot, "video"], {})
        sound = rows.get(self._mids[slot, "audio"], {})
        return Got(
            frames=picture.get("framesDecoded", 0),
            freezes=picture.get("freezeCount", 0),
            freeze_s=picture.get("totalFreezesDuration", 0.0),
            keyframes=picture.get("keyFramesDecoded", 0),
            nacks=picture.get("nackCount", 0),
            repaired=picture.get("retransmittedPacketsReceived", 0),
            missed=picture.get("packetsLost", 0),
            samples=sound.get("totalSamplesReceived", 0),
            concealed=sound.get("concealedSamples", 0),
            lost=sound.get("packetsLost", 0),
        )

    async def width(self, slot: str = SPEAKER) -> int:
        """Of the last frame decoded; 0: none was."""
        return int((await self._picture(slot)).get("frameWidth", 0))

    async def codec(self, slot: str = SPEAKER) -> str:
        """``VP8`` or ``H264``; empty while nothing came."""
        picture = await self._picture(slot)
        for row in await self.rows("codec"):
            if row["id"] == picture.get("codecId"):
                return str(row["mimeType"]).partition("/")[2]
        return ""

    async def route(self) -> str:
        """``udp`` or ``tcp``, and the address on the other side."""
        pairs = await self.rows("candidate-pair")
        chosen = next((pair for pair in pairs if pair.get("nominated")), {})
        for row in await self.rows("remote-candidate"):
            if row["id"] == chosen.get("remoteCandidateId"):
                return f"{row['protocol']} {row['address']}"
        return ""

    async def sent(self) -> dict[str, Row]:
        """RID -> what is told of the layer."""
        rows = await self.rows("outbound-rtp")
        return {row.get("rid", ""): row for row in rows if row["kind"] == "video"}

    async def _picture(self, slot: str) -> Row:
        rows = await self.rows("inbound-rtp")
        return next((row for row in rows if row.get("mid") == self._mids[slot, "video"]), {})


@asynccontextmanager
async def seat(
    browser: Browser, running: Premises, site: SiteCode, way: Way = DIRECT, **query: str
) -> AsyncIterator[Seat]:
    """The page of *site* with its media up, in a browser profile of its own, while inside."""
    profile = await context(browser)
    told = {name: getattr(way, name) for name in ("transport", "address", "port", "repair")}
    await profile.add_init_script(script=f"({_function()})({json.dumps(told)})")
    try:
        page = await profile.new_page()
        await page.goto(running.link("site", role=Role.SITE, site=site, **query))
        up = page.locator("body[data-media='up']")
        await up.wait_for(state="attached", timeout=PATIENCE_S * 1000)
        yield Seat(site, page)
    finally:
        await profile.close()


def _function() -> str:
    """The script's function: without its comment and its last semicolon it is an expression."""
    text = SCRIPT.read_text(encoding="utf-8")
    return text[text.index("*/") + 2 :].strip().removesuffix(";")

"""Stock aiortc against the whole service: nothing of its media code is ours.

Two stock sites, one synthetic site and a synthetic room 110.  Each stock site encodes its own
card and tone and decodes what it is sent; the picture must be of, and the tone must be that of,
the site that has the floor.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bridge.conference.words import CENTRE, Phase, Role
from bridge.endpoint import tone
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.picture import nearest
from bridge.endpoint.stock import StockClient
from bridge.media.borrowed import gathering_only
from bridge.media.slots import SessionKind, Slot
from config.roster import load_roster
from config.settings import Settings
from room110.compose import running
from room110.crowd import Crowd, card_of, chosen
from room110.local import Local
from signaling.client import new_id
from signaling.messages import ChairCall, ChairPhase
from signaling.resilient import ResilientClient
from tests.support.eventually import eventually

STOCK = ("01", "02")
SYNTHETIC = ("04", CENTRE)
CARDS = {site.code: card_of(site) for site in chosen(load_roster(), 3)}


@asynccontextmanager
async def stock_site(local: Local, code: str):
    token = local.site_token(code)
    async with ResilientClient(local.ws, token, SessionKind.ROOM) as client:
        slots = [Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots]
        endpoint = StockClient(card=CARDS[code], slots=slots, channel=client.media)
        running_it = asyncio.create_task(endpoint.run())
        try:
            yield endpoint
        finally:
            running_it.cancel()
            await asyncio.gather(running_it, return_exceptions=True)


async def link_is_up(local: Local, code: str) -> bool:
    rows = (await local.get("/sites"))["sites"]
    return any(row["code"] == code and row["link"] == "up" for row in rows)


def shows(client: StockClient, slot: str, code: str) -> bool:
    frame = client.seen(slot)
    return frame is not None and nearest(frame, CARDS.values()) == CARDS[code]


def sounds(client: StockClient, slot: str, code: str) -> bool:
    tones = [card.tone_hz for card in CARDS.values()]
    return tone.strongest(client.heard(slot), tones) == CARDS[code].tone_hz


async def test_stock_clients_see_and_hear_who_has_the_floor(tmp_path: Path):
    settings = Settings(state=tmp_path, http_port=0, media_port=0)
    sites = load_roster()
    async with AsyncExitStack() as stack:
        stack.enter_context(gathering_only("127.0.0.1"))
        library = stack.enter_context(ClipLibrary(tmp_path / "clips"))
        await stack.enter_async_context(running(settings))
        local = Local.find(settings)
        desk = await stack.enter_async_context(local.desk("chair", Role.CHAIR))
        await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.OPEN))
        crowd = Crowd(url=local.ws, token_for=local.site_token, library=library)
        await stack.enter_async_context(crowd.joined([sites.by_code(code) for code in SYNTHETIC]))
        one, other = [await stack.enter_async_context(stock_site(local, c)) for c in STOCK]

        async def call(code: str) -> None:
            await eventually(lambda: link_is_up(local, code))
            await desk.command(ChairCall(type="chair.call", id=new_id(), site=code))

        # Room 110 is a place of its own, and everybody's.
        await eventually(lambda: shows(one, "chair", CENTRE) and sounds(one, "chair", CENTRE))

        # A stock site speaks: the other stock site and the synthetic one get it.
        await call("01")
        await eventually(
            lambda: shows(other, "speaker.1", "01") and sounds(other, "speaker.1", "01")
        )
        assert one.seen("speaker.1") is None, "nobody is sent his own picture"

        # Then the other one, then a synthetic site: behind the same slot, without an offer.
        await call("02")
        await eventually(lambda: shows(one, "speaker.1", "02") and sounds(one, "speaker.1", "02"))
        await call("04")
        for client in (one, other):
            await eventually(
                lambda client=client: (
                    shows(client, "speaker.1", "04") and sounds(client, "speaker.1", "04")
                )
            )

        listener = crowd.sites["04"].receiver
        assert listener is not None
        seen = listener.totals()
        assert (seen.gaps, seen.backward, seen.own_sound) == (0, 0, 0)
        assert listener.pictures["speaker.1"].keyframes >= 2

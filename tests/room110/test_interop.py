"""A stock aiortc client, which encodes and decodes, in a conference with our own endpoint.

Two rooms are stock RTCPeerConnections, one more and room 110 are synthetic; all join the real
service over its doors.  What they see and hear is looked at after decoding: which card, which
tone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bridge.conference.words import Role
from bridge.endpoint import picture, tone
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.stock import StockClient
from bridge.media.ice import gathering_only
from bridge.media.slots import SessionKind, Slot
from config.roster import load_roster
from config.settings import Settings
from room110.compose import running
from room110.crowd import Crowd, card_of, chosen
from room110.local import Local
from signaling.client import new_id
from signaling.messages import ChairCall, ChairPhase
from signaling.resilient import ResilientClient

HANOI, HAGIANG, CAOBANG, CENTRE = chosen(load_roster(), 3)
CARDS = {site.code: card_of(site) for site in (HANOI, HAGIANG, CAOBANG, CENTRE)}
TONES_HZ = [card.tone_hz for card in CARDS.values()]


async def until(condition: Callable[[], bool], what: Callable[[], object]) -> None:
    try:
        async with asyncio.timeout(12):
            while not condition():  # noqa: ASYNC110 - real media, nothing to wait on
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(what()) from None


def stock(client: ResilientClient, site: str) -> StockClient:
    slots = [Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots]
    return StockClient(card=CARDS[site], slots=slots, channel=client.media)


def perceives(client: StockClient, slot: str) -> tuple[str | None, int | None]:
    """The card that is seen and the tone that is heard there now."""
    frame = client.seen(slot)
    card = picture.nearest(frame, CARDS.values()) if frame is not None else None
    return card.code if card else None, tone.strongest(client.heard(slot), TONES_HZ)


async def test_stock_clients_decode_who_has_the_floor_and_are_decoded(tmp_path, cache):
    settings = Settings(state=tmp_path, http_port=0, media_port=0)
    async with running(settings):
        local = Local.find(settings)
        with ClipLibrary(cache) as library, gathering_only("127.0.0.1"):
            crowd = Crowd(url=local.ws, token_for=local.site_token, library=library)
            async with (
                crowd.joined([CAOBANG, CENTRE]),
                ResilientClient(local.ws, local.site_token("01"), SessionKind.ROOM) as one,
                ResilientClient(local.ws, local.site_token("02"), SessionKind.ROOM) as two,
                local.desk("an", Role.CHAIR) as desk,
            ):
                rooms = {"01": stock(one, "01"), "02": stock(two, "02")}
                lives = [asyncio.create_task(room.run()) for room in rooms.values()]
                await until(
                    lambda: (
                        all(room.frames_decoded.get("chair") is None for room in rooms.values())
                        and CAOBANG.code in crowd.sites
                    ),
                    lambda: "rooms see something before the conference is open",
                )
                await _all_up(local)
                await desk.command(ChairPhase(type="chair.phase", id=new_id(), to="open"))

                for speaker in ("01", "02", "04", "01"):
                    await desk.command(ChairCall(type="chair.call", id=new_id(), site=speaker))
                    expected = (speaker, CARDS[speaker].tone_hz)
                    for code, room in rooms.items():
                        if code != speaker:
                            await until(
                                lambda room=room: perceives(room, "speaker.1") == expected,
                                lambda room=room: (expected, perceives(room, "speaker.1")),
                            )
                    # Room 110 is there all the time, and nobody ever hears himself.
                    for code, room in rooms.items():
                        await until(
                            lambda room=room: (
                                perceives(room, "chair") == ("110", CARDS["110"].tone_hz)
                            ),
                            lambda room=room: perceives(room, "chair"),
                        )
                        own = CARDS[code].tone_hz
                        assert tone.strongest(room.heard("speaker.1"), TONES_HZ) != own or (
                            code != speaker
                        )
                    # And the synthetic endpoints are sent what stock clients encode.
                    listener = crowd.sites["110" if speaker == "04" else "04"]
                    assert listener.receiver is not None
                    ear = listener.receiver
                    before = ear.sounds["speaker.1"].continuity.packets
                    await until(
                        lambda ear=ear, before=before: (
                            ear.sounds["speaker.1"].continuity.packets > before + 10
                            and not ear.pictures["speaker.1"].broken
                        ),
                        lambda ear=ear: ear.totals(),
                    )
                totals = [site.stats().received for site in crowd.sites.values()]
                assert sum(t.gaps + t.backward + t.own_sound for t in totals) == 0
                for life in lives:
                    life.cancel()
                await asyncio.wait(lives)


async def _all_up(local: Local) -> None:
    async with asyncio.timeout(15):
        while sum(r["link"] == "up" for r in (await local.get("/sites"))["sites"]) < len(CARDS):
            await asyncio.sleep(0.1)

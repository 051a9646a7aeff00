"""A stock aiortc client, which encodes and decodes, in a conference with our own endpoint.

Two rooms are stock RTCPeerConnections, one more and room 110 are synthetic; all join the real
service over its doors.  What they see and hear is looked at after decoding: which card, which
tone.
"""

from __future__ import annotations

import asyncio

from bridge.conference.words import Role
from bridge.endpoint import picture, tone
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.stock import StockClient
from bridge.endpoint.synthetic import SyntheticSite
from bridge.media.ice import gathering_only
from bridge.media.slots import SessionKind, Slot
from config.roster import load_roster
from config.settings import Settings
from room110.crowd import Crowd, card_of, chosen
from room110.local import Local
from room110.whole import running
from signaling.client import new_id
from signaling.messages import ChairCall, ChairPhase
from signaling.resilient import ResilientClient
from tests.bridge.endpoint.responder import until

HANOI, HAGIANG, CAOBANG, CENTRE = chosen(load_roster(), 3)
CARDS = {site.code: card_of(site) for site in (HANOI, HAGIANG, CAOBANG, CENTRE)}
TONES_HZ = [card.tone_hz for card in CARDS.values()]


def stock(client: ResilientClient, site: str) -> StockClient:
    slots = [Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots]
    return StockClient(card=CARDS[site], slots=slots, channel=client.media)


def perceives(client: StockClient, slot: str) -> tuple[str | None, int | None]:
    """The card that is seen and the tone that is heard there now."""
    frame = client.seen(slot)
    card = picture.nearest(frame, CARDS.values()) if frame is not None else None
    return card.code if card else None, tone.strongest(client.heard(slot), TONES_HZ)


async def sees_and_hears(client: StockClient, slot: str, site: str) -> None:
    expected = (site, CARDS[site].tone_hz)
    try:
        await until(lambda: perceives(client, slot) == expected, timeout_s=12)
    except TimeoutError:
        raise AssertionError((slot, expected, perceives(client, slot))) from None


async def is_sent_a_whole_stream(site: SyntheticSite, slot: str) -> None:
    """Sound that goes on, and a picture without a hole since its key frame."""
    receiver = site.receiver
    assert receiver is not None
    sound, shown = receiver.sounds[slot].continuity, receiver.pictures[slot]
    before = sound.packets
    await until(lambda: sound.packets > before + 10 and not shown.broken, timeout_s=12)


async def test_stock_clients_decode_who_has_the_floor_and_are_decoded(tmp_path, clips):
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    async with running(settings) as service:
        local = Local.find(settings)
        with ClipLibrary(clips) as library, gathering_only("127.0.0.1"):
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
                    lambda: sum(row["link"] == "up" for row in service.bridge.sites()) == 4,
                    timeout_s=15,
                )
                assert [room.frames_decoded for room in rooms.values()] == [{}, {}]
                await desk.command(ChairPhase(type="chair.phase", id=new_id(), to="open"))

                for speaker in ("01", "02", "04", "01"):
                    await desk.command(ChairCall(type="chair.call", id=new_id(), site=speaker))
                    for code, room in rooms.items():
                        await sees_and_hears(room, "chair", "110")
                        if code != speaker:
                            await sees_and_hears(room, "speaker.1", speaker)
                        else:
                            own_hz = CARDS[speaker].tone_hz
                            assert tone.strongest(room.heard("speaker.1"), TONES_HZ) != own_hz
                    for code, site in crowd.sites.items():
                        if code != speaker:
                            await is_sent_a_whole_stream(site, "speaker.1")

                totals = [site.stats().received for site in crowd.sites.values()]
                assert sum(t.gaps + t.backward + t.own_sound for t in totals) == 0
                for life in lives:
                    life.cancel()
                await asyncio.wait(lives)

from __future__ import annotations

import asyncio

import pytest

from bridge.endpoint import picture, tone
from bridge.endpoint.card import Card
from bridge.endpoint.stock import StockClient
from bridge.media.ice import gathering_only
from bridge.media.plane import Codec, Plan
from bridge.media.slots import SessionKind, slots_for
from tests.bridge.endpoint.responder import Responder, running_plane, until

CARDS = [
    Card(code="01", name="Hà Nội", position=0),
    Card(code="02", name="Hà Giang", position=1),
]
TONES_HZ = [card.tone_hz for card in CARDS]
ROOM = slots_for(SessionKind.ROOM)


@pytest.mark.parametrize(
    "codecs",
    [(Codec.VP8, Codec.VP8), (Codec.H264, Codec.H264), (Codec.VP8, Codec.H264)],
    ids=["VP8", "H264", "mixed"],
)
async def test_two_stock_clients_see_and_hear_each_other_decoded(codecs: list[Codec]) -> None:
    with gathering_only("127.0.0.1"):
        async with running_plane() as plane:
            channels = [
                Responder(plane, card.code, ROOM, number=n) for n, card in enumerate(CARDS, 1)
            ]
            clients = [
                StockClient(card=card, slots=ROOM, channel=channel, codec=codec)
                for card, channel, codec in zip(CARDS, channels, codecs, strict=True)
            ]
            runs = [asyncio.create_task(client.run()) for client in clients]
            for speaker, listener in ((0, 1), (1, 0)):
                code = CARDS[speaker].code
                plane.set_plan(
                    Plan(
                        gates=frozenset({code}),
                        slots={"speaker.1": code},
                        wants={code: frozenset({"q", "f"})},
                    )
                )
                channels[speaker].tell("media.set", mic="live", on_air=True)
                await until(lambda: seen(clients[listener]) == CARDS[speaker], timeout_s=10)  # noqa: B023
                await until(
                    lambda: heard(clients[listener]) == CARDS[speaker].tone_hz,  # noqa: B023
                    timeout_s=10,
                )
            for channel in channels:
                channel.tell("bye", reason="closed")
            assert await asyncio.gather(*runs) == ["closed", "closed"]


def seen(client: StockClient) -> Card | None:
    frame = client.seen("speaker.1")
    return picture.nearest(frame, CARDS) if frame is not None else None


def heard(client: StockClient) -> int | None:
    return tone.strongest(client.heard("speaker.1"), TONES_HZ)

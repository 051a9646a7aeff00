from __future__ import annotations

import asyncio

import pytest

from bridge.endpoint.channel import Message
from bridge.endpoint.offers import ANSWER_S, OfferRefused, Offers
from tests.support.autojump import virtual_time


class Wire:
    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.offers = Offers(self.send)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def ask(self, *, restart: bool = False) -> asyncio.Task[str]:
        asking = asyncio.create_task(self.offers.ask("v=0", {"0": "mic"}, restart=restart))
        await asyncio.sleep(0)
        return asking


@virtual_time
async def test_each_offer_gets_its_own_answer() -> None:
    wire = Wire()
    first, second = await wire.ask(), await wire.ask(restart=True)
    assert wire.sent == [
        {"type": "media.offer", "id": "offer-1", "sdp": "v=0", "slots": {"0": "mic"}},
        {
            "type": "media.offer",
            "id": "offer-2",
            "sdp": "v=0",
            "slots": {"0": "mic"},
            "restart": True,
        },
    ]
    wire.offers.answered("offer-2", "second")
    wire.offers.answered("offer-1", "first")
    assert (await first, await second) == ("first", "second")


@virtual_time
async def test_a_refusal_says_its_code() -> None:
    wire = Wire()
    asking = await wire.ask()
    wire.offers.refused("offer-1", "media_rejected")
    with pytest.raises(OfferRefused, match="media_rejected"):
        await asking


@virtual_time
async def test_an_offer_waits_for_its_time_and_an_answer_after_it_is_ignored() -> None:
    wire = Wire()
    asking = await wire.ask()
    await asyncio.sleep(ANSWER_S - 0.1)
    assert not asking.done()
    await asyncio.sleep(0.2)
    with pytest.raises(TimeoutError):
        await asking
    wire.offers.answered("offer-1", "late")
    wire.offers.refused("offer-1", "late")


@virtual_time
async def test_the_first_word_about_an_offer_counts() -> None:
    wire = Wire()
    asking = await wire.ask()
    wire.offers.answered("offer-1", "first")
    wire.offers.answered("offer-1", "second")
    wire.offers.refused("offer-1", "third")
    wire.offers.refused("other", "fourth")
    assert await asking == "first"

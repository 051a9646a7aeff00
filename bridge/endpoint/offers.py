"""Offers: one question over a channel, and the answer that belongs to it.

The channel may drop what is sent and gives answers among other messages; so an offer waits
ANSWER_S at most, and answers to nothing are ignored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any, Final

from bridge.endpoint.channel import Message

ANSWER_S: Final = 10.0
"""An offer without an answer is lost (the channel may drop it) and made again."""


class OfferRefused(Exception):
    """The service did not take the offer; the text is its code."""


class Offers:
    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._ids = count(1)
        self._answers: dict[str, asyncio.Future[str]] = {}

    async def ask(self, sdp: str, mids: Mapping[str, str], *, restart: bool = False) -> str:
        """The SDP of the answer.  Raises OfferRefused, or TimeoutError."""
        offer = f"offer-{next(self._ids)}"
        message: Message = {"type": "media.offer", "id": offer, "sdp": sdp, "slots": dict(mids)}
        if restart:
            message["restart"] = True
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answers[offer] = answer
        try:
            await self._send(message)
            async with asyncio.timeout(ANSWER_S):
                return await answer
        finally:
            del self._answers[offer]

    def answered(self, offer: Any, sdp: str) -> None:
        waiting = self._answers.get(offer)
        if waiting is not None and not waiting.done():
            waiting.set_result(sdp)

    def refused(self, offer: Any, code: str) -> None:
        waiting = self._answers.get(offer)
        if waiting is not None and not waiting.done():
            waiting.set_exception(OfferRefused(code))

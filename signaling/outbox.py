"""Outbox: what waits to be written to one session, in order and bounded.

Rule 1: putting never blocks, since the bridge puts in the middle of a change.
Rule 2: an ending is the last thing; nothing put after it is sent.
Rule 3: a reader who lets MAX_WAITING messages wait is let go (``bye too_slow``): dropping some
        would leave it with a conference that never was.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import WSCloseCode

from bridge.outgoing import Bye, ByeReason, Outgoing
from signaling.encoding import Encoder

MAX_WAITING: Final = 256

CLOSE_CODES: Final[Mapping[ByeReason, WSCloseCode]] = {
    "conference_over": WSCloseCode.OK,
    "shutdown": WSCloseCode.GOING_AWAY,
    "protocol_errors": WSCloseCode.PROTOCOL_ERROR,
    "refused": WSCloseCode.POLICY_VIOLATION,
    "hello_timeout": WSCloseCode.POLICY_VIOLATION,
    "too_slow": WSCloseCode.POLICY_VIOLATION,
    "replaced": WSCloseCode.POLICY_VIOLATION,
    "dropped": WSCloseCode.POLICY_VIOLATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The connection is closed with this code."""

    code: WSCloseCode


class SessionOutbox:
    def __init__(
        self,
        encoder: Encoder,
        *,
        on_ending: Callable[[], None],
        max_waiting: int = MAX_WAITING,
    ) -> None:
        """``on_ending`` is called once, as soon as an ending is put, before it is written."""
        self._encoder = encoder
        self._on_ending = on_ending
        self._max_waiting = max_waiting
        self._waiting: deque[str | Ending] = deque()
        self._more = asyncio.Event()
        self._ended = False

    @property
    def ended(self) -> bool:
        return self._ended

    def put(self, message: Outgoing) -> None:
        if isinstance(message, Bye):
            self.bye(message.reason)
        elif not self._ended:
            self.say(self._encoder.encode(message))

    def say(self, text: str) -> None:
        """Send this text."""
        if self._ended:
            return
        if len(self._waiting) >= self._max_waiting:
            self._waiting.clear()
            self.bye("too_slow")
            return
        self._waiting.append(text)
        self._more.set()

    def greet(self, text: str) -> None:
        """Send this text before everything that waits."""
        self._waiting.appendleft(text)
        self._more.set()

    def bye(self, reason: ByeReason, code: WSCloseCode | None = None) -> None:
        """Say bye and close; ``code`` when another than the reason's own is due."""
        self._end(self._encoder.encode(Bye(reason=reason)), code or CLOSE_CODES[reason])

    def close(self) -> None:
        """Close without a word: the peer said goodbye."""
        self._end(None, WSCloseCode.OK)

    async def next(self) -> str | Ending:
        """The next thing to write; waits for it."""
        while not self._waiting:
            self._more.clear()
            await self._more.wait()
        return self._waiting.popleft()

    def _end(self, last_words: str | None, code: WSCloseCode) -> None:
        if self._ended:
            return
        self._ended = True
        if last_words is not None:
            self._waiting.append(last_words)
        self._waiting.append(Ending(code=code))
        self._more.set()
        self._on_ending()

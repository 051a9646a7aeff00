"""Channel: what an endpoint sees of a client, and the bounded queue it waits in."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

from bridge.endpoint.channel import ChannelClosed
from signaling.messages import Message, type_of
from signaling.notices import Error

MAX_WAITING: Final = 1024

_MEDIA: Final = frozenset(
    {"media.answer", "media.want", "media.set", "media.reset", "stage", "bye"}
)

T = TypeVar("T")


class Disconnected(Exception):
    """The connection is gone.  ``reason`` is that of the service's bye, if it said one."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason or "connection lost")
        self.reason = reason


class Waiting(Generic[T]):
    """A bounded queue that forgets the oldest, and can be closed."""

    def __init__(self, size: int = MAX_WAITING) -> None:
        self._items: deque[T] = deque(maxlen=size)
        self._more = asyncio.Event()
        self._closed = False
        self.dropped = 0

    def put(self, item: T) -> None:
        self.dropped += len(self._items) == self._items.maxlen
        self._items.append(item)
        self._more.set()

    def close(self) -> None:
        self._closed = True
        self._more.set()

    async def get(self) -> T | None:
        """The next item; None when closed and empty."""
        while not self._items:
            if self._closed:
                return None
            self._more.clear()
            await self._more.wait()
        return self._items.popleft()


class MediaChannel:
    """What an endpoint sees of a client (``bridge.endpoint.channel.Channel``)."""

    def __init__(self, send: Callable[[Mapping[str, Any]], None]) -> None:
        self._send = send
        self._waiting: Waiting[dict[str, Any]] = Waiting()
        self._offers: set[str] = set()
        self._closed = False

    async def send(self, message: dict[str, Any]) -> None:
        if self._closed:
            raise ChannelClosed
        if message["type"] == "media.offer":
            self._offers.add(message["id"])
        # What is sent about media perishes with the line; the bridge's reset makes it anew.
        with contextlib.suppress(Disconnected):
            self._send(message)

    async def receive(self) -> dict[str, Any]:
        message = await self._waiting.get()
        if message is None:
            raise ChannelClosed
        return message

    def take(self, message: Message) -> None:
        """Hand over what concerns media; leave the rest."""
        word = type_of(type(message))
        refused = isinstance(message, Error) and message.re in self._offers
        if word in _MEDIA or refused:
            if word in {"media.answer", "error"}:
                self._offers.discard(getattr(message, "re", ""))
            self._waiting.put(message.model_dump(mode="json", exclude_unset=True))

    def reset(self, reason: str) -> None:
        """The service has lost the endpoint's media."""
        self._offers.clear()
        self._waiting.put({"type": "media.reset", "reason": reason})

    def close(self) -> None:
        self._closed = True
        self._waiting.close()

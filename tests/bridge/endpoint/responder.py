"""A service without signaling: answers offers from a real plane, and says what a test says."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bridge.endpoint.channel import ChannelClosed, Message
from bridge.media.core.sdp import negotiate, parse_offer, renegotiate
from bridge.media.local import LocalPlane
from bridge.media.plane import SessionSpec
from bridge.media.slots import Slot

_CLOSED: Message = {}


class ScriptedChannel:
    """Gives what a test tells it, and keeps what the endpoint says."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def receive(self) -> Message:
        message = await self._incoming.get()
        if message is _CLOSED:
            raise ChannelClosed
        return message

    def tell(self, kind: str, **fields: Any) -> None:
        self._incoming.put_nowait({"type": kind, **fields})

    def close(self) -> None:
        self._incoming.put_nowait(_CLOSED)

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.sent if message["type"] == kind]


class Responder(ScriptedChannel):
    """Answers every offer of one endpoint; SSRCs and session names are told apart by ``number``."""

    def __init__(
        self, plane: LocalPlane, site: str, slots: Sequence[Slot], *, number: int = 1
    ) -> None:
        super().__init__()
        self._plane = plane
        self._site = site
        self._slots = slots
        self._ssrcs = itertools.count(number * 1000)
        self._agreed: SessionSpec | None = None
        self._sessions = (f"{site}-{number}-{k}" for k in itertools.count(1))

    async def send(self, message: Message) -> None:
        await super().send(message)
        if message["type"] != "media.offer":
            return
        if message.get("restart"):
            self._restart(message)
            return
        session = next(self._sessions)
        answer, spec = negotiate(
            parse_offer(message["sdp"]),
            self._slots,
            message["slots"],
            session=session,
            site=self._site,
            local_ufrag=session.replace("-", "x"),
            local_pwd="p" * 24,
            ssrcs=lambda _: next(self._ssrcs),
            greeting=self._plane.greeting(),
        )
        self._plane.open(spec)
        self._agreed = spec
        self.tell("media.answer", re=message["id"], sdp=answer)

    def _restart(self, message: Message) -> None:
        assert self._agreed is not None
        answer, self._agreed = renegotiate(
            parse_offer(message["sdp"]),
            self._agreed,
            self._slots,
            message["slots"],
            local_ufrag=f"{self._agreed.local_ufrag}r",
            local_pwd="q" * 24,
            greeting=self._plane.greeting(),
        )
        self._plane.restart(
            self._agreed.session,
            local_ufrag=self._agreed.local_ufrag,
            local_pwd=self._agreed.local_pwd,
            remote_ufrag=self._agreed.remote_ufrag,
        )
        self.tell("media.answer", re=message["id"], sdp=answer)


@asynccontextmanager
async def running_plane() -> AsyncIterator[LocalPlane]:
    plane = LocalPlane(
        hosts=("127.0.0.1",),
        port=0,
        tcp_port=0,
        advertise=("127.0.0.1",),
        draw=random.Random(110),
    )
    task = asyncio.create_task(plane.run())
    try:
        yield plane
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(condition: Callable[[], object], *, timeout_s: float = 5.0) -> None:
    """Real media comes when it comes: look again until it has."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - sockets and counters, nothing to wait on
            await asyncio.sleep(0.01)

"""Resilient: a client that comes back.

It connects again by itself after 0.2 to 2 s, with half as much again by chance, so that 64 sites do
not come back in the same instant, and sends unanswered commands once more under the same id, which
the service acts on once (docs/protocol.md 1).  It resumes from the revision it saw last: whoever
iterates gets, after the new ``hello.ok``, one change with all that was missed, or a snapshot in the
greeting when that was too much.  To the media half of an endpoint a service that
started anew is a ``media.reset``; a mere loss of the line is nothing, for media goes on without it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final, Self

from bridge.media.slots import SessionKind
from signaling.channel import Disconnected, MediaChannel, Waiting
from signaling.client import Client, CommandRefused, connect
from signaling.messages import Command, Message
from signaling.notices import Bye, Change, Error, HelloOk, MediaReset, Ok

BACKOFF_S: Final = (0.2, 2.0)

_FINAL_BYES: Final = frozenset({"replaced", "dropped", "conference_over", "protocol_errors"})
"""The service does not want this session back, or not before a person does (``dropped``)."""
WORKER_LOST: Final = "worker_lost"
"""Why media is reset when its plane has died."""
_TRY_AGAIN: Final = frozenset({"room_closed"})
"""The service goes down with the command unanswered: the next connection sends it once more."""


class ResilientClient:
    """A client that comes back.

    Enter it, and it is connected; leave it, and it says goodbye.  It gives up when the service says
    so (refused, replaced, another conference): then iteration ends, commands raise Disconnected and
    ``gave_up`` says why.
    """

    def __init__(
        self,
        url: str,
        token: str,
        kind: SessionKind,
        *,
        device: str | None = None,
        standby: bool = False,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """``jitter`` gives numbers from 0 to 1; the others are as in :func:`connect`."""
        self._url = url
        self._token = token
        self._kind = kind
        self._device = device
        self._standby = standby
        self._jitter = jitter
        self._client: Client | None = None
        self._joined: asyncio.Future[None] | None = None
        self._boot: str | None = None
        self._rev: int | None = None
        """The revision that was seen last."""
        self._unanswered: dict[str, tuple[Command, asyncio.Future[Ok]]] = {}
        self._incoming: Waiting[Message] = Waiting()
        self._hello_ok: HelloOk | None = None
        self._runner: asyncio.Task[None] | None = None
        self.media = MediaChannel(self._send_perishable)
        self.gave_up: str | None = None

    @property
    def hello_ok(self) -> HelloOk:
        """Of the newest connection."""
        assert self._hello_ok is not None, "not entered"
        return self._hello_ok

    async def __aenter__(self) -> Self:
        self._joined = asyncio.get_running_loop().create_future()
        self._runner = asyncio.create_task(self._run())
        try:
            await self._joined
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None  # entered
        self._runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._runner

    async def __aiter__(self) -> AsyncIterator[Message]:
        while (message := await self._incoming.get()) is not None:
            yield message

    async def command(self, message: Command) -> Ok:
        """Send until answered, through any number of connections.

        Raises CommandRefused, or Disconnected once the client has given up.
        """
        if self.gave_up is not None:
            raise Disconnected(self.gave_up)
        answer: asyncio.Future[Ok] = asyncio.get_running_loop().create_future()
        self._unanswered[message.id] = (message, answer)
        try:
            if self._client is not None:
                self._client.send(message)
            return await answer
        finally:
            self._unanswered.pop(message.id, None)

    def _send_perishable(self, message: Mapping[str, Any]) -> None:
        if self._client is not None:
            self._client.send(message)

    async def _run(self) -> None:
        attempt = 0
        try:
            while self.gave_up is None:
                try:
                    async with self._connected() as client:
                        attempt = 0
                        self._on_connected(client)
                        async for message in client:
                            self._take(message)
                    if client.bye in _FINAL_BYES:
                        self.gave_up = client.bye
                except Disconnected as gone:
                    if gone.reason in _FINAL_BYES:
                        self.gave_up = gone.reason
                except CommandRefused as refused:
                    self.gave_up = refused.code
                    self._fail_entering(refused)
                finally:
                    self._client = None
                if self.gave_up is None:
                    await asyncio.sleep(self._backoff_s(attempt))
                    attempt += 1
        finally:
            self.gave_up = self.gave_up or "closed"
            self._fail_entering(Disconnected(self.gave_up))
            for _, answer in self._unanswered.values():
                if not answer.done():
                    answer.set_exception(Disconnected(self.gave_up))
            self._incoming.close()
            self.media.close()

    def _connected(self) -> contextlib.AbstractAsyncContextManager[Client]:
        return connect(
            self._url,
            self._token,
            self._kind,
            resume=self._rev,
            device=self._device,
            standby=self._standby,
        )

    def _backoff_s(self, attempt: int) -> float:
        least, most = BACKOFF_S
        delay_s = min(most, least * 2.0 ** min(attempt, 8))
        return delay_s * (1 + self._jitter() / 2)

    def _fail_entering(self, error: Exception) -> None:
        if self._joined is not None and not self._joined.done():
            self._joined.set_exception(error)

    def _on_connected(self, client: Client) -> None:
        hello_ok = client.hello_ok
        if self._boot not in {None, hello_ok.boot}:
            self.media.reset("service_restarted")
        self._boot = hello_ok.boot
        self._client, self._hello_ok = client, hello_ok
        self._incoming.put(hello_ok)
        missed = hello_ok.missed
        if missed is not None:
            self._rev = missed.rev
            self._incoming.put(
                Change(
                    type="change",
                    rev=missed.rev,
                    now=hello_ok.now,
                    events=missed.events,
                    set=missed.set,
                )
            )
        elif hello_ok.snapshot is not None:
            self._rev = hello_ok.snapshot["rev"]
        for message, _ in self._unanswered.values():
            client.send(message)
        if self._joined is not None and not self._joined.done():
            self._joined.set_result(None)

    def _take(self, message: Message) -> None:
        if isinstance(message, Ok | Error) and message.re in self._unanswered:
            _, answer = self._unanswered[message.re]
            if answer.done():
                return
            if isinstance(message, Ok):
                answer.set_result(message)
            elif message.code not in _TRY_AGAIN:
                answer.set_exception(CommandRefused(message))
            return
        if isinstance(message, Change):
            self._rev = message.rev
        if isinstance(message, MediaReset) and message.reason == WORKER_LOST:
            # Media is made anew now with another media plane: the next boot is its.
            self._boot = None
        if not (isinstance(message, Bye) and message.reason not in _FINAL_BYES):
            self.media.take(message)
        self._incoming.put(message)

"""Client: the other end of the WebSocket, on the same messages.

:func:`connect` is one connection: it says hello, answers commands, hands out what comes.  Whoever
iterates gets every message that is no answer to a command of its own; the media half of an
endpoint gets its part through ``client.media``.  Both wait in bounded queues that drop the oldest
when nobody reads (``dropped`` counts them).

Who means to stay takes :class:`signaling.resilient.ResilientClient`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import aiohttp

from bridge.media.slots import SessionKind
from signaling.channel import MAX_WAITING, Disconnected, MediaChannel, Waiting
from signaling.decoding import MAX_OFFER_BYTES, ProtocolError, decode_server
from signaling.messages import (
    SUBPROTOCOL,
    VERSION,
    Command,
    Hello,
    Message,
    Resume,
    type_of,
)
from signaling.notices import Bye, Error, HelloOk, Ok

HEARTBEAT_S: Final = 10.0
ANSWER_S: Final = 5.0
"""For the connection and for hello."""


class CommandRefused(Exception):
    """The answer was no; nothing has changed."""

    def __init__(self, error: Error) -> None:
        super().__init__(f"{error.code}: {error.text}")
        self.code = error.code
        self.text = error.text
        self.detail = error.detail or {}


def new_id() -> str:
    """A command id that meets no other, whoever else uses the token."""
    return secrets.token_hex(8)


class Client:
    """One connection, after its hello.  Made by :func:`connect`."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, hello_ok: HelloOk) -> None:
        self.hello_ok = hello_ok
        self.bye: str | None = None
        """The reason of the service's bye, once it said one."""
        self._ws = ws
        self._answers: dict[str, asyncio.Future[Ok]] = {}
        self._incoming: Waiting[Message] = Waiting()
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)
        self.media = MediaChannel(self.send)

    @property
    def dropped(self) -> int:
        return self._incoming.dropped

    def send(self, message: Message | Mapping[str, Any]) -> None:
        """Send without waiting.  Raises Disconnected when too much waits already."""
        text = message.wire() if isinstance(message, Message) else json.dumps(message)
        try:
            self._outgoing.put_nowait(text)
        except asyncio.QueueFull:
            raise Disconnected("send queue is full") from None

    async def command(self, message: Command) -> Ok:
        """Send and wait for the answer.  Raises CommandRefused or Disconnected."""
        if self._ws.closed:
            raise Disconnected(self.bye)
        answer: asyncio.Future[Ok] = asyncio.get_running_loop().create_future()
        self._answers[message.id] = answer
        try:
            self.send(message)
            return await answer
        finally:
            self._answers.pop(message.id, None)

    async def __aiter__(self) -> AsyncIterator[Message]:
        while (message := await self._incoming.get()) is not None:
            yield message

    async def run(self) -> None:
        """Read and write until the connection ends; what was not answered then raises."""
        writer = asyncio.create_task(self._write())
        try:
            async for frame in self._ws:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._take(decode_server(frame.data))
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(Disconnected(self.bye))
            self._incoming.close()
            self.media.close()

    async def say_goodbye(self) -> None:
        """Leave for good: a room device is down at once, not lost."""
        with contextlib.suppress(ConnectionError):
            await self._ws.send_str('{"type":"bye"}')
        await self._ws.close()

    async def _write(self) -> None:
        while True:
            await self._ws.send_str(await self._outgoing.get())

    def _take(self, message: Message) -> None:
        if isinstance(message, Bye):
            self.bye = message.reason
        if isinstance(message, Ok | Error) and message.re in self._answers:
            answer = self._answers[message.re]
            if answer.done():
                return
            if isinstance(message, Ok):
                answer.set_result(message)
            else:
                answer.set_exception(CommandRefused(message))
            return
        self.media.take(message)
        self._incoming.put(message)


@contextlib.asynccontextmanager
async def connect(
    url: str,
    token: str,
    kind: SessionKind,
    *,
    goodbye: bool = True,
    resume: int | None = None,
    device: str | None = None,
    standby: bool = False,
) -> AsyncIterator[Client]:
    """A connection that has said hello; *url* as ``ws://127.0.0.1:8110/ws``.

    With *resume*, the revision it has seen, ``hello_ok`` has what was missed if that is known.
    *device* is what the machine calls itself, *standby* that it would wait beside another.
    Raises CommandRefused when the hello was refused, Disconnected when there was no answer.  At the
    end says goodbye, unless told not to (then the site is lost, not gone).
    """
    hello = Hello(
        type="hello",
        id=new_id(),
        v=VERSION,
        token=token,
        kind=kind,
        resume=None if resume is None else Resume(rev=resume),
        device=device,
        standby=standby,
    )
    async with aiohttp.ClientSession() as http:
        try:
            async with asyncio.timeout(ANSWER_S):
                ws = await http.ws_connect(
                    url,
                    protocols=[SUBPROTOCOL],
                    heartbeat=HEARTBEAT_S,
                    max_msg_size=2 * MAX_OFFER_BYTES,
                )
                hello_ok = await _hello(ws, hello)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Disconnected(None) from error
        client = Client(ws, hello_ok)
        runner = asyncio.create_task(client.run())
        try:
            yield client
        finally:
            if goodbye and not ws.closed:
                await client.say_goodbye()
            else:
                await ws.close()
            await runner


async def _hello(ws: aiohttp.ClientWebSocketResponse, hello: Hello) -> HelloOk:
    await ws.send_str(hello.model_dump_json(exclude_none=True))
    frame = await ws.receive()
    if frame.type is not aiohttp.WSMsgType.TEXT:
        raise Disconnected(None)
    match decode_server(frame.data):
        case HelloOk() as hello_ok:
            return hello_ok
        case Error() as error:
            await ws.close()
            raise CommandRefused(error)
        case Bye(reason=reason):
            raise Disconnected(reason)
        case other:
            raise ProtocolError("out_of_turn", type_of(type(other)))

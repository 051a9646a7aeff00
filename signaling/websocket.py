"""WebSocket: the door for those who take part (docs/protocol.md 1 to 4).

A connection is a reader, which gives frames to a conversation, and a writer, which empties an
outbox.  Everything to the client goes through the one outbox, so it arrives in the order in which
it happened.  A connection that ends any other way than by the client's ``bye`` has ended control
only; what becomes of the media is the bridge's affair.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from aiohttp import WSMsgType, web

from signaling.conversation import Conversation, Limits
from signaling.encoding import Encoder
from signaling.identity import Keyring
from signaling.messages import SUBPROTOCOL
from signaling.outbox import Ending, SessionOutbox
from signaling.ports import Bridge
from signaling.problem import Problem
from signaling.turn import TurnServers

MAX_FRAME_BYTES: Final = 1024 * 1024
"""Beyond it the frame is not even read; below it an oversize message gets its error."""
HEARTBEAT_S: Final = 10.0
CLOSE_S: Final = 2.0
"""For the peer to answer our close."""
ABORT_S: Final = 3.0
"""After an ending was put: whoever does not even take what is under way is cut off."""


class WebSocketDoor:
    """All conversations of one service."""

    def __init__(
        self,
        bridge: Bridge,
        keyring: Keyring,
        *,
        turn: TurnServers,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bridge = bridge
        self._keyring = keyring
        self._turn = turn
        self._limits = limits
        self._clock = clock
        self._encoder = Encoder()
        self._outboxes: dict[SessionOutbox, asyncio.Event] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET /ws.  Raises Problem while there is no WebSocket yet."""
        ws = web.WebSocketResponse(
            protocols=[SUBPROTOCOL],
            heartbeat=HEARTBEAT_S,
            timeout=CLOSE_S,
            max_msg_size=MAX_FRAME_BYTES,
            # Compressing a change again for each of 64 sites would cost more than its bytes.
            compress=False,
        )
        if ws.can_prepare(request).protocol != SUBPROTOCOL:
            raise Problem("bad_handshake", f"a WebSocket with subprotocol {SUBPROTOCOL} is needed")
        if len(self._outboxes) >= self._limits.max_connections:
            raise Problem("busy", "too many connections")
        try:
            await ws.prepare(request)
        except ConnectionResetError:
            # It came while the service was started again, and has not waited: nobody hears this.
            return web.Response()

        aborts: list[asyncio.TimerHandle] = []

        def cut_off_soon() -> None:
            if request.transport is not None:
                loop = asyncio.get_running_loop()
                aborts.append(loop.call_later(ABORT_S, request.transport.abort))

        outbox = SessionOutbox(
            self._encoder, on_ending=cut_off_soon, max_waiting=self._limits.max_waiting
        )
        gone = self._outboxes[outbox] = asyncio.Event()
        conversation = Conversation(
            self._bridge,
            self._keyring,
            outbox,
            turn=self._turn,
            limits=self._limits,
            clock=self._clock,
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(_write(ws, outbox))
                try:
                    await _read(ws, conversation, hello_s=self._limits.hello_s)
                finally:
                    conversation.leave()
                if not outbox.ended:
                    writer.cancel()
        finally:
            for abort in aborts:
                abort.cancel()
            del self._outboxes[outbox]
            gone.set()
        return ws

    async def shutdown(self) -> None:
        """Say bye to everybody; returns when all are gone, or cut off."""
        gone = list(self._outboxes.values())
        for outbox in list(self._outboxes):
            outbox.bye("shutdown")
        for event in gone:
            await event.wait()


async def _write(ws: web.WebSocketResponse, outbox: SessionOutbox) -> None:
    while True:
        item = await outbox.next()
        if isinstance(item, Ending):
            await ws.close(code=item.code)
            return
        try:
            await ws.send_str(item)
        except ConnectionError:
            return  # the reader sees the same and ends the conversation


async def _read(ws: web.WebSocketResponse, conversation: Conversation, *, hello_s: float) -> None:
    try:
        async with asyncio.timeout(hello_s):
            frame = await ws.receive()
    except TimeoutError:
        conversation.no_hello()
        return
    while frame.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
        await conversation.on_frame(frame.data if frame.type is WSMsgType.TEXT else None)
        if conversation.over:
            return
        frame = await ws.receive()

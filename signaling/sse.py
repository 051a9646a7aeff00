"""SSE: the conference as a stream of events, for those who only listen (docs/protocol.md 6).

A stream is a session like a wall's: it has the audience of its token, hears the same changes as
the WebSocket and sends nothing.  It begins with the snapshot, or, when it resumes from a revision
(``Last-Event-ID``), with exactly what was missed; each event's ``id`` is the revision after it.
What comes is written by one task out of a bounded queue, and a reader that lets it fill is cut off:
it resumes where it was.  A comment every HEARTBEAT_S keeps what stands between alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Callable
from typing import Final

from aiohttp import web

from bridge.media.slots import SessionKind
from bridge.outgoing import Bye, Change, Joined, JoinRefused, Outgoing
from signaling.answer import BASE, NO_STORE
from signaling.bearers import Bearers
from signaling.encoding import Encoder, dump
from signaling.ports import Bridge
from signaling.problem import Problem
from signaling.websocket import ABORT_S

HEARTBEAT_S: Final = 15.0
LOOK_S: Final = 1.0
"""So often it is looked whether the reader is still there: aiohttp does not say."""
BEAT: Final = b": still here\n\n"
_REV: Final = re.compile(r"[0-9]{1,15}")


class Stream:
    """The bridge's end of one stream (``bridge.outgoing.Outbox``)."""

    def __init__(
        self, encoder: Encoder, *, max_waiting: int, on_ending: Callable[[], None]
    ) -> None:
        """``on_ending`` is called once, when nothing more is taken."""
        self._encoder = encoder
        self._max_waiting = max_waiting
        self._on_ending = on_ending
        self._waiting: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._ended = False

    def put(self, message: Outgoing) -> None:
        """What is no change of the conference is for machines that take part."""
        if self._ended:
            return
        if isinstance(message, Bye):
            self._say(event("bye", self._encoder.encode(message)))
            self._end()
        elif isinstance(message, Change) and len(self._waiting) < self._max_waiting:
            self._say(event("change", self._encoder.encode(message), rev=message.rev))
        elif isinstance(message, Change):
            # Some of it would be a conference that never was.
            self._waiting.clear()
            self._end()

    def _say(self, text: bytes) -> None:
        self._waiting.append(text)
        self._more.set()

    def _end(self) -> None:
        self._ended = True
        self._more.set()
        self._on_ending()

    async def next(self, *, within_s: float) -> bytes | None:
        """The next event; None: there was none in that time.  Raises EOFError at the end."""
        if not self._waiting and not self._ended:
            self._more.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._more.wait()
        if self._waiting:
            return self._waiting.popleft()
        if self._ended:
            raise EOFError
        return None


class EventDoor:
    """All streams of one service."""

    def __init__(
        self, bridge: Bridge, bearers: Bearers, *, max_streams: int, max_waiting: int
    ) -> None:
        self._bridge = bridge
        self._bearers = bearers
        self._max_streams = max_streams
        self._max_waiting = max_waiting
        self._encoder = Encoder()
        self._streams: dict[Stream, asyncio.Event] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get(f"{BASE}/events", self._stream, allow_head=False)]

    async def shutdown(self) -> None:
        """Say bye to everybody; returns when all are gone, or cut off."""
        gone = list(self._streams.values())
        for stream in list(self._streams):
            stream.put(Bye(reason="shutdown"))
        for each in gone:
            await each.wait()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        identity = self._bearers.reader(request, "events")
        resume = _resume(request)
        if len(self._streams) >= self._max_streams:
            raise Problem("busy", "too many streams of events")

        aborts: list[asyncio.TimerHandle] = []

        def cut_off_soon() -> None:
            if request.transport is not None:
                loop = asyncio.get_running_loop()
                aborts.append(loop.call_later(ABORT_S, request.transport.abort))

        stream = Stream(self._encoder, max_waiting=self._max_waiting, on_ending=cut_off_soon)
        try:
            joined = self._bridge.join(
                identity=identity, kind=SessionKind.WALL, outbox=stream, resume=resume
            )
        except JoinRefused as refused:
            raise Problem(refused.code, refused.text) from None
        gone = self._streams[stream] = asyncio.Event()
        response = web.StreamResponse(
            headers={
                **NO_STORE,
                "Content-Type": "text/event-stream",
                # nginx would collect some kilobytes first.
                "X-Accel-Buffering": "no",
            }
        )
        try:
            with contextlib.suppress(ConnectionError):
                await response.prepare(request)
                await self._write(request, response, stream, self._first(joined, resume))
        finally:
            for abort in aborts:
                abort.cancel()
            self._bridge.leave(joined.session, said_goodbye=True)
            del self._streams[stream]
            gone.set()
        return response

    def _first(self, joined: Joined, resume: int | None) -> bytes:
        missed = joined.missed
        if missed is None:
            snapshot = dict(joined.snapshot or {})
            whole = {"now": self._bridge.now_s(), "snapshot": snapshot}
            return event("snapshot", dump(whole), rev=snapshot["rev"])
        if missed.rev == resume:
            return BEAT
        return event("change", self._encoder.encode(missed), rev=missed.rev)

    async def _write(
        self, request: web.Request, response: web.StreamResponse, stream: Stream, first: bytes
    ) -> None:
        await response.write(first)
        quiet_s = 0.0
        while request.transport is not None:
            try:
                said = await stream.next(within_s=LOOK_S)
            except EOFError:
                return
            quiet_s = quiet_s + LOOK_S if said is None else 0.0
            if quiet_s >= HEARTBEAT_S:
                said, quiet_s = BEAT, 0.0
            if said is not None:
                await response.write(said)


def event(name: str, data: str, *, rev: int | None = None) -> bytes:
    """One event on the wire; *data* is JSON in one line."""
    head = "" if rev is None else f"id: {rev}\n"
    return f"{head}event: {name}\ndata: {data}\n\n".encode()


def _resume(request: web.Request) -> int | None:
    """The revision that was seen last, from the browser's own header or from the address."""
    text = request.headers.get("Last-Event-ID") or request.query.get("since")
    if text is None:
        return None
    if _REV.fullmatch(text) is None:
        raise Problem("malformed", "since: a revision is expected")
    return int(text)

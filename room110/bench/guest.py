"""Guest: a raw client of Room 110, through its real doors: WebSocket, offer, answer, media.

As a room of a site, with all the slots of a room; what it does not publish it does not send.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from bridge.media.core.sdp_client import Answer, build_offer, mids_of, parse_answer
from bridge.media.slots import CAMERA, MIC, SessionKind, Slot
from room110.bench.pump import Pump
from room110.bench.shape import Shape
from room110.bench.wire import Wire, udp_socket
from signaling.client import Client, connect, new_id

ANSWER_S: Final = 10.0

OpenSocket = Callable[[], socket.socket]
W = TypeVar("W", bound=Wire)


def on_loopback() -> socket.socket:
    return udp_socket("127.0.0.1")


@asynccontextmanager
async def guest(
    url: str,
    token: str,
    pump: Pump,
    *,
    name: str,
    kind: SessionKind = SessionKind.ROOM,
    shape: Shape | None = None,
    opened: OpenSocket = on_loopback,
    made: type[W] = Wire,  # type: ignore[assignment]
    goodbye: bool = True,
) -> AsyncIterator[W]:
    """Connected while inside, and served by *pump*.  Without *goodbye* it vanishes."""
    async with connect(url, token, kind, goodbye=goodbye) as client:
        wire = made(opened(), name=name, shape=shape)
        try:
            await _connect(client, wire)
            pump.add(wire)
            reading = asyncio.create_task(_read(client))
            try:
                yield wire
            finally:
                pump.remove(wire)
                reading.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reading
        finally:
            await wire.close(silently=not goodbye)


async def _connect(client: Client, wire: Wire) -> None:
    slots = [Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots]
    publisher = wire.publisher
    sdp = build_offer(
        slots,
        ufrag=wire.ufrag,
        pwd=wire.pwd,
        fingerprint=wire.fingerprint,
        cname=wire.name,
        ssrcs=(
            {MIC.name: publisher.audio.ssrc, CAMERA.name: publisher.video.ssrc}
            if publisher is not None
            else {}
        ),
        layers=(),
    )
    answer = await _answer(client, sdp, mids_of(slots))
    if publisher is not None:
        for mid, slot in enumerate(slots):
            stream = {MIC: publisher.audio, CAMERA: publisher.video}.get(slot)
            if stream is not None:
                stream.payload_type = answer.lines[str(mid)].payload_type
    udp = next(offered for offered in answer.candidates if offered.transport == "udp")
    await wire.connect(
        (udp.address, udp.port),
        ufrag=answer.ufrag,
        pwd=answer.pwd,
        fingerprints=answer.fingerprints,
    )


async def _answer(client: Client, sdp: str, mids: dict[str, str]) -> Answer:
    offer = new_id()
    await client.media.send({"type": "media.offer", "id": offer, "sdp": sdp, "slots": mids})
    async with asyncio.timeout(ANSWER_S):
        while True:
            message = await client.media.receive()
            if message["type"] == "error" and message.get("re") == offer:
                raise RuntimeError(f"the offer was refused: {message.get('code')}")
            if message["type"] == "media.answer":
                return parse_answer(message["sdp"])


async def _read(client: Client) -> None:
    """What the service says is of no interest, but must not wait."""
    async for _ in client:
        pass

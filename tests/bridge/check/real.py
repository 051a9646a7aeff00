"""Real endpoints of a real plane in this process: a synthetic room, and a room of Chromium's."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.endpoint.card import Card
from bridge.endpoint.clip import Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.peer import Peer
from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.local import LocalPlane
from bridge.media.plane import Candidate, PlaneEvent
from bridge.media.slots import SessionKind, slots_for
from bridge.media.tried import LineTried, TrialOrder
from tests.support.eventually import eventually

ROOM = slots_for(SessionKind.ROOM)


@dataclass
class Hall:
    """A plane that carries, and all it has said."""

    plane: LocalPlane
    events: list[PlaneEvent] = field(default_factory=list)
    _ssrcs: Any = field(default_factory=lambda: itertools.count(1000))

    def answer(self, site: str, sdp: str, mids: Mapping[str, str], port: int | None = None) -> str:
        """A room of *site* is carried; its session is called as the site.  *port*: the only way."""
        greeting = self.plane.greeting()
        if port is not None:
            one = Candidate(address="127.0.0.1", port=port)
            greeting = replace(greeting, candidates=(one,))
        answer, spec = negotiate(
            parse_offer(sdp),
            ROOM,
            mids,
            session=site,
            site=site,
            local_ufrag=f"ours{site}",
            local_pwd="p" * 24,
            ssrcs=lambda _: next(self._ssrcs),
            greeting=greeting,
        )
        self.plane.open(spec)
        return answer

    async def tried(
        self, site: str, *, bursts: bool = True, sound: tuple[str, ...] = ()
    ) -> LineTried:
        trial = f"{site}.{next(self._ssrcs)}"
        self.plane.try_line(TrialOrder(trial=trial, session=site, bursts=bursts, sound=sound))

        def told() -> list[LineTried]:
            return [e for e in self.events if isinstance(e, LineTried) and e.trial == trial]

        await eventually(told, timeout_s=25.0)
        return told()[0]

    @property
    def where(self) -> tuple[str, int]:
        candidate = self.plane.greeting().candidates[0]
        return candidate.address, candidate.port


@asynccontextmanager
async def hall() -> AsyncIterator[Hall]:
    hosts = ("127.0.0.1",)
    plane = LocalPlane(hosts=hosts, port=0, advertise=hosts, draw=random.Random(110))
    it = Hall(plane)
    plane.on_event(it.events.append)
    carrying = asyncio.create_task(plane.run())
    try:
        yield it
    finally:
        carrying.cancel()
        await asyncio.wait({carrying})


@asynccontextmanager
async def room(
    hall: Hall, site: str, library: ClipLibrary, *, port: int | None = None
) -> AsyncIterator[Peer]:
    """A synthetic room that sends all it has."""
    peer = Peer(
        card=Card(code=site, name=f"Site {site}", position=int(site)),
        slots=ROOM,
        library=library,
        local_address="127.0.0.1",
        transport="udp",
        on_closed=lambda reason: None,
    )
    sdp, mids = await peer.offer()
    peer.sender.set_mic(True)
    peer.sender.want(frozenset({Layer.Q, Layer.F}), 0.0)
    await peer.connect(hall.answer(site, sdp, mids, port))
    peer.stage = {}

    async def live() -> None:
        while True:
            peer.tick(asyncio.get_running_loop().time())
            await peer.fetch_clips()
            await asyncio.sleep(0.02)

    living = asyncio.create_task(live())
    try:
        yield peer
    finally:
        living.cancel()
        await asyncio.wait({living})
        await peer.close()

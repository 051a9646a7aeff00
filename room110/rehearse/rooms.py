"""Rooms: synthetic room devices whose lines come, break and are mended by a script.

Each is a full client: WebSocket, ICE, DTLS, SRTP both ways, its microphone always live.  A line that
is lost is lost media, which is what a link is (DESIGN section 2): the WebSocket stays.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Sequence

from bridge.conference.words import CENTRE, SiteCode
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.synthetic import SyntheticSite
from bridge.endpoint.ticker import Ticker
from bridge.media.slots import SessionKind, Slot
from config.roster import Roster
from room110.crowd import card_of
from room110.local import Local
from signaling.resilient import ResilientClient


class Rooms:
    """The owner keeps *library* open; :meth:`close` ends everything."""

    def __init__(self, local: Local, roster: Roster, library: ClipLibrary) -> None:
        self.endpoints: dict[SiteCode, SyntheticSite] = {}
        """Of every line that is there."""
        self.clients: dict[SiteCode, ResilientClient] = {}
        self._local = local
        self._roster = roster
        self._library = library
        self._ticker = Ticker()
        self._ticking = asyncio.create_task(self._ticker.run())
        self._running: dict[SiteCode, asyncio.Task[str]] = {}

    async def join(self, sites: Sequence[SiteCode]) -> None:
        """Each has, or gets, a WebSocket, and media."""
        await asyncio.gather(*map(self._join, sites))

    async def lose(self, sites: Collection[SiteCode]) -> None:
        """Their media ends without a word."""
        await asyncio.gather(*(self._stop(site) for site in sites))

    async def leave(self, sites: Collection[SiteCode]) -> None:
        """They say goodbye."""
        await self.lose(sites)
        for site in sites:
            client = self.clients.pop(site, None)
            if client is not None:
                await client.__aexit__()

    async def close(self) -> None:
        await self.leave([*self.clients])
        self._ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._ticking

    def listen_at(self, client: ResilientClient) -> SyntheticSite:
        """Ears of a console in room 110; the owner lets it run."""
        return self._endpoint(client, CENTRE)

    async def _join(self, site: SiteCode) -> None:
        client = self.clients.get(site)
        if client is None or client.gave_up is not None:
            client = ResilientClient(
                self._local.ws,
                self._local.site_token(site),
                SessionKind.ROOM,
                device=f"synthetic-{site}",
            )
            await client.__aenter__()
            self.clients[site] = client
        endpoint = self._endpoint(client, site)
        self.endpoints[site] = endpoint
        self._running[site] = asyncio.create_task(endpoint.run())

    async def _stop(self, site: SiteCode) -> None:
        self.endpoints.pop(site, None)
        running = self._running.pop(site, None)
        if running is not None:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    def _endpoint(self, client: ResilientClient, site: SiteCode) -> SyntheticSite:
        return SyntheticSite(
            card=card_of(self._roster.by_code(site)),
            slots=[Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots],
            channel=client.media,
            library=self._library,
            ticker=self._ticker,
            stuck_microphone=True,
        )

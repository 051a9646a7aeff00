"""Crowd: synthetic sites that join a service over its own doors, all in this process.

Each is a full client: WebSocket, ICE, DTLS, SRTP both ways.  A site comes back by itself when the
service was away; one that the service sent away for good is named in ``gone``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bridge.endpoint.card import Card
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.synthetic import SyntheticSite
from bridge.endpoint.ticker import Ticker
from bridge.media.slots import SessionKind, Slot
from config.roster import Roster, RosterSite, load_roster
from config.settings import Settings
from room110.cli.exits import Exit
from room110.local import Local
from signaling.channel import Disconnected
from signaling.client import CommandRefused
from signaling.resilient import ResilientClient

log = structlog.get_logger(__name__)


def clip_folder() -> Path:
    """Where clips are kept between runs: the XDG base directory for caches."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if home.startswith("/") else Path.home() / ".cache") / "room110"


def card_of(site: RosterSite) -> Card:
    return Card(code=site.code, name=site.name, position=site.position)


def chosen(roster: Roster, count: int) -> tuple[RosterSite, ...]:
    """The first *count* provinces, and room 110."""
    provinces = roster.sites[:-1]
    return (*provinces[:count], roster.sites[-1])


def run_sites(settings: Settings, *, sites: int) -> int:
    """Join the service that runs here until SIGTERM, Ctrl-C, or until it sends all away."""
    return asyncio.run(_run_sites(settings, sites))


async def _run_sites(settings: Settings, count: int) -> int:
    this = asyncio.current_task()
    assert this is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    local = Local.find(settings)
    rooms = chosen(load_roster(settings.roster), count)
    with ClipLibrary(clip_folder()) as library, contextlib.suppress(asyncio.CancelledError):
        crowd = Crowd(url=local.ws, token_for=local.site_token, library=library)
        async with crowd.joined(rooms):
            await crowd.all_gone(len(rooms))
    return Exit.OK


class Crowd:
    """*token_for* makes the token of a site; *url* is the WebSocket's."""

    def __init__(
        self,
        *,
        url: str,
        token_for: Callable[[str], str],
        library: ClipLibrary,
        stuck_microphones: bool = False,
    ) -> None:
        self.sites: dict[str, SyntheticSite] = {}
        self.console: SyntheticSite | None = None
        self.gone: dict[str, str] = {}
        """Site -> why the service sent it away."""
        self._url = url
        self._token_for = token_for
        self._library = library
        self._stuck_microphones = stuck_microphones
        self._ticker = Ticker()
        self._left = asyncio.Event()

    async def all_gone(self, count: int) -> None:
        """Until the service has sent *count* sites away for good."""
        while len(self.gone) < count:
            self._left.clear()
            await self._left.wait()

    @asynccontextmanager
    async def joined(self, sites: Sequence[RosterSite]) -> AsyncIterator[None]:
        """All of *sites* while inside; each says goodbye at the end."""
        await self._library.prepare([card_of(site) for site in sites])
        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(self._ticker.run())
            tasks = [group.create_task(self._take_part(site)) for site in sites]
            try:
                yield
            finally:
                for task in (ticking, *tasks):
                    task.cancel()

    @asynccontextmanager
    async def watching(self, desk: ResilientClient, centre: RosterSite) -> AsyncIterator[None]:
        """A console of room 110 that takes all it is sent: stage, sound and the gallery."""
        self.console = self._endpoint(desk, centre, stuck=False)
        watching = asyncio.create_task(self.console.run())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    def _endpoint(self, client: ResilientClient, site: RosterSite, *, stuck: bool) -> SyntheticSite:
        return SyntheticSite(
            card=card_of(site),
            slots=[Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots],
            channel=client.media,
            library=self._library,
            ticker=self._ticker,
            stuck_microphone=stuck,
        )

    async def _take_part(self, site: RosterSite) -> None:
        token = self._token_for(site.code)
        client = ResilientClient(self._url, token, SessionKind.ROOM)
        try:
            async with client:
                endpoint = self._endpoint(client, site, stuck=self._stuck_microphones)
                self.sites[site.code] = endpoint
                reason = await endpoint.run()
                self.gone[site.code] = client.gave_up or reason
        except (CommandRefused, Disconnected) as refused:
            self.gone[site.code] = str(refused)
        self._left.set()
        log.warning("site.gone", site=site.code, reason=self.gone[site.code])

"""Rooms: synthetic sites whose lines can be broken and mended, each in its own way.

What can be broken, and what it looks like from the service:

* :meth:`Rooms.leave` - the room is closed: it says goodbye.
* :meth:`Rooms.cut` - the line is dead: nothing comes, nobody says so.  Commands go another way.
* :meth:`Rooms.lose` - packets of media are lost, up or down.
* :meth:`Rooms.hush` - the microphone is on and its packets come, and nothing is in them.

The lines of the sites that are named at the beginning go through a relay each
(:mod:`room110.bench.relay`): what the service answers to their offers is changed on its way, so that
the only address they know is the relay's.  The others go straight, for a relay costs a tenth of a core.

Of itself a room reports what a page would (``stats`` of ``endpoint.report``), all of it in good order.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from bridge.endpoint.channel import Channel, Message
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.synthetic import SyntheticSite
from bridge.endpoint.ticker import Ticker
from bridge.endpoint.tone import LEVEL_DBOV
from bridge.media.slots import SessionKind, Slot
from config.roster import RosterSite
from room110.bench.line import SimulatedLine
from room110.bench.relay import Relay, relay
from room110.crowd import card_of
from room110.local import Local
from signaling.resilient import ResilientClient

STATS_EVERY: Final = 5
"""Reports, one a second."""
SHUT_DBOV: Final = -127
STATS: Final[Mapping[str, float]] = {
    "frames_dropped": 0,
    "freeze_count": 0,
    "freeze_s": 0.0,
    "quality_limited_cpu_s": 0.0,
    "quality_limited_bandwidth_s": 0.0,
    "concealed_ratio": 0.0,
    "jitter_buffer_s": 0.04,
    "rtt_s": 0.001,
    "available_outgoing_bps": 2_000_000,
}

_CANDIDATE: Final = re.compile(r"a=candidate:\d+ 1 (\w+) \d+ \S+ (\d+) .*\r\n")


class Rooms:
    """Made by :func:`rooms`."""

    def __init__(self, local: Local, library: ClipLibrary, relays: Mapping[str, Relay]) -> None:
        self._local = local
        self._library = library
        self._relays = relays
        self._ticker = Ticker()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sites: dict[str, SyntheticSite] = {}
        self._ticking = asyncio.create_task(self._ticker.run())

    def come(self, sites: Iterable[RosterSite]) -> None:
        """They join; owed once until they :meth:`leave`."""
        for site in sites:
            self._tasks[site.code] = asyncio.create_task(self._take_part(site))

    async def leave(self, code: str) -> None:
        """Say goodbye and be gone."""
        task = self._tasks.pop(code)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def cut(self, code: str) -> None:
        """The line of a relayed site carries nothing, either way."""
        self.lose(code, up=1.0, down=1.0)

    def lose(self, code: str, *, up: float = 0.0, down: float = 0.0) -> None:
        """Shares of the packets that a relayed site's line loses from now on."""
        self._relays[code].up.line.loss = up
        self._relays[code].down.line.loss = down

    def hush(self, code: str) -> None:
        """The mixer before the microphone is shut."""
        self._sites[code].say_level(SHUT_DBOV)

    def speak(self, code: str) -> None:
        """It is open again."""
        self._sites[code].say_level(LEVEL_DBOV)

    async def close(self) -> None:
        """Everybody leaves."""
        for code in [*self._tasks]:
            await self.leave(code)
        self._ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._ticking

    async def _take_part(self, site: RosterSite) -> None:
        token = self._local.site_token(site.code)
        async with ResilientClient(self._local.ws, token, SessionKind.ROOM) as client:
            between = self._relays.get(site.code)
            endpoint = SyntheticSite(
                card=card_of(site),
                slots=[Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots],
                channel=Between(client.media, between.port if between else None),
                library=self._library,
                ticker=self._ticker,
            )
            self._sites[site.code] = endpoint
            await endpoint.run()


class Between:
    """A channel that adds what a page would say, and leads media through the relay at *port*."""

    def __init__(self, channel: Channel, port: int | None) -> None:
        self._channel = channel
        self._port = port
        self._reports = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "endpoint.report":
            self._reports += 1
            if self._reports % STATS_EVERY == 1:
                frames = {"frames_decoded": 15 * self._reports}
                message = {**message, "stats": {**STATS, **frames}}
        await self._channel.send(message)

    async def receive(self) -> Message:
        message = await self._channel.receive()
        if self._port is not None and message.get("type") == "media.answer":
            return {**message, "sdp": led(message["sdp"], self._port)}
        return message


def led(sdp: str, port: int) -> str:
    """An answer whose UDP candidates are all at *port*; those of TCP are left out."""

    def candidate(found: re.Match[str]) -> str:
        line, transport = found[0], found[1]
        if transport != "udp":
            return ""
        begin, end = found.start(2) - found.start(), found.end(2) - found.start()
        return f"{line[:begin]}{port}{line[end:]}"

    return _CANDIDATE.sub(candidate, sdp)


def udp_door(media: Sequence[str]) -> tuple[str, int]:
    """Where media comes in over UDP, of what ``service.json`` says of it."""
    place = next(place for place in media if place.endswith("/udp"))
    address, _, port = place.removesuffix("/udp").rpartition(":")
    return address.strip("[]"), int(port)


@asynccontextmanager
async def rooms(
    local: Local, library: ClipLibrary, sites: Sequence[RosterSite], *, breakable: Iterable[str]
) -> AsyncIterator[Rooms]:
    """All of *sites* joined while inside; those that are *breakable* through a relay each."""
    await library.prepare([card_of(site) for site in sites])
    door = udp_door(local.facts()["media"])
    async with AsyncExitStack() as stack:
        relays = {
            code: await stack.enter_async_context(
                relay(
                    door,
                    up=SimulatedLine(delay_s=0.0, seed=number),
                    down=SimulatedLine(delay_s=0.0, seed=1000 + number),
                )
            )
            for number, code in enumerate(breakable)
        }
        made = Rooms(local, library, relays)
        stack.push_async_callback(made.close)
        made.come(sites)
        yield made

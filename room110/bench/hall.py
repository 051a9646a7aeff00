"""Hall: the synthetic sites of a bench, in a process of their own (``python -m room110.bench.hall``).

They are the crowd of the load test: full clients that count and check every packet they get.  Two
things are different.  The large picture of each is filled up to ``STAGE_BPS``, the stage the house
promises (DESIGN section 8), whatever the clips are; nobody decodes it.  And room 110 itself is not
among them: its microphone and camera are a raw publisher of the parent, so the hall is told what its
sound looks like.

Speaks JSON lines: says ``ready`` once all have media, is told ``begin`` and, with the record of what
the chair did, ``end``; answers with the figures (``room110.measures``).  Times are the machine's
monotonic clock, which all its processes share.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from bridge.conference.words import CENTRE, Role
from bridge.endpoint.card import Card
from bridge.endpoint.clip import FRAMES_PER_S, Clip, Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.stats import ReceiverTotals
from config.roster import RosterSite, load_roster
from config.settings import Settings
from room110.bench.shape import Shape, sound
from room110.crowd import Crowd, card_of, clip_folder
from room110.local import Local
from room110.measures import Endpoints, Record, result

STAGE_BPS: Final = 1_500_000
JOIN_S: Final = 90.0
"""The first time all clips are made, which takes half a minute on two cores."""
LOOK_S: Final = 0.1


class StageLibrary(ClipLibrary):
    """Clips whose large picture has the rate of the stage."""

    async def picture(self, card: Card, layer: Layer) -> Clip:
        clip = await super().picture(card, layer)
        return filled(clip, STAGE_BPS) if layer is Layer.F else clip


def filled(clip: Clip, bit_rate: int) -> Clip:
    """Every frame at least as large as *bit_rate* makes it; the beginning stays."""
    size = bit_rate // 8 // FRAMES_PER_S
    return Clip(tuple(frame.ljust(size, b"\0") for frame in clip.frames))


class Hall:
    """Made when the service runs."""

    def __init__(
        self, local: Local, sites: Sequence[RosterSite], speakers: Sequence[RosterSite]
    ) -> None:
        """The large pictures of *speakers* are made before, for a camera is not encoded first."""
        self._local = local
        self._sites = sites
        self._speakers = speakers
        self._crowd: Crowd | None = None
        self._sent = self._received = 0

    async def run(self) -> None:
        centre = load_roster().sites[-1]
        async with AsyncExitStack() as stack:
            library = stack.enter_context(StageLibrary(clip_folder()))
            library.tones.add(CENTRE, [sound(Shape())])
            for site in self._speakers:
                await library.picture(card_of(site), Layer.F)
            self._crowd = crowd = Crowd(
                url=self._local.ws,
                token_for=self._local.site_token,
                library=library,
                stuck_microphones=True,
            )
            desk = await stack.enter_async_context(self._local.desk("hall", Role.CHAIR))
            await stack.enter_async_context(crowd.joined(self._sites))
            await stack.enter_async_context(crowd.watching(desk, centre))
            await self._until_media(crowd)
            _say({"ready": len(self._sites)})
            while True:
                told = json.loads(await asyncio.to_thread(sys.stdin.readline) or '{"end": null}')
                if "begin" in told:
                    self._begin(crowd)
                elif told["end"] is None:
                    return
                else:
                    _say(self._figures(crowd, record_of(told["end"])))

    async def _until_media(self, crowd: Crowd) -> None:
        async with asyncio.timeout(JOIN_S):
            while True:
                stats = [site.stats() for site in crowd.sites.values()]
                if sum(s.time_to_media_s is not None for s in stats) == len(self._sites):
                    return
                await asyncio.sleep(LOOK_S)

    def _begin(self, crowd: Crowd) -> None:
        self._sent, self._received = _sent(crowd), _received(crowd)
        for site in crowd.sites.values():
            for ear in site.receiver.sounds.values() if site.receiver is not None else ():
                ear.runs.clear()

    def _figures(self, crowd: Crowd, record: Record) -> dict[str, Any]:
        console = crowd.console
        ends = Endpoints(
            stats={code: site.stats() for code, site in crowd.sites.items()},
            receivers={code: site.receiver for code, site in crowd.sites.items()},
            console=console.receiver if console is not None else None,
            console_totals=console.stats().received if console is not None else ReceiverTotals(),
            gone=crowd.gone,
        )
        return result(ends, self._sites, record) | {
            "sent": _sent(crowd) - self._sent,
            "received": _received(crowd) - self._received,
            "lost_up": sum(site.stats().lost_up for site in crowd.sites.values()),
        }


def record_of(told: dict[str, Any]) -> Record:
    """What :func:`told_of` wrote."""
    return Record(
        calls=[(at_s, site) for at_s, site in told["calls"]],
        acknowledged_s=dict(told["acknowledged_s"]),
        ended_s=told["ended_s"],
    )


def told_of(record: Record) -> dict[str, Any]:
    """A record as JSON can carry it."""
    return {
        "calls": record.calls,
        "acknowledged_s": list(record.acknowledged_s.items()),
        "ended_s": record.ended_s,
    }


def _sent(crowd: Crowd) -> int:
    return sum(site.stats().packets_sent for site in crowd.sites.values())


def _received(crowd: Crowd) -> int:
    endpoints = [*crowd.sites.values(), *([crowd.console] if crowd.console is not None else ())]
    return sum(endpoint.stats().received.packets for endpoint in endpoints)


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main(state: str, codes: str, speakers: str) -> None:
    """The sites of *codes* join the service in *state*; some of them will speak."""
    roster = load_roster().sites
    joined, heard = (
        [site for site in roster if site.code in words.split(",")] for words in (codes, speakers)
    )
    asyncio.run(Hall(Local.find(Settings(state=Path(state))), joined, heard).run())


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Canary: a wall that really listens and looks, for one life of its media.

All lines may be green and nobody hears: the service decodes nothing and cannot know (practice.md
34).  So one endpoint, better on another machine, takes the stage as a room would, on media code that is
not ours (:mod:`bridge.endpoint.stock_connection`), and decodes it.  What came of it is in
:class:`Senses`, which outlives this and every next connection.

aiortc notices a peer that fell silent after half a minute (research/aiortc.md).  Nothing waits for
that: a stage that is not heard is not heard, whatever the connection says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from bridge.conference.words import SiteCode
from bridge.endpoint.channel import Channel, Message
from bridge.endpoint.perception import PictureMeter, SoundMeter
from bridge.endpoint.stock import first_channel
from bridge.endpoint.stock_connection import StockConnection
from bridge.media.slots import STAGE_PICTURES, STAGE_SOUNDS, Medium, Slot

CONNECT_S: Final = 15.0


class Ending(StrEnum):
    """Why a life of media was over."""

    REFUSED = "refused"
    """The service did not take the offer."""
    MEDIA = "media"
    """No connection came of the answer."""
    LOST = "lost"
    """It was connected, and is no more."""
    BYE = "bye"
    """The service said so, or its door is shut."""


class Senses:
    """What was heard and seen, over all connections."""

    def __init__(self) -> None:
        self.connected = False
        self.connects = 0
        self.stage: Mapping[str, SiteCode] = {}
        """Who stands in which slot, as the service says."""
        self.sounds = {slot: SoundMeter() for slot in STAGE_SOUNDS}
        self.pictures = {slot: PictureMeter() for slot in STAGE_PICTURES}

    def show(self, stage: Mapping[str, SiteCode]) -> None:
        for slot, meter in self.pictures.items():
            if stage.get(slot) != self.stage.get(slot):
                meter.switched()
        self.stage = stage

    def pause(self) -> None:
        """There is no connection: what was before it stands still for another reason."""
        self.connected = False
        for meter in self.pictures.values():
            meter.switched()


class Canary:
    """Run once.  *clock* gives seconds, any monotonic clock."""

    def __init__(
        self,
        *,
        slots: Sequence[Slot],
        channel: Channel,
        senses: Senses,
        clock: Callable[[], float],
    ) -> None:
        self._connection = StockConnection(slots, channel)
        self._senses = senses
        self._clock = clock
        self._ending = Ending.BYE

    async def run(self) -> Ending:
        """Listen and look until it is over."""
        connection = self._connection
        try:
            if await connection.open(self._obey):
                return self._ending
            self._ending = Ending.MEDIA
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._take(s, t)) for s, t in connection.tracks]
                tasks += [group.create_task(self._watch()), group.create_task(self._follow())]
                await connection.lost.wait()
                for task in tasks:
                    task.cancel()
            return self._ending
        finally:
            self._senses.pause()
            await connection.close()

    async def _watch(self) -> None:
        """See that a connection comes, and say when it goes."""
        connection = self._connection
        try:
            async with asyncio.timeout(CONNECT_S):
                while not connection.connected:  # noqa: ASYNC110 - aiortc tells states, not waits
                    await asyncio.sleep(0.05)
        except TimeoutError:
            connection.lost.set()
            return
        self._ending = Ending.LOST
        self._senses.connected = True
        self._senses.connects += 1

    async def _follow(self) -> None:
        await self._connection.follow(self._obey)
        self._connection.lost.set()

    def _obey(self, message: Message) -> str:
        match message:
            case {"type": "stage", "slots": slots}:
                self._senses.show(slots)
            case {"type": "bye"}:
                self._ending = Ending.BYE
                self._senses.show({})
                return "bye"
            case {"type": "media.reset"}:
                self._ending = Ending.LOST
                return "reset"
            case {"type": "error"}:
                self._ending = Ending.REFUSED
                return "refused"
        return ""

    async def _take(self, slot: Slot, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                if slot.kind is Medium.VIDEO:
                    self._senses.pictures[slot.name].see(self._clock())
                elif isinstance(frame, av.AudioFrame):
                    self._senses.sounds[slot.name].hear(first_channel(frame), self._clock())
        except MediaStreamError:
            return  # the connection is closed

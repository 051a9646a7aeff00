"""ClipLibrary: clips from memory, else from disk, else encoded now.

Encoding runs in a few threads of its own (PyAV releases the interpreter while it works), never in
the loop, and never twice for the same clip however many ask.  What the library hands out it also
enters in two books, so that any receiver of this process can tell whose packet it got.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

import structlog

from bridge.endpoint import clip
from bridge.endpoint.book import PayloadBook
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Clip, ClipDamaged, Layer

KEYFRAME_PREFIX_BYTES: Final = 512
"""A key frame is told by its first bytes, all in its first packet."""

_log = structlog.get_logger()


class ClipLibrary:
    """``folder`` is made when needed.  The owner calls ``close``, or uses ``with``."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        self.tones = PayloadBook()
        """Sound payload -> site."""
        self.keyframes = PayloadBook()
        """First KEYFRAME_PREFIX_BYTES of a key frame -> site."""
        self._folder = folder
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="clips")
        self._clips: dict[str, asyncio.Future[Clip]] = {}

    async def prepare(self, cards: Iterable[Card]) -> None:
        """Have sound and layer q of all these sites ready."""
        async with asyncio.TaskGroup() as group:
            for card in cards:
                group.create_task(self.sound(card))
                group.create_task(self.picture(card, Layer.Q))

    async def sound(self, card: Card) -> Clip:
        made = await self._clip(clip.file_name(card, None), lambda: clip.encode_sound(card))
        self.tones.add(card.code, made.frames)
        return made

    async def picture(self, card: Card, layer: Layer) -> Clip:
        made = await self._clip(
            clip.file_name(card, layer), lambda: clip.encode_picture(card, layer)
        )
        self.keyframes.add(card.code, [made.frames[0][:KEYFRAME_PREFIX_BYTES]])
        return made

    def close(self) -> None:
        """Encodings under way are finished first, those only queued are not begun."""
        self._threads.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _clip(self, name: str, encode: Callable[[], Clip]) -> Clip:
        making = self._clips.get(name)
        if making is None:
            making = asyncio.get_running_loop().run_in_executor(
                self._threads, _read_or_make, self._folder / name, encode
            )
            self._clips[name] = making
        try:
            # One who stops waiting must not take the clip from the others.
            return await asyncio.shield(making)
        except OSError:
            # A full disk may be emptied: the next who asks tries again.
            self._clips.pop(name, None)
            raise


def _read_or_make(path: Path, encode: Callable[[], Clip]) -> Clip:
    try:
        return clip.read(path)
    except FileNotFoundError:
        pass
    except ClipDamaged as damage:
        _log.warning("clip.damaged", file=path.name, reason=str(damage), mend="made again")
    made = encode()
    clip.write(path, made)
    return made

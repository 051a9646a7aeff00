"""Ears: what a receiver checks about the packets of one slot, without decoding.

The service promises its subscribers one unbroken stream per slot whatever it puts behind it:
sequence numbers without gaps, timestamps that never go back, a change of picture only at a key
frame, nobody's own sound.  An ear counts every packet against that promise, and keeps who was to
be heard when, so that it can be held against what the chair ordered.

Pure: packets come in parsed, with the time they arrived.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from bridge.conference.words import SiteCode
from bridge.endpoint.book import PayloadBook
from bridge.media.core.serial import distance16, distance32

HOLES_REMEMBERED: Final = 512
"""Sequence numbers waited for; older ones are lost for good."""
RUNS_REMEMBERED: Final = 1024
"""Who was heard: at a change every 2 s, half an hour; then the oldest are forgotten."""
KEYFRAMES_REMEMBERED: Final = 1024


class Continuity:
    """Order of one SSRC's packets.

    ``skipped`` are numbers jumped over and not come since, ``reordered`` those that came late,
    ``duplicates`` those that came twice or so late that they were no longer waited for,
    ``backward`` newer packets with an older timestamp.
    """

    __slots__ = (
        "_holes",
        "_sequence",
        "_timestamp",
        "backward",
        "duplicates",
        "first_s",
        "gaps",
        "last_s",
        "packets",
        "reordered",
        "skipped",
    )

    def __init__(self) -> None:
        self.packets = 0
        self.gaps = 0
        self.skipped = 0
        self.reordered = 0
        self.duplicates = 0
        self.backward = 0
        self.first_s: float | None = None
        self.last_s: float | None = None
        self._sequence = -1
        self._timestamp = 0
        self._holes: dict[int, None] = {}

    def step(self, sequence: int) -> int:
        """How far this number is ahead of the newest so far; 1 before the first."""
        return distance16(sequence, self._sequence) if self.packets else 1

    def take(self, sequence: int, timestamp: int, now_s: float) -> bool:
        """Count a packet; False when it is the first behind a gap."""
        self.packets += 1
        self.last_s = now_s
        if self.first_s is None:
            self.first_s = now_s
            self._sequence, self._timestamp = sequence, timestamp
            return True
        step = distance16(sequence, self._sequence)
        if step <= 0:
            self._late(sequence)
            return True
        if distance32(timestamp, self._timestamp) < 0:
            self.backward += 1
        if step > 1:
            self._jump(step)
        self._sequence, self._timestamp = sequence, timestamp
        return step == 1

    def _jump(self, step: int) -> None:
        self.gaps += 1
        self.skipped += step - 1
        for number in range(max(1, step - HOLES_REMEMBERED), step):
            self._holes[(self._sequence + number) & 0xFFFF] = None
        while len(self._holes) > HOLES_REMEMBERED:
            del self._holes[next(iter(self._holes))]

    def _late(self, sequence: int) -> None:
        if sequence not in self._holes:
            self.duplicates += 1
            return
        del self._holes[sequence]
        self.reordered += 1
        self.skipped -= 1


@dataclass(slots=True, kw_only=True)
class Run:
    """Packets of one site, one after the other."""

    site: SiteCode | None
    """None: nobody the book knows."""
    first_s: float
    last_s: float
    packets: int


class SoundEar:
    """Listens to one sound slot of a session of the site ``own``."""

    def __init__(self, own: SiteCode, book: PayloadBook) -> None:
        self.continuity = Continuity()
        self.bytes = 0
        self.own_sound = 0
        """Packets of the listener's own site; must stay 0."""
        self.unknown = 0
        """Packets nobody in the book sends."""
        self.last_heard_s: dict[SiteCode, float] = {}
        self.runs: deque[Run] = deque(maxlen=RUNS_REMEMBERED)
        """Who was heard, oldest first."""
        self._own = own
        self._book = book

    def hear(self, sequence: int, timestamp: int, payload: bytes, now_s: float) -> None:
        self.continuity.take(sequence, timestamp, now_s)
        self.bytes += len(payload)
        site = self._book.whose(payload)
        if site is None:
            self.unknown += 1
        else:
            self.last_heard_s[site] = now_s
            self.own_sound += site == self._own
        run = self.runs[-1] if self.runs else None
        if run is not None and run.site == site:
            run.last_s = now_s
            run.packets += 1
        else:
            self.runs.append(Run(site=site, first_s=now_s, last_s=now_s, packets=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyframe:
    at_s: float
    site: SiteCode | None
    """None: nobody the book knows."""


class PictureEar:
    """Watches one picture slot.

    Key frames come named, so that "the new speaker is seen" is not mistaken for a key frame that
    somebody else had asked of the old one.
    """

    def __init__(self, book: PayloadBook, *, prefix_bytes: int) -> None:
        self.continuity = Continuity()
        self.bytes = 0
        self.keyframes = 0
        self.keyframe_log: deque[Keyframe] = deque(maxlen=KEYFRAMES_REMEMBERED)
        self._holes: set[int] = set()
        """Numbers behind the last key frame that have not come."""
        self._book = book
        self._prefix_bytes = prefix_bytes

    def see(
        self, sequence: int, timestamp: int, data: bytes, now_s: float, *, opens_keyframe: bool
    ) -> None:
        """``data`` is VP8 behind its payload descriptor; ``opens_keyframe`` says that a key frame
        begins with it."""
        step = self.continuity.step(sequence)
        self.continuity.take(sequence, timestamp, now_s)
        self.bytes += len(data)
        if opens_keyframe:
            self.keyframes += 1
            site = self._book.whose(data[: self._prefix_bytes])
            self.keyframe_log.append(Keyframe(at_s=now_s, site=site))
        if step <= 0:
            self._holes.discard(sequence)
        elif opens_keyframe:
            self._holes.clear()
        elif step > 1:
            jumped = range(1, min(step, HOLES_REMEMBERED))
            self._holes.update((sequence - back) & 0xFFFF for back in jumped)

    @property
    def broken(self) -> bool:
        """A decoder could not go on: not begun, or a packet is missing since the last key frame.
        The owner asks for it, or for a key frame."""
        return not self.keyframes or bool(self._holes)

    def first_keyframe(self, *, after_s: float, site: SiteCode | None = None) -> float | None:
        """Arrival of the first remembered key frame after ``after_s``, of ``site`` if given."""
        for keyframe in self.keyframe_log:
            if keyframe.at_s > after_s and site in (None, keyframe.site):
                return keyframe.at_s
        return None

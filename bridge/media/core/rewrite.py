"""Rewriting: many sources become one stream that never tears (DESIGN section 5).

A subscriber's slot has one SSRC for the whole session while the source behind it changes with
the floor.  A decoder must not notice, so what every source counts for itself is moved onto one
line of outgoing numbers.  :class:`Numbers` is that line; a :class:`Run` is the time in which one
source feeds it, and all that moves a packet within a run are four constants:

* **Sequence numbers** go on without a gap at a switch.  Losses upstream stay gaps and reordered
  packets keep their place, so the subscriber's loss report is about its own line and the source's.
  They are counted without wraps (an *index*), so that nobody has to guess a rollover counter:
  the low 16 bits are the sequence number, the rest is SRTP's ROC (RFC 3711 section 3.3.1).
* **Timestamps** go on with real time and at least one tick.  A step back would be taken for a
  wrap (13 hours forward in aiortc's receiver), and a jump of half the circle or more would look
  like a step back: the step is bounded below that (6.6 hours of picture, 12.4 of sound).
* **VP8 picture id and TL0PICIDX** go on at plus one.
* **Marker**: sound has it on the first packet after a switch or a silence (RFC 3551 section 4.1:
  the jitter buffer may adapt there); picture keeps its own, they end frames.

A run may leave packets out (temporal layers above what the line carries).  What is left out takes
no number, so the constants move by one; the last ones left out are remembered, because a packet
that comes late, or is asked for again, belongs to the numbers of its own time.

A packet older than the one its run began with is refused: it would fall on numbers that the source
before has used.  Under AES-GCM that is worse than a picture fault, because a number sent twice
with different bytes gives the key stream away (RFC 7714 section 8.4).  For the same reason the
owner never forwards a number of a source twice.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

LARGEST_STEP_TICKS: Final = 0x7F000000
"""Three minutes below half the circle: what was sent last may be older than what came last."""
REMEMBERED_SKIPS: Final = 512
"""Packets left out that a late one may still be placed among: four seconds of the two upper
temporal layers at 128 packets a second."""


class Place(NamedTuple):
    """Where a source stands: the highest it has sent.  Ids are -1 where there are none."""

    number: int
    """Sequence number without wraps (:attr:`bridge.media.core.reception.Reception.index`)."""
    timestamp: int
    at_s: float
    """When that timestamp first came."""
    picture_id: int
    """Without wraps, as the source's owner counts it."""
    tl0: int


class Run:
    """One source on one outgoing stream, from :meth:`Numbers.begin` on.

    Outgoing numbers of a packet in order: its index plus ``index_delta``, its timestamp plus
    ``timestamp_delta``, and so on, each modulo its width.
    """

    __slots__ = (
        "_skipped",
        "_skipped_picture_id",
        "first",
        "index_delta",
        "payload_type",
        "picture_id_delta",
        "timestamp_delta",
        "tl0_delta",
    )

    def __init__(
        self,
        *,
        first: int,
        payload_type: int,
        index_delta: int,
        timestamp_delta: int,
        picture_id_delta: int,
        tl0_delta: int,
    ) -> None:
        self.first = first
        """Index of the source's packet it began with."""
        self.payload_type = payload_type
        """The subscriber's number for the source's codec."""
        self.index_delta = index_delta
        self.timestamp_delta = timestamp_delta
        self.picture_id_delta = picture_id_delta
        self.tl0_delta = tl0_delta
        self._skipped: deque[tuple[int, bool]] = deque(maxlen=REMEMBERED_SKIPS)
        """Indices, and whether each was the first that came of its picture."""
        self._skipped_picture_id = -1

    def skip(self, index: int, picture_id: int) -> None:
        """Leave this packet out; it is the newest of the source."""
        is_first = picture_id != self._skipped_picture_id
        self._skipped_picture_id = picture_id
        self.index_delta -= 1
        self.picture_id_delta -= is_first
        self._skipped.append((index, is_first))

    def at(self, index: int) -> Run | None:
        """The run as it was for a packet that may be late: itself, if nothing was skipped since.

        None: the packet is from before the run, was left out, or is too old to be placed.
        """
        if index < self.first:
            return None
        index_delta, picture_id_delta = self.index_delta, self.picture_id_delta
        for skipped, was_first in reversed(self._skipped):
            if skipped <= index:
                if skipped == index:
                    return None
                break
            index_delta += 1
            picture_id_delta += was_first
        else:
            if len(self._skipped) == REMEMBERED_SKIPS:
                return None
        if index_delta == self.index_delta:
            return self
        return Run(
            first=self.first,
            payload_type=self.payload_type,
            index_delta=index_delta,
            timestamp_delta=self.timestamp_delta,
            picture_id_delta=picture_id_delta,
            tl0_delta=self.tl0_delta,
        )

    def source_index(self, out: int) -> int | None:
        """The source's packet that went out under the index *out*; None: not of this run, or too
        old to be known."""
        index = out - self.index_delta
        for skipped, _ in reversed(self._skipped):
            if skipped < index:
                break
            index -= 1
        else:
            if len(self._skipped) == REMEMBERED_SKIPS:
                return None
        return index if index >= self.first else None


class Numbers:
    """The numbers of one outgoing stream."""

    __slots__ = ("_at_s", "_index", "_picture_id", "_timestamp", "_tl0", "clock_rate_hz", "is_new")

    def __init__(
        self, *, clock_rate_hz: int, seq: int, timestamp: int, picture_id: int = 0, tl0: int = 0
    ) -> None:
        """*seq*, *timestamp* (RFC 3550 section 5.1: random), *picture_id* and *tl0* are what the
        first packet of all will carry."""
        self.clock_rate_hz = clock_rate_hz
        self.is_new = True
        """Nothing was sent yet."""
        self._index = seq - 1
        self._timestamp = timestamp - 1
        self._at_s = 0.0
        self._picture_id = picture_id - 1
        self._tl0 = tl0 - 1

    def begin(self, at: Place, *, payload_type: int) -> Run:
        """The next packet sent is the one *at*: go on from the highest ones sent."""
        elapsed = 1 if self.is_new else round((at.at_s - self._at_s) * self.clock_rate_hz)
        self.is_new = False
        step = min(max(elapsed, 1), LARGEST_STEP_TICKS)
        return Run(
            first=at.number,
            payload_type=payload_type,
            index_delta=self._index + 1 - at.number,
            timestamp_delta=self._timestamp + step - at.timestamp,
            picture_id_delta=self._picture_id + 1 - at.picture_id if at.picture_id >= 0 else 0,
            tl0_delta=self._tl0 + 1 - at.tl0 if at.tl0 >= 0 else 0,
        )

    def end(self, run: Run, at: Place) -> None:
        """*run* is over; *at* is the highest its source has sent in it."""
        self._index = at.number + run.index_delta
        self._timestamp = at.timestamp + run.timestamp_delta & 0xFFFFFFFF
        self._at_s = at.at_s
        if at.picture_id >= 0:
            self._picture_id = at.picture_id + run.picture_id_delta
        if at.tl0 >= 0:
            self._tl0 = at.tl0 + run.tl0_delta & 0xFF

    @property
    def newest(self) -> tuple[int, int]:
        """The highest index sent, and its timestamp, when no run is on."""
        return self._index, self._timestamp & 0xFFFFFFFF

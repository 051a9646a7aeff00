"""Fanout: packets that came, on their way to all who are shown their source.

The kernel is the cost of sending, and it takes several packets for one subscriber in one call
(UDP_SEGMENT: 7.9 us a packet alone, 2.8 in fours, research/aiortc.md 8).  So a packet waits with its
source until the owner calls :meth:`Fanout.flush` (:mod:`bridge.media.flusher` says when).  Whoever changes the table flushes first, so a batch always meets the
table that its packets came under.

A packet that is not the newest of its source cannot wait: its numbers are those of its own time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

from bridge.media.core.drops import DropReason
from bridge.media.core.packets import PLAIN, TID, Packet, groups
from bridge.media.core.rewrite import Place, Run
from bridge.media.plane import DELAY_BOUNDS_S
from bridge.media.streams import Outlet, Source

MANY: Final = 8
"""Subscribers of a picture from which on it pays to wait for the rest of it."""


class Fanout:
    def __init__(self, drops: Counter[DropReason]) -> None:
        self.delays = [0] * (len(DELAY_BOUNDS_S) + 1)
        self.delay_s = 0.0
        self.since_s: float | None = None
        """When the oldest packet came that waits; None: none does."""
        self._drops = drops
        self._waiting: list[Source] = []

    def put(self, source: Source, packet: Packet, now_s: float) -> None:
        """A packet of *source*, counted by its reception a moment ago, to all its outlets."""
        if packet[0] != source.reception.highest:
            self.flush()
            self._send_late(source, packet)
            return
        if not source.pending:
            self._waiting.append(source)
            if self.since_s is None:
                self.since_s = now_s
        source.pending.append(packet)

    @property
    def awaits_more(self) -> bool:
        """Whether a picture that many watch has begun and not ended."""
        return any(
            not source.pending[-1][3]
            and source.feed.kind == "video"
            and len(source.outlets) >= MANY
            for source in self._waiting
        )

    def flush(self) -> None:
        """Deliver what waits."""
        if self.since_s is None:
            return
        since_s, self.since_s = self.since_s, None
        waiting, self._waiting = self._waiting, []
        for source in waiting:
            packets, source.pending = source.pending, []
            shared = groups(packets)
            for outlet in tuple(source.outlets):
                run = outlet.run
                if run is None:
                    self._begin(source, outlet, packets, since_s)
                elif outlet.tiers.is_open:
                    outlet.deliver(outlet, run, shared)
                else:
                    self._deliver_passed(source, outlet, run, packets)

    def note(self, delay_s: float) -> None:
        """A batch is out, so long after its first packet came: the owner's clock says so."""
        self.delays[bisect_left(DELAY_BOUNDS_S, delay_s)] += 1
        self.delay_s += delay_s

    def _send_late(self, source: Source, packet: Packet) -> None:
        index, timestamp, first, marker, _, _, _, tier, _ = packet
        for outlet in source.outlets:
            run = outlet.run.at(index) if outlet.run is not None else None
            if run is None:
                self._drops[DropReason.BEFORE_SWITCH] += 1
            elif tier & TID > outlet.tiers.present:
                # It was lost before anybody knew that it would be left out: the number that waits
                # for it is filled, so that the subscriber asks for it no more.
                self._drops[DropReason.TEMPORAL] += 1
                empty = (index, timestamp, first, marker, PLAIN, -1, -1, tier, b"")
                outlet.deliver(outlet, run, [[empty]])
            else:
                outlet.deliver(outlet, run, [[packet]])

    def _begin(
        self, source: Source, outlet: Outlet, packets: Sequence[Packet], now_s: float
    ) -> None:
        """The first packets of a run; sound says so by its marker (RFC 3551 section 4.1)."""
        index, timestamp, first, marker, descriptor, picture_id, tl0, tier, rest = packets[0]
        outlet.run = outlet.numbers.begin(
            Place(index, timestamp, now_s, picture_id, tl0),
            payload_type=outlet.payloads[source.codec].number,
        )
        outlet.tiers.begin()
        if outlet.kind == "audio":
            marker = 0x80
        begun = (index, timestamp, first, marker, descriptor, picture_id, tl0, tier, rest)
        self._deliver_passed(source, outlet, outlet.run, [begun, *packets[1:]])

    def _deliver_passed(
        self, source: Source, outlet: Outlet, run: Run, packets: Sequence[Packet]
    ) -> None:
        passed = 0
        for piece in outlet.tiers.passed(packets, run, source.pictures.top_tid):
            outlet.deliver(outlet, run, groups(piece))
            passed += len(piece)
        if passed < len(packets):
            self._drops[DropReason.TEMPORAL] += len(packets) - passed

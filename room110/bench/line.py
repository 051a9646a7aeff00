"""SimulatedLine: one direction of a provincial line, as a sans-I/O object.

A datagram meets, in this order: chance (it is lost alone, or in a burst), the bottleneck (a rate
limit with a drop-tail buffer), and the way (a delay and its jitter).  What is lost by chance does
not load the bottleneck.  Chance comes from one seed, time from the caller, so the same calls give
the same line.  Sizes are those of the datagrams as given; the caller adds headers if it cares.

Bursts are those of Gilbert and Elliott: a bad state in which everything is lost, left after
``burst_packets`` packets on average, entered so often that ``burst_loss`` of all are lost.

``due`` gives what has come out by now in the order of arrival, ``next_deadline`` says when it has
something next.  All but the limit are plain attributes and may be changed while it runs; the
limit is set with the time, since what waits in the buffer leaves at the new rate from then on.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, deque
from typing import Final, Literal

RANDOM: Final = "random"
BURST: Final = "burst"
BUFFER: Final = "buffer"


class SimulatedLine:
    """Times are seconds of any one clock that does not go back."""

    def __init__(
        self,
        *,
        seed: int = 110,
        limit_bps: int | None = None,
        buffer_s: float = 0.3,
        delay_s: float = 0.02,
        jitter_s: float = 0.0,
        jitter: Literal["uniform", "normal"] = "uniform",
        reorders: bool = False,
        loss: float = 0.0,
        burst_loss: float = 0.0,
        burst_packets: float = 5.0,
    ) -> None:
        self.buffer_s = buffer_s
        """How long the buffer before the bottleneck takes to drain when it is full."""
        self.delay_s = delay_s
        self.jitter_s = jitter_s
        """What is added to the delay at most; never less than nothing."""
        self.jitter = jitter
        self.reorders = reorders
        """Whether a datagram may overtake another; else it waits for those before it."""
        self.loss = loss
        self.burst_loss = burst_loss
        self.burst_packets = burst_packets
        self.sent = 0
        self.delivered = 0
        self.lost: Counter[str] = Counter()
        """By reason: RANDOM, BURST, BUFFER."""
        self._random = random.Random(seed)  # noqa: S311 - chance that comes again
        self._limit_bps = limit_bps
        self._bad = False
        self._waiting: deque[bytes] = deque()
        self._waiting_bits = 0.0  # with what is left of the first
        self._first_left_bits = 0.0
        self._served_until_s = 0.0
        self._on_the_way: list[tuple[float, int, bytes]] = []
        self._number = 0
        self._latest_s = float("-inf")

    @property
    def limit_bps(self) -> int | None:
        return self._limit_bps

    def limit(self, bps: int | None, now_s: float) -> None:
        """The bottleneck carries *bps* from now on; None: there is none."""
        self._serve(now_s)
        self._limit_bps = bps
        self._serve(now_s)

    @property
    def queue_s(self) -> float:
        """How long a datagram sent at the time of the last call would wait at the bottleneck."""
        return self._waiting_bits / self._limit_bps if self._limit_bps else 0.0

    def send(self, data: bytes, now_s: float) -> None:
        """A datagram goes in."""
        self._serve(now_s)
        self.sent += 1
        if self._is_in_a_burst():
            self.lost[BURST] += 1
            return
        if self.loss and self._random.random() < self.loss:
            self.lost[RANDOM] += 1
            return
        if self._limit_bps is None:
            self._depart(data, now_s)
            return
        bits = len(data) * 8
        if self._waiting and self._waiting_bits + bits > self._limit_bps * self.buffer_s:
            self.lost[BUFFER] += 1
            return
        if not self._waiting:
            self._first_left_bits = bits
        self._waiting.append(data)
        self._waiting_bits += bits

    def due(self, now_s: float) -> list[bytes]:
        """What has come out by now, in the order of arrival."""
        self._serve(now_s)
        out = []
        while self._on_the_way and self._on_the_way[0][0] <= now_s:
            out.append(heapq.heappop(self._on_the_way)[2])
        self.delivered += len(out)
        return out

    def next_deadline(self) -> float | None:
        """When ``due`` has work next; None while nothing is inside."""
        times = []
        if self._on_the_way:
            times.append(self._on_the_way[0][0])
        if self._waiting and self._limit_bps:
            times.append(self._served_until_s + self._first_left_bits / self._limit_bps)
        return min(times, default=None)

    def _is_in_a_burst(self) -> bool:
        if not self.burst_loss:
            return False
        leave = 1 / self.burst_packets
        enter = leave * self.burst_loss / (1 - self.burst_loss)
        self._bad = self._random.random() >= leave if self._bad else self._random.random() < enter
        return self._bad

    def _serve(self, now_s: float) -> None:
        """Let the bottleneck work until now."""
        while self._waiting:
            if self._limit_bps is None:
                done_s = self._served_until_s
            else:
                done_s = self._served_until_s + self._first_left_bits / self._limit_bps
                if done_s > now_s:
                    served_bits = (now_s - self._served_until_s) * self._limit_bps
                    self._first_left_bits -= served_bits
                    self._waiting_bits -= served_bits
                    break
            self._waiting_bits -= self._first_left_bits
            self._depart(self._waiting.popleft(), done_s)
            self._first_left_bits = len(self._waiting[0]) * 8 if self._waiting else 0.0
            self._served_until_s = done_s
        self._served_until_s = now_s
        if not self._waiting:
            self._waiting_bits = 0.0

    def _depart(self, data: bytes, at_s: float) -> None:
        arrival_s = at_s + self.delay_s
        if self.jitter_s:
            arrival_s += self._jitter_now_s()
        if not self.reorders:
            arrival_s = self._latest_s = max(arrival_s, self._latest_s)
        heapq.heappush(self._on_the_way, (arrival_s, self._number, data))
        self._number += 1

    def _jitter_now_s(self) -> float:
        if self.jitter == "uniform":
            return self._random.uniform(0.0, self.jitter_s)
        # Two deviations each side of the middle, what lies beyond is clipped.
        drawn_s = self._random.gauss(self.jitter_s / 2, self.jitter_s / 4)
        return min(max(drawn_s, 0.0), self.jitter_s)

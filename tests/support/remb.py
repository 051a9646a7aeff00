"""RembReceiver: a subscriber that answers with REMB as Chromium's receiver does, for virtual time.

After libwebrtc's AIMD (read there, written anew): first report 4 s after the first packet and then
equal to what arrives; 0.85 of what arrives on overuse, but never more than before; standing still
until the queue has gone; then up by 8 % a second, or by a packet per response time near the rate
of earlier overuse, and never above 1.5 times what arrives + 10 kbit/s.  The detector is our own
:class:`~bridge.media.core.trend.DelayTrend`.
"""

from __future__ import annotations

from collections import deque

from bridge.media.core.trend import DelayTrend, Usage

FIRST_S = 4.0
RATE_WINDOW_S = 1.0
ADDITIVE_BPS_PER_S = 48_000
GROUP_S = 0.005


class RembReceiver:
    def __init__(self) -> None:
        self.bps: float | None = None
        self._trend = DelayTrend()
        self._came: deque[tuple[float, int]] = deque()
        self._group: tuple[float, float, float] | None = None  # first sent, last sent, came
        self._before: tuple[float, float] | None = None
        self._bytes = 0
        self._first_s: float | None = None
        self._updated_s = 0.0
        self._holds = False
        self._capacity_bps: float | None = None

    def on_packet(self, sent_s: float, size_bytes: int, now_s: float) -> None:
        if self._first_s is None:
            self._first_s = self._updated_s = now_s
        self._came.append((now_s, size_bytes))
        group = self._group
        if group is not None and sent_s - group[0] < GROUP_S:
            self._group = (group[0], max(sent_s, group[1]), now_s)
            self._bytes += size_bytes
            return
        if group is not None:
            _, last_sent_s, came_s = group
            if self._before is not None:
                variation_s = (came_s - self._before[1]) - (last_sent_s - self._before[0])
                self._trend.add(variation_s, self._bytes, came_s)
            self._before = (last_sent_s, came_s)
        self._group = (sent_s, sent_s, now_s)
        self._bytes = size_bytes

    def report(self, now_s: float) -> int | None:
        """The REMB to send now; asked for every 0.2 s."""
        while self._came and self._came[0][0] < now_s - RATE_WINDOW_S:
            self._came.popleft()
        incoming_bps = sum(size for _, size in self._came) * 8 / RATE_WINDOW_S
        if self._first_s is None or now_s - self._first_s < FIRST_S:
            return None
        lasted_s, self._updated_s = now_s - self._updated_s, now_s
        if self.bps is None:
            self.bps = incoming_bps
        elif self._trend.usage is Usage.OVERUSE:
            self._decrease(incoming_bps)
        elif self._trend.usage is Usage.UNDERUSE:
            self._holds = True
        elif self._holds:
            self._holds = False
        else:
            self._increase(incoming_bps, lasted_s)
        return int(self.bps)

    def _decrease(self, incoming_bps: float) -> None:
        assert self.bps is not None
        self._holds = True
        cut_bps = 0.85 * incoming_bps
        if cut_bps > self.bps and self._capacity_bps is not None:
            cut_bps = 0.85 * self._capacity_bps
        self.bps = min(self.bps, cut_bps)
        if self._capacity_bps is None:
            self._capacity_bps = incoming_bps
        self._capacity_bps += 0.05 * (incoming_bps - self._capacity_bps)

    def _increase(self, incoming_bps: float, lasted_s: float) -> None:
        assert self.bps is not None
        if self._capacity_bps is not None and incoming_bps > 1.2 * self._capacity_bps:
            self._capacity_bps = None
        limit_bps = 1.5 * incoming_bps + 10_000
        if self.bps < limit_bps:
            near = self._capacity_bps is not None
            grown_bps = (
                self.bps + ADDITIVE_BPS_PER_S * lasted_s if near else self.bps * 1.08**lasted_s
            )
            self.bps = min(grown_bps, limit_bps)

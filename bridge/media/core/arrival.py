"""UplinkEstimate: what one publisher's uplink carries, from arrival times and loss.

The receiver's side of draft-ietf-rmcat-gcc-02 (the sender obeys by REMB, draft-alvestrand-rmcat-
remb-03).  Times of departure are those of abs-send-time: 24 bits, seconds in 6.18 fixed point,
wrapping every 64 s.  Packets that left within 5 ms are one group (4.1); the delay between groups
goes to :class:`~bridge.media.core.trend.DelayTrend`, which says whether a queue grows.

Two limits are kept, and the lower one holds:

* **Delay** (5.5).  Overuse cuts to 0.85 of what arrives, which then is what the bottleneck carries.
  Nothing grows while a queue of 50 ms stands or drains; else the limit grows by 8 % a second, or by
  2 % near the rate the last overuses were seen at, where 8 % would fill the buffer anew every two
  seconds.  Never above 1.5 times what arrives + 10 kbit/s: nothing was learnt beyond.  A buffer
  that is full does not grow, so a queue of 60 ms with loss beside it is overuse too.
* **Loss** (6).  More than 10 % cuts to (1 - loss / 2) of what was sent, less than 2 % lets grow by
  8 % a second.  Between them the draft holds; here it grows by 1 %, since a line that loses 5 % in
  bursts passes 10 % now and then, and cuts that are never undone starve it.  For the same reason
  the fraction is smoothed over about three seconds (half a second of a thumbnail and a microphone
  is forty packets, and 5 % of them is by chance often 10 %), and no loss cuts below what these two
  need.  Loss has no say in the limit by delay.

None means no limit, and it begins so: who sends little is no evidence of a thin line, and a
publisher told little does not send its top layer for seconds (``layers``).  For the same reason a
limit that had no bad sign for 20 s is forgotten; beside 2 % of loss only one that is not used.  A
thin line then shows itself again within half a second, as at the first join.  One that is used to
its limit never gets there: growth brings the next overuse within ten seconds.
"""

from __future__ import annotations

from typing import Final

from bridge.media.core.trend import DelayTrend, Usage

GROUP_TICKS: Final = 1311
"""5 ms of abs-send-time."""
_MASK: Final = 0xFFFFFF
_HALF: Final = 0x800000
_TICK_S: Final = 1 / (1 << 18)
PAUSE_S: Final = 2.0
"""After a longer one, or a step of the clock, the delays begin anew."""

CUT: Final = 0.85
GROWTH_PER_S: Final = 0.08
GROWTH_NEAR_PER_S: Final = 0.02
_NEAR: Final = (0.9, 1.2)
"""Of the rate at which overuse was seen."""
_NEAR_GAIN: Final = 0.3
AHEAD: Final = 1.5
AHEAD_BPS: Final = 10_000
BETWEEN_CUTS_S: Final = 0.3
"""A round trip and the encoder's own lag: a cut must be seen before the next."""
DRAINED_S: Final = 0.05
FULL_S: Final = 0.06
LOSS_HIGH: Final = 0.10
LOSS_LOW: Final = 0.02
_LOSS_GAIN: Final = 0.15
GROWTH_LOSSY_PER_S: Final = 0.01
LOSS_FLOOR_BPS: Final = 250_000
LAPSE_S: Final = 20.0
UNUSED: Final = 0.75
"""Of a limit: who sends less than this is not held by it."""
_STEP_MAX_S: Final = 2.0
"""An owner that slept does not let the limit jump."""


class UplinkEstimate:
    """Of all the packets of one publisher.  Times are seconds of one monotonic clock."""

    __slots__ = (
        "_advanced_s",
        "_arrived_s",
        "_before_arrived_s",
        "_before_sent",
        "_bytes",
        "_capacity_bps",
        "_cut_s",
        "_delay_bps",
        "_first_sent",
        "_group_bytes",
        "_last_offset",
        "_loss",
        "_loss_bps",
        "_loss_cut_s",
        "_trend",
        "cuts",
    )

    def __init__(self) -> None:
        self._trend = DelayTrend()
        self._first_sent = 0
        self._last_offset = 0
        self._arrived_s = float("-inf")  # the group's newest packet; before any: a long pause
        self._group_bytes = 0
        self._before_sent = 0
        self._before_arrived_s: float | None = None
        self._bytes = 0
        self._advanced_s: float | None = None
        self._delay_bps: float | None = None
        self._capacity_bps: float | None = None
        self._cut_s = float("-inf")
        self._loss = 0.0
        self._loss_bps: float | None = None
        self._loss_cut_s = float("-inf")
        self.cuts = 0
        """How often overuse or loss has lowered the estimate."""

    @property
    def bps(self) -> int | None:
        """What the uplink carries; None: there is no reason to limit it."""
        limits = [limit for limit in (self._delay_bps, self._loss_bps) if limit is not None]
        return int(min(limits)) if limits else None

    @property
    def queue_s(self) -> float:
        """How long the queue is that stands before the bottleneck."""
        return self._trend.queue_s

    def on_packet(self, sent: int, size_bytes: int, now_s: float) -> bool:
        """A packet came that left at *sent* (abs-send-time).

        True: the estimate has just fallen, and the publisher should be told at once.
        """
        self._bytes += size_bytes
        offset = (sent - self._first_sent) & _MASK
        if offset < GROUP_TICKS:
            self._last_offset = offset
            self._group_bytes += size_bytes
            self._arrived_s = now_s
            return False
        if offset >= _HALF and now_s - self._arrived_s < PAUSE_S:
            self._group_bytes += size_bytes
            return False  # overtaken by a newer group: its delay is none of the line's
        return self._next_group(sent, size_bytes, now_s)

    def on_untimed(self, size_bytes: int) -> None:
        """A packet came that does not say when it left: it counts for the rate alone."""
        self._bytes += size_bytes

    def advance(self, loss: float, now_s: float) -> None:
        """Owed about every half second.  *loss*: the fraction of the publisher's packets that was
        lost since the last call, all streams together, before any repair.
        """
        if self._advanced_s is None:
            self._advanced_s = now_s
            self._bytes = 0
            return
        lasted_s = now_s - self._advanced_s
        if lasted_s <= 0:
            return
        incoming_bps = self._bytes * 8 / lasted_s
        self._advanced_s = now_s
        self._bytes = 0
        self._loss += _LOSS_GAIN * (loss - self._loss)
        lasted_s = min(lasted_s, _STEP_MAX_S)
        self._advance_delay(incoming_bps, lasted_s, now_s)
        self._advance_loss(loss, incoming_bps, lasted_s, now_s)

    def _next_group(self, sent: int, size_bytes: int, now_s: float) -> bool:
        closed = False
        last_sent = self._first_sent + self._last_offset
        if now_s - self._arrived_s > PAUSE_S:
            self._trend.restart(now_s)
            self._before_arrived_s = None
        else:
            if self._before_arrived_s is not None:
                came_s = self._arrived_s - self._before_arrived_s
                left_s = ((last_sent - self._before_sent) & _MASK) * _TICK_S
                if abs(came_s - left_s) > PAUSE_S:
                    self._trend.restart(now_s)
                else:
                    closed = self._trend.add(came_s - left_s, self._group_bytes, self._arrived_s)
            self._before_sent = last_sent
            self._before_arrived_s = self._arrived_s
        self._first_sent = sent
        self._last_offset = 0
        self._group_bytes = size_bytes
        self._arrived_s = now_s
        return closed and self._trend.usage is Usage.OVERUSE and self._cut(now_s)

    def _cut(self, now_s: float) -> bool:
        """The bottleneck is full.  True: the estimate fell."""
        if now_s - self._cut_s < BETWEEN_CUTS_S:
            return False
        self._cut_s = now_s
        rate_bps = self._trend.rate_bps
        if self._capacity_bps is None:
            self._capacity_bps = rate_bps
        else:
            self._capacity_bps += _NEAR_GAIN * (rate_bps - self._capacity_bps)
        cut_bps = CUT * rate_bps
        if self._delay_bps is not None and cut_bps >= self._delay_bps:
            return False
        self._delay_bps = cut_bps
        self.cuts += 1
        return True

    def _advance_delay(self, incoming_bps: float, lasted_s: float, now_s: float) -> None:
        queue_s = self._trend.queue_s
        if queue_s > FULL_S and self._loss > LOSS_LOW and self._trend.usage is not Usage.UNDERUSE:
            self._cut(now_s)
        elif self._delay_bps is None:
            return
        elif now_s - self._cut_s > LAPSE_S:
            self._delay_bps = self._capacity_bps = None
        elif self._trend.usage is Usage.NORMAL and queue_s < DRAINED_S:
            self._delay_bps = _grown(
                self._delay_bps, self._growth_per_s(self._delay_bps), incoming_bps, lasted_s
            )

    def _growth_per_s(self, limit_bps: float) -> float:
        if self._capacity_bps is None:
            return GROWTH_PER_S
        near = _NEAR[0] <= limit_bps / self._capacity_bps <= _NEAR[1]
        return GROWTH_NEAR_PER_S if near else GROWTH_PER_S

    def _advance_loss(
        self, loss: float, incoming_bps: float, lasted_s: float, now_s: float
    ) -> None:
        if self._loss > LOSS_HIGH:
            self._loss_cut_s = now_s
            sent_bps = incoming_bps / max(1 - loss, 0.1)
            cut_bps = max(sent_bps * (1 - loss / 2), LOSS_FLOOR_BPS)
            if loss > LOSS_HIGH and (self._loss_bps is None or cut_bps < self._loss_bps):
                self._loss_bps = cut_bps
                self.cuts += 1
        elif self._loss_bps is not None:
            clean = self._loss < LOSS_LOW
            rested = now_s - self._loss_cut_s > LAPSE_S
            if rested and (clean or incoming_bps < UNUSED * self._loss_bps):
                self._loss_bps = None
            else:
                per_s = GROWTH_PER_S if clean else GROWTH_LOSSY_PER_S
                self._loss_bps = _grown(self._loss_bps, per_s, incoming_bps, lasted_s)


def _grown(limit_bps: float, per_s: float, incoming_bps: float, lasted_s: float) -> float:
    ceiling_bps = AHEAD * incoming_bps + AHEAD_BPS
    grown_bps: float = limit_bps * (1 + per_s) ** lasted_s
    return max(limit_bps, min(grown_bps, ceiling_bps))

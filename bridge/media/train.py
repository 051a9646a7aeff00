"""Train: packets of nothing to one site, evenly and in bursts, and what its receiver says of them.

Nothing of a conference need flow for a line to be tried, so a check sends padding: empty packets in
the retransmission stream of a picture slot (:mod:`bridge.media.core.rtx`), which no decoder sees and
no picture's numbers know of, and which receivers count and report like any stream of RTP (tried with
Chromium).

* **Even**: ``EVEN_RATE`` packets a second of the size of sound, for as long as the caller says: what
  is lost of them is the line's loss, their jitter its jitter.  300 of them tell 10 % from 5 %.
* **Bursts**: each ``BURST_S`` long, at ``BURSTS_BPS`` one after the other, until one is too much.  The
  largest is what a full stage takes, two pictures of 1.5 Mbit/s and four sounds, and a fifth more.

How fast a line is, is seen from a burst by how long it takes to come out.  Nobody at the other end
says when packets came, but a sender report is answered with how long it lay there (RFC 3550 section
6.4.1), so its round trip is known to the tenth of a millisecond.  Some are sent right behind the
burst, in the same queue: by how much the round trip is longer than before, the queue is long.  More
than one, since a full queue may have no room for the first.

Each part ends when the receiver has reported all of it, or after ``PATIENCE_S``: Chromium reports
pictures every 0.5 to 1.5 s.  A site's estimate of its line is excused from what a burst does.

Times are seconds of one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Final

from bridge.media.core import rtcp
from bridge.media.core.ntp import middle32
from bridge.media.core.rtx import MAX_PADDING_BYTES
from bridge.media.core.serial import latest16
from bridge.media.session import MediaSession
from bridge.media.tried import Burst

EVEN_RATE: Final = 150
EVEN_BYTES: Final = 60
ENOUGH: Final = 150
LATE_S: Final = 2.0
"""The even part goes on for so long if the first report was late, until there are ``ENOUGH`` behind it."""
BURSTS_BPS: Final = (1_000_000, 2_000_000, 4_000_000)
BURST_S: Final = 0.3
MARKS_S: Final = (0.0, 0.015, 0.03)
"""Sender reports behind a part."""
BEAT_S: Final = 0.5
"""And while packets leave evenly, for round trips."""
PATIENCE_S: Final = 1.8
OVERHEAD_BYTES: Final = 16 + 28
"""A packet's tag of SRTP and headers of UDP and IPv4, which its line carries too."""
TOO_MUCH_S: Final = 0.1
"""A queue so long says that the line is full."""
TOO_MUCH_LOSS: Final = 0.25
"""More than usual: a line without a buffer is full too.  By chance bursts of loss are shorter."""
NOISE_S: Final = 0.01
"""A round trip that is longer by less may be so by chance."""
EXCUSED_S: Final = 3.0
REMEMBERED_MARKS: Final = 64
_HEADER_BYTES: Final = 12 + 8
"""Of padding: RTP, and when it leaves."""


class Train:
    """On the retransmission stream of one slot.  :func:`train_of` makes it."""

    def __init__(self, session: MediaSession, ssrc: int, began_s: float) -> None:
        """*ssrc*: of the outlet."""
        self._session = session
        self._outlet, self._repeats = session.outlets[ssrc], session.repeats[ssrc]
        self.done = False
        self.bursts: list[Burst] = []
        self.rtts_s: list[float] = []
        self.expected = self.lost = 0
        """Of what left evenly."""
        self.jitter_s: float | None = None
        self._part = -1  # the even part; then which burst
        self._part_s = began_s
        self._sent = 0
        self._sent_bytes = 0
        self._ended_s: float | None = None
        """When the last packet of the part had left."""
        self._marks: dict[int, float] = {}
        """Sender reports of ours -> when they left; the newest."""
        self._due_s = [began_s]
        self._report: tuple[int, int] | None = None
        """Number without wraps and lost packets, as last reported."""
        self._before: tuple[int, int] | None = None
        """The same as it was before this part."""
        self._queue_s: float | None = None

    def advance(self, now_s: float, *, ntp: int, even_until_s: float, may_burst: bool) -> None:
        """Send what is due; owed every few milliseconds.  *ntp* is the same moment as *now_s*."""
        if self.done:
            return
        while self._due_s and self._due_s[0] <= now_s:
            self._due_s.pop(0)
            self._mark(now_s, ntp)
        if self._ended_s is not None:
            if now_s - self._ended_s > PATIENCE_S:
                self._finish(now_s)
            return
        if self._part < 0:
            self._send(EVEN_RATE * (now_s - self._part_s), EVEN_BYTES, now_s)
            late_s = now_s - even_until_s
            if late_s >= LATE_S or (late_s >= 0 and self._left_since_report() >= ENOUGH):
                self._end(now_s)
            elif not self._due_s:
                self._due_s = [now_s + BEAT_S]
        elif self._sent or may_burst:
            self._advance_burst(now_s)

    @property
    def is_bursting(self) -> bool:
        return self._part >= 0 and self._sent > 0 and self._ended_s is None and not self.done

    def hear(self, blocks: Iterable[rtcp.ReportBlock], now_s: float) -> None:
        """Reports of this site's receiver, of any stream."""
        for block in blocks:
            sent_s = self._marks.get(block.last_sr)
            trip_s = None
            if sent_s is not None:
                trip_s = max(now_s - sent_s - block.delay_since_sr / 0x10000, 0.0)
            if block.ssrc == self._repeats.ssrc:
                index = latest16(block.highest & 0xFFFF, self._repeats.index)
                self._report = (index, block.lost)
                if self._part < 0:
                    self.jitter_s = block.jitter / self._outlet.numbers.clock_rate_hz
                    self._before = self._before or self._report
            if sent_s is None or trip_s is None:
                continue
            if self._ended_s is None or sent_s < self._ended_s:
                if self._part < 0 and self._ended_s is None:
                    self.rtts_s.append(trip_s)
            elif block.ssrc == self._repeats.ssrc:
                behind_s = trip_s - (median(self.rtts_s) if self.rtts_s else trip_s)
                stood_s = sent_s - self._ended_s
                self._queue_s = stood_s + behind_s if behind_s > NOISE_S else 0.0
                self._finish(now_s)

    # Small steps.

    def _left_since_report(self) -> int:
        """Packets that left after those of the first report, which is what others are compared with."""
        return 0 if self._before is None else self._repeats.index - self._before[0]

    def _send(self, owed: float, size: int, now_s: float) -> None:
        timestamp = int(now_s * self._outlet.numbers.clock_rate_hz) & 0xFFFFFFFF
        while self._sent < owed:
            self._sent += 1
            self._sent_bytes += _HEADER_BYTES + size + OVERHEAD_BYTES
            self._session.delivery.pad(self._outlet, self._repeats, size, timestamp)

    def _advance_burst(self, now_s: float) -> None:
        if not self._sent:
            self._part_s = now_s
        size = MAX_PADDING_BYTES
        packet_bits = (_HEADER_BYTES + size + OVERHEAD_BYTES) * 8
        lasted_s = min(now_s - self._part_s, BURST_S)
        self._session.downline.estimate.excuse(now_s + EXCUSED_S)
        self._send(max(BURSTS_BPS[self._part] * lasted_s / packet_bits, 1), size, now_s)
        if lasted_s >= BURST_S:
            self._end(now_s)

    def _end(self, now_s: float) -> None:
        """All of this part has left: say so behind it."""
        self._ended_s = now_s
        self._due_s = [now_s + later_s for later_s in MARKS_S]

    def _mark(self, now_s: float, ntp: int) -> None:
        outlet = self._outlet
        _, timestamp = outlet.newest()
        if outlet.source is not None and outlet.run is not None:
            at = outlet.source.clock.rtp_at(now_s)
            timestamp = timestamp if at is None else at + outlet.run.timestamp_delta & 0xFFFFFFFF
        self._marks[middle32(ntp)] = now_s
        if len(self._marks) > REMEMBERED_MARKS:
            del self._marks[next(iter(self._marks))]
        self._session.send_rtcp(
            rtcp.SenderReport(
                ssrc=outlet.ssrc,
                ntp=ntp,
                rtp=timestamp & 0xFFFFFFFF,
                packets=outlet.packets,
                octets=outlet.bytes,
            )
        )

    def _finish(self, now_s: float) -> None:
        """This part is told of, or nothing is said of it."""
        assert self._ended_s is not None
        lost = None
        if self._report is not None and self._before is not None:
            lost = max(self._report[1] - self._before[1], 0)
        if self._part < 0:
            if self._report is not None and self._before is not None:
                self.expected = self._report[0] - self._before[0]
                self.lost = min(lost or 0, self.expected)
        else:
            lasted_s = self._ended_s - self._part_s
            self.bursts.append(
                Burst(
                    bps=int(self._sent_bytes * 8 / lasted_s) if lasted_s > 0 else 0,
                    lasted_s=lasted_s,
                    packets=self._sent,
                    lost=None if lost is None else min(lost, self._sent),
                    queue_s=self._queue_s,
                )
            )
        self.done = self._part + 1 >= len(BURSTS_BPS) or self._is_full()
        self._part += 1
        self._part_s, self._ended_s, self._queue_s = now_s, None, None
        self._sent = self._sent_bytes = 0
        self._before = self._report
        self._due_s = []

    def _is_full(self) -> bool:
        """Whether the last burst was more than the line carries, or nothing is said of it."""
        if not self.bursts:
            return self._report is None
        last = self.bursts[-1]
        if last.lost is None:
            return True
        usual = self.lost / self.expected if self.expected else 0.0
        is_lossy = last.lost / last.packets > usual + TOO_MUCH_LOSS
        return is_lossy or (last.queue_s is not None and last.queue_s > TOO_MUCH_S)


def train_of(session: MediaSession, began_s: float) -> Train | None:
    """A train to a site, where it disturbs least: at a slot that shows nothing.  None: the site takes
    no retransmissions."""
    free = [ssrc for ssrc in session.repeats if session.outlets[ssrc].source is None]
    ssrc = next(iter(free or session.repeats), None)
    return None if ssrc is None else Train(session, ssrc, began_s)

"""Reception: what arrives of one incoming stream, and the report block about it (RFC 3550).

Sequence numbers are judged as in appendix A.1.  A step of up to 3000 forward is loss, up to 100
back is reordering; anything else is a jump: the first packet of it is suspect and not counted,
and when the next one follows it the source has restarted its numbers.  There is no probation:
every packet here has passed SRTP, whose replay window has refused copies too, so a copy that
does come is counted as received, as appendix A.3 has it.

A restart does not reset the totals, as A.1 would: a technician's graph must not fall to 0.  The
numbers before the jump are taken as having ended and the new ones as following in the next
cycle, so nothing is lost or won by it, and the extended highest number only grows.

Jitter is that of appendix A.8, but only from packets that advance and bring a new timestamp: a
key frame is sent as a burst of packets with one timestamp, and its spread says nothing about the
line.  A step of more than five seconds between clock and timestamp is a clock set anew, no jitter.
"""

from __future__ import annotations

from typing import Final

from bridge.media.core.ntp import middle32
from bridge.media.core.rtcp import ReportBlock
from bridge.media.core.serial import distance32

MAX_DROPOUT: Final = 3000
MAX_MISORDER: Final = 100

IN_STREAM: Final = 0
"""The packet belongs where its number says: forward it."""
JUMPED: Final = 1
"""Far from all others and alone so far: drop it (``SEQUENCE_JUMP``)."""
RESTARTED: Final = 2
"""The second after a jump: every run of this source begins anew with it."""

_CLOCK_STEP_S: Final = 5.0
_NO_SEQ: Final = -1


class Reception:
    """Counters of one SSRC.  Times are seconds of any one monotonic clock."""

    __slots__ = (
        "_base",
        "_expected_before",
        "_expected_next",
        "_highest",
        "_jitter_ticks",
        "_last_sr",
        "_last_sr_at_s",
        "_received_before",
        "before_restart",
        "clock_rate_hz",
        "index",
        "newest_at_s",
        "newest_timestamp",
        "packets",
        "restarts",
        "ssrc",
    )

    def __init__(self, *, ssrc: int, clock_rate_hz: int) -> None:
        self.ssrc = ssrc
        self.clock_rate_hz = clock_rate_hz
        self.packets = 0
        """Received, without suspect ones."""
        self.restarts = 0
        self.newest_timestamp = 0
        """Timestamp of the newest packet; means nothing before the first."""
        self.newest_at_s: float | None = None
        """When the first packet with that timestamp came."""
        self.index = 0
        """Sequence number without wraps of the packet counted last; it is the newest of all when it
        is :attr:`highest`."""
        self.before_restart = (0, 0, 0.0)
        """Highest index, newest timestamp and its time, as they were at the last restart."""
        self._base = 0  # extended number of the first packet
        self._highest = 0  # extended number of the newest packet
        self._expected_next = _NO_SEQ  # after a jump: the number that would confirm it
        self._jitter_ticks = 0.0
        self._expected_before = 0
        self._received_before = 0
        self._last_sr = 0
        self._last_sr_at_s = 0.0

    def on_packet(self, seq: int, timestamp: int, now_s: float) -> int:
        """Count a packet; returns IN_STREAM (0), JUMPED or RESTARTED."""
        step = (seq - self._highest) & 0xFFFF
        if self.newest_at_s is None:
            self._base = self._highest = self.index = seq
        elif 0 < step < MAX_DROPOUT:
            self.index = self._highest = self._highest + step
        elif step == 0 or step > 0x10000 - MAX_MISORDER:
            self.packets += 1
            self.index = self._highest - (-step & 0xFFFF)
            return IN_STREAM
        elif seq == self._expected_next:
            return self._restart(seq, timestamp, now_s)
        else:
            self._expected_next = (seq + 1) & 0xFFFF
            return JUMPED
        self.packets += 1
        self._expected_next = _NO_SEQ
        if self.newest_at_s is None:
            self.newest_at_s = now_s
            self.newest_timestamp = timestamp
        elif timestamp != self.newest_timestamp:
            rate = self.clock_rate_hz
            difference = (now_s - self.newest_at_s) * rate - distance32(
                timestamp, self.newest_timestamp
            )
            if abs(difference) < _CLOCK_STEP_S * rate:
                self._jitter_ticks += (abs(difference) - self._jitter_ticks) / 16
            self.newest_at_s = now_s
            self.newest_timestamp = timestamp
        return IN_STREAM

    def on_repeat(self, seq: int) -> None:
        """Count a packet that came by retransmission, however late: it is no sign of a jump, and says
        nothing of the line's jitter."""
        self.packets += 1
        self.index = self._highest - (self._highest - seq & 0xFFFF)

    def _restart(self, seq: int, timestamp: int, now_s: float) -> int:
        expected = self._expected
        self.before_restart = (self._highest, self.newest_timestamp, self.newest_at_s or 0.0)
        self.index = self._highest = (self._highest | 0xFFFF) + 1 + seq
        self._base = self._highest - expected
        self._expected_next = _NO_SEQ
        self.packets += 1
        self.restarts += 1
        self.newest_at_s = now_s
        self.newest_timestamp = timestamp
        return RESTARTED

    def on_sender_report(self, ntp: int, now_s: float) -> None:
        """The source's sender report with this NTP time came now."""
        self._last_sr = middle32(ntp)
        self._last_sr_at_s = now_s

    @property
    def highest(self) -> int:
        """The greatest :attr:`index` so far; 0 before the first packet."""
        return self._highest

    @property
    def _expected(self) -> int:
        return self._highest - self._base + 1 if self.newest_at_s is not None else 0

    @property
    def lost(self) -> int:
        """Expected minus received; negative when copies came."""
        return self._expected - self.packets

    @property
    def jitter_s(self) -> float:
        return self._jitter_ticks / self.clock_rate_hz

    def report(self, now_s: float) -> ReportBlock:
        """The block for the next report; its fraction is about the time since the last call.

        Owed once per reporting interval and by one caller only.
        """
        expected = self._expected - self._expected_before
        received = self.packets - self._received_before
        self._expected_before += expected
        self._received_before += received
        lost = expected - received
        # More received than expected is reported as no loss (A.3).  Never 256: what makes a packet
        # expected is that it or a newer one came.
        fraction = (lost << 8) // expected if lost > 0 else 0
        since_sr = min(int((now_s - self._last_sr_at_s) * 0x10000), 0xFFFFFFFF)
        return ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=fraction,
            lost=min(max(self.lost, -0x800000), 0x7FFFFF),
            highest=self._highest & 0xFFFFFFFF,
            jitter=int(self._jitter_ticks),
            last_sr=self._last_sr,
            delay_since_sr=since_sr if self._last_sr else 0,
        )

"""Clocks of a source, for lip sync behind a slot (RFC 3550 sections 5.1 and 6.4.1).

A receiver brings sound and picture together by sender reports: each says which RTP timestamp and
which wall-clock time are one moment.  The service sends reports of its own, so it must say where
each source's timestamps stand *now* on the service's clock.

A source's own reports tie its timestamps to its own clock, and that tie is exact.  What is not
known is how far its clock is from ours: the arrival of a report minus the time written in it is
that distance plus the time on the way.  Since the way only adds, the lowest value seen is the
best.  It belongs to the machine, not to the stream, so a session keeps ONE for sound and picture:
whatever its error is, it moves both alike, and their distance stays exact.

Quartz clocks part by up to 100 millionths (two of +-50), so a lowest value kept for ever would
be 0.36 s old-fashioned after an hour.  It is therefore let rise by as much; a report with a short
way pulls it down again.  A distance more than five seconds above it is no slow line but a clock
that was set, and is taken over at once, as is any lower one.

Debt: after such a step the other medium is off until its own next report, about a second.
"""

from __future__ import annotations

from typing import Final

from bridge.media.core.reception import Reception

DRIFT: Final = 100e-6
STEP_S: Final = 5.0

_NTP_TO_S: Final = 1 / 0x100000000


class SessionClock:
    """How far the clock of one session's machine is from ours."""

    __slots__ = ("_at_s", "offset_s")

    def __init__(self) -> None:
        self.offset_s: float | None = None
        """Our time (monotonic seconds) minus its (seconds since 1900); None: no report yet."""
        self._at_s = 0.0

    def on_sender_report(self, *, ntp: int, now_s: float) -> None:
        """A report of any stream of the session came now."""
        seen_s = now_s - ntp * _NTP_TO_S
        if self.offset_s is None or seen_s > self.offset_s + STEP_S:
            self.offset_s = seen_s
        else:
            risen_s = self.offset_s + DRIFT * max(now_s - self._at_s, 0.0)
            self.offset_s = min(seen_s, risen_s)
        self._at_s = now_s


class SourceClock:
    """Which timestamp one source is capturing now."""

    __slots__ = ("_ntp_s", "_reception", "_rtp", "_session")

    def __init__(self, session: SessionClock, reception: Reception) -> None:
        """*session* is shared by all its sources; *reception* counts the packets of this one."""
        self._session = session
        self._reception = reception
        self._ntp_s: float | None = None
        self._rtp = 0

    def on_sender_report(self, *, ntp: int, rtp: int, now_s: float) -> None:
        """The source's own report came now; the session's clock is told as well."""
        self._session.on_sender_report(ntp=ntp, now_s=now_s)
        self._ntp_s = ntp * _NTP_TO_S
        self._rtp = rtp

    def rtp_at(self, now_s: float) -> int | None:
        """The timestamp of what the source captures now.

        Before its first report: the newest packet's, gone on since it came.  None before any
        packet.
        """
        offset_s = self._session.offset_s
        if self._ntp_s is not None and offset_s is not None:
            base, elapsed_s = self._rtp, now_s - offset_s - self._ntp_s
        elif self._reception.newest_at_s is not None:
            base = self._reception.newest_timestamp
            elapsed_s = now_s - self._reception.newest_at_s
        else:
            return None
        return (base + round(elapsed_s * self._reception.clock_rate_hz)) & 0xFFFFFFFF

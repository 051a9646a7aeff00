"""DownlinkEstimate: what one subscriber's downlink carries, from REMB and receiver reports.

It begins without a limit: nearly all lines of provinces are fibre, and a picture that begins small
on each of them is a worse mistake than a second of loss on the few.  Only evidence limits it.

**REMB** (draft-alvestrand-rmcat-remb-03; Chromium's receiver without transport-cc sends it every
0.2 to 1 s from about 4 s on).  It is the receiver's estimate after draft-ietf-rmcat-gcc-02: 0.85
of what arrives on overuse, else up by 8 % a second and never above 1.5 times what arrives.  So its
*value* says nothing while little is sent, and it lags for many seconds when more is sent all at
once.  Only overuse lets it *fall*, and after overuse it stands still.  Evidence is therefore a
REMB below what is sent that falls, or that has not risen for 1.5 s: the estimate falls at once to
0.9 of it, so that the queue drains.  But not below what sound and a thumbnail need: a REMB follows
what arrives, and once no picture is sent it says nothing but how little was sent (tried with
Chromium on 400 kbit/s: 14 kbit/s two seconds after the limit, and there it stood).

**Loss** (RFC 3550 6.4.1; thresholds of the draft's section 6): the mean over all picture streams,
weighted by their packets, in windows of about a second and at least 60 packets; of fewer, 5 % is
by chance often 10 %.  Sound counts while there is no picture: a full buffer has room for its small
packets, so beside pictures it makes the line look better than it is.  More than 10 % in two windows
is evidence: to (1 - loss / 2) of what is sent as in the draft, but to 0.9 of what got through when
a fifth is lost, since that is no noise.  Loss below takes nothing; from 2 % on the estimate does
not climb.  Loss up to 30 % does not take it below what sound and a thumbnail need: a line that
loses so much of them is not helped by an empty slot, and repair makes up for some of it.

**Drowning** (``drowning``): what it carries is not known yet, but that it is far less is.  It is taken
for ``least_bps`` at once, and how much more there is is found out by probing.

**The way up**: 8 % a second while nothing is wrong, up to a fifth more than what is sent, since
beyond that nothing was tried, and not above a rate that failed.  The rest is found out by padding
(``probing``).  In a probe a sign is enough to stop it: a REMB that falls or does not follow, or
more than 10 % lost and 5 % more than before.  Then the estimate stays where it was, for the media
were not what was too much.

A limit of at least all that is wished, with nothing wrong for 30 s, is forgotten: that line is as
good as one never known to be bad.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

from bridge.media.core.drowning import Drowning
from bridge.media.core.probing import Probing

FALL: Final = 0.9
"""Of what the line is said to carry, so that its queue drains."""
BELOW: Final = 0.95
"""Of what is sent: a REMB lower than this is below it, whatever key frames do to the rate."""
BETA: Final = 0.85
"""What a receiver cuts to; its REMB over this is what came through."""
STUCK_S: Final = 1.5
STUCK_PROBE_S: Final = 1.2
LOSS_HIGH: Final = 0.10
LOSS_LOW: Final = 0.02
LOSS_PROBE: Final = 0.05
LOSS_NO_NOISE: Final = 0.20
LOSS_HEAVY: Final = 0.30
WINDOW_S: Final = 0.9
WINDOW_PACKETS: Final = 60
PICTURE_S: Final = 6.0
"""Reports of sound count this long after the last of a picture."""
DROWNED: Final = 0.5
"""Of what is sent: a line that loses half of it carries this at most."""
FLOOR_BPS: Final = 250_000
GROWTH_PER_S: Final = 0.08
AHEAD: Final = 1.2
CALM_S: Final = 1.0
GRACE_S: Final = 3.0
"""After a probe failed, what its padding has done is no evidence against the media: a receiver
cuts to 0.85 of a second that was half padding, and needs seconds to be above the media again."""
FORGET_S: Final = 30.0
SMOOTHING_S: Final = 0.5
_STEP_MAX_S: Final = 1.0


class DownlinkEstimate:
    """Of one subscriber.  Times are seconds of one monotonic clock."""

    __slots__ = (
        "_at_s",
        "_bad_s",
        "_drowning",
        "_expected",
        "_grace_until_s",
        "_high_windows",
        "_is_hard",
        "_limit_bps",
        "_loss",
        "_lost",
        "_media_bps",
        "_picture_s",
        "_probing",
        "_remb_bps",
        "_rose_s",
        "_sent_bps",
        "_window_s",
        "_wish_bps",
        "cap_bps",
        "drownings",
        "falls",
        "fell_s",
        "least_bps",
    )

    def __init__(self, *, cap_bps: int | None = None) -> None:
        self.cap_bps = cap_bps
        """What the roster says the line carries; None: it does not say."""
        self.least_bps = FLOOR_BPS
        """What sound and the smallest pictures of the stage need: only a line that loses
        ``LOSS_HEAVY`` of them is taken for less.  A REMB alone does not say so: it cannot be above 1.5
        of what is sent, so what was taken away on its word would never be given back."""
        self.falls = 0
        """How often evidence has lowered the estimate."""
        self.fell_s = float("-inf")
        """When there was evidence last."""
        self.drownings = 0
        """How often the line was found to carry hardly anything of what was sent."""
        self._limit_bps: float | None = None
        self._is_hard = False  # the limit is what a heavy loss left
        self._wish_bps = 0.0
        self._at_s: float | None = None  # of the last on_sent
        self._sent_bps = 0.0
        self._media_bps = 0.0
        self._remb_bps: int | None = None
        self._rose_s = 0.0
        self._window_s = float("-inf")
        self._lost = 0.0
        self._expected = 0
        self._high_windows = 0
        self._picture_s = float("-inf")
        self._loss = 0.0
        self._bad_s = float("-inf")
        self._grace_until_s = float("-inf")
        self._probing = Probing()
        self._drowning = Drowning()

    @property
    def bps(self) -> int | None:
        """What may be sent, sound and repair and all; None: there is no reason to limit it."""
        known_bps = self._limit_bps
        if known_bps is not None and not self._is_hard:
            known_bps = max(known_bps, self.least_bps)
        limits = [limit for limit in (self.cap_bps, known_bps) if limit is not None]
        return int(min(limits)) if limits else None

    def wants(self, bps: int) -> None:
        """What would be sent if the line carried everything (``allocation.wanted_bps``)."""
        self._wish_bps = bps if self.cap_bps is None else min(bps, self.cap_bps)

    def on_sent(self, bps: int, now_s: float, *, padding_bps: int = 0) -> None:
        """What was sent since the last call, repair and padding included; of it padding."""
        lasted_s = 0.0 if self._at_s is None else min(now_s - self._at_s, _STEP_MAX_S)
        weight = 1.0 if self._at_s is None else 1 - math.exp(-lasted_s / SMOOTHING_S)
        self._at_s = now_s
        self._sent_bps += weight * (bps - self._sent_bps)
        self._media_bps += weight * (bps - padding_bps - self._media_bps)
        self._climb(lasted_s, now_s)

    def on_remb(self, bps: int, now_s: float) -> None:
        """The subscriber sent a REMB."""
        before_bps, self._remb_bps = self._remb_bps, bps
        fell = before_bps is not None and bps < before_bps
        if before_bps is None or bps > before_bps:
            self._rose_s = now_s
        target_bps = self._probing.target_bps
        if target_bps is not None:
            still_s = now_s - max(self._rose_s, self._probing.since_s)
            if fell or (still_s >= STUCK_PROBE_S and bps < BELOW * target_bps):
                self._stop_probe(bps / BETA, now_s)
        elif now_s >= self._grace_until_s:
            still_s = now_s - max(self._rose_s, self._grace_until_s)
            if self._drowning.on_remb(bps / max(self._sent_bps, 1.0), now_s):
                self._drown(bps / BETA, now_s)
            elif bps < BELOW * self._sent_bps and (fell or still_s >= STUCK_S):
                self._fall(max(FALL * bps, self.least_bps), bps / BETA, now_s)

    def on_asked(self, stream: int, indices: Collection[int], late_s: float, now_s: float) -> None:
        """The subscriber asks for packets of a picture again, by their numbers without wraps; the newest
        was sent *late_s* and a round trip ago."""
        if not self._drowning.on_asked(stream, indices, late_s):
            return
        if self._probing.target_bps is not None:
            self._stop_probe(0.0, now_s)
        elif now_s >= self._grace_until_s:
            self._drown(DROWNED * self._sent_bps, now_s)

    def excuse(self, until_s: float) -> None:
        """Until then padding beside the media is what signs are of: they are no evidence."""
        self._grace_until_s = max(self._grace_until_s, until_s)

    def _drown(self, carried_bps: float, now_s: float) -> None:
        if self._sent_bps <= self.least_bps:
            return  # less there is not
        if self._limit_bps is None or self._limit_bps > self.least_bps:
            self.drownings += 1
        self._fall(self.least_bps, carried_bps, now_s)

    def on_report(
        self, fraction_lost: float, packets: int, now_s: float, *, sound: bool = False
    ) -> None:
        """A report block came: of *packets* sent since the stream's last block this much is lost.

        *packets* is the difference of the blocks' extended highest sequence numbers.
        """
        if not sound:
            self._picture_s = now_s
        elif now_s - self._picture_s < PICTURE_S:
            return
        self._lost += fraction_lost * packets
        self._expected += packets
        if now_s - self._window_s < WINDOW_S or self._expected < WINDOW_PACKETS:
            return
        loss_before, self._loss = self._loss, self._lost / self._expected
        self._window_s = now_s
        self._lost = 0.0
        self._expected = 0
        self._on_loss(loss_before, now_s)

    def probe_bps(self, now_s: float) -> int:
        """How much padding to send from now to the next call, beside the media."""
        known_bps = self._limit_bps
        if known_bps is None or self._wish_bps <= known_bps:
            self._probing.stop()
            return 0
        if self._probing.target_bps is None:
            calm = self._is_calm(now_s) and now_s >= self._grace_until_s
            if not calm or not self._probing.begin(known_bps, self._wish_bps, now_s):
                return 0
        elif (proven_bps := self._probing.passed(now_s)) is not None:
            self._limit_bps = max(known_bps, proven_bps)
            return 0
        target_bps = self._probing.target_bps
        if target_bps is None or not self._probing.pads(now_s):
            return 0
        return max(int(target_bps - self._media_bps), 0)

    def _is_calm(self, now_s: float) -> bool:
        return now_s - self._bad_s >= CALM_S and self._high_windows == 0

    def _climb(self, lasted_s: float, now_s: float) -> None:
        limit_bps = self._limit_bps
        if limit_bps is None or self._probing.target_bps is not None:
            return
        if limit_bps >= self.least_bps:
            self._is_hard = False
        if limit_bps >= self._wish_bps and now_s - self._bad_s >= FORGET_S:
            self._limit_bps = None
        elif self._is_calm(now_s) and self._loss < LOSS_LOW:
            ahead_bps = AHEAD * self._media_bps
            if (failed_bps := self._probing.failed_bps) is not None:
                ahead_bps = min(ahead_bps, max(failed_bps, self._media_bps))
            grown_bps = limit_bps * (1 + GROWTH_PER_S) ** lasted_s
            self._limit_bps = max(limit_bps, min(grown_bps, ahead_bps))

    def _on_loss(self, loss_before: float, now_s: float) -> None:
        through_bps = self._sent_bps * (1 - self._loss)
        if self._probing.target_bps is not None:
            if self._loss > max(LOSS_HIGH, loss_before + LOSS_PROBE):
                self._stop_probe(through_bps, now_s)
            return
        if self._loss <= LOSS_HIGH or now_s < self._grace_until_s:
            self._high_windows = 0
            return
        self._high_windows += 1
        if self._high_windows < 2:
            return
        self._high_windows = 0
        noisy = self._loss < LOSS_NO_NOISE
        limit_bps = self._sent_bps * (1 - self._loss / 2) if noisy else FALL * through_bps
        is_hard = self._loss >= LOSS_HEAVY
        floor_bps = 0 if is_hard else self.least_bps
        self._fall(max(limit_bps, floor_bps), through_bps, now_s)
        self._is_hard = self._is_hard or is_hard

    def _fall(self, limit_bps: float, carried_bps: float, now_s: float) -> None:
        self._bad_s = self.fell_s = now_s
        self._probing.failed(carried_bps, now_s)
        if self._limit_bps is None or limit_bps < self._limit_bps:
            self._limit_bps = limit_bps
            self.falls += 1
            self._lost = 0.0
            self._expected = self._high_windows = 0

    def _stop_probe(self, carried_bps: float, now_s: float) -> None:
        """The padding was too much; what the media have of the line stays theirs."""
        known_bps = self._limit_bps
        assert known_bps is not None  # else nothing would be probed
        self._probing.failed(max(carried_bps, known_bps), now_s)
        self._bad_s = now_s
        self._grace_until_s = now_s + GRACE_S

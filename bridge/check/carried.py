"""Carried: how much a line took of the bursts that it was sent.

A burst of ``n`` packets that were not lost has come out when the queue it left is empty, so the line
took them in the burst's own time and the queue's (:mod:`bridge.media.train`).  A line that has more
than a burst shows no queue: then the burst's own rate is proven, and nothing above it.

What the line loses of anything, at any rate, is no sign of its rate: so much of a burst is not held
against it.  A burst that lost much and of whose queue nothing is said may have been stored for long:
what came of it is above the line's rate, so it counts only where there is no other.

The best of all bursts counts, for a line is not slower for having been asked for more than
it has: what a burst that was too much says is the line's rate, and what a smaller one says is below.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bridge.media.tried import Burst

SURE: Final = 0.9
"""Of a burst: when so much came, the line took it, whatever is said of its queue."""


def carried_bps(bursts: Iterable[Burst], usual_loss: float = 0.0) -> float | None:
    """Bits a second, headers of IP and UDP with them; None: nothing is known of any burst."""
    told = [(burst, rate) for burst in bursts if (rate := _rate(burst, usual_loss)) is not None]
    sure = [rate for burst, rate in told if burst.queue_s is not None or rate > SURE * burst.bps]
    return max(sure or [rate for _, rate in told], default=None)


def _rate(burst: Burst, usual_loss: float) -> float | None:
    if burst.lost is None or not burst.packets or burst.lasted_s <= 0 or usual_loss >= 1:
        return None
    came = min((burst.packets - burst.lost) / burst.packets / (1 - usual_loss), 1.0)
    return burst.bps * came * burst.lasted_s / (burst.lasted_s + (burst.queue_s or 0.0))

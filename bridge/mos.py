"""MOS: an estimate of how sound is heard over a line, by the E-model (ITU-T G.107).

    R      = 93.2 - Id - Ie_eff
    Ie_eff = Ie + (95 - Ie) * Ppl / (Ppl / BurstR + Bpl)      Ppl in percent, BurstR 1: random loss
    Id     = 0.024 d + 0.11 max(0, d - 177.3)                 d in ms, one way (Cole and Rosenbluth)
    MOS    = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6          between 1 (R <= 0) and 4.5 (R >= 100)

For Opus no Ie and Bpl are published.  With in-band FEC, which our endpoints send, 0 and 20 are
taken here; so it is an estimate, to compare lines and not to be quoted, and its inputs are told
beside it.  It is about one leg, between the service and a site: the service adds no jitter buffer of
its own, so on the way up that of the listeners is taken for what it must be at least.

The delay: half a round trip, the jitter buffer, one frame.  Where nobody says how long the buffer
is, it is twice the jitter, and not below 40 ms.  Silence that is not sent (DTX) is no loss: only
numbers that did not come are.
"""

from __future__ import annotations

from typing import Final

FRAME_S: Final = 0.020
LEAST_BUFFER_S: Final = 0.040
EQUIPMENT: Final = 0.0
"""Ie."""
ROBUSTNESS: Final = 20.0
"""Bpl."""


def delay_s(*, rtt_s: float, jitter_s: float, buffer_s: float | None = None) -> float:
    """One way, from mouth to ear; *buffer_s* is the jitter buffer if it is known."""
    if buffer_s is None:
        buffer_s = max(LEAST_BUFFER_S, 2 * jitter_s)
    return rtt_s / 2 + buffer_s + FRAME_S


def mos(*, loss: float, delay_s: float) -> float:
    """1 to 4.5; *loss* is a ratio."""
    percent, ms = loss * 100.0, delay_s * 1000.0
    by_loss = EQUIPMENT + (95.0 - EQUIPMENT) * percent / (percent + ROBUSTNESS)
    by_delay = 0.024 * ms + 0.11 * max(0.0, ms - 177.3)
    rating = 93.2 - by_delay - by_loss
    if rating <= 0.0:
        return 1.0
    # The curve dips below 1 near R = 3.
    return max(1.0, 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6)

"""Allowance: how much a peer may do; a token bucket that is told the time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    per_s: float
    burst: int


MESSAGES = Rate(per_s=50, burst=100)
ERRORS = Rate(per_s=1 / 3, burst=20)
"""A client with a bug is told so for a minute; one that only makes errors is let go."""


class Allowance:
    def __init__(self, rate: Rate, *, now: float) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._at = now

    def take(self, *, now: float) -> bool:
        """Whether one more is allowed now (seconds, any monotonic clock); if so it is taken."""
        earned = (now - self._at) * self._rate.per_s
        self._left = min(float(self._rate.burst), self._left + earned)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

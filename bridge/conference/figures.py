"""Figures: what one line check of one site has measured, as the journal keeps it.

None is always "not measured", never "none of it": a line that loses nothing has 0.0.  What the figures
mean for a session, and whether the site passes, is said elsewhere (:mod:`bridge.check.verdict`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    way: Literal["udp", "tcp", "relay"] | None = None
    """How its packets go."""
    family: Literal["ipv4", "ipv6"] | None = None
    rtt_s: float | None = None
    loss_up: float | None = None
    """0 to 1, before repair."""
    loss_down: float | None = None
    jitter_up_s: float | None = None
    jitter_down_s: float | None = None
    up_bps: float | None = None
    """What bursts proved: at least so much; None too when they were not allowed."""
    down_bps: float | None = None
    spoken_dbov: float | None = None
    """The loudest of the microphone while nothing was played; of a silent room the room's noise."""
    noise_dbov: float | None = None
    """Its floor."""
    frames_per_s: float | None = None
    width: int | None = None
    height: int | None = None
    black: bool | None = None
    """Nobody but eyes can tell."""
    echo_db: float | None = None
    """How far below what was played the microphone gave it back; None: no echo was seen, or nothing
    was played."""
    played: str | None = None
    """The number that was spoken in the room."""

"""Counted: what a room device's media has counted, and what came of it since the last look."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.line import MISSING_AFTER_S
from bridge.media.plane import SessionStats, SourceStats
from bridge.media.slots import MIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a media session had counted at a look."""

    packets: int
    lost: int
    out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the last look saw of a site's room device."""

    loss_up: float = 0.0
    """Fraction of the last second's packets that did not arrive here."""
    loss_down: float = 0.0
    """Fraction the device last reported missing."""
    rtt_ms: float | None = None
    level_dbov: int | None = None
    packets_in: int = 0
    packets_lost: int = 0
    packets_out: int = 0
    jitter_ms: float | None = None
    """Of the microphone's packets on the way up."""
    sound_age_s: float | None = None
    picture_age_s: float | None = None


def count(carried: SessionStats) -> Counted:
    return Counted(
        packets=sum(s.packets for s in carried.sources),
        lost=sum(s.lost for s in carried.sources),
        out=carried.packets_out,
    )


def measure(carried: SessionStats, before: Counted | None) -> Health:
    """*before* is what it had counted at the last look; None: this is the first."""
    now = count(carried)
    before = before or now
    new_lost = max(0, now.lost - before.lost)
    expected = now.packets - before.packets + new_lost
    mic = next((s for s in carried.sources if s.slot == MIC.name), None)
    pictures = (s.age_s for s in carried.sources if s.slot != MIC.name and s.age_s is not None)
    return Health(
        loss_up=new_lost / expected if expected > 0 else 0.0,
        loss_down=carried.loss_down or 0.0,
        rtt_ms=None if carried.rtt_s is None else round(carried.rtt_s * 1000, 1),
        jitter_ms=_jitter_ms(mic),
        level_dbov=mic.level_dbov if mic else None,
        packets_in=now.packets,
        packets_lost=now.lost,
        packets_out=now.out,
        sound_age_s=mic.age_s if mic else None,
        picture_age_s=min(pictures, default=None),
    )


def _jitter_ms(mic: SourceStats | None) -> float | None:
    """Of what comes; what has stopped has none."""
    if mic is None or mic.age_s is None or mic.age_s > MISSING_AFTER_S:
        return None
    return round(mic.jitter_s * 1000, 1)

"""Tried: what control asks of a line check, and what the plane answers; frozen values that cross the wire.

The plane counts and says what it counted; what it means is control's (:mod:`bridge.check.measure`).
Sounds are written as hexadecimal text, for the wire speaks JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

AT_ONCE: Final = 4
"""Lines that a plane tries at once (practice.md 17)."""

Outcome = Literal["done", "ended", "busy", "absent", "stopped"]
"""``ended``: the session did meanwhile; ``busy``: its line is being tried, or too many are;
``absent``: there is no connected session of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOrder:
    """Try the line of one session."""

    trial: str
    """The asker's name for it; no two are equal."""
    session: str
    bursts: bool
    """Whether anything may be sent beside the conference: else what flows anyway is counted."""
    sound: tuple[str, ...] = ()
    """Opus frames of 20 ms, hexadecimal, to be played there and nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStop:
    """Nobody waits for this trial any more."""

    trial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """A burst of padding to the site, by what its receiver said of it."""

    bps: int
    """The rate at which it left, headers of IP and UDP with it."""
    lasted_s: float
    packets: int
    lost: int | None = None
    """None: the receiver reports nothing of padding."""
    queue_s: float | None = None
    """How long the line needed for what stood in it when the last packet had left; None: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTried:
    """The end of a trial.  Counters are of its time alone."""

    trial: str
    session: str
    outcome: Outcome
    lasted_s: float = 0.0
    path: Literal["udp", "tcp", ""] = ""
    family: Literal["ipv4", "ipv6", ""] = ""
    address: str = ""
    """Where its packets come from."""
    rtt_s: float | None = None
    """The median of those the receiver answered while nothing burst."""
    expected_up: int = 0
    lost_up: int = 0
    """Before repair."""
    jitter_up_s: float | None = None
    best_up_bps: int = 0
    """Of its best second, headers of IP and UDP with it."""
    limit_up_bps: int | None = None
    """What its line was found to carry up, the least that was believed; None: nothing limits it."""
    expected_down: int = 0
    lost_down: int = 0
    """Of what was sent evenly: bursts are apart."""
    jitter_down_s: float | None = None
    bursts: tuple[Burst, ...] = ()
    levels: tuple[tuple[int, int], ...] = ()
    """Of the microphone: milliseconds since the trial began, dBov; one per packet at most."""
    played_ms: int | None = None
    """When the sound began; None: there was no free place, or it was broken off."""
    picture: str = ""
    """The largest layer that came."""
    frames_per_s: float | None = None
    width: int | None = None
    height: int | None = None
    notes: tuple[str, ...] = field(default=())
    """What could not be done: ``no_rtx``, ``no_free_slot``, ``cut_off``."""

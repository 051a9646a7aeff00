"""Hearing: whether a speaker is heard, and if not, why (practice.md 33).

A speaker is a holder of the floor whose gate is open: not who is held, nor who telephones, nor
whose line is lost (the line says so).  Room 110 is none: it has the gate open all the while, and
listens.  The first row that applies says what is wrong:

| reason | when |
|---|---|
| ``mic_off`` | the site says that its microphone is off, or that it has none, and no sound comes |
| ``no_packets`` | no packet of sound for ``GONE_S`` |
| ``silent`` | sound comes, below the site's own noise threshold; or no level, and it says ``silent`` |
| ``nobody_hears`` | it is heard here, and most of the other sites acknowledge nothing of the stage |

Sound without a level (its sender has no RFC 6464 extension) is ``unmeasured``: nobody is warned, and
it is said that it cannot be told.  Packets count for more than words: a microphone that is said to
be off and is loud is heard.

When to warn.  The house looks once a second, at numbers that the media worker tells somewhat oftener
(``bridge.media.host.STATS_S``), so ``PATIENCE_S`` of a fault, one look and one telling are within the
5 s in which desk and site are told; they count from the gate's opening at the earliest.  Somebody
who has been heard since then may take breath: a look sees the level of one packet, and five of them
between words are no rarity, so silence after speech is believed after ``PAUSE_S``.  Receivers report
sound every 5 s in browsers: that nobody hears is believed after ``DEAF_S``.  What is heard again is
believed at once.

Silence that goes on from one reason to another is one silence, and is told without a break.

The threshold: ``NOISE_BELOW_DB`` under the level that the line check found when somebody spoke, in
bounds, or ``NOISE_DBOV`` where there was none: practice.md has rooms that hum at -52 dBov, and a browser's
noise suppression sends digital silence.  Both are proposals to be tuned in a rehearsal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PATIENCE_S: Final = 3.0
GONE_S: Final = 2.0
PAUSE_S: Final = 9.0
DEAF_S: Final = 8.0
NOISE_DBOV: Final = -60.0
NOISE_BELOW_DB: Final = 20.0
_LOUDEST_NOISE_DBOV: Final = -50.0
_QUIETEST_NOISE_DBOV: Final = -80.0


class Unheard(StrEnum):
    """Why a speaker is not heard."""

    MIC_OFF = "mic_off"
    SILENT = "silent"
    NO_PACKETS = "no_packets"
    NOBODY_HEARS = "nobody_hears"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """One look at a speaker."""

    mic: str
    """What the site says of its microphone."""
    age_s: float | None = None
    """Since the last packet of sound; None: there was none."""
    level_dbov: float | None = None
    noise_dbov: float = NOISE_DBOV
    deaf: bool = False
    """Most of the others have not acknowledged anything of the stage of late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """A speaker since his gate opened."""

    opened_s: float
    fault: Unheard | None = None
    fault_since_s: float = 0.0
    """Of one fault after another, the first."""
    deaf_since_s: float | None = None
    """His sound has come all the while, and the others acknowledged nothing."""
    was_heard: bool = False
    unmeasured: bool = False
    unheard: Unheard | None = None
    """What is told."""
    since_s: float = 0.0
    """Since when it has been so; a reason that becomes another goes on."""


def noise_dbov(spoken_dbov: float | None) -> float:
    """The threshold of a site whose line check found *spoken_dbov*; None: it found nothing."""
    if spoken_dbov is None:
        return NOISE_DBOV
    return min(_LOUDEST_NOISE_DBOV, max(_QUIETEST_NOISE_DBOV, spoken_dbov - NOISE_BELOW_DB))


def listen(before: Hearing | None, sound: Sound, *, now_s: float) -> Hearing:
    """The speaker after *sound*; *before* is what this function returned last, None at the first
    look that sees the gate open."""
    opened_s = before.opened_s if before else now_s
    was_heard = (before is not None and before.was_heard) or _is_audible(sound)
    deaf_since_s = None
    if sound.deaf and not _is_gone(sound):
        deaf_since_s = now_s if before is None else before.deaf_since_s
        deaf_since_s = now_s if deaf_since_s is None else deaf_since_s
    is_deaf = deaf_since_s is not None and now_s - deaf_since_s >= DEAF_S
    fault = _fault(sound, is_deaf=is_deaf, was_heard=was_heard)
    unheard, began_s, since_s = None, now_s, now_s
    if fault is not None:
        began_s = _began_s(before, fault, sound, opened_s=opened_s, now_s=now_s)
        if fault is Unheard.NOBODY_HEARS and deaf_since_s is not None:
            began_s = deaf_since_s
        if before is not None and before.unheard is not None:
            # Still not heard, whatever the reason is now.
            unheard, since_s = fault, before.since_s
        elif now_s - began_s >= _patience_s(fault, was_heard=was_heard):
            unheard, since_s = fault, began_s
    return Hearing(
        opened_s=opened_s,
        fault=fault,
        fault_since_s=began_s,
        deaf_since_s=deaf_since_s,
        was_heard=was_heard,
        unmeasured=fault is None and sound.level_dbov is None,
        unheard=unheard,
        since_s=since_s,
    )


def _began_s(
    before: Hearing | None, fault: Unheard, sound: Sound, *, opened_s: float, now_s: float
) -> float:
    began_s = now_s
    if before is not None and before.fault is not None:
        began_s = before.fault_since_s
    if fault is Unheard.NO_PACKETS and sound.age_s is not None:
        began_s = min(began_s, now_s - sound.age_s)
    return max(opened_s, began_s)


def _fault(sound: Sound, *, is_deaf: bool, was_heard: bool) -> Unheard | None:
    is_off = sound.mic in ("off", "none")
    if _is_gone(sound):
        return Unheard.MIC_OFF if is_off else Unheard.NO_PACKETS
    if not _is_audible(sound):
        if is_off:
            return Unheard.MIC_OFF
        says_so = sound.mic == "silent"
        # Who draws breath is not silent, when nobody hears him anyway.
        if (sound.level_dbov is not None or says_so) and not (is_deaf and was_heard):
            return Unheard.SILENT
    return Unheard.NOBODY_HEARS if is_deaf else None


def _is_gone(sound: Sound) -> bool:
    return sound.age_s is None or sound.age_s > GONE_S


def _is_audible(sound: Sound) -> bool:
    is_loud = sound.level_dbov is not None and sound.level_dbov >= sound.noise_dbov
    return is_loud and not _is_gone(sound)


def _patience_s(fault: Unheard, *, was_heard: bool) -> float:
    return PAUSE_S if fault is Unheard.SILENT and was_heard else PATIENCE_S

"""Verdict: what the figures of a line check mean for a session: Đạt, Cần theo dõi, Không đạt.

One table (:data:`RULES`), one row per reason; the worst row that holds is the verdict, and what holds
are the reasons, worst first.  What was not measured is held against nobody, with two exceptions where
it was asked for: a picture that did not come, and a microphone of which there is no level.

| what | watch | fail | why there |
|---|---|---|---|
| loss, each way | 1 % | 5 % | 5 %: as :mod:`bridge.line`; 1 %: half of VP8's key frames at 720p need repair |
| round trip | 0.3 s | 0.6 s | G.114: 0.15 s one way is felt by nobody, 0.4 s is the end |
| jitter, each way | 0.05 s | 0.1 s | Y.1541 class 0 allows 0.05 s; 0.1 s: as :mod:`bridge.line` |
| up | 1 Mbit/s | 0.25 Mbit/s | a speaker at 720p; its sound and the small layer |
| down | 2 Mbit/s | 0.5 Mbit/s | the stage: one large picture and two; one small |
| picture | below 640 wide, below 10 a second | none | the middle layer; slower looks broken |
| microphone | no level, below -45 or above -6 dBov | | hearing; it may be off, or nobody spoke |
| noise of the room | above -40 dBov | | 15 dB below quiet speech, fans and all |
| echo | any | less than 20 dB below | G.131: at these delays every echo is heard |
| way | tcp | | it works, and waits for what is lost (research/aiortc.md) |
| not measured | another check was at it | no media, lost, no answer | |

A check that only looked on has ``conference_open`` for a reason, which is worth nothing.  Limits are
proposals, to be tuned in a rehearsal; each is *or worse*.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from bridge.conference.check_words import Reason, Verdict
from bridge.conference.figures import Figures

Judged = tuple[Verdict, tuple[Reason, ...]]

SILENT_DBOV: Final = -70.0
"""Below it is a microphone that is off, or not plugged in: no room is so still."""
FEW_FRAMES: Final = 10.0

_WORST_FIRST: Final = (Verdict.FAIL, Verdict.WATCH, Verdict.PASS)
_UNMEASURED: Final = {
    Reason.NO_MEDIA: Verdict.FAIL,
    Reason.LOST_MEANWHILE: Verdict.FAIL,
    Reason.NO_ANSWER: Verdict.FAIL,
    Reason.BUSY: Verdict.WATCH,
}

Rule = Callable[[Figures, bool], Verdict | None]
"""(figures, bursts were allowed) -> how bad; None: nothing to say."""


def verdict_of(figures: Figures, *, bursts: bool) -> Judged:
    """*bursts*: whether everything could be asked for."""
    held = {reason: rule(figures, bursts) for reason, rule in RULES.items()}
    reasons = tuple(
        reason for grade in _WORST_FIRST for reason, its in held.items() if its is grade
    )
    worst = next((grade for grade in _WORST_FIRST if grade in held.values()), Verdict.PASS)
    return worst, reasons


def unmeasured(code: str) -> Judged:
    """Of a site that could not be measured, for the reason that measuring gave."""
    reason = Reason(code)
    return _UNMEASURED[reason], (reason,)


def _above(name: str, watch: float, fail: float) -> Rule:
    def rule(figures: Figures, _bursts: bool) -> Verdict | None:
        value: float | None = getattr(figures, name)
        if value is None or value < watch:
            return None
        return Verdict.FAIL if value >= fail else Verdict.WATCH

    return rule


def _below(name: str, watch: float, fail: float) -> Rule:
    def rule(figures: Figures, _bursts: bool) -> Verdict | None:
        value: float | None = getattr(figures, name)
        if value is None or value >= watch:
            return None
        return Verdict.FAIL if value < fail else Verdict.WATCH

    return rule


def _between(name: str, low: float, high: float) -> Rule:
    def rule(figures: Figures, _bursts: bool) -> Verdict | None:
        value: float | None = getattr(figures, name)
        return Verdict.WATCH if value is not None and low <= value < high else None

    return rule


def _no_picture(figures: Figures, bursts: bool) -> Verdict | None:
    return Verdict.FAIL if bursts and not figures.frames_per_s else None


def _over_tcp(figures: Figures, _bursts: bool) -> Verdict | None:
    return Verdict.WATCH if figures.way == "tcp" else None


def _few_frames(figures: Figures, _bursts: bool) -> Verdict | None:
    # None at all is another reason, or nobody had asked for any.
    return Verdict.WATCH if 0.0 < (figures.frames_per_s or 0.0) < FEW_FRAMES else None


def _no_level(figures: Figures, _bursts: bool) -> Verdict | None:
    return Verdict.WATCH if figures.spoken_dbov is None else None


def _looked_on(_figures: Figures, bursts: bool) -> Verdict | None:
    return None if bursts else Verdict.PASS


RULES: Final[dict[Reason, Rule]] = {
    Reason.LOSS_UP: _above("loss_up", 0.01, 0.05),
    Reason.LOSS_DOWN: _above("loss_down", 0.01, 0.05),
    Reason.DELAY: _above("rtt_s", 0.3, 0.6),
    Reason.JITTER_UP: _above("jitter_up_s", 0.05, 0.1),
    Reason.JITTER_DOWN: _above("jitter_down_s", 0.05, 0.1),
    Reason.SLOW_UP: _below("up_bps", 1_000_000.0, 250_000.0),
    Reason.SLOW_DOWN: _below("down_bps", 2_000_000.0, 500_000.0),
    Reason.OVER_TCP: _over_tcp,
    Reason.NO_PICTURE: _no_picture,
    Reason.SMALL_PICTURE: _below("width", 640, 0),
    Reason.FEW_FRAMES: _few_frames,
    Reason.NO_LEVEL: _no_level,
    Reason.SILENT: _below("spoken_dbov", SILENT_DBOV, -math.inf),
    Reason.QUIET: _between("spoken_dbov", SILENT_DBOV, -45.0),
    Reason.LOUD: _above("spoken_dbov", -6.0, math.inf),
    Reason.NOISE: _above("noise_dbov", -40.0, math.inf),
    Reason.ECHO: _below("echo_db", math.inf, 20.0),
    Reason.CONFERENCE_OPEN: _looked_on,
}

"""The line of a site: one word, with the reason and since when.

From what the packet tap saw, never from a connection's own state (27 to 32 s late: measured).
``checking`` and ``excused`` need the line check and the roll call and come with them.

Only what was asked for can be missing: a picture nobody wants is no fault, nor is a microphone
that is off.  Getting worse is believed at once, getting better after ``CALM_S``: a word that
flickers is not read.  Loss above 5 % is where Opus with in-band FEC begins to be heard and VP8
without retransmission freezes several times a minute; both are proposals to be tuned in a
rehearsal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bridge.conference.words import Link, Phase

CALM_S = 5.0
MISSING_AFTER_S = 2.0
WEAK_LOSS = 0.05


class LineWord(StrEnum):
    ABSENT = "absent"
    CHECKING = "checking"
    READY = "ready"
    GOOD = "good"
    WEAK = "weak"
    NO_PICTURE = "no_picture"
    NO_SOUND = "no_sound"
    LOST = "lost"
    EXCUSED = "excused"


_BADNESS = {
    LineWord.READY: 0,
    LineWord.GOOD: 0,
    LineWord.WEAK: 1,
    LineWord.NO_PICTURE: 2,
    LineWord.NO_SOUND: 3,
    LineWord.LOST: 4,
    LineWord.ABSENT: 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look at a site."""

    link: Link
    phase: Phase
    picture_wanted_s: float | None = None
    """For how long some layer has been asked for; None: it is not."""
    picture_age_s: float | None = None
    """Since the last picture packet; None: there was none."""
    sound_expected: bool = False
    """The site says that its microphone is on."""
    sound_age_s: float | None = None
    loss: float = 0.0
    """The worse of the two directions over the last interval, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    word: LineWord
    reason: str
    since_s: float
    better_since_s: float | None = None
    """The samples have been better than the word from here on."""


def judge(before: Line | None, sample: Sample, *, now_s: float) -> Line:
    """The line after *sample*; *before* is what this function returned last for the site."""
    word, reason = _at_once(sample)
    if before is None:
        return Line(word=word, reason=reason, since_s=now_s)
    if word is before.word:
        return Line(word=word, reason=reason, since_s=before.since_s)
    # A link that is back is believed at once: the packets are there.
    linked = before.word not in (LineWord.LOST, LineWord.ABSENT)
    if linked and _BADNESS[word] < _BADNESS[before.word]:
        better_since_s = before.better_since_s if before.better_since_s is not None else now_s
        if now_s - better_since_s < CALM_S:
            return Line(
                word=before.word,
                reason=before.reason,
                since_s=before.since_s,
                better_since_s=better_since_s,
            )
    return Line(word=word, reason=reason, since_s=now_s)


def _at_once(sample: Sample) -> tuple[LineWord, str]:
    if sample.link is Link.DOWN:
        return LineWord.ABSENT, "not connected"
    if sample.link is Link.LOST:
        return LineWord.LOST, "no packet for 5 s, or the connection closed"
    if sample.sound_expected and _missing(sample.sound_age_s):
        return LineWord.NO_SOUND, "microphone is on, no sound packet arrives"
    wanted_s = sample.picture_wanted_s
    if wanted_s is not None and wanted_s > MISSING_AFTER_S and _missing(sample.picture_age_s):
        return LineWord.NO_PICTURE, "picture was asked for, no packet arrives"
    if sample.loss > WEAK_LOSS:
        return LineWord.WEAK, f"{sample.loss:.0%} of packets lost"
    if sample.phase is Phase.LOBBY:
        return LineWord.READY, "connected"
    return LineWord.GOOD, "connected"


def _missing(age_s: float | None) -> bool:
    return age_s is None or age_s > MISSING_AFTER_S

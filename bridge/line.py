"""The line of a site: one word, with the cause, the reason and since when.

From what the packet tap saw, never from a connection's own state (27 to 32 s late: measured).
The first row that applies says the word:

| word | when | cause |
|---|---|---|
| ``excused`` | no link, and the roll call has it as excused | ``excused`` |
| ``absent`` | no link | ``not_connected`` |
| ``lost`` | no authenticated packet for 5 s, or the connection closed | ``silence`` |
| ``checking`` | a line check runs (its bursts lose packets on purpose) | ``line_check`` |
| ``no_sound`` | the site says its microphone is on; no packet for ``MISSING_AFTER_S`` | ``no_sound`` |
| ``no_picture`` | a layer is asked for as long; no packet of any | ``no_picture`` |
| ``weak`` | loss up or down over ``WEAK_LOSS`` | ``loss_up``, ``loss_down`` |
| | round trip over ``WEAK_RTT_S``, jitter over ``WEAK_JITTER_S`` | ``delay``, ``jitter`` |
| | a picture of the stage kept back for ``WITHHELD_S``, for want of bandwidth | ``bandwidth`` |
| | the page complains, see below | ``page`` |
| ``checking`` | in the lobby, ``SETTLE_S`` from its coming: nothing is measured yet | ``new`` |
| ``ready``, ``good`` | else; ready in the lobby, before the opening | ``connected`` |

Only what was asked for can be missing: a picture nobody wants is no fault, nor is a microphone that
is off.  What a page says of itself is taken with suspicion: a complaint counts if the counters of
its direction show trouble too (``HINT_LOSS``), or if it has lasted ``DOUBTED_S`` and nothing speaks
against it; it makes a line weak, never worse, and nothing that a page says makes a line better.

Getting worse is believed at once.  Getting better among the words of a link that is measured (good
or ready or new, weak, no_picture, no_sound) is believed after ``CALM_S``: a word that flickers is not
read.  A link that comes or goes and a check that begins or ends are facts and need no patience.

Sources of the thresholds.  5 % loss: where Opus with in-band FEC begins to be heard and VP8 without
retransmission freezes several times a minute (E-model estimate 3.7, research/monitoring.md 2.2).
0.6 s round trip: 0.3 s of way and 0.06 s of buffer and frame are near the 0.4 s of G.114.  0.1 s
jitter: a buffer of twice that eats the same budget.  20 packets a second: practice.md 32.  All are
proposals to be tuned in a rehearsal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from bridge.conference.words import Link, Phase

CALM_S: Final = 5.0
MISSING_AFTER_S: Final = 2.0
SETTLE_S: Final = 3.0
WEAK_LOSS: Final = 0.05
WEAK_RTT_S: Final = 0.6
WEAK_JITTER_S: Final = 0.1
WITHHELD_S: Final = 10.0
"""The estimate of a line begins low and finds out."""
ENOUGH_PACKETS: Final = 20
"""Of fewer in a second a ratio says nothing."""
SEVERAL_LOST: Final = 3
"""One or two are chance."""
HINT_LOSS: Final = 0.01
DOUBTED_S: Final = 15.0
"""Three statements of a page."""


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


class Cause(StrEnum):
    """Why, for programs; :attr:`Line.reason` says it to people who read logs, with numbers."""

    EXCUSED = "excused"
    NOT_CONNECTED = "not_connected"
    SILENCE = "silence"
    LINE_CHECK = "line_check"
    NO_SOUND = "no_sound"
    NO_PICTURE = "no_picture"
    LOSS_UP = "loss_up"
    LOSS_DOWN = "loss_down"
    DELAY = "delay"
    JITTER = "jitter"
    BANDWIDTH = "bandwidth"
    PAGE = "page"
    NEW = "new"
    CONNECTED = "connected"


_BADNESS: Final = {
    LineWord.READY: 0,
    LineWord.GOOD: 0,
    LineWord.WEAK: 1,
    LineWord.NO_PICTURE: 2,
    LineWord.NO_SOUND: 3,
}
"""Of the words of a link that is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a page says of its own sight and hearing (:mod:`bridge.complaints`)."""

    text: str
    of: Literal["up", "down"]
    """Whether it is about what it sends or what it gets."""
    for_s: float
    contradicted: bool = False
    """Nothing goes that way at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look at a site."""

    link: Link
    phase: Phase
    excused: bool = False
    checking: bool = False
    """A line check runs."""
    link_for_s: float | None = None
    """How long the link has been up; None: nobody says."""
    picture_wanted_s: float | None = None
    """For how long some layer has been asked for; None: it is not."""
    picture_age_s: float | None = None
    """Since the last picture packet; None: there was none."""
    sound_expected: bool = False
    """The site says that its microphone is on."""
    sound_age_s: float | None = None
    loss_up: float = 0.0
    """Over the last interval, 0 to 1."""
    packets_up: int = ENOUGH_PACKETS * 100
    """How many were to come in that interval."""
    loss_down: float = 0.0
    rtt_s: float | None = None
    jitter_s: float | None = None
    withheld_s: float = 0.0
    """For how long a picture has been kept back."""
    complaint: Complaint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    word: LineWord
    reason: str
    since_s: float
    cause: Cause
    better_since_s: float | None = None
    """The samples have been better than the word from here on."""


Verdict = tuple[LineWord, Cause, str]


def judge(before: Line | None, sample: Sample, *, now_s: float) -> Line:
    """The line after *sample*; *before* is what this function returned last for the site."""
    word, cause, reason = at_once(sample)
    if before is not None and word is before.word:
        return Line(word=word, cause=cause, reason=reason, since_s=before.since_s)
    if before is not None and _is_better(word, cause, before):
        better_since_s = before.better_since_s if before.better_since_s is not None else now_s
        if now_s - better_since_s < CALM_S:
            return Line(
                word=before.word,
                cause=before.cause,
                reason=before.reason,
                since_s=before.since_s,
                better_since_s=better_since_s,
            )
    return Line(word=word, cause=cause, reason=reason, since_s=now_s)


def at_once(sample: Sample) -> Verdict:
    """What *sample* says by itself."""
    if sample.link is not Link.UP:
        if sample.excused:
            return LineWord.EXCUSED, Cause.EXCUSED, "excused by the roll call"
        if sample.link is Link.DOWN:
            return LineWord.ABSENT, Cause.NOT_CONNECTED, "not connected"
        return LineWord.LOST, Cause.SILENCE, "no packet for 5 s, or the connection closed"
    if sample.checking:
        return LineWord.CHECKING, Cause.LINE_CHECK, "a line check runs"
    if sample.sound_expected and _missing(sample.sound_age_s):
        reason = "microphone is on, no sound packet arrives"
        return LineWord.NO_SOUND, Cause.NO_SOUND, reason
    wanted_s = sample.picture_wanted_s
    if wanted_s is not None and wanted_s > MISSING_AFTER_S and _missing(sample.picture_age_s):
        reason = "picture was asked for, no packet arrives"
        return LineWord.NO_PICTURE, Cause.NO_PICTURE, reason
    weakness = _weakness(sample)
    if weakness is not None:
        return LineWord.WEAK, *weakness
    if sample.phase is Phase.LOBBY:
        if sample.link_for_s is not None and sample.link_for_s < SETTLE_S:
            return LineWord.CHECKING, Cause.NEW, "has just come"
        return LineWord.READY, Cause.CONNECTED, "connected"
    return LineWord.GOOD, Cause.CONNECTED, "connected"


def _is_better(word: LineWord, cause: Cause, before: Line) -> bool:
    """Among the words of a link that is measured; of others it is never asked."""
    badness, former = _badness(word, cause), _badness(before.word, before.cause)
    return badness is not None and former is not None and badness < former


def _badness(word: LineWord, cause: Cause) -> int | None:
    return _BADNESS[LineWord.READY] if cause is Cause.NEW else _BADNESS.get(word)


def _weakness(sample: Sample) -> tuple[Cause, str] | None:
    """The greater loss first: the reason of a line that loses both ways is the worse of them."""
    up = sample.loss_up if _tells(sample) else 0.0
    if max(up, sample.loss_down) > WEAK_LOSS:
        if up >= sample.loss_down:
            return Cause.LOSS_UP, f"{up:.0%} of packets from the site lost"
        return Cause.LOSS_DOWN, f"{sample.loss_down:.0%} of packets to the site lost"
    if sample.rtt_s is not None and sample.rtt_s > WEAK_RTT_S:
        return Cause.DELAY, f"round trip {sample.rtt_s * 1000:.0f} ms"
    if sample.jitter_s is not None and sample.jitter_s > WEAK_JITTER_S:
        return Cause.JITTER, f"jitter {sample.jitter_s * 1000:.0f} ms"
    if sample.withheld_s > WITHHELD_S:
        return Cause.BANDWIDTH, "too narrow for the pictures of the stage"
    complaint = sample.complaint
    if complaint is not None and not complaint.contradicted:
        seen = up if complaint.of == "up" else sample.loss_down
        if seen > HINT_LOSS or complaint.for_s >= DOUBTED_S:
            return Cause.PAGE, complaint.text
    return None


def _tells(sample: Sample) -> bool:
    """Whether the loss on the way up is of enough packets to be one."""
    lost = sample.loss_up * sample.packets_up
    return sample.packets_up >= ENOUGH_PACKETS and lost >= SEVERAL_LOST - 1e-9


def _missing(age_s: float | None) -> bool:
    return age_s is None or age_s > MISSING_AFTER_S

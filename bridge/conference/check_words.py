"""Check words: how a line check and a walk end for a site; as on the wire and in the journal."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """Đạt, cần theo dõi, không đạt (practice.md 17)."""

    PASS = "pass"  # noqa: S105  # no secret
    WATCH = "watch"
    FAIL = "fail"


class Reason(StrEnum):
    """Why a verdict is what it is; what each means and where its limits come from stands in
    :mod:`bridge.check.verdict`."""

    NO_MEDIA = "no_media"
    LOST_MEANWHILE = "lost_meanwhile"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    LOSS_UP = "loss_up"
    LOSS_DOWN = "loss_down"
    DELAY = "delay"
    JITTER_UP = "jitter_up"
    JITTER_DOWN = "jitter_down"
    SLOW_UP = "slow_up"
    SLOW_DOWN = "slow_down"
    OVER_TCP = "over_tcp"
    NO_PICTURE = "no_picture"
    SMALL_PICTURE = "small_picture"
    FEW_FRAMES = "few_frames"
    NO_LEVEL = "no_level"
    SILENT = "silent"
    QUIET = "quiet"
    LOUD = "loud"
    NOISE = "noise"
    ECHO = "echo"
    CONFERENCE_OPEN = "conference_open"


class WalkSound(StrEnum):
    """What a technician heard (practice.md 16)."""

    GOOD = "good"
    QUIET = "quiet"
    BROKEN = "broken"
    ECHO = "echo"


class WalkPicture(StrEnum):
    """What a technician saw."""

    GOOD = "good"
    DARK = "dark"
    FROZEN = "frozen"

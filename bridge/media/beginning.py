"""Beginning: how long the stages of a media session's coming took.

*ice* is from its opening to the first check of the client that is authentic, *dtls* from there to
the handshake done, *media* from there to its first sound or picture; a client that sends none has no
such stage.  Each is counted once a session, when it is over: what never comes is not in it, and is
told as a session that ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bridge.media.times import JOIN_BOUNDS_S, Spread, Times

ICE: Final = "ice"
DTLS: Final = "dtls"
MEDIA: Final = "media"
STAGES: Final = (ICE, DTLS, MEDIA)


class Beginnings:
    """Of all sessions."""

    def __init__(self) -> None:
        self._times = {stage: Times(JOIN_BOUNDS_S) for stage in STAGES}

    def note(self, stage: str, seconds: float) -> None:
        self._times[stage].note(seconds)

    def spreads(self) -> Mapping[str, Spread]:
        return {stage: times.spread() for stage, times in self._times.items()}


class Beginning:
    """Of one session, opened at *now_s*."""

    __slots__ = ("_all", "_since_s", "_stages")

    def __init__(self, of_all: Beginnings, now_s: float) -> None:
        self._all = of_all
        self._since_s = now_s
        self._stages = list(STAGES)

    def reach(self, stage: str, now_s: float) -> None:
        """The end of *stage*; what has been reached, or passed over, is reached once."""
        if stage in self._stages:
            self._all.note(stage, now_s - self._since_s)
            self._since_s = now_s
            del self._stages[: self._stages.index(stage) + 1]

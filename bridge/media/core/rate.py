"""Rate: how many bits a second a stream has, from its count of bytes.

Smoothed over a second, so that a key frame does not look like a dearer stream.  A stream that has
just begun has no rate worth believing: Chromium needs about two seconds to bring a layer to its own
(measured).
"""

from __future__ import annotations

from typing import Final

SMOOTHING_S: Final = 1.0
MEASURED_AFTER_S: Final = 2.0


class Rate:
    __slots__ = ("_at_s", "_began_s", "_bytes", "bps")

    def __init__(self) -> None:
        self.bps = 0.0
        self._bytes = 0
        self._at_s: float | None = None
        self._began_s = 0.0

    def measure(self, total_bytes: int, now_s: float) -> None:
        """The stream flows and has *total_bytes* by now; owed several times a second."""
        if self._at_s is None:
            self._began_s = now_s
            self.bps = 0.0
        elif now_s > self._at_s:
            lasted_s = now_s - self._at_s
            bps = (total_bytes - self._bytes) * 8 / lasted_s
            known_bps = self.bps or bps
            self.bps = known_bps + min(lasted_s / SMOOTHING_S, 1.0) * (bps - known_bps)
        self._at_s, self._bytes = now_s, total_bytes

    def pause(self) -> None:
        """The stream does not flow: when it does again, it begins."""
        self._at_s = None

    def is_known(self, now_s: float) -> bool:
        return self._at_s is not None and now_s - self._began_s >= MEASURED_AFTER_S

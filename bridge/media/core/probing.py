"""Probing: how a downlink that is not used finds out whether it carries more.

A line's use says nothing about what it carries beyond that, and a layer costs three times the one
below, so the way up is padding beside the media (empty RTX packets): for a second the whole is
raised to a target, then half a second is waited for the bad signs to come, which the subscriber's
estimator needs 0.3 to 0.5 s and a round trip to see.  No bad sign: the target is what is known
now, and the next step follows at once.  From ``q`` to ``f`` is a factor of eight: six steps.

* A **step** goes to 1.5 times what is known, no further than what is wished.  That is as far as a
  REMB follows (it is held at 1.5 times what arrives), and on a line that does not carry it the
  queue grows by at most half a second a second until padding stops.
* A **look** is the step after anything has failed: to 1.15 times the rate at which it did.  On a
  line that is still limited it costs a queue of 0.1 s at most, so it may be tried every 8 s; once
  it passes, steps follow and ``f`` is there within 15 s of the limit's going.
* A **step that fails** is followed by a look only after 5 s, then 10, 20, 40, 60: a line on which
  looks pass and steps do not is let alone.  The times begin anew once well above the old rate.
"""

from __future__ import annotations

from typing import Final

STEP: Final = 1.5
LOOK: Final = 1.15
PADDED_S: Final = 1.0
SETTLED_S: Final = 0.5
LOOK_EVERY_S: Final = 8.0
WAIT_MIN_S: Final = 5.0
WAIT_MAX_S: Final = 60.0
BEYOND: Final = 1.2
"""Of the rate at which something failed: above it, that is history."""


class Probing:
    """The steps of one downlink.  Times are seconds of one monotonic clock."""

    __slots__ = ("_failed_bps", "_looks", "_next_s", "_since_s", "_target_bps", "_wait_s")

    def __init__(self) -> None:
        self._target_bps: float | None = None
        self._since_s = 0.0
        self._looks = False  # the running probe
        self._failed_bps: float | None = None
        self._next_s = 0.0
        self._wait_s = WAIT_MIN_S

    @property
    def target_bps(self) -> float | None:
        """What the running probe is to prove; None: none runs."""
        return self._target_bps

    @property
    def since_s(self) -> float:
        """When the running probe began."""
        return self._since_s

    @property
    def failed_bps(self) -> float | None:
        """The rate at which something failed last; None: never, or that is history."""
        return self._failed_bps

    def begin(self, known_bps: float, wish_bps: float, now_s: float) -> bool:
        """Begin a probe if it is time.  True: it has begun."""
        if now_s < self._next_s or wish_bps <= known_bps:
            return False
        target_bps = STEP * known_bps
        self._looks = self._failed_bps is not None and known_bps <= self._failed_bps
        if self._looks and self._failed_bps is not None:
            target_bps = min(target_bps, LOOK * self._failed_bps)
        self._target_bps = min(target_bps, wish_bps)
        self._since_s = now_s
        return True

    def pads(self, now_s: float) -> bool:
        """Whether the running probe is in its first part."""
        return self._target_bps is not None and now_s - self._since_s < PADDED_S

    def passed(self, now_s: float) -> float | None:
        """What is proven by the running probe, once; None before its end."""
        proven_bps = self._target_bps
        if proven_bps is None or now_s - self._since_s < PADDED_S + SETTLED_S:
            return None
        self._target_bps = None
        if self._failed_bps is not None and proven_bps > BEYOND * self._failed_bps:
            self._failed_bps = None
            self._wait_s = WAIT_MIN_S
        return proven_bps

    def failed(self, carried_bps: float, now_s: float) -> None:
        """A bad sign, with or without a probe: the line carries about this much."""
        if self._target_bps is None:
            self._next_s = max(self._next_s, now_s + WAIT_MIN_S)
            self._failed_bps = carried_bps
        elif self._looks:
            # The rate stands as it was: what a receiver says of a second of padding is too low.
            self._next_s = now_s + LOOK_EVERY_S
        else:
            self._next_s = now_s + self._wait_s
            self._wait_s = min(2 * self._wait_s, WAIT_MAX_S)
            self._failed_bps = min(carried_bps, self._target_bps)
        self._target_bps = None

    def stop(self) -> None:
        """There is nothing to be found out any more."""
        self._target_bps = None

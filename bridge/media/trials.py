"""Trials: the line checks that run, and the clock that drives them.

Nothing here costs anything while none runs: the clock is wound by the first trial and stops with the
last, and what a site says by RTCP is passed on only to a trial of its own.

A check must not hurt (practice.md 17).  At most ``AT_ONCE`` lines are tried at once, one trial a
session; a further one is answered ``busy``, and whoever asks shall wait.  Bursts go to one site at a
time, so that all checks together never send more than one burst's rate; a trial that waits for its turn
goes on with the rest.

A bug in a trial is logged and ends that trial alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from bridge.media.core.ntp import ntp_from_unix
from bridge.media.core.rtcp import Rtcp
from bridge.media.forwarder import Forwarder
from bridge.media.session import MediaSession
from bridge.media.trial import Trial
from bridge.media.tried import AT_ONCE, LineTried, Outcome, TrialOrder
from bridge.media.utterance import Lent

log = structlog.get_logger(__name__)

TICK_S: Final = 0.01


class Trials:
    def __init__(self, forwarder: Forwarder, lent: Lent, say: Callable[[LineTried], None]) -> None:
        """*say* hears of the end of each, once."""
        self._forwarder = forwarder
        self._lent = lent
        self._say = say
        self._running: dict[str, Trial] = {}
        """By session."""
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, order: TrialOrder, session: MediaSession | None) -> None:
        """*session*: the one that the order names, if it is there."""
        if session is None or not session.connected:
            self._refuse(order, "absent")
        elif order.session in self._running or len(self._running) >= AT_ONCE:
            self._refuse(order, "busy")
        else:
            try:
                trial = Trial(
                    order, session, forwarder=self._forwarder, lent=self._lent, now_s=_now_s()
                )
            except Exception:
                log.exception("media.trial_bug", session=order.session)
                self._refuse(order, "stopped")
                return
            self._running[order.session] = trial
            if self._timer is None:
                self._tick()

    def stop(self, trial: str) -> None:
        """Nobody waits for it any more; unknown ones are ignored."""
        for running in tuple(self._running.values()):
            if running.order.trial == trial:
                self._end(running, "stopped")

    def hear(self, session: MediaSession, packets: Iterable[Rtcp], now_s: float) -> None:
        """*session* has said this by RTCP."""
        trial = self._running.get(session.spec.session)
        if trial is not None:
            self._guarded(trial, lambda: trial.hear(packets, now_s))

    def over(self, session: MediaSession) -> None:
        """*session* ends."""
        trial = self._running.get(session.spec.session)
        if trial is not None and trial.session is session:
            self._end(trial, "ended")

    def close(self) -> None:
        """Tick no more."""
        self._running.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = None
        now_s, ntp = _now_s(), ntp_from_unix(time.time())
        bursting = next((t for t in self._running.values() if t.is_bursting), None)
        for trial in tuple(self._running.values()):
            may_burst = bursting is None or bursting is trial
            self._guarded(trial, lambda: trial.advance(now_s, ntp=ntp, may_burst=may_burst))  # noqa: B023 - called at once
            if bursting is None and trial.is_bursting:
                bursting = trial
            if trial.done:
                self._end(trial, "done")
        if self._running:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _guarded(self, trial: Trial, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception:
            log.exception("media.trial_bug", session=trial.order.session)
            self._end(trial, "stopped")

    def _end(self, trial: Trial, outcome: Outcome) -> None:
        if self._running.get(trial.order.session) is not trial:
            return
        del self._running[trial.order.session]
        try:
            self._say(trial.end(outcome, _now_s()))
        except Exception:
            log.exception("media.trial_bug", session=trial.order.session)
            self._refuse(trial.order, "stopped")

    def _refuse(self, order: TrialOrder, outcome: Outcome) -> None:
        self._say(LineTried(trial=order.trial, session=order.session, outcome=outcome))


def _now_s() -> float:
    return asyncio.get_running_loop().time()

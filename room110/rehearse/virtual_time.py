"""Virtual time for asyncio: a minute of waiting takes no time, and always the same.

When nothing is ready the loop moves its clock to the next timer instead of waiting for it.  Two
things must not be jumped over:

* work in a thread (the journal): while an executor is busy the clock stands and the loop really
  waits, so a command takes zero virtual seconds to become durable;
* nothing at all to wait for: a program that would hang for ever is ended with :class:`StuckError`.

Real sockets have no place here; what arrives on them does so in real time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

PATIENCE_S = 5.0
"""Real seconds without a timer or a sign of life from a thread before the loop counts as stuck."""


class StuckError(RuntimeError):
    """Everybody waits, and nothing will ever happen."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.threads_busy = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.threads_busy:
            return super().select(0 if timeout == 0 else None)
        if timeout is None:
            ready = super().select(PATIENCE_S)
            if not ready:
                raise StuckError("no timer, no thread at work: what is awaited will never come")
            return ready
        ready = super().select(0)
        if not ready:
            self.now_s += timeout
        return ready


class AutojumpLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumper = _JumpingSelector()
        super().__init__(self._jumper)

    def time(self) -> float:
        return self._jumper.now_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self._jumper.threads_busy += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self._jumper.threads_busy -= 1


def run_autojump(main: Coroutine[Any, Any, T]) -> T:
    """Run *main* on a loop of its own, in virtual time."""
    with asyncio.Runner(loop_factory=AutojumpLoop) as runner:
        return runner.run(main)

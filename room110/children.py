"""Children: programs of ours in processes of their own, kept alive by their parent.

A child that is killed is started again, as systemd would: at once the first time, with growing
pauses when it lived too short a while to have been of use.  One that *beats* is killed when it
hangs (:mod:`room110.pulse`).  One that gives up by itself is not started again, unless its parent
*keeps* it and it had worked before.  Children die with their parent: Linux sends them SIGTERM when it
ends, however it ends (prctl(2), PR_SET_PDEATHSIG).  Each is a process group of its own, so that
Ctrl-C is for the parent alone, who takes them down in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from room110.cli.exits import Exit
from room110.pulse import Pulse

_PR_SET_PDEATHSIG = 1
STOP_S = 8.0
"""A child that has not ended this long after SIGTERM is killed."""
HUNG = "hung"
"""What ``on_restart`` hears of a child that was killed because it hung."""
AGAIN_S = 0.5
"""Before the second restart in a row; it doubles up to ``LONGEST_S``."""
LONGEST_S = 2.0
"""A start costs about a second of one processor, so one that fails for ever takes a third of it and
leaves the rest to whom it has not hit; a chair without commands waits no longer than that."""
WORKED_S = 10.0
"""A start takes a second, on a busy machine some; who lived longer has worked."""


def die_with_parent() -> None:
    """To be called in a child, before it is its program."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def end(process: asyncio.subprocess.Process) -> None:
    """Tell it to end, and if it does not, end it; nothing if it has."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


class Child:
    """``python -m MODULE ARGS`` as a process.  :meth:`run` keeps it alive until cancelled."""

    def __init__(
        self,
        args: Sequence[str],
        *,
        env: Mapping[str, str],
        module: str = "room110",
        on_restart: Callable[[str], None],
        keeps: bool = False,
        beats: bool = False,
        inherits: Sequence[int] = (),
    ) -> None:
        """*env* is added to ours; *on_restart* hears why it had ended; *keeps*: start it again
        also when it ended by itself after it had worked; *beats*: it has a pulse, and is killed
        when that stops; *inherits* are open files it is given."""
        self.process: asyncio.subprocess.Process | None = None
        self._words = ("-m", module, *args)
        self.env = {**os.environ, **env}
        """For the next start."""
        self._on_restart = on_restart
        self._keeps = keeps
        self._inherits = tuple(inherits)
        self._beats = beats
        self._pulse: Pulse | None = None
        self._started_s = 0.0

    async def start(self) -> None:
        self._started_s = asyncio.get_running_loop().time()
        self._let_pulse_go()
        env, inherits = self.env, self._inherits
        if self._beats:
            self._pulse = Pulse()
            env, inherits = {**env, **self._pulse.env}, (*inherits, self._pulse.write)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._words,
            env=env,
            preexec_fn=die_with_parent,
            process_group=0,
            pass_fds=inherits,
        )
        if self._pulse is not None:
            self._pulse.given()

    async def run(self) -> int:
        """Start it again whenever it is killed; its exit code when it gave up by itself."""
        short_lives = 0
        try:
            while True:
                assert self.process is not None
                code, hung = await self._ended(self.process)
                worked = asyncio.get_running_loop().time() - self._started_s > WORKED_S
                is_bug = worked and self._keeps and code != Exit.CONFIGURATION
                if code >= 0 and not is_bug:
                    return code
                name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
                self._on_restart(HUNG if hung else name)
                short_lives = 0 if worked else short_lives + 1
                if short_lives > 1:
                    await asyncio.sleep(min(LONGEST_S, AGAIN_S * 2.0 ** (short_lives - 2)))
                await self.start()
        finally:
            await self.stop()

    async def _ended(self, process: asyncio.subprocess.Process) -> tuple[int, bool]:
        """How it ended, and whether it had to be killed for it hung."""
        ending = asyncio.ensure_future(process.wait())
        hanging = asyncio.ensure_future(self._hangs())
        try:
            await asyncio.wait((ending, hanging), return_when=asyncio.FIRST_COMPLETED)
            hung = not ending.done()
            if hung:
                hanging.result()
                process.kill()
            return await ending, hung
        finally:
            for waiting in (ending, hanging):
                waiting.cancel()

    async def _hangs(self) -> None:
        """Until it does."""
        if self._pulse is None:
            await asyncio.get_running_loop().create_future()
        else:
            await self._pulse.stopped()

    async def stop(self) -> None:
        if self.process is not None:
            await end(self.process)
        self._let_pulse_go()

    def _let_pulse_go(self) -> None:
        pulse, self._pulse = self._pulse, None
        if pulse is not None:
            pulse.close()

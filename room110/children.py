"""Children: the programs the demonstration is made of, each in a process of its own.

A child that ends without being told to is started again, as systemd would, so that
``kill -9`` on the service is part of the demonstration.  Children die with their parent: Linux
sends them SIGTERM when it ends, however it ends (prctl(2), PR_SET_PDEATHSIG).  Each is a process
group of its own, so that Ctrl-C is for the parent alone, who takes them down in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

_PR_SET_PDEATHSIG = 1
STOP_S = 8.0
"""A child that has not ended this long after SIGTERM is killed."""
AGAIN_S = 0.5


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """``room110 ARGS`` as a process.  :meth:`run` keeps it alive until cancelled."""

    def __init__(
        self,
        args: Sequence[str],
        *,
        env: Mapping[str, str],
        on_restart: Callable[[str], None],
    ) -> None:
        """*env* is added to ours; *on_restart* hears why it had ended."""
        self.process: asyncio.subprocess.Process | None = None
        self._args = args
        self.env = {**os.environ, **env}
        """For the next start."""
        self._on_restart = on_restart

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "room110",
            *self._args,
            env=self.env,
            preexec_fn=_die_with_parent,
            process_group=0,
        )

    async def run(self) -> int:
        """Start it again whenever it is killed; its exit code when it gave up by itself."""
        try:
            while True:
                assert self.process is not None
                code = await self.process.wait()
                if code >= 0:
                    return code
                self._on_restart(signal.Signals(-code).name)
                await asyncio.sleep(AGAIN_S)
                await self.start()
        finally:
            await self.stop()

    async def stop(self) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                async with asyncio.timeout(STOP_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

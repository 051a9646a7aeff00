"""Supervisor: the parent of the two processes that are a service.

Control is the conference and its doors, the worker carries the media (:mod:`room110.part`).  Each
may be killed without the other: whichever ends is started again at once, on the ports it had, and
one that hangs is killed (:mod:`room110.pulse`).  The socket of the doors is kept here, so that
whoever connects meanwhile waits and is not refused.  At the end control goes first, so that
everybody hears ``bye shutdown``, then the worker.

A child that cannot start is another matter: the port is taken, the journal damaged.  It has said
why, and its exit code becomes ours.  What ends by itself after it has worked is a bug met on the
way; that one is started again, for the other half is worth keeping.

The state directory is locked by an open folder that both children inherit: as long as one of them
lives, no other service can begin here.  A supervisor that finds its predecessor dead waits for what
it left, which ends by itself (:mod:`room110.children`).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import structlog

from room110 import facts
from room110.children import STOP_S, Child
from room110.cli.exits import Exit, Failure
from room110.part import CONTROL, MEDIA, MODULE
from room110.sockets import listener
from room110.until import until_told

log = structlog.get_logger(__name__)

LOOK_S: Final = 0.05


def supervise(state: Path, host: str, port: int) -> int:
    """Run until SIGTERM or SIGINT; the exit code.  Raises Failure with the mend.

    The doors are at *host* and *port*, and the children's settings are in our environment.
    """
    with _locked(state) as lock:
        facts.forget(state)
        with listener(host, port, setting="HTTP_PORT") as door:
            restarts: Counter[str] = Counter()
            children = (
                _child(state, [MEDIA], restarts, lock),
                _child(state, [CONTROL, str(door.fileno())], restarts, lock, door.fileno()),
            )
            try:
                return asyncio.run(_supervise(children))
            finally:
                facts.forget(state)


async def _supervise(children: Sequence[Child]) -> int:
    with until_told(), contextlib.suppress(asyncio.CancelledError):
        async with contextlib.AsyncExitStack() as stack:
            keeping = []
            # The worker first: control waits for it, and at the end it goes last.
            for child in children:
                stack.push_async_callback(child.stop)
                await child.start()
                keeping.append(asyncio.create_task(child.run()))
            try:
                done, _ = await asyncio.wait(keeping, return_when=asyncio.FIRST_COMPLETED)
                return done.pop().result()
            finally:
                for keeper in reversed(keeping):
                    keeper.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await keeper
    return Exit.OK


def _child(state: Path, args: Sequence[str], restarts: Counter[str], *inherits: int) -> Child:
    child: Child

    def on_restart(why: str) -> None:
        log.warning("process.restarted", child=args[0], ended=why)
        restarts[args[0]] += 1
        with contextlib.suppress(OSError):
            facts.write_restarts(state, restarts)
        found = facts.read(state)
        if found.get("supervisor_pid") == os.getpid():
            child.env |= facts.pins(found)

    child = Child(
        args,
        env={"ROOM110_STATE": str(state)},
        module=MODULE,
        on_restart=on_restart,
        keeps=True,
        beats=True,
        inherits=inherits,
    )
    return child


@contextlib.contextmanager
def _locked(state: Path) -> Iterator[int]:
    """The state directory, made when missing, as ours alone."""
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(state, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise Failure(Exit.CONFIGURATION, f"state directory {state}: {error}") from error
    try:
        deadline_s = time.monotonic() + STOP_S
        while not _took(lock):
            if _supervised(state) or time.monotonic() > deadline_s:
                raise Failure(
                    Exit.CONFIGURATION, f"state directory {state} is in use by another room110"
                )
            time.sleep(LOOK_S)
        yield lock
    finally:
        os.close(lock)


def _took(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _supervised(state: Path) -> bool:
    """Whether the supervisor of what runs here is alive."""
    pid = facts.read(state).get("supervisor_pid")
    return isinstance(pid, int) and pid > 0 and Path(f"/proc/{pid}").is_dir()

"""Pulse: how a parent knows that a child of its hangs, and is not only quiet.

A process that ends is told by the kernel; one whose loop stands still (a bug, a lock that nobody
opens) looks alive and does nothing, for as long as nobody is there to kill it.  So a child writes a
byte a second into a pipe, from its loop, and the parent looks once a second whether one came.  After
:data:`HUNG_LOOKS` looks in a row without, the child hangs.

* Looks are counted and not seconds: a machine that was stopped for a minute and goes on (a snapshot,
  a lid) has missed one look, and so has a parent that got no processor for a minute.
* It counts from the first byte: how long a start takes is the child's affair.
* Ten seconds: a worker is given up by control after five (:mod:`bridge.media.connection`), and a
  loop that stood so long has lost its links anyway.  On a machine that is merely full a loop comes
  round within one.

The child is told of the pipe by :data:`VARIABLE`, as systemd tells of its socket; without one it
beats for nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import Final

VARIABLE: Final = "PULSE_FD"
BEAT_S: Final = 1.0
HUNG_LOOKS: Final = 10
_MANY_BYTES: Final = 4096


@contextlib.contextmanager
def beating() -> Iterator[None]:
    """In a child's loop: beat while inside."""
    place = os.environ.get(VARIABLE)
    if place is None:
        yield
        return
    beat = asyncio.get_running_loop().create_task(_beat(int(place)), name="pulse")
    try:
        yield
    finally:
        beat.cancel()


async def _beat(pipe: int) -> None:
    while True:
        try:
            os.write(pipe, b".")
        except BlockingIOError:  # the parent reads nothing: that is not ours to say
            pass
        except OSError:  # it is gone, and we shall be told to end
            return
        await asyncio.sleep(BEAT_S)


class Pulse:
    """The parent's end, for one life of one child.  The owner calls ``close``."""

    def __init__(self) -> None:
        self._read, self.write = os.pipe()
        """*write* is to be inherited."""
        self._is_given = False
        for end in (self._read, self.write):
            os.set_blocking(end, False)

    @property
    def env(self) -> Mapping[str, str]:
        """To be added to the child's."""
        return {VARIABLE: str(self.write)}

    def given(self) -> None:
        """The child has its end; ours would keep the pipe open behind it."""
        if not self._is_given:
            self._is_given = True
            os.close(self.write)

    async def stopped(self) -> None:
        """Until the child hangs; for ever, if it ends or never beats."""
        has_beaten, missed = False, 0
        while missed < HUNG_LOOKS:
            await asyncio.sleep(BEAT_S)
            try:
                came = os.read(self._read, _MANY_BYTES)
            except BlockingIOError:
                missed += has_beaten
                continue
            if not came:  # the other end is shut
                await asyncio.get_running_loop().create_future()
            has_beaten, missed = True, 0

    def close(self) -> None:
        self.given()
        os.close(self._read)

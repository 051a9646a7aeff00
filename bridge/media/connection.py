"""Connection: control's end of one stream to one worker.

A worker that hangs is as good as none: one that says nothing for :data:`SILENT_S`, though its
statistics come twice a second, and one that lets :data:`ROOM_BYTES` pile up, are given up.  Then
reading says so; writing never waits and never fails.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from bridge.media.wire import (
    Alive,
    Fault,
    Frames,
    FromControl,
    Welcome,
    WireError,
    WireMessage,
    address_of,
    encode,
)

log = structlog.get_logger(__name__)

AGAIN_S: Final = 0.05
"""Between two looks for the worker; it takes the better part of a second to start."""
SILENT_S: Final = 5.0
ROOM_BYTES: Final = 8 << 20
"""Hundreds of offers."""
READ_BYTES: Final = 256 << 10


class WorkerAway(Exception):
    """The connection is over; the text is the reason."""


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._frames = Frames()
        self._messages: list[WireMessage] = []
        """The next one last."""

    @classmethod
    async def to(cls, path: Path) -> Connection:
        """Raises WorkerAway: nobody is there."""
        try:
            with address_of(path) as address:
                return cls(*await asyncio.open_unix_connection(address))
        except OSError as error:
            raise WorkerAway(error.strerror or str(error)) from error

    async def read(self) -> WireMessage:
        """The next message.  Raises WorkerAway."""
        while not self._messages:
            try:
                async with asyncio.timeout(SILENT_S):
                    data = await self._reader.read(READ_BYTES)
                if not data:
                    raise WorkerAway("closed")
                self._messages.extend(self._frames.feed(data))
            except TimeoutError as error:
                raise WorkerAway("silent") from error
            except (OSError, WireError) as error:
                raise WorkerAway(str(error)) from error
            self._messages.reverse()
        return self._messages.pop()

    def write(self, message: FromControl) -> None:
        """Never waits, and after the end does nothing."""
        if self._writer.transport.get_write_buffer_size() > ROOM_BYTES:
            self.abort()
        elif not self._writer.is_closing():
            self._writer.write(encode(message))

    def abort(self) -> None:
        self._writer.transport.abort()


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A worker that has said its first words."""

    connection: Connection
    welcome: Welcome
    alive: tuple[Alive, ...]


async def meet(path: Path) -> Met:
    """The next worker that listens at *path*, however long it takes."""
    while True:
        try:
            connection = await Connection.to(path)
            try:
                return await _met(connection)
            except BaseException:
                connection.abort()
                raise
        except WorkerAway as away:
            log.debug("media.no_worker", reason=str(away))
        await asyncio.sleep(AGAIN_S)


async def _met(connection: Connection) -> Met:
    welcome = await connection.read()
    if not isinstance(welcome, Welcome):
        raise WorkerAway(Fault.UNKNOWN)
    alive = []
    for _ in range(welcome.alive):
        one = await connection.read()
        if not isinstance(one, Alive):
            raise WorkerAway(Fault.UNKNOWN)
        alive.append(one)
    return Met(connection=connection, welcome=welcome, alive=tuple(alive))

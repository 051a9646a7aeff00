"""Wire: what control and the media worker say to each other, and how it is written.

A frame is four bytes of length, one byte that says which message it is, and the message as JSON
(pydantic over the frozen values of :mod:`bridge.media.plane`).  JSON because what arrives is
checked field by field and a strange byte cannot become an object of ours; pickle could.  The length
counts what follows it and is bounded, so that nobody makes the other side keep more.

Worker to control, in this order on every connection:

* :class:`Welcome`: who the worker is; the certificate in it names the life of the media plane,
  for each worker makes its own.
* one :class:`Alive` for each session it carries, as many as the welcome said.
* then plane events as they happen, and :class:`PlaneStats` twice a second.

Control to worker, any time after the welcome: :class:`Open`, :class:`Close`, :class:`Restart`,
:class:`SetPlan`, each the call of :class:`bridge.media.plane.MediaPlane` of that name, and
:class:`TrialOrder` and :class:`TrialStop`, which are ``try_line`` and ``stop_trial``.

The socket is a file in the state directory that its owner alone may open.  Its address goes
through an open folder, for the kernel takes 107 bytes (unix(7)) and a state directory may be
deeper than that.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bridge.media.plane import (
    Greeting,
    LayerDemand,
    LinkLost,
    LinkUp,
    Plan,
    PlaneStats,
    SessionEnded,
    SessionId,
    SessionSpec,
)
from bridge.media.tried import LineTried, TrialOrder, TrialStop

LIMIT_BYTES: Final = 4 << 20
"""Statistics of 64 sites take 100 kB, the offer of a console 20: far above any of ours."""

_HEAD: Final = struct.Struct("!IB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The worker's first word."""

    greeting: Greeting
    pid: int
    metrics: str
    """Where its own page of metrics is: ``http://127.0.0.1:8112``."""
    plan: Plan
    """What it does at present: that of the last control, or nothing."""
    alive: int
    """How many sessions it carries; each follows as :class:`Alive`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """A session that the worker carries, whoever opened it."""

    spec: SessionSpec
    link_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    spec: SessionSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    session: SessionId
    command_id: str | None = None
    """Of the command that this comes from (:mod:`bridge.origin`), for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    session: SessionId
    local_ufrag: str
    local_pwd: str
    remote_ufrag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlan:
    plan: Plan
    command_id: str | None = None
    """As of :class:`Close`."""


FromWorker = (
    Welcome | Alive | LinkUp | LinkLost | SessionEnded | LayerDemand | PlaneStats | LineTried
)
FromControl = Open | Close | Restart | SetPlan | TrialOrder | TrialStop
WireMessage = FromWorker | FromControl

# The place in this list is the number on the wire: new ones go to its end.
_KINDS: Final[tuple[type[Any], ...]] = (
    *(Welcome, Alive, LinkUp, LinkLost, SessionEnded, LayerDemand, PlaneStats),
    *(Open, Close, Restart, SetPlan),
    *(LineTried, TrialOrder, TrialStop),
)
_NUMBERS: Final = {kind: number for number, kind in enumerate(_KINDS)}
_ADAPTERS: Final[tuple[TypeAdapter[Any], ...]] = tuple(TypeAdapter(kind) for kind in _KINDS)


class Fault(StrEnum):
    """Why a frame is none; the word in logs and metrics."""

    TOO_LONG = "too_long"
    UNKNOWN = "unknown"
    """No message has this number."""
    MALFORMED = "malformed"
    """Not the JSON of the message its number names."""


class WireError(Exception):
    """The other side does not speak this; nothing after it can be trusted."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def encode(message: WireMessage) -> bytes:
    """One frame.  WireError: it would be too long."""
    number = _NUMBERS[type(message)]
    body = _ADAPTERS[number].dump_json(message)
    if len(body) >= LIMIT_BYTES:
        raise WireError(Fault.TOO_LONG)
    return _HEAD.pack(1 + len(body), number) + body


class Frames:
    """Frames out of a stream, however it is cut.  Keeps at most one frame and what was fed."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[WireMessage]:
        """The messages that are whole now.  WireError: the stream is no longer of use."""
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            length, number = _HEAD.unpack_from(self._buffer)
            if not 1 <= length <= LIMIT_BYTES:
                raise WireError(Fault.TOO_LONG)
            if number >= len(_KINDS):
                raise WireError(Fault.UNKNOWN)
            end = _HEAD.size + length - 1
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            try:
                message: WireMessage = _ADAPTERS[number].validate_json(body)
            except ValidationError as error:
                raise WireError(Fault.MALFORMED) from error
            yield message


@contextmanager
def address_of(path: Path) -> Iterator[str]:
    """A short address of the socket file *path*, good while inside."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)

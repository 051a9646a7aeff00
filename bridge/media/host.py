"""Host: the worker's end of the wire; it serves a media plane to one control at a time.

The plane goes on whether control is there or not: it keeps its plan, its gates and its sessions,
and the next control is told of them.  A newcomer takes the place of the one before, for a control
that was killed may leave a connection that nobody has closed yet.

Nothing here may wait or grow, for it runs in the loop that forwards sound.  What control does not
read piles up only so far: statistics are skipped, since the next say more, and a control that
does not even take events is cut off; it will connect again and is told everything anew.

A control that sends what is no message is cut off by name.  A session that cannot be opened is our
bug and ends alone, as on every other way (reason ``bug``).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from bridge.media.plane import (
    LayerDemand,
    LinkLost,
    LinkUp,
    MediaPlane,
    Plan,
    PlaneEvent,
    PlaneStats,
    SessionEnded,
    SessionId,
    SessionSpec,
)
from bridge.media.tried import TrialOrder, TrialStop
from bridge.media.wire import (
    Alive,
    Close,
    Fault,
    Frames,
    FromWorker,
    Open,
    Restart,
    SetPlan,
    Welcome,
    WireError,
    WireMessage,
    address_of,
    encode,
)
from bridge.origin import following

log = structlog.get_logger(__name__)

STATS_S: Final = 0.9
"""Control looks once a second; no look may find what the one before it found.  Not more
often: telling 62 sessions takes 1.8 ms (measured, after a sleep), in which nothing is forwarded."""
STATS_ROOM_BYTES: Final = 512 << 10
"""Statistics are skipped while more than this waits: some five of 64 sites."""
ROOM_BYTES: Final = 4 << 20
"""Control is cut off when more than this waits: tens of thousands of events."""

REPLACED: Final = "replaced"
TOO_SLOW: Final = "too_slow"
GONE: Final = "gone"
"""It closed, or died."""
PARTINGS: Final = (GONE, REPLACED, TOO_SLOW, *(fault.value for fault in Fault))
"""Why a control is no longer served."""


def listen(path: Path) -> socket.socket:
    """A socket at *path* for this user alone; one that a worker before us left is taken away.

    Raises OSError.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address_of(path) as address:
            path.unlink(missing_ok=True)
            before = os.umask(0o177)
            try:
                listener.bind(address)
            finally:
                os.umask(before)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


class MediaHost:
    def __init__(self, plane: MediaPlane) -> None:
        self.metrics = ""
        """Where the worker's own page is; control tells people."""
        self.partings: Counter[str] = Counter()
        """By :data:`PARTINGS`."""
        self.skipped = 0
        """Statistics that control did not take in time."""
        self._plane = plane
        self._plan = Plan()
        self._specs: dict[SessionId, SessionSpec] = {}
        self._up: set[SessionId] = set()
        self._demands: dict[str, LayerDemand] = {}
        """Site -> the last, unless it was for nothing."""
        self._control: _Control | None = None
        plane.on_event(self._on_event)

    @property
    def has_control(self) -> bool:
        return self._control is not None

    async def run(self, listener: socket.socket) -> None:
        """Serve until cancelled."""
        loop = asyncio.get_running_loop()
        # What is there by now stays: a look for garbage in all of it stops media for 47 ms, in what
        # comes later for half of that (measured, 60 sessions).
        gc.freeze()
        server = await loop.create_unix_server(lambda: _Control(self), sock=listener)
        try:
            while True:
                await asyncio.sleep(STATS_S)
                if self._control is not None:
                    self._send(self._plane.snapshot())
        finally:
            server.close()
            self._part(GONE)

    # What the connection says.

    def take(self, control: _Control) -> None:
        """Serve the newcomer."""
        self._part(REPLACED)
        self._control = control
        log.info("media.control_came", sessions=len(self._specs))
        self._send(
            Welcome(
                greeting=self._plane.greeting(),
                pid=os.getpid(),
                metrics=self.metrics,
                plan=self._plan,
                alive=len(self._specs),
            )
        )
        for session, spec in self._specs.items():
            self._send(Alive(spec=spec, link_up=session in self._up))
        for demand in self._demands.values():
            self._send(demand)
        self._send(self._plane.snapshot())

    def lost(self, control: _Control, reason: str) -> None:
        """The connection is of no more use."""
        if control is self._control:
            self._part(reason)

    def obey(self, message: WireMessage) -> None:
        match message:
            case Open(spec=spec):
                self._open(spec)
            case Close(session=session, command_id=command_id):
                with following(command_id):
                    if command_id is not None:
                        log.info("media.closed", session=session)
                    self._forget(session)
                    self._plane.close(session)
            case Restart():
                self._renew(message)
                self._plane.restart(
                    message.session,
                    local_ufrag=message.local_ufrag,
                    local_pwd=message.local_pwd,
                    remote_ufrag=message.remote_ufrag,
                )
            case SetPlan(plan=plan, command_id=command_id):
                with following(command_id):
                    before, self._plan = self._plan, plan
                    self._plane.set_plan(plan)
                    if command_id is not None:
                        opened = sorted(plan.gates - before.gates)
                        shut = sorted(before.gates - plan.gates)
                        moved = dict(plan.slots.items() - before.slots.items())
                        log.info("media.planned", opened=opened, shut=shut, moved=moved)
            case TrialOrder():
                self._plane.try_line(message)
            case TrialStop(trial=trial):
                self._plane.stop_trial(trial)
            case _:
                # A worker's word from control.
                raise WireError(Fault.UNKNOWN)

    # Small steps.

    def _open(self, spec: SessionSpec) -> None:
        self._specs[spec.session] = spec
        try:
            self._plane.open(spec)
        except Exception:
            log.exception("media.open_failed", session=spec.session)
            self._on_event(SessionEnded(session=spec.session, reason="bug"))

    def _renew(self, restart: Restart) -> None:
        spec = self._specs.get(restart.session)
        if spec is not None:
            self._specs[restart.session] = replace(
                spec,
                local_ufrag=restart.local_ufrag,
                local_pwd=restart.local_pwd,
                remote_ufrag=restart.remote_ufrag,
            )

    def _on_event(self, event: PlaneEvent) -> None:
        match event:
            case LinkUp(session=session):
                self._up.add(session)
            case LinkLost(session=session):
                self._up.discard(session)
            case SessionEnded(session=session):
                self._forget(session)
            case LayerDemand(site=site, layers=layers):
                self._demands.pop(site, None)
                if layers:
                    self._demands[site] = event
        self._send(event)

    def _forget(self, session: SessionId) -> None:
        self._specs.pop(session, None)
        self._up.discard(session)

    def _send(self, message: FromWorker) -> None:
        if self._control is None:
            return
        waiting = self._control.waiting_bytes()
        if waiting > STATS_ROOM_BYTES and isinstance(message, PlaneStats):
            self.skipped += 1
        elif waiting > ROOM_BYTES:
            self._part(TOO_SLOW)
        else:
            try:
                self._control.write(encode(message))
            except WireError as error:
                self._part(error.fault)

    def _part(self, reason: str) -> None:
        control, self._control = self._control, None
        if control is not None:
            self.partings[reason] += 1
            log.info("media.control_left", reason=reason)
            control.cut()


class _Control(asyncio.Protocol):
    """One connection."""

    def __init__(self, host: MediaHost) -> None:
        self._host = host
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host.take(self)

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._frames.feed(data):
                if self._transport is None:
                    return  # cut off by what it said before
                self._host.obey(message)
        except WireError as error:
            self._host.lost(self, error.fault)
            self.cut()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._transport = None
        self._host.lost(self, GONE)

    def waiting_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def cut(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            with contextlib.suppress(OSError):
                transport.abort()

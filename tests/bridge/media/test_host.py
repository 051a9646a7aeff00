"""The worker's end: one control at a time, told everything anew, and nobody else harmed by it."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bridge.media import host as hosting
from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.host import STATS_S, MediaHost, listen
from bridge.media.plane import (
    Greeting,
    LayerDemand,
    LinkLost,
    LinkUp,
    Plan,
    PlaneStats,
    SessionEnded,
    SessionSpec,
)
from bridge.media.slots import SessionKind, slots_for
from bridge.media.tried import LineTried, TrialOrder, TrialStop
from bridge.media.wire import (
    Alive,
    Close,
    Frames,
    FromControl,
    Open,
    Restart,
    SetPlan,
    Welcome,
    WireMessage,
    address_of,
    encode,
)
from tests.support.autojump import virtual_time
from tests.support.fake_plane import NOTHING, FakePlane, offer_of

PLAN = Plan(gates=frozenset({"01"}), slots={"speaker.1": "01"})


def spec_of(session: str, site: str = "01", kind: SessionKind = SessionKind.ROOM) -> SessionSpec:
    slots, numbers = slots_for(kind), count(1)
    sdp, mids = offer_of(slots)
    _, spec = negotiate(
        parse_offer(sdp),
        slots,
        mids,
        session=session,
        site=site,
        local_ufrag="local",
        local_pwd="p" * 24,
        ssrcs=lambda _slot: next(numbers),
        greeting=Greeting(fingerprint="AB", candidates=FakePlane().candidates),
    )
    return spec


class Control:
    """A control that speaks by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._frames = Frames()
        self._messages: list[WireMessage] = []

    def say(self, *messages: FromControl) -> None:
        self.writer.write(b"".join(map(encode, messages)))

    async def hears(self) -> WireMessage:
        while not self._messages:
            data = await self.reader.read(1 << 20)
            if not data:
                raise EOFError
            self._messages.extend(self._frames.feed(data))
        return self._messages.pop(0)

    async def event(self) -> WireMessage:
        """The next that is no statistics."""
        while isinstance(message := await self.hears(), PlaneStats):
            pass
        return message

    async def met(self) -> list[WireMessage]:
        """Welcome, sessions and what follows up to the first statistics."""
        messages = []
        while not isinstance(message := await self.hears(), PlaneStats):
            messages.append(message)
        return messages

    async def ended(self) -> None:
        async def hears_for_ever() -> None:
            while True:
                await self.hears()

        with pytest.raises((EOFError, ConnectionResetError)):
            await hears_for_ever()


class Worker:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.plane = FakePlane()
        self.host = MediaHost(self.plane)
        self.host.metrics = "http://127.0.0.1:8112"
        self._writers: list[asyncio.StreamWriter] = []

    async def control(self) -> Control:
        with address_of(self.path) as address:
            reader, writer = await asyncio.open_unix_connection(address)
        self._writers.append(writer)
        return Control(reader, writer)

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def worker(folder: Path) -> AsyncIterator[Worker]:
    it = Worker(folder / "media.sock")
    running = asyncio.create_task(it.host.run(listen(it.path)))
    try:
        yield it
    finally:
        it.hang_up()
        running.cancel()
        await asyncio.wait({running})


def test_the_socket_is_for_this_user_alone_and_replaces_what_a_dead_worker_left(tmp_path):
    path = tmp_path / "media.sock"
    listen(path).close()
    assert path.exists()
    with listen(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with socket.socket(socket.AF_UNIX) as somebody:
            somebody.connect(str(path))
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        listen(path)


@virtual_time
async def test_lines_are_tried_and_let_alone_as_control_asks_and_it_is_told_what_was_found(
    tmp_path,
):
    async with worker(tmp_path) as it:
        control = await it.control()
        await control.met()
        order = TrialOrder(trial="t", session="a.1", bursts=True)
        control.say(order, TrialStop(trial="t"))
        await asyncio.sleep(0.1)
        assert it.plane.log == [("try", order), ("stop", "t")]
        told = LineTried(trial="t", session="a.1", outcome="stopped")
        it.plane.say(told)
        assert await control.event() == told


@virtual_time
async def test_a_control_is_told_who_the_worker_is_and_what_it_carries(tmp_path):
    async with worker(tmp_path) as it:
        first = await it.control()
        (welcome,) = await first.met()
        assert isinstance(welcome, Welcome)
        assert (welcome.greeting, welcome.metrics) == (it.plane.greeting(), it.host.metrics)
        assert (welcome.plan, welcome.alive) == (Plan(), 0)

        room, gone = spec_of("a.1"), spec_of("b.1", "02")
        first.say(SetPlan(plan=PLAN), Open(spec=room), Open(spec=gone), Close(session="b.1"))
        restart = Restart(session="a.1", local_ufrag="u", local_pwd="q" * 24, remote_ufrag="r")
        first.say(restart, Restart(session="x", local_ufrag="", local_pwd="", remote_ufrag=""))
        await asyncio.sleep(0.1)
        assert it.plane.log == [
            ("plan", PLAN),
            ("open", "a.1"),
            ("open", "b.1"),
            ("close", "b.1"),
            ("restart", "a.1", "u", "q" * 24, "r"),
            ("restart", "x", "", "", ""),
        ]
        it.plane.say(LinkUp(session="a.1"))
        demand = LayerDemand(site="01", layers=frozenset("h"))
        it.plane.say(demand)
        it.plane.say(LayerDemand(site="02", layers=frozenset("h")))
        it.plane.say(LayerDemand(site="02", layers=frozenset()))
        assert await first.event() == LinkUp(session="a.1")

        second = await it.control()
        welcome, *rest = await second.met()
        assert isinstance(welcome, Welcome)
        assert (welcome.plan, welcome.alive) == (PLAN, 1)
        (alive, *demands) = rest
        assert isinstance(alive, Alive)
        assert alive.link_up
        assert (alive.spec.local_ufrag, alive.spec.remote_ufrag) == ("u", "r")
        assert alive.spec.uplinks == room.uplinks
        assert demands == [demand]
        await first.ended()
        assert it.host.partings == {"replaced": 1}
        # The second is served, and is the only one who is.
        it.plane.say(SessionEnded(session="a.1", reason="peer_closed"))
        assert await second.event() == SessionEnded(session="a.1", reason="peer_closed")


@virtual_time
async def test_without_control_the_plane_goes_on_and_the_next_is_told(tmp_path):
    async with worker(tmp_path) as it:
        first = await it.control()
        first.say(Open(spec=spec_of("a.1")), Open(spec=spec_of("b.1", "02")))
        await first.met()
        await asyncio.sleep(0.1)
        first.writer.transport.abort()
        await asyncio.sleep(0.1)
        assert not it.host.has_control
        assert it.host.partings == {"gone": 1}
        assert "close" not in {entry[0] for entry in it.plane.log}
        for event in (LinkUp(session="a.1"), LinkUp(session="b.1"), LinkLost(session="b.1")):
            it.plane.say(event)
        _, *alive = await (await it.control()).met()
        assert [(one.spec.session, one.link_up) for one in alive] == [("a.1", True), ("b.1", False)]


@virtual_time
async def test_statistics_come_before_control_looks_again(tmp_path):
    assert STATS_S < 1.0
    async with worker(tmp_path) as it:
        control = await it.control()
        await control.met()
        it.plane.stats = PlaneStats(**{**_fields(NOTHING), "packets_in": 7})
        began_s = asyncio.get_running_loop().time()
        for _ in range(4):
            stats = await control.hears()
            assert isinstance(stats, PlaneStats)
            assert stats.packets_in == 7
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(
            4 * STATS_S, abs=STATS_S
        )


def _fields(stats: PlaneStats) -> dict[str, object]:
    return {name: getattr(stats, name) for name in stats.__slots__}


@pytest.mark.parametrize(
    ("garbage", "reason"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "too_long"),
        (b"\x00\x00\x00\x01\xff", "unknown"),
        (b"\x00\x00\x00\x03\x02{}", "malformed"),
        (encode(LinkUp(session="a.1")), "unknown"),
    ],
)
@virtual_time
async def test_garbage_ends_the_control_by_name_and_nothing_else(tmp_path, garbage, reason):
    async with worker(tmp_path) as it:
        control = await it.control()
        await control.met()
        control.say(Open(spec=spec_of("a.1")))
        control.writer.write(garbage)
        await control.ended()
        assert it.host.partings == {reason: 1}
        assert list(it.plane.open_sessions) == ["a.1"]
        assert len(await (await it.control()).met()) == 2


@virtual_time
async def test_a_session_that_cannot_be_opened_ends_alone(tmp_path, monkeypatch):
    async with worker(tmp_path) as it:
        control = await it.control()
        await control.met()

        def broken(_spec: SessionSpec) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(it.plane, "open", broken)
            control.say(Open(spec=spec_of("a.1")))
            assert await control.event() == SessionEnded(session="a.1", reason="bug")
        control.say(Open(spec=spec_of("b.1")))
        await asyncio.sleep(0.1)
        assert list(it.plane.open_sessions) == ["b.1"]
        assert len(await (await it.control()).met()) == 2


@virtual_time
async def test_a_control_that_does_not_read_loses_statistics_then_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr(hosting, "STATS_ROOM_BYTES", 0)
    monkeypatch.setattr(hosting, "ROOM_BYTES", 100_000)
    async with worker(tmp_path) as it:
        control = await it.control()
        await control.met()
        control.reader._transport.pause_reading()  # type: ignore[attr-defined]
        site = "0" * 1000
        for _ in range(2000):
            it.plane.say(LayerDemand(site=site, layers=frozenset()))
            if it.host.partings:
                break
            await asyncio.sleep(0.01)
        assert it.host.partings == {"too_slow": 1}
        assert it.host.skipped > 0
        assert not it.host.has_control
        it.plane.say(LinkUp(session="a.1"))
        assert isinstance((await (await it.control()).met())[0], Welcome)


@virtual_time
async def test_what_a_command_changes_is_in_the_worker_s_log_with_its_id(tmp_path):
    async with worker(tmp_path) as it:
        control = await it.control()
        await control.met()
        call = Plan(gates=frozenset({"01", "110"}), slots={"chair": "110", "speaker.1": "01"})
        after = Plan(gates=frozenset({"110"}), slots={"chair": "110"})
        with capture_logs([merge_contextvars]) as log:
            control.say(
                SetPlan(plan=Plan(gates=frozenset({"110"}), slots={"chair": "110"})),
                SetPlan(plan=call, command_id="c-1"),
                Close(session="b.1", command_id="c-2"),
                SetPlan(plan=after, command_id="c-3"),
                Close(session="b.2"),
            )
            await asyncio.sleep(0.1)
        assert log == [
            {
                "event": "media.planned",
                "log_level": "info",
                "command_id": "c-1",
                "opened": ["01"],
                "shut": [],
                "moved": {"speaker.1": "01"},
            },
            {
                "event": "media.closed",
                "log_level": "info",
                "command_id": "c-2",
                "session": "b.1",
            },
            {
                "event": "media.planned",
                "log_level": "info",
                "command_id": "c-3",
                "opened": [],
                "shut": ["01"],
                "moved": {},
            },
        ]

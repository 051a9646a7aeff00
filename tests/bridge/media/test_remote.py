"""Control's end: a worker that dies, comes back, or hangs, in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bridge.media.host import MediaHost, listen
from bridge.media.plane import (
    LayerDemand,
    LinkLost,
    LinkUp,
    Plan,
    PlaneEvent,
    SessionEnded,
)
from bridge.media.remote import PATIENCE_S, Found, RemotePlane
from bridge.media.slots import SessionKind
from bridge.media.times import NO_JOIN, NO_SWITCH, Spread
from bridge.media.told import Load
from bridge.media.tried import LineTried, TrialOrder
from bridge.origin import following
from tests.bridge.media.test_host import PLAN, spec_of
from tests.support.autojump import virtual_time
from tests.support.eventually import eventually
from tests.support.fake_plane import NOTHING, FakePlane

OTHER = Plan(gates=frozenset({"02"}))


def ended(*sessions: str) -> list[SessionEnded]:
    return [SessionEnded(session=name, reason="worker_lost") for name in sessions]


class House:
    """A control with its plane, and workers to kill."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "media.sock"
        self.said: list[PlaneEvent] = []
        self.workers = 0
        self.plane: FakePlane
        self.remote: RemotePlane
        self._worker: asyncio.Task[None] | None = None
        self._control: asyncio.Task[None] | None = None

    def start_worker(self) -> None:
        self.workers += 1
        self.plane = FakePlane(fingerprint=f"AB:0{self.workers}")
        self.host = MediaHost(self.plane)
        self._worker = asyncio.create_task(self.host.run(listen(self.path)))

    async def kill_worker(self) -> None:
        assert self._worker is not None
        self._worker.cancel()
        await asyncio.wait({self._worker})

    async def start_control(self, timeout_s: float = 1.0) -> Found:
        """A control that has adopted nothing yet."""
        self.said.clear()
        self.remote = RemotePlane(self.path)
        return await self.remote.meet(timeout_s)

    def run_control(self) -> None:
        if self._control is None:
            self.remote.on_event(self.said.append)
            self._control = asyncio.create_task(self.remote.run())

    async def kill_control(self) -> None:
        assert self._control is not None
        self._control.cancel()
        await asyncio.wait({self._control})
        self._control = None
        await eventually(lambda: not self.host.has_control)

    async def stop(self) -> None:
        self.run_control()  # whatever it has met, it lets go
        await asyncio.sleep(0)
        for task in (self._control, self._worker):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        await asyncio.sleep(0.1)


@asynccontextmanager
async def house(folder: Path, *, working: bool = True) -> AsyncIterator[House]:
    it = House(folder)
    if working:
        it.start_worker()
        it.remote = RemotePlane(it.path)
        it.remote.adopt(await it.start_control(), ())
        it.run_control()
    try:
        yield it
    finally:
        await it.stop()


@virtual_time
async def test_what_control_asks_is_done_and_what_happens_is_told(tmp_path):
    async with house(tmp_path) as it:
        assert it.remote.greeting() == it.plane.greeting()
        it.remote.open(spec_of("a.1"))
        it.remote.set_plan(PLAN)
        it.remote.restart("a.1", local_ufrag="u", local_pwd="p", remote_ufrag="r")
        it.remote.close("never opened")
        await eventually(lambda: len(it.plane.log) == 3)
        assert it.plane.log == [
            ("open", "a.1"),
            ("plan", PLAN),
            ("restart", "a.1", "u", "p", "r"),
        ]
        events = [
            LinkUp(session="a.1"),
            LinkLost(session="a.1"),
            LayerDemand(site="01", layers=frozenset("h")),
            SessionEnded(session="a.1", reason="peer_closed"),
        ]
        for event in events:
            it.plane.say(event)
        await eventually(lambda: it.said == events)
        # It has ended by itself: there is nothing to close.
        it.remote.close("a.1")
        it.plane.stats = replace(NOTHING, packets_in=7)
        await eventually(lambda: it.remote.snapshot().packets_in == 7)
        assert ("close", "a.1") not in it.plane.log


@virtual_time
async def test_lines_are_tried_there_and_what_is_found_is_told(tmp_path):
    async with house(tmp_path) as it:
        order = TrialOrder(trial="t", session="a.1", bursts=True)
        it.remote.try_line(order)
        it.remote.stop_trial("t")
        await eventually(lambda: it.plane.log == [("try", order), ("stop", "t")])
        told = LineTried(trial="t", session="a.1", outcome="done", lost_up=3)
        it.plane.say(told)
        await eventually(lambda: it.said == [told])


@virtual_time
async def test_a_worker_that_is_away_tries_no_line(tmp_path):
    async with house(tmp_path, working=False) as it:
        it.remote = RemotePlane(it.path)
        it.run_control()
        it.remote.try_line(TrialOrder(trial="t", session="a.1", bursts=True))
        it.remote.stop_trial("t")

        assert it.said == [LineTried(trial="t", session="a.1", outcome="absent")]


@virtual_time
async def test_of_what_control_has_closed_it_hears_no_more(tmp_path):
    async with house(tmp_path) as it:
        it.remote.open(spec_of("a.1"))
        it.remote.close("a.1")
        for event in (LinkUp(session="a.1"), SessionEnded(session="a.1", reason="peer_closed")):
            it.plane.say(event)
        it.plane.say(LayerDemand(site="02", layers=frozenset("h")))
        await eventually(lambda: it.said)
        assert it.said == [LayerDemand(site="02", layers=frozenset("h"))]


@virtual_time
async def test_another_worker_is_given_the_plan_before_its_sessions_are_said_to_be_gone(tmp_path):
    async with house(tmp_path) as it:
        it.remote.set_plan(PLAN)
        for name in ("a.1", "b.1"):
            it.remote.open(spec_of(name))
            it.plane.say(LinkUp(session=name))
        it.plane.stats = replace(
            NOTHING,
            packets_in=5,
            drops={"gate": 2},
            delays=(1,) * len(NOTHING.delays),
            switched=Spread(counts=(1,) * len(NO_SWITCH.counts), total_s=0.5),
            begun={"ice": NO_JOIN},
            load=Load(datagrams_refused=2, tcp_connections=3),
        )
        it.plane.say(LayerDemand(site="01", layers=frozenset("h")))
        await eventually(lambda: it.remote.snapshot().packets_in == 5 and len(it.said) == 3)
        news: list[str] = []
        it.remote.on_worker(lambda: news.append(it.remote.greeting().fingerprint))
        old, it.said[:] = it.plane, []

        await it.kill_worker()
        await eventually(lambda: not it.remote.connected)
        # While it is away nothing can be offered, and what is asked does no harm.
        assert it.remote.greeting() == replace(old.greeting(), candidates=())
        assert it.remote.snapshot().sessions == ()
        it.remote.close("b.1")
        it.remote.set_plan(OTHER)
        it.remote.restart("a.1", local_ufrag="u", local_pwd="p", remote_ufrag="r")
        assert it.said == []

        def offer_anew(event: PlaneEvent) -> None:
            it.said.append(event)
            if isinstance(event, SessionEnded):
                assert it.remote.greeting().candidates
                it.remote.open(spec_of("a.2"))

        it.remote.on_event(offer_anew)
        it.start_worker()
        await eventually(lambda: "a.2" in it.plane.open_sessions)
        assert it.said == [LayerDemand(site="01", layers=frozenset()), *ended("a.1")]
        assert it.plane.log == [("plan", OTHER), ("open", "a.2")]
        assert news == ["AB:02"]
        # Totals go on.
        it.plane.stats = replace(
            NOTHING,
            packets_in=3,
            drops={"gate": 1},
            delays=(2,) * len(NOTHING.delays),
            switched=Spread(counts=(2,) * len(NO_SWITCH.counts), total_s=0.25),
            begun={"ice": NO_JOIN, "dtls": NO_JOIN},
            load=Load(datagrams_refused=5, tcp_connections=1),
        )
        await eventually(lambda: it.remote.snapshot().packets_in == 8)
        assert it.remote.snapshot().drops == {"gate": 3}
        assert set(it.remote.snapshot().delays) == {3}
        assert set(it.remote.snapshot().switched.counts) == {3}
        assert it.remote.snapshot().switched.total_s == 0.75
        assert it.remote.snapshot().begun == {"ice": NO_JOIN, "dtls": NO_JOIN}
        assert it.remote.snapshot().load == Load(datagrams_refused=7, tcp_connections=1)


@virtual_time
async def test_links_are_lost_when_no_worker_comes_in_time(tmp_path):
    async with house(tmp_path) as it:
        it.remote.open(spec_of("a.1"))
        await it.kill_worker()
        await asyncio.sleep(PATIENCE_S - 0.5)
        assert it.said == []
        await asyncio.sleep(1)
        assert it.said == ended("a.1")
        await asyncio.sleep(60)
        it.start_worker()
        await eventually(lambda: it.remote.connected)
        assert it.said == ended("a.1")


@virtual_time
async def test_the_same_worker_again_keeps_its_sessions_and_says_what_was_missed(tmp_path):
    async with house(tmp_path) as it:
        for name in ("kept.1", "back.1", "over.1", "closed.1"):
            it.remote.open(spec_of(name))
        it.plane.say(LinkUp(session="kept.1"))
        await eventually(lambda: len(it.said) == 1 and len(it.plane.log) == 4)
        it.said.clear()
        it.remote.set_plan(PLAN)
        await eventually(lambda: it.plane.plan == PLAN)

        it.host._part("too_slow")
        it.plane.say(LinkUp(session="back.1"))
        it.plane.say(SessionEnded(session="over.1", reason="peer_closed"))
        it.remote.close("closed.1")  # into a connection that is dead
        await eventually(lambda: ("close", "closed.1") in it.plane.log)

        assert it.said == [LinkUp(session="back.1"), *ended("over.1")]
        assert set(it.plane.open_sessions) == {"kept.1", "back.1", "over.1"}
        it.plane.say(LinkLost(session="kept.1"))
        await eventually(lambda: it.said[-1] == LinkLost(session="kept.1"))


@virtual_time
async def test_the_next_control_adopts_rooms_and_closes_what_else_there_is(tmp_path):
    async with house(tmp_path) as it:
        it.remote.set_plan(PLAN)
        it.remote.open(spec_of("a.1", "01"))
        it.remote.open(spec_of("b.1", "02"))
        it.remote.open(spec_of("c.1", "110", SessionKind.CONSOLE))
        it.remote.open(spec_of("d.1", "110", SessionKind.CONTENT))
        for name in ("a.1", "c.1", "d.1"):
            it.plane.say(LinkUp(session=name))
        await eventually(lambda: len(it.said) == 3)
        await it.kill_control()
        asked = len(it.plane.log)
        it.plane.say(LinkUp(session="b.1"))
        it.plane.say(LinkLost(session="a.1"))

        found = await it.start_control()
        assert found.plan == PLAN
        assert found.rooms() == {"02": "b.1"}
        it.remote.adopt(found, found.rooms().values())
        it.run_control()
        await eventually(lambda: set(it.plane.open_sessions) == {"b.1"})
        # No plan was given: the one there is holds.
        assert {entry[0] for entry in it.plane.log[asked:]} == {"close"}
        it.plane.say(LinkLost(session="b.1"))
        await eventually(lambda: it.said == [LinkLost(session="b.1")])
        # It holds for the next worker too.
        await it.kill_worker()
        it.start_worker()
        await eventually(lambda: it.said[1:] == ended("b.1"))
        assert it.plane.plan == PLAN


@virtual_time
async def test_without_a_worker_control_begins_and_waits(tmp_path):
    async with house(tmp_path, working=False) as it:
        found = await it.start_control(timeout_s=2.0)
        assert found == Found(plan=Plan(), alive=())
        assert it.remote.greeting().candidates == ()
        it.remote.adopt(found, ())
        it.remote.set_plan(PLAN)
        it.run_control()
        await asyncio.sleep(PATIENCE_S + 1)
        assert it.remote.snapshot().sessions == ()
        it.start_worker()
        await eventually(lambda: it.plane.plan == PLAN)
        assert it.remote.greeting() == it.plane.greeting()
        assert it.said == []


@virtual_time
async def test_a_worker_that_carries_strangers_is_told_to_close_them(tmp_path):
    """Control had begun without it: nobody knows these any more."""
    async with house(tmp_path) as it:
        it.remote.open(spec_of("a.1"))
        await eventually(lambda: it.plane.open_sessions)
        await it.kill_control()
        it.remote = RemotePlane(it.path)
        it.run_control()
        await eventually(lambda: not it.plane.open_sessions)


@pytest.mark.parametrize("silence", [b"", b"\x00\x00\x00\x01\xff", b"GET / HTTP/1.1\r\n\r\n"])
@virtual_time
async def test_what_is_no_worker_is_none(tmp_path, silence):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(silence)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.transport.abort()

    async with house(tmp_path, working=False) as it:
        server = await asyncio.start_unix_server(serve, sock=listen(it.path))
        found = await it.start_control(timeout_s=20.0)
        assert found.alive == ()
        assert not it.remote.connected
        server.close()


@virtual_time
async def test_the_worker_hears_which_command_it_comes_from(tmp_path):
    async with house(tmp_path) as it:
        it.remote.open(spec_of("a.1"))
        with capture_logs() as log:
            with following("c-1"):
                it.remote.set_plan(PLAN)
                it.remote.close("a.1")
            it.remote.set_plan(OTHER)
            await eventually(lambda: it.plane.log[-1:] == [("plan", OTHER)])
        assert [entry["event"] for entry in log] == ["media.planned", "media.closed"]

"""A worker that hangs is as good as none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bridge.media import connection as connecting
from bridge.media.connection import SILENT_S, Connection, WorkerAway, meet
from bridge.media.host import listen
from bridge.media.plane import Plan
from bridge.media.wire import Alive, Close, Frames, Welcome, encode
from tests.bridge.media.test_host import spec_of
from tests.support.autojump import virtual_time
from tests.support.fake_plane import FakePlane

WELCOME = Welcome(
    greeting=FakePlane().greeting(), pid=7, metrics="http://127.0.0.1:1", plan=Plan(), alive=1
)
ALIVE = Alive(spec=spec_of("a.1"), link_up=True)


class Peer:
    """A worker by hand: it sends *words* to whoever connects, and keeps what it hears."""

    def __init__(self, *words: bytes) -> None:
        self.words = words
        self.heard = bytearray()
        self.came = 0
        self.writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        self.writer = writer
        for word in self.words:
            writer.write(word)
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1000):
                self.heard += data
        writer.transport.abort()


@asynccontextmanager
async def serving(
    peer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any], path: Path
) -> AsyncIterator[None]:
    async with await asyncio.start_unix_server(peer, sock=listen(path)):
        yield
        await asyncio.sleep(0.1)


@virtual_time
async def test_the_first_words_are_read_whole_and_what_follows_is_kept(tmp_path):
    path = tmp_path / "s"
    peer = Peer(
        encode(WELCOME)[:9], encode(WELCOME)[9:] + encode(ALIVE) + encode(Close(session="b"))
    )
    async with serving(peer.serve, path):
        met = await meet(path)
        assert (met.welcome, met.alive) == (WELCOME, (ALIVE,))
        assert await met.connection.read() == Close(session="b")
        met.connection.write(Close(session="c"))
        await asyncio.sleep(0.1)
        assert list(Frames().feed(bytes(peer.heard))) == [Close(session="c")]
        met.connection.abort()
        met.connection.write(Close(session="d"))
        await asyncio.sleep(0.1)
        with pytest.raises(WorkerAway):
            await met.connection.read()


@virtual_time
async def test_nobody_there_is_looked_for_again_and_again(tmp_path):
    path = tmp_path / "s"
    looking = asyncio.create_task(meet(path))
    await asyncio.sleep(3)
    listen(path).close()  # a worker that died and left its socket
    await asyncio.sleep(3)
    assert not looking.done()
    peer = Peer(encode(WELCOME), encode(ALIVE))
    async with serving(peer.serve, path):
        met = await looking
        met.connection.abort()


@pytest.mark.parametrize("words", [encode(ALIVE), encode(WELCOME) + encode(WELCOME)])
@virtual_time
async def test_first_words_in_another_order_are_none(tmp_path, words):
    path = tmp_path / "s"
    peer = Peer(words)
    async with serving(peer.serve, path):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await meet(path)
        assert peer.came > 10


@virtual_time
async def test_a_silent_worker_is_given_up(tmp_path):
    path = tmp_path / "s"
    peer = Peer()
    async with serving(peer.serve, path):
        connection = await Connection.to(path)
        began_s = asyncio.get_running_loop().time()
        with pytest.raises(WorkerAway, match="silent"):
            await connection.read()
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(SILENT_S)
        connection.abort()


@virtual_time
async def test_a_worker_that_closes_or_talks_nonsense_is_away(tmp_path):
    path = tmp_path / "s"
    peer = Peer(b"\xff" * 5)
    async with serving(peer.serve, path):
        connection = await Connection.to(path)
        with pytest.raises(WorkerAway, match="too_long"):
            await connection.read()
        connection.abort()
        peer.words = ()
        connection = await Connection.to(path)
        await asyncio.sleep(0.1)
        assert peer.writer is not None
        peer.writer.close()
        with pytest.raises(WorkerAway, match="closed"):
            await connection.read()
        connection.abort()


@virtual_time
async def test_a_worker_that_does_not_read_is_cut_off_and_writing_never_fails(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(connecting, "ROOM_BYTES", 100_000)
    path = tmp_path / "s"

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(1)
        writer.transport.abort()

    async with serving(deaf, path):
        connection = await Connection.to(path)
        await asyncio.sleep(0.1)
        for _ in range(2000):
            connection.write(Close(session="x" * 1000))
        with pytest.raises(WorkerAway):
            await connection.read()
        await asyncio.sleep(2)

"""Children: kept alive, told to end in order, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from room110 import children, pulse
from room110.children import Child
from tests.support.program import ROOT, is_alive, wait_until

PROGRAM = """
import os, signal, sys, time
open(sys.argv[1], "a").write(f"{os.getpid()} {os.getpgid(0) == os.getpid()} {os.environ['WORD']}\\n")
mode = sys.argv[2]
if mode == "give_up":
    sys.exit(3)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open(sys.argv[1], "a").write("deaf\\n")
if mode == "hang":
    os.write(int(os.environ["PULSE_FD"]), b".")
time.sleep(60)
"""


@pytest.fixture
def child(monkeypatch, tmp_path):
    """Makes a child that runs PROGRAM instead of room110, and a list of why it was restarted."""
    monkeypatch.setattr(children, "AGAIN_S", 0.01)
    (tmp_path / "room110.py").write_text(PROGRAM)
    why = []

    def make(mode, out=tmp_path / "out", **others):
        env = {"PYTHONPATH": str(tmp_path), "WORD": "first"}
        return Child([str(out), mode], env=env, on_restart=why.append, **others), why

    # Python looks for a module in the working directory first.
    monkeypatch.chdir(tmp_path)
    return make


def lines(tmp_path):
    out = tmp_path / "out"
    return out.read_text().splitlines() if out.exists() else []


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - another process, nothing to wait on
            await asyncio.sleep(0.01)


async def test_a_child_that_is_killed_is_started_again_with_the_environment_of_then(
    child, tmp_path
):
    kept, why = child("sleep")
    await kept.start()
    keeping = asyncio.create_task(kept.run())
    await until(lambda: len(lines(tmp_path)) == 1)
    first = int(lines(tmp_path)[0].split()[0])
    kept.env["WORD"] = "second"
    os.kill(first, signal.SIGKILL)
    await until(lambda: len(lines(tmp_path)) == 2)
    assert why == ["SIGKILL"]
    again, leads_its_group, word = lines(tmp_path)[1].split()
    assert (int(again) != first, leads_its_group, word) == (True, "True", "second")
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert not is_alive(int(again))


async def test_a_child_that_gives_up_is_not_started_again(child, tmp_path):
    kept, why = child("give_up")
    await kept.start()
    assert await kept.run() == 3
    assert (len(lines(tmp_path)), why) == (1, [])
    await kept.stop()


async def test_a_child_that_is_kept_is_started_again_whatever_ended_it_once_it_had_worked(
    child, tmp_path, monkeypatch
):
    monkeypatch.setattr(children, "WORKED_S", 0.0)
    kept, why = child("give_up", keeps=True)
    await kept.start()
    keeping = asyncio.create_task(kept.run())
    await until(lambda: len(why) > 1)
    assert set(why) == {"exit code 3"}
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping


async def test_a_child_that_could_not_start_is_not_tried_again(child):
    kept, why = child("give_up", keeps=True)
    await kept.start()
    assert await kept.run() == 3
    assert why == []


async def test_a_child_that_hangs_is_killed_and_started_again(child, tmp_path, monkeypatch):
    monkeypatch.setattr(pulse, "BEAT_S", 0.05)
    kept, why = child("hang", beats=True)
    await kept.start()
    running = asyncio.create_task(kept.run())
    await until(lambda: len(lines(tmp_path)) == 2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert why[0] == "hung"
    assert not is_alive(int(lines(tmp_path)[0].split()[0]))


async def test_one_that_has_not_begun_to_beat_is_left_alone_and_pipes_are_not_left_over(
    child, tmp_path, monkeypatch
):
    monkeypatch.setattr(pulse, "BEAT_S", 0.001)
    before = open_files()
    kept, why = child("sleep", beats=True)
    await kept.start()
    running = asyncio.create_task(kept.run())
    await until(lambda: len(lines(tmp_path)) == 1)
    await asyncio.sleep(pulse.BEAT_S * pulse.HUNG_LOOKS * 5)
    os.kill(int(lines(tmp_path)[0].split()[0]), signal.SIGKILL)
    await until(lambda: len(lines(tmp_path)) == 2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert why == ["SIGKILL"]
    assert open_files() == before


async def test_the_first_restart_is_at_once_and_then_the_pauses_grow(child, monkeypatch):
    pauses = []
    kept, why = child("sleep")

    async def killed(*_: object) -> int:
        return -signal.SIGKILL

    async def paused(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            raise asyncio.CancelledError

    monkeypatch.setattr(children, "AGAIN_S", 0.5)
    monkeypatch.setattr(children.asyncio, "sleep", paused)
    monkeypatch.setattr(kept, "start", _nothing)
    monkeypatch.setattr(children, "WORKED_S", float("inf"))
    kept.process = types.SimpleNamespace(wait=killed, returncode=-signal.SIGKILL)
    with pytest.raises(asyncio.CancelledError):
        await kept.run()
    assert len(why) == len(pauses) + 1
    assert pauses == [0.5, 1.0, *[2.0] * 6]


async def _nothing() -> None: ...


async def test_a_child_is_given_the_files_it_inherits(child, tmp_path):
    read, write = os.pipe()
    kept, _ = child("sleep", inherits=(write,))
    await kept.start()
    os.close(write)
    await until(lambda: lines(tmp_path))
    os.set_blocking(read, False)
    with pytest.raises(BlockingIOError):  # the child holds the other end
        os.read(read, 1)
    await kept.stop()
    assert os.read(read, 1) == b""
    os.close(read)


async def test_a_child_that_does_not_listen_is_killed(child, tmp_path, monkeypatch):
    monkeypatch.setattr(children, "STOP_S", 0.1)
    kept, _ = child("stubborn")
    await kept.start()
    await until(lambda: "deaf" in lines(tmp_path))
    await kept.stop()
    assert kept.process is not None
    assert kept.process.returncode == -signal.SIGKILL


async def test_a_child_that_was_never_started_needs_no_stop(child):
    kept, _ = child("sleep")
    await kept.stop()


PARENT = """
import asyncio, sys
from room110.children import Child
async def main():
    sys.executable = sys.argv[1]
    child = Child([], env={}, on_restart=print)
    await child.start()
    print(child.process.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_children_die_with_their_parent_however_it_ends(tmp_path, number):
    sleeper = tmp_path / "sleeper"
    sleeper.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    sleeper.chmod(0o700)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(sleeper)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.send_signal(number)
        parent.wait()
        wait_until(lambda: not is_alive(pid))

"""Programs of the house as processes, for tests that must see them start, die and end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from config.settings import Settings
from room110.facts import pins
from room110.local import Local

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0


def environment(state: Path, **settings: object) -> dict[str, str]:
    """Ours without its settings, plus these; free ports unless told otherwise."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ROOM110_")}
    ports = dict.fromkeys(("http_port", "media_port", "media_tcp_port", "media_metrics_port"), 0)
    given = {"state": state, "log_level": "warning"} | ports | settings
    return own | {f"ROOM110_{name.upper()}": str(value) for name, value in given.items()}


class Program:
    """``room110 ARGS``, leader of a process group of its own; what it writes is kept."""

    def __init__(self, *args: str, state: Path, output: Path, **settings: object) -> None:
        self.state = state
        self.output = output
        with output.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "room110", *args],
                cwd=ROOT,
                env=environment(state, **settings),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until it holds; fails with what the program said when it ends first."""
        wait_until(condition, or_if=lambda: self.process.poll() is not None, why=self.said)

    def facts(self) -> dict[str, Any]:
        """``service.json`` of this very process, or nothing."""
        with contextlib.suppress(FileNotFoundError):
            facts: dict[str, Any] = json.loads(
                (self.state / "service.json").read_text(encoding="utf-8")
            )
            return facts if self.pid in {facts["supervisor_pid"], facts["pid"]} else {}
        return {}

    def ends(self, timeout_s: float = PATIENCE_S) -> int:
        return self.process.wait(timeout_s)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.ends()


@contextlib.contextmanager
def running(*args: str, state: Path, output: Path, **settings: object) -> Iterator[Program]:
    """A program; killed at the end with all it has started, if it is still there."""
    program = Program(*args, state=state, output=output, **settings)
    try:
        yield program
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.ends(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.process.wait()


@contextlib.contextmanager
def serving(state: Path, output: Path, **settings: object) -> Iterator[Program]:
    """``room110 serve``, ready."""
    with running("serve", state=state, output=output, **settings) as program:
        program.until(program.facts)
        yield program


def local(state: Path) -> Local:
    return Local.find(Settings(state=state))


def ports(facts: dict[str, Any]) -> dict[str, int]:
    """The settings that make another service take the places of this one."""
    return {name.removeprefix("ROOM110_").lower(): int(port) for name, port in pins(facts).items()}


def children_of(pid: int) -> dict[str, int]:
    """Word behind the module of a child's command line -> its process."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                command = (stat.parent / "cmdline").read_bytes().split(b"\0")
                found[command[3].decode() if len(command) > 3 else ""] = int(stat.parent.name)
    return found


def is_alive(pid: int) -> bool:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] != "Z"


def wait_until(
    condition: Callable[[], object],
    *,
    timeout_s: float = PATIENCE_S,
    or_if: Callable[[], bool] = lambda: False,
    why: Callable[[], str] = lambda: "",
) -> None:
    """Other processes tell us nothing: look again until it holds."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if or_if() or time.monotonic() > deadline_s:
            raise AssertionError(f"waited in vain\n{why()}")
        time.sleep(0.02)

"""SIGKILL in the middle of the work, on a real disk with real processes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from bridge.conference import evolve
from bridge.journal import latest
from bridge.records import read_only

CHILD = """
import asyncio, sys
from pathlib import Path
import structlog
from bridge.conference.commands import ChairMute
from bridge.events import Emitter
from bridge.journal import Journals
from bridge.room import Room
from tests.bridge.conference.scene import CHAIR, PROVINCES, SITES

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))

async def one(room, worker):
    for number in range(100_000):
        site = PROVINCES[worker]
        command = ChairMute(site=site, on=not room.conference.sites[site].blocked)
        answer = await room.submit(command, CHAIR, f"{sys.argv[2]}-{worker}-{number}")
        sys.stdout.write(f"{answer.rev} {sys.argv[2]}-{worker}-{number}\\n")
        sys.stdout.flush()

async def main():
    room = await Room.resume(Journals(Path(sys.argv[1])), emitter=Emitter(), sites=SITES, title="t")
    async with asyncio.TaskGroup() as group:
        group.create_task(room.run())
        for worker in range(3):
            group.create_task(one(room, worker))

asyncio.run(main())
"""


KILLS_AFTER = (1, 40, 123)
"""Answers."""


def test_sigkill_loses_no_acknowledged_command(tmp_path):
    promised = []
    for start, enough in enumerate(KILLS_AFTER):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(start)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as child:
            assert child.stdout is not None
            promised += [child.stdout.readline() for _ in range(enough)]
            child.send_signal(signal.SIGKILL)
            promised += child.stdout.readlines()
        reading = read_only(latest(tmp_path))
        assert reading.damaged is None
        kept = {record.command_id: record.rev for record in reading.records}
        for line in filter(lambda line: line.endswith("\n"), promised):
            rev, command_id = line.split()
            assert kept[command_id] == int(rev)
        evolve.fold(event for record in reading.records for event in record.events)
    assert len(promised) >= sum(KILLS_AFTER)

"""The backup page of docs/deploy.md, done: a journal is copied while its conference runs, and taken back.

By the command that the page names (Debian's sqlite3), where that is installed, and by Python's own;
both are SQLite's online backup.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from bridge.conference.words import Phase, Role
from bridge.records import read_only
from signaling.client import new_id
from signaling.identity import SECRET_FILE
from signaling.messages import ChairCall, ChairMuteSite, ChairPhase
from tests.architecture.house import ROOT
from tests.support.program import children_of, environment, is_alive, local, serving, wait_until

PAGE = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
HELD = "11"
BLOCKED = ("14", "20")


def by_command(journal: Path, copy: Path) -> None:
    assert 'sqlite3 "$journal" ".backup /srv/backup/$(basename "$journal")"' in PAGE
    subprocess.run(["sqlite3", journal, f".backup {copy}"], check=True)


def by_python(journal: Path, copy: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(journal)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


WAYS = (by_python, by_command) if shutil.which("sqlite3") else (by_python,)


async def hold(house, state: Path, folder: Path) -> tuple[int, list[Path]]:
    """A conference that is copied while commands come: the revision that was acknowledged before,
    and the copies."""
    async with house.desk("chair", Role.CHAIR) as desk:
        await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.OPEN))
        await desk.command(ChairCall(type="chair.call", id=new_id(), site=HELD, via="phone"))
        for site in BLOCKED:
            mute = ChairMuteSite(type="chair.mute", id=new_id(), site=site, on=True)
            done = await desk.command(mute)
        (journal,) = (state / "journal").glob("*.journal")
        copies = [folder / way.__name__ / journal.name for way in WAYS]
        for copy in copies:
            copy.parent.mkdir(parents=True)
        copying = asyncio.gather(
            *(asyncio.to_thread(way, journal, copy) for way, copy in zip(WAYS, copies, strict=True))
        )
        for turn in range(40):
            on = turn % 2 == 0
            mute = ChairMuteSite(type="chair.mute", id=new_id(), site="01", on=on)
            await desk.command(mute)
        await copying
        # What the page warns of: the file alone has not what waits in its -wal.
        plain = folder / "plain.journal"
        shutil.copy(journal, plain)
        assert all(len(records(plain)) < len(records(copy)) for copy in copies)
        return done.rev, copies


def records(path: Path) -> tuple[object, ...]:
    try:
        reading = read_only(path)
    except Exception:  # noqa: BLE001 - a copy that is not even a journal has no record
        return ()
    assert reading.damaged is None
    return reading.records


def test_a_journal_is_copied_while_it_runs_and_a_new_machine_goes_on_with_it(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    with serving(old, tmp_path / "log") as service:
        handed_out = local(old).token("chair", Role.CHAIR, site="110")
        acknowledged, copies = asyncio.run(hold(local(old), old, tmp_path / "copies"))
        secret = (old / SECRET_FILE).read_bytes()
        parts = children_of(service.pid).values()
        service.kill()
        # They follow it by themselves, and take their own files with them.
        wait_until(lambda: not any(map(is_alive, parts)))
    assert all(len(records(copy)) >= acknowledged for copy in copies)
    copy = copies[-1]
    shutil.rmtree(old)

    # As the page says it.
    (new / "journal").mkdir(parents=True)
    (new / "journal").chmod(0o700)
    shutil.copy(copy, new / "journal")
    (new / SECRET_FILE).write_bytes(secret)
    (new / SECRET_FILE).chmod(0o600)

    with serving(new, tmp_path / "log2"):
        house = local(new)
        assert asyncio.run(house.get("/conference"))["phase"] == Phase.OPEN
        rows = asyncio.run(house.get("/sites"))["sites"]
        assert set(BLOCKED) <= {row["code"] for row in rows if row["blocked"]}
        (request,) = asyncio.run(house.get("/floor"))["requests"].values()
        assert request["site"] == HELD
        asyncio.run(house.post(f"/sites/{BLOCKED[0]}/mute", {"on": False}, token=handed_out))
    # And the papers are made of a copy, without any service.
    papers = subprocess.run(
        [sys.executable, "-m", "room110", "minutes", "write", tmp_path / "papers", "--json"],
        cwd=ROOT,
        env=environment(new),
        capture_output=True,
        text=True,
        check=False,
    )
    assert papers.returncode == 0, papers.stderr
    assert json.loads(papers.stdout)["conference"] == copy.stem

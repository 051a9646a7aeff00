from __future__ import annotations

import asyncio
import json
import sqlite3
import stat

import pytest

from bridge.journal import Journal
from bridge.minutes.files import DOCUMENTS
from tests.bridge.minutes.sitting import full

OLD, NEW = "20260101-0730-0001", "20260205-0730-7f3a"


@pytest.fixture
def journals(state, capsys):
    directory = state / "journal"
    directory.mkdir()

    async def write(name):
        journal = await Journal.create(directory / f"{name}.journal")
        await journal.append(full().records)
        await journal.close()

    for name in (OLD, NEW):
        asyncio.run(write(name))
    capsys.readouterr()  # what the journals log
    return directory


def test_all_documents_are_written_of_the_newest_without_a_service(room110, journals, tmp_path):
    code, out, err = room110("minutes", "write", str(tmp_path / "out"))

    assert (code, err) == (0, "")
    assert {line.rsplit("/", 1)[-1] for line in out.splitlines()} == set(DOCUMENTS)
    for path in (tmp_path / "out").iterdir():
        assert path.stat().st_size > 0
        # Persons are named in it.
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_service_may_write_the_journal_meanwhile(room110, journals, tmp_path):
    async def while_open():
        journal = await Journal.open(journals / f"{NEW}.journal")
        try:
            return await asyncio.to_thread(room110, "minutes", "write", str(tmp_path / "out"))
        finally:
            await journal.close()

    assert asyncio.run(while_open())[0] == 0


def test_a_conference_is_named_by_its_id(room110, journals, tmp_path):
    out = str(tmp_path / "out")
    _, said, _ = room110("minutes", "write", out, "--conference", OLD, "--json")
    assert json.loads(said)["conference"] == OLD
    assert len(json.loads(said)["files"]) == len(DOCUMENTS)

    code, _, err = room110("minutes", "write", out, "--conference", "../../etc/passwd")
    assert code == 2 and f"there are {OLD}, {NEW}" in err


def test_a_damaged_record_is_named_and_the_rest_is_told(room110, journals, tmp_path):
    with sqlite3.connect(journals / f"{NEW}.journal") as db:
        db.execute("DROP TRIGGER IF EXISTS no_update")
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        last = db.execute("SELECT max(rev) FROM records").fetchone()[0]
        db.execute("UPDATE records SET events = '[]' WHERE rev = ?", (last,))

    code, out, err = room110("minutes", "write", str(tmp_path / "out"), "--json")

    assert code == 3
    assert json.loads(out)["damaged"]["rev"] == last
    assert f"record {last} of {NEW}.journal cannot be read" in err


def test_without_a_journal_there_is_nothing_to_write(room110, state, tmp_path):
    code, _, err = room110("minutes", "write", str(tmp_path / "out"))

    assert code == 1 and "there is no journal in" in err


def test_what_is_no_journal_is_a_no(room110, state, tmp_path):
    (state / "journal").mkdir()
    (state / "journal" / f"{NEW}.journal").write_bytes(b"no journal" * 100)

    code, _, err = room110("minutes", "write", str(tmp_path / "out"))

    assert code == 1 and NEW in err


def test_a_directory_that_cannot_be_is_named(room110, journals, tmp_path):
    (tmp_path / "out").write_text("a file")

    assert room110("minutes", "write", str(tmp_path / "out"))[0] == 2

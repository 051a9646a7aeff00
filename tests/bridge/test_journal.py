"""The journal on a real disk.  What may not be lost or overwritten comes first."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bridge.conference.decide import begin
from bridge.conference.events import BlockChanged, PhaseChanged, Policy, RequestMade
from bridge.conference.words import Phase, RequestStatus, Role
from bridge.journal import Journal, Journals, latest
from bridge.records import (
    JournalBusy,
    JournalDamaged,
    JournalFailed,
    JournalForeign,
    Record,
    read_only,
)

ID = "20200529-0800-7f3a"
BEGUN = begin(
    conference=ID,
    title="Hội nghị giám đốc Sở",
    rehearsal=False,
    sites=("01", "110"),
    policy=Policy(),
)


def record(rev, *events, at_s=None, command_id=None):
    return Record(
        rev=rev,
        at_s=rev * 1.1 if at_s is None else at_s,
        wall=f"2020-05-29T08:00:{rev % 60:02}.000+07:00",
        actor="nguyễn.a",
        authority=Role.CHAIR,
        command_id=command_id or f"k{rev}",
        command="chair.mute",
        events=events or (BlockChanged(at_s=rev * 1.1, site="01", on=bool(rev % 2)),),
    )


FIRST = Record(
    rev=1,
    at_s=0.0,
    wall="2020-05-29T08:00:00.000+07:00",
    actor="room110",
    authority=None,
    command_id=None,
    command="conference.begin",
    events=(BEGUN,),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / f"{ID}.journal"


async def written(path, *records):
    journal = await Journal.create(path)
    await journal.append(records)
    await journal.close()


def spoil(path, *statements, triggers=False):
    """A careless hand with sqlite3, which first throws the guards away."""
    with closing(sqlite3.connect(path)) as db, db:
        if not triggers:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)


async def test_what_was_appended_is_there_after_every_single_reopening(path):
    want = [FIRST]
    await written(path, FIRST)
    for rev in range(2, 12):
        journal = await Journal.open(path)
        await journal.append([record(rev)])
        want.append(record(rev))
        assert list(read_only(path).records) == want  # while it is open
        await journal.close()
        journal = await Journal.open(path)
        assert await journal.load() == want
        await journal.close()


async def test_all_that_a_record_can_hold_comes_back_as_it_was(path):
    asked = RequestMade(
        at_s=0.1 + 0.2,
        request=1,
        floors=("speech",),
        site="01",
        by='"quote" \n \x00 Khó khăn 🙋',
        status=RequestStatus.ACCEPTED,
        position=1,
        text="",
    )
    several = record(2, asked, PhaseChanged(at_s=3.0, to=Phase.OPEN), at_s=3)
    await written(path, FIRST, several)
    assert read_only(path).records == (FIRST, several)


async def test_an_acknowledged_batch_is_in_the_file_without_closing(path, tmp_path):
    journal = await Journal.create(path)
    await journal.append([FIRST, record(2)])
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in tmp_path.glob(f"{ID}.journal*"):
        shutil.copy(file, copy)
    assert read_only(copy / path.name).records == (FIRST, record(2))
    await journal.close()


async def test_the_file_is_the_owners_alone(path):
    journal = await Journal.create(path)
    await journal.append([FIRST])
    for file in path.parent.glob(f"{ID}.journal*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    await journal.close()


async def test_a_power_cut_loses_nothing_acknowledged(path):
    """WAL with synchronous=FULL, as the durability of every answer rests on it."""
    journal = await Journal.create(path)
    assert await journal._call(
        lambda: [
            journal._db.execute(f"PRAGMA {p}").fetchone() for p in ("journal_mode", "synchronous")
        ]
    ) == [("wal",), (2,)]
    await journal.close()


async def test_the_file_is_touched_on_the_journals_own_thread_only(path):
    journal = await Journal.create(path)
    thread = await journal._call(threading.current_thread)
    assert thread.name.startswith("journal")
    with pytest.raises(sqlite3.ProgrammingError, match="thread"):
        journal._db.execute("SELECT 1")
    await journal.close()
    await journal.close()


@pytest.mark.parametrize("revs", [(3,), (1,), (2, 4), (2, 2)], ids=str)
async def test_a_batch_that_is_not_next_is_a_bug_and_leaves_nothing(path, revs):
    await written(path, FIRST)
    journal = await Journal.open(path)
    with pytest.raises(sqlite3.IntegrityError):
        await journal.append([record(rev) for rev in revs])
    assert await journal.load() == [FIRST]
    await journal.append([record(2)])
    assert await journal.load() == [FIRST, record(2)]
    await journal.close()


async def test_a_full_disk_leaves_nothing_and_can_be_tried_again(path):
    await written(path, FIRST)
    journal = await Journal.open(path)

    def set_pages(limit):
        return journal._db.execute(f"PRAGMA max_page_count = {limit}").fetchone()

    await journal._call(lambda: set_pages(1))
    with pytest.raises(JournalFailed, match="full"):
        await journal.append([record(rev) for rev in range(2, 600)])
    assert await journal.load() == [FIRST]
    await journal._call(lambda: set_pages(1_000_000))
    await journal.append([record(rev) for rev in range(2, 600)])
    assert len(await journal.load()) == 599
    await journal.close()


async def test_a_journal_that_became_read_only_says_so(path):
    await written(path, FIRST)
    journal = await Journal.open(path)
    await journal._call(lambda: journal._db.execute("PRAGMA query_only = on"))
    with pytest.raises(JournalFailed, match="readonly"):
        await journal.append([record(2)])
    await journal.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET actor = 'x'",
        "DELETE FROM records",
        "INSERT OR REPLACE INTO records SELECT * FROM records WHERE rev = 1",
    ],
)
async def test_sqlite_itself_refuses_to_change_or_delete(path, statement):
    await written(path, FIRST, record(2))
    with pytest.raises(sqlite3.IntegrityError):
        spoil(path, statement, triggers=True)
    assert read_only(path).records == (FIRST, record(2))


@pytest.mark.parametrize(
    "column", ["at_s = at_s + 1", "wall = ''", "actor = 'x'", "authority = NULL",
               "command_id = NULL", "command = ''", "events = '[]'", "events = '[{\"typ'",
               "events = CAST(x'ff' AS TEXT)", "crc32 = crc32 + 1"],
)  # fmt: skip
async def test_a_damaged_last_record_is_set_aside_and_named_and_the_rest_is_used(path, column):
    await written(path, FIRST, record(2), record(3))
    spoil(path, f"UPDATE records SET {column} WHERE rev = 3")
    with closing(sqlite3.connect(path)) as db:
        db.text_factory = bytes
        damaged_row = db.execute("SELECT * FROM records WHERE rev = 3").fetchone()
    reading = read_only(path)
    assert reading.records == (FIRST, record(2))
    assert reading.damaged is not None
    assert (reading.damaged.rev, reading.damaged.last) == (3, True)

    with capture_logs() as logs:
        journal = await Journal.open(path)
    assert [(line["event"], line["rev"]) for line in logs if line["log_level"] == "error"] == [
        ("journal.record_set_aside", 3)
    ]
    assert await journal.load() == [FIRST, record(2)]
    await journal.append([record(3, command_id="anew")])
    await journal.close()
    assert read_only(path).records == (FIRST, record(2), record(3, command_id="anew"))
    with closing(sqlite3.connect(path)) as db:
        db.text_factory = bytes
        (kept,) = db.execute("SELECT * FROM damaged").fetchall()
    assert kept[2:] == damaged_row


async def test_even_a_damaged_record_leaves_no_second_time(path):
    await written(path, FIRST, record(2))
    with closing(sqlite3.connect(path)) as db, db:
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
    spoil(path, "UPDATE records SET wall = '' WHERE rev = 2", *(sql for _, sql in triggers))
    await (await Journal.open(path)).close()
    with pytest.raises(sqlite3.IntegrityError):
        spoil(path, "DELETE FROM damaged", triggers=True)
    with pytest.raises(sqlite3.IntegrityError):
        spoil(path, "UPDATE damaged SET reason = ''", triggers=True)


@pytest.mark.parametrize(
    ("statement", "rev"),
    [
        ("UPDATE records SET actor = 'x' WHERE rev = 2", 2),
        ("DELETE FROM records WHERE rev = 2", 2),
        ("DELETE FROM records WHERE rev = 3", 3),
        ("UPDATE records SET rev = 9 WHERE rev = 4", 4),
    ],
)
async def test_damage_before_the_last_record_is_for_a_person_to_decide(path, statement, rev):
    await written(path, FIRST, record(2), record(3), record(4))
    spoil(path, statement)
    before = path.read_bytes()
    with pytest.raises(JournalDamaged, match=f"record {rev}") as caught:
        await Journal.open(path)
    assert not caught.value.last
    assert path.read_bytes() == before
    reading = read_only(path)
    assert len(reading.records) == rev - 1
    assert reading.damaged is not None


async def test_a_torn_file_is_named_and_left_alone(path):
    await written(path, FIRST, *(record(rev) for rev in range(2, 400)))
    whole = path.read_bytes()
    path.write_bytes(whole[: 4096 * 6] + b"\xff" * 4096 + whole[4096 * 7 :])
    with pytest.raises(JournalDamaged):
        await Journal.open(path)


async def test_a_record_in_words_we_do_not_know_is_not_taken_for_damage(path, monkeypatch):
    from bridge import records

    with monkeypatch.context() as newer:
        newer.setattr(records.codec, "encode", lambda _: {"type": "view_changed", "site": "01"})
        await written(path, record(1))
    with pytest.raises(JournalForeign, match=r"record 1 .*view_changed"):
        await Journal.open(path)
    with pytest.raises(JournalForeign):
        read_only(path)


async def test_a_newer_journal_is_refused_and_left_alone(path):
    await written(path, FIRST)
    spoil(path, "PRAGMA user_version = 3")
    before = path.read_bytes()
    with pytest.raises(JournalForeign, match="version 3; this program reads 1 to 2"):
        await Journal.open(path)
    assert path.read_bytes() == before


async def test_another_programs_database_is_refused_and_left_alone(path):
    spoil(path, "CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(JournalForeign, match="another program"):
        await Journal.open(path)
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused_and_left_alone(path):
    path.write_bytes(b"minutes of the meeting " * 100)
    with pytest.raises(JournalForeign, match="not a journal"):
        await Journal.open(path)
    assert path.read_bytes() == b"minutes of the meeting " * 100


async def test_a_journal_that_is_missing_or_a_directory_is_an_error_and_is_not_made(path):
    with pytest.raises(JournalFailed):
        await Journal.open(path)
    with pytest.raises(JournalFailed):
        read_only(path)
    assert not path.exists()
    path.mkdir()
    with pytest.raises(JournalFailed):
        await Journal.open(path)


async def test_creating_never_touches_a_file_that_is_there(path):
    await written(path, FIRST)
    with pytest.raises(JournalFailed, match="exists"):
        await Journal.create(path)
    assert read_only(path).records == (FIRST,)


async def test_a_file_from_a_death_while_creating_is_an_empty_journal(path):
    path.touch()
    assert read_only(path).records == ()
    journal = await Journal.open(path)
    assert await journal.load() == []
    await journal.append([FIRST])
    await journal.close()
    assert read_only(path).records == (FIRST,)


def test_two_services_never_write_in_one_directory(tmp_path):
    first = Journals(tmp_path / "state")
    with pytest.raises(JournalBusy, match="in use"):
        Journals(tmp_path / "state")
    first.close()
    Journals(tmp_path / "state").close()


def test_the_directory_is_made_for_the_owner_alone(tmp_path):
    Journals(tmp_path / "a" / "journals").close()
    assert stat.S_IMODE((tmp_path / "a" / "journals").stat().st_mode) == 0o700


def test_a_directory_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(JournalFailed, match="file"):
        Journals(tmp_path / "file")


def test_conferences_sort_by_age_and_other_files_do_not_count(tmp_path):
    journals = Journals(tmp_path)
    assert latest(tmp_path) is None
    for name in ("20200530-0700-0001", "20200529-0800-7f3a", "20200530-0700-0001 copy", "zz"):
        (tmp_path / f"{name}.journal").touch()
    (tmp_path / "20210101-0700-0001.txt").touch()
    assert journals.conferences() == ["20200529-0800-7f3a", "20200530-0700-0001"]
    assert latest(tmp_path) == tmp_path / "20200530-0700-0001.journal"
    journals.close()


@pytest.mark.parametrize(
    ("present", "chance", "new"),
    [
        (None, 0x7F3A, "20200529-0800-7f3a"),
        ("20200529-0759-7fff", 0x0001, "20200529-0800-0001"),
        ("20200529-0800-7f3a", 0x7F3B, "20200529-0800-7f3b"),
        ("20200529-0800-7f3a", 0x0001, "20200529-0800-7f3b"),
        ("20200529-0800-7fff", 0x7FFF, "20200529-0800-8000"),
        ("20201231-2359-0000", 0x7FFF, "20201231-2359-0001"),
    ],
)
def test_a_new_id_sorts_after_all_others_whatever_the_clock_says(tmp_path, present, chance, new):
    journals = Journals(tmp_path)
    if present:
        (tmp_path / f"{present}.journal").touch()
    asked = []
    assert (
        journals.next_id(
            datetime(2020, 5, 29, 8, 0, tzinfo=UTC), lambda below: asked.append(below) or chance
        )
        == new
    )
    assert asked == [0x8000]
    journals.close()


async def test_what_appending_costs_is_counted_over_all_journals(tmp_path):
    journals = Journals(tmp_path)
    for conference in (ID, "20200529-0900-7f3a"):
        journal = await journals.create(conference)
        await journal.append([FIRST])
        await journal.close()
    journal = await journals.open(ID)
    await journal.append([record(2), record(3)])
    assert (journals.writes.done, journals.writes.failed) == (3, 0)
    assert 0.0 < journals.writes.seconds < 60.0
    await journal.close()
    journals.close()

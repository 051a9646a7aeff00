"""Records: what a journal file looks like inside, and how it is read.

One row per record, each with a CRC-32 of all its columns, which tells damage (the sum is wrong)
from a language we do not speak (the sum is right).  The triggers keep the file append-only also
against a hand with ``sqlite3``: a row may leave only for the table ``damaged``, unchanged.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bridge.conference import codec
from bridge.conference.events import Event
from bridge.conference.words import Role

APPLICATION_ID: Final = int.from_bytes(b"R110", "big")
SCHEMA_VERSION: Final = 2
"""Raised whenever an older program could not read what a newer one writes: also for new events."""
FIRST_VERSION: Final = 1
"""The oldest that can be read; only the present one is written."""

COLUMNS: Final = "rev, at_s, wall, actor, authority, command_id, command, events, crc32"
_COLUMN_TYPES: Final = """
    at_s REAL NOT NULL, wall TEXT NOT NULL, actor TEXT NOT NULL, authority TEXT, command_id TEXT,
    command TEXT NOT NULL, events TEXT NOT NULL, crc32 INTEGER NOT NULL"""
SCHEMA: Final = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
    f"CREATE TABLE records (rev INTEGER PRIMARY KEY, {_COLUMN_TYPES}) STRICT",
    f"""CREATE TABLE damaged (found TEXT NOT NULL, reason TEXT NOT NULL,
        rev INTEGER NOT NULL, {_COLUMN_TYPES}) STRICT""",
    """CREATE TRIGGER records_have_no_holes BEFORE INSERT ON records
       WHEN NEW.rev <> (SELECT coalesce(max(rev), 0) + 1 FROM records)
       BEGIN SELECT raise(ABORT, 'rev is not the next one'); END""",
    """CREATE TRIGGER records_never_change BEFORE UPDATE ON records
       BEGIN SELECT raise(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER records_leave_only_for_damaged BEFORE DELETE ON records
       WHEN NOT EXISTS (SELECT 1 FROM damaged WHERE rev = OLD.rev AND crc32 = OLD.crc32
                        AND events = OLD.events)
       BEGIN SELECT raise(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER damaged_never_change BEFORE UPDATE ON damaged
       BEGIN SELECT raise(ABORT, 'the journal is append-only'); END""",
    """CREATE TRIGGER damaged_never_leave BEFORE DELETE ON damaged
       BEGIN SELECT raise(ABORT, 'the journal is append-only'); END""",
)

_Row = tuple[int, float, str, str, str | None, str | None, str, str, int]


class JournalError(Exception):
    """The journal cannot be used."""


class JournalFailed(JournalError):
    """The disk, the directory or its rights: nothing was recorded; it may be tried again."""


class JournalBusy(JournalError):
    """Another process writes in this directory."""


class JournalForeign(JournalError):
    """Not a journal of this program, or of a newer version of it."""


class JournalOld(JournalForeign):
    """Of an earlier version of this program: it can be read, and nothing be added."""


class JournalDamaged(JournalError):
    """Record *rev* cannot be read, for *reason*; ``last`` if no record follows it."""

    def __init__(self, path: Path, *, rev: int, reason: str, last: bool) -> None:
        super().__init__(f"{path}: record {rev} is damaged: {reason}")
        self.rev = rev
        self.reason = reason
        self.last = last


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One accepted command, or one batch of due timers, and what came of it."""

    rev: int
    at_s: float
    wall: str
    actor: str
    authority: Role | None
    command_id: str | None
    command: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A record that could not be read when the service opened the journal, and was moved away."""

    rev: int
    reason: str
    found: str
    """Time of day, ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a journal says, up to the first record that cannot be read."""

    records: tuple[Record, ...]
    damaged: JournalDamaged | None
    set_aside: tuple[SetAside, ...] = ()


def read_only(path: Path) -> Reading:
    """What is in *path*, for reports; blocks.  The conference may be running meanwhile.

    JournalForeign, JournalFailed: as :meth:`Journal.open`; damage is in the answer.
    """
    # Without this a database that nobody has open leaves its helpers beside it, or cannot be read
    # where nothing may be written.
    alone = not path.with_name(f"{path.name}-wal").exists()
    with contextlib.closing(connect(path, "ro&immutable=1" if alone else "ro")) as db:
        try:
            if is_empty(db, path):
                return Reading(records=(), damaged=None)
            return read(db, path)
        except sqlite3.Error as error:
            raise JournalFailed(f"{path}: {error}") from error


def connect(path: Path, mode: str) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
        )
    except sqlite3.Error as error:
        raise JournalFailed(f"{path}: {error}") from error
    # Broken text must come out as something that fails its sum, not as an exception.
    db.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    return db


def is_empty(db: sqlite3.Connection, path: Path) -> bool:
    """Whether nothing was ever written: the program died while it made the file."""
    try:
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (objects,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise JournalForeign(f"{path} is not a journal") from error
        raise
    if (application, version, objects) == (0, 0, 0):
        return True
    if application != APPLICATION_ID:
        raise JournalForeign(f"{path} belongs to another program")
    if not FIRST_VERSION <= version <= SCHEMA_VERSION:
        versions = f"{FIRST_VERSION} to {SCHEMA_VERSION}"
        raise JournalForeign(f"{path} has version {version}; this program reads {versions}")
    return False


def check_writable(db: sqlite3.Connection, path: Path) -> None:
    """Raises JournalOld: an earlier version wrote it."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise JournalOld(
            f"{path} was begun by an earlier version of this program, which must also end it"
        )


def read(db: sqlite3.Connection, path: Path) -> Reading:
    records: list[Record] = []
    aside: list[SetAside] = []

    def until(reason: str, *, last: bool) -> Reading:
        damaged = JournalDamaged(path, rev=len(records) + 1, reason=reason, last=last)
        return Reading(records=tuple(records), damaged=damaged, set_aside=tuple(aside))

    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for rev, reason, found in db.execute("SELECT rev, reason, found FROM damaged"):
            aside.append(SetAside(rev=rev, reason=reason, found=found))
        (last,) = db.execute("SELECT max(rev) FROM records").fetchone()
        for row in db.execute(f"SELECT {COLUMNS} FROM records ORDER BY rev"):  # noqa: S608
            if row[0] != len(records) + 1:
                return until("it is missing", last=False)
            if _crc32(row[:-1]) != row[-1]:
                return until("it does not match its checksum", last=row[0] == last)
            records.append(_record(row, path, version))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CORRUPT:
            raise
        return until(str(error), last=False)
    return Reading(records=tuple(records), damaged=None, set_aside=tuple(aside))


def row_of(record: Record) -> _Row:
    events = [codec.encode(event) for event in record.events]
    authority = None if record.authority is None else record.authority.value
    row = (
        record.rev,
        float(record.at_s),
        record.wall,
        record.actor,
        authority,
        record.command_id,
        record.command,
        json.dumps(events, ensure_ascii=False, allow_nan=False, separators=(",", ":")),
    )
    return (*row, _crc32(row))


def _crc32(row: Sequence[object]) -> int:
    return zlib.crc32(json.dumps(row).encode())


def _record(row: _Row, path: Path, version: int) -> Record:
    rev, at_s, wall, actor, authority, command_id, command, events, _ = row
    try:
        return Record(
            rev=rev,
            at_s=at_s,
            wall=wall,
            actor=actor,
            authority=None if authority is None else Role(authority),
            command_id=command_id,
            command=command,
            events=tuple(
                event
                for document in json.loads(events)
                for event in codec.decode_all(document, version=version)
            ),
        )
    except ValueError as error:
        raise JournalForeign(f"{path}: record {rev} says what we do not know: {error}") from error

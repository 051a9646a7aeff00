"""The journal: what has happened, durable before anybody is told.

One SQLite file per conference, ``<directory>/<conference>.journal``; one row per accepted
command; ``rev`` counts 1, 2, 3 without holes and row 1 begins the conference.  WAL with
``synchronous=FULL`` means: when ``append`` returns, the batch survives a power cut.  A file is
touched only by the journal's own thread, so the media loop never waits for a disk.

Nothing is ever changed or deleted; the triggers hold this also against a hand with ``sqlite3``.
Each row carries a CRC-32, which tells three kinds of unreadable apart:

* The last row does not match its sum: a damaged disk or a careless hand.  Opening for writing
  moves it, as it is, to the table ``damaged`` and logs that; the conference goes on from the row
  before.  It is one acknowledged command, lost by the disk and not by us; refusing the whole
  conference for it would be worse.
* An earlier row is damaged or missing: :class:`JournalDamaged`.  What came after it stands on
  something unknown, so a person must decide.
* The sums are right but the words are not ours (other program, newer version):
  :class:`JournalForeign`.  Such a file is left exactly as it is.

A failed ``append`` (disk full, read-only) leaves nothing visible and may be tried again.  Whether
its bytes reached the disk is not known if the machine dies in that same moment; a command that
is sent again with its id has one effect either way.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import structlog

from bridge.records import (
    COLUMNS,
    SCHEMA,
    JournalBusy,
    JournalDamaged,
    JournalFailed,
    Reading,
    Record,
    check_writable,
    connect,
    is_empty,
    read,
    read_only,
    row_of,
)

_log = structlog.get_logger(__name__)

T = TypeVar("T")

_SUFFIX: Final = ".journal"
_ID: Final = re.compile(r"\d{8}-\d{4}-[0-9a-f]{4}")


@dataclass(slots=True)
class Writes:
    """What appending has cost so far, for the windows."""

    done: int = 0
    seconds: float = 0.0
    """From the call to the answer, those that were done."""
    failed: int = 0


class Journals:
    """The directory of a service's journals.  One process at a time: it is locked until closed.

    JournalBusy: another service has it.  JournalFailed: it cannot be made or opened.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.writes = Writes()
        """Of all of them together."""
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise JournalFailed(f"{directory}: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise JournalBusy(f"{directory} is in use by another room110") from error

    def conferences(self) -> list[str]:
        """Ids of all conferences, oldest first."""
        return [path.stem for path in _paths(self.directory)]

    def next_id(self, now: datetime, chance: Callable[[int], int]) -> str:
        """An id for a conference that begins at *now*, such as ``20261122-0815-7f3a``.

        It sorts after all others here, also within a minute or when the clock was set back.
        *chance* gives a random number below its argument.
        """
        # The upper half is left free, so that there is always a successor.
        fresh = f"{now:%Y%m%d-%H%M}-{chance(0x8000):04x}"
        stem, _, tail = max(self.conferences(), default="").rpartition("-")
        return max(fresh, f"{stem}-{int(tail, 16) + 1:04x}") if stem else fresh

    def reading(self, conference: str) -> Reading:
        """See :func:`bridge.records.read_only`; blocks."""
        return read_only(self._path(conference))

    async def create(self, conference: str) -> Journal:
        """An empty journal.  JournalFailed: it exists already, or cannot be made."""
        return await Journal.create(self._path(conference), self.writes)

    async def open(self, conference: str) -> Journal:
        """See :meth:`Journal.open`."""
        return await Journal.open(self._path(conference), self.writes)

    def close(self) -> None:
        os.close(self._lock)

    def _path(self, conference: str) -> Path:
        return self.directory / f"{conference}{_SUFFIX}"


class Journal:
    """One conference's journal, open for appending.  Made by ``create`` or ``open``."""

    def __init__(self, path: Path, writes: Writes | None = None) -> None:
        self.path = path
        self._writes = writes or Writes()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._db: sqlite3.Connection

    @classmethod
    async def create(cls, path: Path, writes: Writes | None = None) -> Journal:
        """Make the file, readable by its owner only.  JournalFailed: it exists, or cannot be."""
        journal = cls(path, writes)
        await journal._start(journal._create)
        return journal

    @classmethod
    async def open(cls, path: Path, writes: Writes | None = None) -> Journal:
        """Open an existing file; a damaged last record is set aside, with a log line.

        JournalDamaged: a record before the last is.  JournalForeign: not ours, or newer; JournalOld,
        which is one: ours, and older.
        JournalFailed: it cannot be opened for writing.
        """
        journal = cls(path, writes)
        await journal._start(journal._open)
        return journal

    async def append(self, batch: Sequence[Record]) -> None:
        """Make *batch* durable, all or nothing.  JournalFailed: nothing was.

        The caller owes the next revs in order; another is a bug (``sqlite3.IntegrityError``).
        """
        began_s = time.perf_counter()
        try:
            await self._call(lambda: self._append(batch))
        except JournalFailed:
            self._writes.failed += 1
            raise
        self._writes.done += 1
        self._writes.seconds += time.perf_counter() - began_s

    async def load(self) -> list[Record]:
        """Every record, oldest first.  JournalDamaged, JournalForeign: as ``open``."""
        return await self._call(self._load)

    async def close(self) -> None:
        """Close the file.  Closing twice is allowed; anything else after it is not."""
        with contextlib.suppress(RuntimeError):  # the thread has ended already
            await self._call(self._db.close)
        self._thread.shutdown(wait=False)

    async def _start(self, function: Callable[[], None]) -> None:
        try:
            await self._call(function)
        except BaseException:
            self._thread.shutdown(wait=False)
            raise

    async def _call(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    # Below: on the journal's thread.

    def _create(self) -> None:
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._open()
            directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            os.fsync(directory)  # else a power cut may forget the name of a file that is safe
            os.close(directory)
        except OSError as error:
            raise JournalFailed(f"{self.path}: {error.strerror}") from error

    def _open(self) -> None:
        with contextlib.ExitStack() as on_failure:
            self._db = connect(self.path, "rw")
            on_failure.callback(self._db.close)
            try:
                empty = is_empty(self._db, self.path)
                if not empty:
                    check_writable(self._db, self.path)
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                if empty:
                    self._in_one_transaction(lambda: [self._db.execute(line) for line in SCHEMA])
                reading = read(self._db, self.path)
                if reading.damaged is not None:
                    self._set_aside(reading.damaged)
            except sqlite3.Error as error:
                raise JournalFailed(f"{self.path}: {error}") from error
            on_failure.pop_all()
        _log.info("journal.opened", file=self.path.name, rev=len(reading.records))

    def _set_aside(self, damaged: JournalDamaged) -> None:
        if not damaged.last:
            raise damaged

        def move() -> None:
            self._db.execute(
                f"INSERT INTO damaged (found, reason, {COLUMNS})"  # noqa: S608  # constants
                f" SELECT ?, ?, {COLUMNS} FROM records WHERE rev = ?",
                (datetime.now(UTC).isoformat(), damaged.reason, damaged.rev),
            )
            self._db.execute("DELETE FROM records WHERE rev = ?", (damaged.rev,))

        self._in_one_transaction(move)
        _log.error(
            "journal.record_set_aside",
            file=self.path.name,
            rev=damaged.rev,
            reason=damaged.reason,
        )

    def _append(self, batch: Sequence[Record]) -> None:
        rows = [row_of(record) for record in batch]
        insert = f"INSERT INTO records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        try:
            self._in_one_transaction(lambda: self._db.executemany(insert, rows))
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise JournalFailed(f"{self.path}: {error}") from error

    def _in_one_transaction(self, work: Callable[[], object]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            work()
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
            raise

    def _load(self) -> list[Record]:
        try:
            reading = read(self._db, self.path)
        except sqlite3.Error as error:
            raise JournalFailed(f"{self.path}: {error}") from error
        if reading.damaged is not None:
            raise reading.damaged
        return list(reading.records)


def latest(directory: Path) -> Path | None:
    """The journal of the newest conference in *directory*; None: there is none."""
    return max(_paths(directory), default=None)


def _paths(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob(f"*{_SUFFIX}") if _ID.fullmatch(path.stem))

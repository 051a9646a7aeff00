"""Files: all documents of a conference, from its journal to a directory.

The journal is only read, and the service may write it meanwhile.  A record that cannot be read
ends the telling: what stands before it is used, and the technical report and the answer name it.
The go/no-go sheet is there if a site was checked or somebody walked (:mod:`bridge.check.sheet_file`).
Each file is there whole or not at all, readable by its owner alone, for persons are named in it.
Everything here blocks; a service calls it in a thread.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bridge.check.sheet_file import sheet_documents
from bridge.minutes.bien_ban import bien_ban
from bridge.minutes.facts import Minutes, minutes_of
from bridge.minutes.figures import csv_of, sheets_of, sites_of, speeches_of
from bridge.minutes.markdown import markdown
from bridge.minutes.steps import NothingToTell
from bridge.minutes.technical import summary_of, technical_report
from bridge.minutes.word import word
from bridge.minutes.wording import day_time
from bridge.minutes.workbook import workbook
from bridge.records import JournalDamaged, JournalError, Reading, SetAside, read_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What the documents of a journal are made of."""

    minutes: Minutes
    damaged: JournalDamaged | None = None
    """The record at which the journal breaks off, if it does."""
    set_aside: tuple[SetAside, ...] = ()
    """Records that were lost before: the service has gone on without them."""
    before: Minutes | None = None
    """The conference to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    paths: tuple[Path, ...]
    telling: Telling


def tell(journal: Path, *, before: Path | None = None) -> Telling:
    """Read *journal*, and the one *before* to compare it with.

    JournalForeign, JournalFailed: as :func:`bridge.records.read_only`.  JournalDamaged: already
    the first record is.  NothingToTell: there is none.
    """
    return _told(*_read(journal), before=before)


def _told(minutes: Minutes, reading: Reading, *, before: Path | None) -> Telling:
    return Telling(
        minutes=minutes,
        damaged=reading.damaged,
        set_aside=reading.set_aside,
        before=None if before is None else _read(before)[0],
    )


def last_before(journal: Path) -> Path | None:
    """The journal beside *journal* of the newest conference before it that had a session."""
    for path in sorted(journal.parent.glob(f"*{journal.suffix}"), reverse=True):
        if path.name >= journal.name:
            continue
        try:
            if _read(path)[0].opened is not None:
                return path
        except (JournalError, NothingToTell):
            continue
    return None


def write(journal: Path, directory: Path, *, before: Path | None = None) -> Written:
    """Write all documents of *journal* into *directory*.  Raises as :func:`tell`, and OSError."""
    minutes, reading = _read(journal)
    telling = _told(minutes, reading, before=before)
    contents = {**documents(telling), **sheet_documents(journal, reading)}
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        _put(directory / name, content)
    return Written(paths=tuple(directory / name for name in contents), telling=telling)


def documents(telling: Telling) -> Mapping[str, bytes]:
    """All that every conference has, by the names of their files."""
    return {name: make(telling) for name, make in DOCUMENTS.items()}


def _draft_word(telling: Telling) -> bytes:
    minutes = telling.minutes
    return word(bien_ban(minutes), made=day_time(minutes.last))


def _draft_markdown(telling: Telling) -> bytes:
    return markdown(bien_ban(telling.minutes)).encode()


def _speeches_csv(telling: Telling) -> bytes:
    return csv_of(speeches_of(telling.minutes))


def _sites_csv(telling: Telling) -> bytes:
    return csv_of(sites_of(telling.minutes))


def _figures_workbook(telling: Telling) -> bytes:
    minutes = telling.minutes
    return workbook(sheets_of(minutes), title=minutes.title, made=day_time(minutes.last))


def _technical_markdown(telling: Telling) -> bytes:
    damage = _damage(telling)
    report = technical_report(telling.minutes, damage=damage, before=telling.before)
    return markdown(report).encode()


def _technical_json(telling: Telling) -> bytes:
    minutes, damaged, before = telling.minutes, telling.damaged, telling.before
    return _json(
        {
            "conference": minutes.conference,
            "set_aside": [asdict(record) for record in telling.set_aside],
            "damaged": None if damaged is None else {"rev": damaged.rev, "reason": damaged.reason},
            "summary": asdict(summary_of(minutes)),
            "before": None if before is None else asdict(summary_of(before)),
            "lines": [{**asdict(line), "share": line.share} for line in minutes.lines],
            "outages": [asdict(outage) for outage in minutes.outages],
            "incidents": [asdict(incident) for incident in minutes.incidents],
        }
    )


def _facts_json(telling: Telling) -> bytes:
    return _json(asdict(telling.minutes))


DOCUMENTS: Final[Mapping[str, Callable[[Telling], bytes]]] = {
    "bien-ban.docx": _draft_word,
    "bien-ban.md": _draft_markdown,
    "thong-ke.csv": _speeches_csv,
    "thong-ke-diem-cau.csv": _sites_csv,
    "thong-ke.xlsx": _figures_workbook,
    "bao-cao-ky-thuat.md": _technical_markdown,
    "bao-cao-ky-thuat.json": _technical_json,
    "minutes.json": _facts_json,
}
"""Name of the file -> how it is made; each alone, for whoever wants but one."""


def _read(journal: Path) -> tuple[Minutes, Reading]:
    reading = read_only(journal)
    try:
        return minutes_of(reading.records), reading
    except NothingToTell:
        if reading.damaged is not None:
            raise reading.damaged from None
        raise


def _damage(telling: Telling) -> str | None:
    said = [
        f"bản ghi {lost.rev} không đọc được ({lost.reason}), đã để riêng; hội nghị tiếp tục không có nó."
        for lost in telling.set_aside
    ]
    damaged = telling.damaged
    if damaged is not None:
        after = "" if damaged.last else " Các bản ghi sau đó cũng không được dùng."
        said.append(
            f"bản ghi {damaged.rev} không đọc được ({damaged.reason}); "
            f"tài liệu dùng các bản ghi trước đó.{after}"
        )
    return " ".join(said) or None


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
    # A lone surrogate is text that no file can hold.
    return text.encode(errors="replace") + b"\n"


def _put(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

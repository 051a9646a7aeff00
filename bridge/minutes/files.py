"""Files: all documents of a conference, from its journal to a directory.

The journal is only read, and the service may write it meanwhile.  A record that cannot be read
ends the telling: what stands before it is used, and the technical report and the answer name it.
Each file is there whole or not at all, readable by its owner alone, for persons are named in it.
Everything here blocks; a service calls it in a thread.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bridge.minutes.bien_ban import bien_ban
from bridge.minutes.facts import Minutes, minutes_of
from bridge.minutes.figures import csv_of, sheets_of, sites_of, speeches_of
from bridge.minutes.markdown import markdown
from bridge.minutes.steps import NothingToTell
from bridge.minutes.technical import summary_of, technical_report
from bridge.minutes.word import word
from bridge.minutes.wording import day_time
from bridge.minutes.workbook import workbook
from bridge.records import JournalDamaged, read_only

DRAFT_WORD: Final = "bien-ban.docx"
DRAFT_MARKDOWN: Final = "bien-ban.md"
SPEECHES_CSV: Final = "thong-ke.csv"
SITES_CSV: Final = "thong-ke-diem-cau.csv"
FIGURES_WORKBOOK: Final = "thong-ke.xlsx"
TECHNICAL_MARKDOWN: Final = "bao-cao-ky-thuat.md"
TECHNICAL_JSON: Final = "bao-cao-ky-thuat.json"
FACTS_JSON: Final = "minutes.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    paths: tuple[Path, ...]
    minutes: Minutes
    damaged: JournalDamaged | None
    """The record at which the journal breaks off, if it does."""


def write(journal: Path, directory: Path, *, before: Path | None = None) -> Written:
    """Write the documents of *journal* into *directory*; *before* is the journal to compare with.

    JournalForeign, JournalFailed: as :func:`bridge.records.read_only`.  JournalDamaged: already
    the first record is.  NothingToTell: there is none.  OSError: the disk.
    """
    minutes, damaged = _told(journal)
    earlier = None if before is None else _told(before)[0]
    contents = documents(minutes, damaged=damaged, before=earlier)
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        _put(directory / name, content)
    paths = tuple(directory / name for name in contents)
    return Written(paths=paths, minutes=minutes, damaged=damaged)


def documents(
    minutes: Minutes, *, damaged: JournalDamaged | None = None, before: Minutes | None = None
) -> Mapping[str, bytes]:
    """All documents, by the names of their files."""
    made = day_time(minutes.last)
    draft = bien_ban(minutes)
    report = technical_report(minutes, damage=_damage(damaged), before=before)
    numbers = {
        "conference": minutes.conference,
        "damaged": None if damaged is None else {"rev": damaged.rev, "reason": damaged.reason},
        "summary": asdict(summary_of(minutes)),
        "before": None if before is None else asdict(summary_of(before)),
        "lines": [asdict(line) for line in minutes.lines],
        "outages": [asdict(outage) for outage in minutes.outages],
        "incidents": [asdict(incident) for incident in minutes.incidents],
    }
    return {
        DRAFT_WORD: word(draft, made=made),
        DRAFT_MARKDOWN: markdown(draft).encode(),
        SPEECHES_CSV: csv_of(speeches_of(minutes)),
        SITES_CSV: csv_of(sites_of(minutes)),
        FIGURES_WORKBOOK: workbook(sheets_of(minutes), title=minutes.title, made=made),
        TECHNICAL_MARKDOWN: markdown(report).encode(),
        TECHNICAL_JSON: _json(numbers),
        FACTS_JSON: _json(asdict(minutes)),
    }


def _told(journal: Path) -> tuple[Minutes, JournalDamaged | None]:
    reading = read_only(journal)
    try:
        return minutes_of(reading.records), reading.damaged
    except NothingToTell:
        if reading.damaged is not None:
            raise reading.damaged from None
        raise


def _damage(damaged: JournalDamaged | None) -> str | None:
    if damaged is None:
        return None
    after = "" if damaged.last else " Các bản ghi sau đó cũng không được dùng."
    return (
        f"bản ghi {damaged.rev} không đọc được ({damaged.reason}); "
        f"tài liệu dùng các bản ghi trước đó.{after}"
    )


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

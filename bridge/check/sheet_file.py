"""Sheet file: the go/no-go sheet of a journal, as bytes.

The journal is only read, also while the conference runs; a record that cannot be read ends the telling.
What is compared with, where the journal itself has no earlier check of a site, is the newest
conference before it in which anything was checked, among the last :data:`FORMER`.  Beside the other
documents of a conference (:mod:`bridge.minutes.files`) it lies for print and as a table, if there is
anything to say.  Everything here blocks; a service calls it in a thread.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bridge.check.sheet import CheckSheet, Looks, has_any, looks_in, sheet_of
from bridge.check.sheet_page import page
from bridge.check.sheet_table import sheet_table
from bridge.minutes.figures import csv_of
from bridge.minutes.steps import NothingToTell
from bridge.records import JournalError, Reading, read_only

FORMER: Final = 20


def read_sheet(journal: Path) -> CheckSheet:
    """JournalForeign, JournalFailed: as :func:`bridge.records.read_only`.  JournalDamaged: already
    the first record is.  NothingToTell: there is none."""
    reading = read_only(journal)
    if reading.damaged is not None and not reading.records:
        raise reading.damaged
    return sheet_of(reading.records, _former(journal))


def sheet_documents(journal: Path, reading: Reading) -> Mapping[str, bytes]:
    """The sheet of *journal*, which says *reading*, by the names of its files; none if no site was
    checked and nobody walked.  NothingToTell: it has no beginning."""
    if not has_any(reading.records):
        return {}
    sheet = sheet_of(reading.records, _former(journal))
    return {name: FORMS[form](sheet) for name, form in DOCUMENTS.items()}


def _html(sheet: CheckSheet) -> bytes:
    return page(sheet).encode(errors="replace")


def _csv(sheet: CheckSheet) -> bytes:
    return csv_of(sheet_table(sheet))


def _json(sheet: CheckSheet) -> bytes:
    rows = [{**asdict(row), "trend": row.trend} for row in sheet.rows]
    text = json.dumps({**asdict(sheet), "rows": rows}, ensure_ascii=False, allow_nan=False)
    return text.encode(errors="replace")


FORMS: Final[Mapping[str, Callable[[CheckSheet], bytes]]] = {
    "html": _html,
    "csv": _csv,
    "json": _json,
}
DOCUMENTS: Final = {"kiem-tra.html": "html", "kiem-tra.csv": "csv"}
"""Name of the file -> its form."""


def _former(journal: Path) -> Looks:
    others = sorted(journal.parent.glob(f"*{journal.suffix}"), reverse=True)
    for path in [path for path in others if path.name < journal.name][:FORMER]:
        try:
            looks = looks_in(read_only(path).records)
        except (JournalError, NothingToTell):
            continue
        if looks:
            return looks
    return {}

"""The agenda of a conference, read from a file: YAML, CSV or an Excel workbook.

All or nothing: an agenda with a mistake is not used in part.  Reading is also the dry run: it changes
nothing, and brings with the items what a person should look at (``warnings``).  docs/agenda.md
tells those who write one what may stand in it.

A file is made entries by its reader (:mod:`agenda_yaml`, :mod:`agenda_tables`,
:mod:`agenda_workbook`), entries are judged (:mod:`agenda_entries`), and what is right is looked over
(:mod:`agenda_remarks`).  Any bytes may come: each reader is bounded, and what it cannot read is an
:class:`AgendaError` like any other mistake.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import time
from importlib import resources
from pathlib import Path, PurePath
from typing import Final

from config.agenda_entries import PILED, AgendaError, AgendaRow, Cell, Document, judge, piled
from config.agenda_remarks import remarks
from config.agenda_tables import read_csv
from config.agenda_workbook import OLD, ZIP, read_workbook
from config.agenda_yaml import read_yaml
from config.roster import Roster

__all__ = ["AgendaError", "AgendaFile", "AgendaRow", "load_agenda", "parse_agenda"]

EXAMPLE: Final = "agenda-example.yaml"
MOST_BYTES: Final = 2**20
YAML_ENDS: Final = frozenset({".yaml", ".yml"})
TABLE_ENDS: Final = frozenset({".csv", ".tsv", ".txt"})
WORKBOOK_ENDS: Final = frozenset({".xlsx", ".xlsm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaFile:
    """An agenda that is right."""

    rows: tuple[AgendaRow, ...]
    """In order."""
    warnings: tuple[str, ...]
    """What to look at before it is used; the length of it all first."""
    title: str | None = None
    """Of the whole, which YAML can say."""


def load_agenda(
    path: Path | None, roster: Roster, *, sheet: str | None = None, start: time | None = None
) -> AgendaFile:
    """The agenda of a file, by default the example of a conference's morning.

    As :func:`parse_agenda`; raises :class:`OSError` too.
    """
    source = path or resources.files("config").joinpath("data", EXAMPLE)
    with source.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    return parse_agenda(data, source.name, roster, sheet=sheet, start=start)


def parse_agenda(
    data: bytes, file: str, roster: Roster, *, sheet: str | None = None, start: time | None = None
) -> AgendaFile:
    """The agenda that *data* is; the end of the name *file* tells a table from YAML.

    ``sheet`` is the one to read of a workbook, ``start`` the hour from which the end is reckoned.
    Raises :class:`AgendaError` with every mistake there is.
    """
    problems: list[str] = []
    document = _read(data, file, sheet, problems)
    placed = judge(document.entries, roster, problems, file=file)
    title = _title(document.title, problems)
    if problems:
        raise AgendaError(tuple(problems))
    return AgendaFile(
        rows=tuple(item.row for item in placed),
        warnings=remarks(placed, roster, file=file, start=start),
        title=title,
    )


def _read(data: bytes, file: str, sheet: str | None, problems: list[str]) -> Document:
    end = PurePath(file).suffix.lower()
    refusal = ""
    if len(data) > MOST_BYTES:
        refusal = f"more than {MOST_BYTES // 2**20} MiB; an agenda is smaller"
    elif data.startswith(ZIP):
        # Whatever its name: nothing else that is read here begins so.
        return Document(entries=read_workbook(data, file, sheet, problems))
    elif data.startswith(OLD):
        refusal = "a workbook of an old Excel, or with a password; save it as .xlsx without one"
    elif end in WORKBOOK_ENDS:
        refusal = "no Excel workbook, whatever its name; save it as .xlsx anew"
    elif end not in YAML_ENDS | TABLE_ENDS:
        refusal = "an agenda is a file .yaml, .csv or .xlsx"
    elif sheet is not None:
        refusal = "only a workbook has sheets"
    if not refusal:
        text, refusal = _decode(data)
    if refusal:
        problems.append(f"{file}: {refusal}")
    elif end in YAML_ENDS:
        return read_yaml(text, file, problems)
    else:
        return Document(entries=read_csv(text, file, problems))
    return Document(entries=iter(()))


def _decode(data: bytes) -> tuple[str, str]:
    """The text, composed (NFC), or what is wrong with it."""
    # Excel's "Unicode text" is UTF-16, its "CSV UTF-8" has a byte order mark.
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", f"line {line} is not UTF-{16 if is_wide else 8}; save it as CSV UTF-8"
    place = piled(text)
    if place is not None:
        line = text.count("\n", 0, place) + 1
        return "", f"line {line}: {PILED}"
    return unicodedata.normalize("NFC", text), ""


def _title(cell: Cell | None, problems: list[str]) -> str | None:
    if cell is None:
        return None
    text, fault = cell.read("title")
    if fault:
        problems.append(f"{cell.where}: title: {fault}")
    return text or None

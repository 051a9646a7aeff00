"""Papers: the documents of the running conference, for the doors.

Made of its journal, which is opened for reading while the room writes it; what a journal gives
stands in :mod:`bridge.minutes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bridge.minutes.steps import NothingToTell
from bridge.records import JournalError
from signaling.ports import NoPaper, Paper

FILES: Final[Mapping[str, tuple[str, str]]] = {
    "json": ("minutes.json", "application/json"),
    "docx": (
        "bien-ban.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "md": ("bien-ban.md", "text/markdown; charset=utf-8"),
    "csv": ("thong-ke.csv", "text/csv; charset=utf-8"),
    "xlsx": (
        "thong-ke.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "technical": ("bao-cao-ky-thuat.md", "text/markdown; charset=utf-8"),
}
"""Form -> which document it is, and its media type."""
SHEETS: Final[Mapping[str, tuple[str, str]]] = {
    "sheet.html": ("kiem-tra.html", "text/html; charset=utf-8"),
    "sheet.csv": ("kiem-tra.csv", "text/csv; charset=utf-8"),
    "sheet.json": ("kiem-tra.json", "application/json"),
}
"""The same of the go/no-go sheet."""


class Papers:
    def __init__(self, journals: Path) -> None:
        self._journals = journals

    def paper(self, conference: str, form: str) -> Paper:
        """See :class:`signaling.ports.Minutes`."""
        if form in SHEETS:
            return self._sheet(conference, form)
        # Word and Excel are 27 MB and a second: for whoever asks for a document, not for every start.
        from bridge.minutes.files import DOCUMENTS, last_before, tell  # noqa: PLC0415

        journal = self._journals / f"{conference}.journal"
        name, content_type = FILES[form]
        try:
            before = last_before(journal) if form == "technical" else None
            data = DOCUMENTS[name](tell(journal, before=before))
        except (JournalError, NothingToTell, OSError) as error:
            raise NoPaper(str(error)) from error
        return Paper(name=f"{conference}-{name}", content_type=content_type, data=data)

    def _sheet(self, conference: str, form: str) -> Paper:
        from bridge.check.sheet_file import FORMS, read_sheet  # noqa: PLC0415  # as above

        name, content_type = SHEETS[form]
        try:
            sheet = read_sheet(self._journals / f"{conference}.journal")
        except (JournalError, NothingToTell, OSError) as error:
            raise NoPaper(str(error)) from error
        data = FORMS[form.removeprefix("sheet.")](sheet)
        return Paper(name=f"{conference}-{name}", content_type=content_type, data=data)

"""Entries: an item of an agenda as somebody wrote it, and what it becomes when it is right.

A reader (:mod:`agenda_yaml`, :mod:`agenda_tables`) makes entries of a file: texts, each with the place
it stands at.  Here they are judged, for all files alike.  Every mistake is noted, with the place, what
is wrong and how to mend it, and judging goes on, so that a file is mended once; but an agenda with a
mistake is none at all.  The checks are by hand and no pydantic model: each mend is a sentence of
its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from config.agenda_sites import site_of
from config.agenda_words import COLUMNS, KINDS, SUMS, quoted
from config.roster import CENTRE_CODE, Roster, SiteNotFoundError

MOST_ITEMS: Final = 500
LONGEST: Final[Mapping[str, int]] = {"title": 300, "speaker": 200, "position": 200, "group": 300}
"""Letters of each text."""
LONGEST_MINUTES: Final = 600
MOST_MARKS: Final = 30
"""Of one letter, as in Unicode's stream-safe text; Vietnamese has two."""
PILED: Final = f"more than {MOST_MARKS} accents on one letter; write the text anew"

_MINUTES: Final = re.compile(
    r"0*([0-9]{1,6})([.,]0+)?\s*(phút|phut|minutes?|min|['’′])?", re.IGNORECASE
)
_UNSEEN: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Soft hyphens and spaces of no width, which come along with a text out of Word."""


class AgendaError(Exception):
    """The file is no agenda.  ``problems`` has one ``file:place: text`` for each mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaRow:
    """One item of an agenda."""

    kind: str
    """``site``, ``centre``, ``clip``, ``discussion`` or ``break``."""
    title: str
    minutes: int
    site: str | None = None
    """The code; of a ``site`` item, and only of one."""
    speaker: str | None = None
    position: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One text of a file."""

    text: str
    where: str
    """``agenda.csv:5``, ``agenda.xlsx:Sheet1!C5``"""
    fault: str = ""
    """Why it cannot be used, if its reader knows: a date, where a text was written."""

    def read(self, column: str) -> tuple[str, str]:
        """The tidied text, and what is wrong with it, or ``""``."""
        text, fault = ("", self.fault) if self.fault else tidy(self.text)
        most = LONGEST.get(column, len(text))
        return text, fault or (f"{len(text)} letters, {most} at most" if len(text) > most else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item as it is written: its cells by column, those that are there."""

    where: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a reader makes of a file."""

    entries: Iterator[Entry]
    """One by one; what is wrong with their form is told as they come."""
    title: Cell | None = None
    """Of the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item that is right, and where it was written."""

    where: str
    row: AgendaRow


def judge(
    entries: Iterable[Entry], roster: Roster, problems: list[str], *, file: str
) -> list[Placed]:
    """The items of the entries that are right; what is wrong is added to *problems*."""
    placed: list[Placed] = []
    for count, entry in enumerate(entries, 1):
        if count > MOST_ITEMS:
            problems.append(f"{entry.where}: more than {MOST_ITEMS} items; an agenda has fewer")
            break
        found: list[str] = []
        row = _row(_Texts(entry, found), roster)
        problems.extend(found)
        if row is not None and not found:
            placed.append(Placed(where=entry.where, row=row))
    if not placed and not problems:
        problems.append(f"{file}: no item at all")
    return placed


class _Texts:
    """The cells of one entry, tidied; collects what is wrong with them."""

    def __init__(self, entry: Entry, problems: list[str]) -> None:
        self._entry = entry
        self._problems = problems
        self._told: set[str] = set()

    def get(self, column: str) -> str | None:
        """The text of a cell; None when it is blank or of no use."""
        cell = self._entry.cells.get(column)
        if cell is None:
            return None
        text, fault = cell.read(column)
        if fault:
            self.wrong(column, fault)
        return None if fault else text or None

    def need(self, column: str) -> str | None:
        """As :meth:`get`; but it must be there."""
        text = self.get(column)
        if text is None:
            self.missing(column, f"every item has {COLUMNS.shown(column)}")
        return text

    def missing(self, column: str, mend: str) -> None:
        """There is none; not said of a text that is there and has been found wrong."""
        if column not in self._told:
            self.wrong(column, f"missing; {mend}")

    def wrong(self, column: str, text: str) -> None:
        self._told.add(column)
        cell = self._entry.cells.get(column)
        where = cell.where if cell is not None else self._entry.where
        self._problems.append(f"{where}: {column}: {text}")


def _row(texts: _Texts, roster: Roster) -> AgendaRow | None:
    title = texts.need("title")
    if title is not None and SUMS.find(title):
        texts.wrong("title", f"{quoted(title)} is a sum and no item; delete the line")
        return None
    minutes = _minutes(texts)
    kind, site = _kind_and_site(texts, roster)
    speaker, position, group = (texts.get(name) for name in ("speaker", "position", "group"))
    if title is None or minutes is None or kind is None:
        return None
    return AgendaRow(
        kind=kind,
        title=title,
        minutes=minutes,
        site=site,
        speaker=speaker,
        position=position,
        group=group,
    )


def _minutes(texts: _Texts) -> int | None:
    text = texts.need("minutes")
    if text is None:
        return None
    match = _MINUTES.fullmatch(text)
    if match is None:
        texts.wrong("minutes", f"{quoted(text)} is no whole number of minutes; write 7")
        return None
    minutes = int(match[1])
    if not 1 <= minutes <= LONGEST_MINUTES:
        texts.wrong("minutes", f"{minutes} is not from 1 to {LONGEST_MINUTES}")
        return None
    return minutes


def _kind_and_site(texts: _Texts, roster: Roster) -> tuple[str | None, str | None]:
    """What the item is, and whose; the kind is None when that cannot be said."""
    written, place = texts.get("kind"), texts.get("site")
    kind = None
    if written is not None:
        kind = KINDS.find(written)
        if kind is None:
            known = f"{', '.join(KINDS)}{KINDS.nearest(written)}"
            texts.wrong("kind", f"{quoted(written)} is none of {known}")
    site = None
    if place is not None:
        try:
            site = site_of(place, roster).code
        except SiteNotFoundError as error:
            texts.wrong("site", str(error))
            return None, None
    if written is None:
        kind = "site" if site not in {None, CENTRE_CODE} else "centre"
    if kind == "site":
        if site is None:
            texts.missing("site", f"an item of kind site has {COLUMNS.shown('site')}")
        elif site == CENTRE_CODE:
            texts.wrong("site", "room 110 is no site that reports; the kind is centre (trung tâm)")
    elif kind is not None and site not in {None, CENTRE_CODE}:
        texts.wrong("site", f"an item of kind {kind} has none; delete it, or the kind is site")
    return kind, site if kind == "site" else None


def tidy(text: str) -> tuple[str, str]:
    """The text in one line, composed (NFC), its spaces single; and what is wrong with it, or ``""``."""
    seen = text.translate(_UNSEEN)
    for place, char in enumerate(seen):
        if char not in "\n\r\t" and unicodedata.category(char) in {"Cc", "Cf", "Cs"}:
            before = quoted(" ".join(seen[max(0, place - 20) : place].split()))
            return "", f"a control character (U+{ord(char):04X}) after {before}; delete it"
    if piled(seen) is not None:
        return "", PILED
    return " ".join(unicodedata.normalize("NFC", seen).split()), ""


def piled(text: str) -> int | None:
    """Where a letter bears more marks than any does; composing such a text may take minutes."""
    marks = 0
    for place, char in enumerate(text):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MOST_MARKS:
            return place
    return None

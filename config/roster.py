"""Roster: the sites a conference expects, and how a person names one.

The provinces come from a CSV that is part of the program (the 63 of the year 2020), in the order
of the GSO codes; that order is the seat plan, the gallery and the tones of synthetic sites.  Room
110 is added here, last, because it is the same for every roster.

A code is a string everywhere: two digits, ``-2`` to ``-9`` for a second room, or ``110``.  A
person may also write the slug or the name, with or without accents, capitals and spaces; but only
a whole one, since a guess could give the floor to the wrong province.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

CENTRE_CODE: Final = "110"
CENTRE_SLUG: Final = "phong-110"
CODE_PATTERN: Final = r"^(\d{2}(-[2-9])?|110)$"
SLUG_PATTERN: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
PROVINCES: Final = "provinces-2020.csv"


class _Reader(Protocol):
    """What :func:`csv.reader` returns; the type itself has no public name before Python 3.13."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class RosterError(Exception):
    """The roster cannot be used.  ``problems`` has one ``file:line: text`` for each mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SiteNotFoundError(LookupError):
    """No site, or more than one, is called that.  ``suggestions`` are sites that may be meant."""

    def __init__(self, text: str, reason: str, suggestions: tuple[RosterSite, ...]) -> None:
        hint = " or ".join(f"{site.code} {site.name}" for site in suggestions)
        super().__init__(f"{reason}: {text!r}" + (f"; did you mean {hint}?" if hint else ""))
        self.suggestions = suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSite:
    code: str
    slug: str
    name: str
    """As people say it: ``Điện Biên``."""
    title: str
    """As every screen shows it: ``Sở Khoa học và Công nghệ tỉnh Điện Biên``."""
    position: int
    """Place in the roster, from 0; the same in seat plan, gallery and tones."""
    bandwidth_kbps: int | None = None
    """What the site's line carries each way, if the roster says so."""
    consent: str | None = None
    """Who agreed, and when, that room 110 opens the site's microphone; None: nobody did."""


class _Row(BaseModel):
    """One line of the CSV, as it must be."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: str = Field(pattern=CODE_PATTERN)
    slug: str = Field(pattern=SLUG_PATTERN)
    name: str = Field(min_length=1, max_length=100)
    type: str = Field(min_length=1)
    region: str = Field(min_length=1)
    title: str = Field(min_length=1, max_length=200)
    bandwidth_kbps: int | None = Field(default=None, ge=64, le=1_000_000)
    consent: str | None = Field(default=None, max_length=200)

    @field_validator("bandwidth_kbps", "consent", mode="before")
    @classmethod
    def _unsaid(cls, value: object) -> object:
        return value or None


@dataclass(frozen=True, slots=True)
class Roster:
    sites: tuple[RosterSite, ...]
    """In the order of the file, room 110 last."""

    def __iter__(self) -> Iterator[RosterSite]:
        return iter(self.sites)

    def __len__(self) -> int:
        return len(self.sites)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(site.code for site in self.sites)

    def by_code(self, code: str) -> RosterSite:
        """The site of this code; :class:`KeyError` when there is none."""
        for site in self.sites:
            if site.code == code:
                return site
        raise KeyError(code)

    def find(self, text: str) -> RosterSite:
        """The site a person means by a code, a slug or a name: ``11``, ``dien-bien``, ``Điện Biên``.

        Raises :class:`SiteNotFoundError` with suggestions when nobody or more than one is called that.
        """
        wanted = text.strip()
        for site in self.sites:
            if site.code == wanted:
                return site
        key = fold(wanted)
        named = tuple(site for site in self.sites if key in (fold(site.slug), fold(site.name)))
        if len(named) == 1:
            return named[0]
        if named:
            raise SiteNotFoundError(text, "several sites are called that", named)
        raise SiteNotFoundError(text, "no such site", self._near(wanted, key))

    def _near(self, wanted: str, key: str) -> tuple[RosterSite, ...]:
        if wanted.isdigit():
            near = get_close_matches(wanted.zfill(2), self.codes, n=3)
            return tuple(self.by_code(code) for code in near)
        names = {fold(site.name): site for site in self.sites}
        near = [name for name in names if len(key) > 1 and key in name][:3]
        return tuple(names[name] for name in near or get_close_matches(key, names, n=3))


def load_roster(path: Path | None = None) -> Roster:
    """The roster of a CSV file, by default the 63 provinces of 2020; room 110 is added.

    Raises :class:`RosterError` with every mistake there is, and :class:`OSError`.
    """
    source = path or resources.files("config").joinpath("data", PROVINCES)
    return parse_roster(source.read_bytes(), source.name)


def parse_roster(data: bytes, file: str) -> Roster:
    """As :func:`load_roster`; ``file`` is only what errors call it."""
    try:
        # Spreadsheets put a byte order mark before UTF-8.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RosterError((f"{file}:{line}: not UTF-8; save it as CSV UTF-8",)) from None
    rows = csv.reader(io.StringIO(unicodedata.normalize("NFC", text), newline=""), strict=True)
    try:
        return _build(rows, file)
    except csv.Error as error:
        raise RosterError((f"{file}:{rows.line_num}: {error}",)) from None


def _build(rows: _Reader, file: str) -> Roster:
    columns = next(rows, [])
    required = [name for name, field in _Row.model_fields.items() if field.is_required()]
    optional = [name for name in _Row.model_fields if name not in required]
    are_known = set(required) <= set(columns) <= set(_Row.model_fields)
    if not are_known or len(columns) != len(set(columns)):
        expected = f"{','.join(required)}, and may be {','.join(optional)}"
        raise RosterError((f"{file}:1: the columns must be {expected}, not {','.join(columns)}",))

    sites: list[RosterSite] = []
    problems: list[str] = []
    first_seen = dict.fromkeys((CENTRE_CODE, CENTRE_SLUG), "room 110 itself")
    for cells in filter(None, rows):
        line = rows.line_num
        if len(cells) != len(columns):
            problems.append(f"{file}:{line}: {len(cells)} cells, {len(columns)} expected")
            continue
        try:
            row = _Row.model_validate(dict(zip(columns, cells, strict=True)))
        except ValidationError as error:
            problems.extend(
                f"{file}:{line}: {item['loc'][0]}: {item['msg']} (got {item['input']!r})"
                for item in error.errors(include_url=False)
            )
            continue
        for value in (row.code, row.slug):
            if value in first_seen:
                problems.append(f"{file}:{line}: {value} is already {first_seen[value]}")
            first_seen.setdefault(value, f"in line {line}")
        sites.append(
            RosterSite(
                code=row.code,
                slug=row.slug,
                name=row.name,
                title=row.title,
                position=len(sites),
                bandwidth_kbps=row.bandwidth_kbps,
                consent=row.consent,
            )
        )
    if not sites and not problems:
        problems.append(f"{file}:2: no site at all")
    if problems:
        raise RosterError(tuple(problems))
    return Roster((*sites, _centre(len(sites))))


def fold(text: str) -> str:
    """Letters and digits alone, small, without accents: ``Bà Rịa - Vũng Tàu`` is ``bariavungtau``.

    Also makes one of the two spellings ``Hoà`` and ``Hòa``.
    """
    # đ is a letter of its own and does not decompose.
    small = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(char for char in small if char.isalnum())


def _centre(position: int) -> RosterSite:
    return RosterSite(
        code=CENTRE_CODE,
        slug=CENTRE_SLUG,
        name="Phòng 110",
        title="Bộ Khoa học và Công nghệ – Phòng 110",
        position=position,
    )

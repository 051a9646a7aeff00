"""Remarks: what a person should look at before an agenda that is right is used.

None of these is a mistake: a site may report twice, a speech may last an hour.  They are what the one
who reads the agenda before the Minister does would ask about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from typing import Final

from config.agenda_entries import Placed
from config.agenda_words import quoted
from config.roster import CENTRE_CODE, Roster

LONG_MINUTES: Final = 60
"""An item beyond it is asked about; not a break, which may be a lunch."""
WITHOUT_BREAK_MINUTES: Final = 180

_NAMED: Final = 12
"""Sites that are named where many are meant."""


def remarks(
    placed: Sequence[Placed], roster: Roster, *, file: str, start: time | None
) -> tuple[str, ...]:
    """One line for each thing to look at, the length of it all first."""
    lines = [f"{file}: {_length(placed, start)}"]
    lines.extend(_twice(placed, roster, file))
    lines.extend(f"{file}: {line}" for line in _silent(placed, roster))
    lines.extend(_long(placed))
    lines.extend(_unbroken(placed))
    lines.extend(_outside(placed))
    return tuple(lines)


def _length(placed: Sequence[Placed], start: time | None) -> str:
    minutes = sum(item.row.minutes for item in placed)
    text = f"{len(placed)} items, {_hours(minutes)}"
    if start is None:
        return text
    days, end = divmod(start.hour * 60 + start.minute + minutes, 24 * 60)
    later = f" {days} days later" if days > 1 else " the next day" if days else ""
    return f"{text}; begun at {start:%H:%M} it ends at {end // 60:02}:{end % 60:02}{later}"


def _twice(placed: Sequence[Placed], roster: Roster, file: str) -> Iterator[str]:
    first: dict[str, Placed] = {}
    for item in placed:
        code = item.row.site
        if code is None:
            continue
        if code in first:
            name = roster.by_code(code).name
            first_place = first[code].where.removeprefix(f"{file}:")
            yield f"{item.where}: {code} {name} reports already in {first_place}"
        first.setdefault(code, item)


def _silent(placed: Sequence[Placed], roster: Roster) -> Iterator[str]:
    reporting = {item.row.site for item in placed}
    silent = [s for s in roster if s.code not in reporting and s.code != CENTRE_CODE]
    if silent:
        names = ", ".join(f"{site.code} {site.name}" for site in silent[:_NAMED])
        more = f" and {len(silent) - _NAMED} more" if len(silent) > _NAMED else ""
        yield f"{len(silent)} of {len(roster) - 1} sites have no report: {names}{more}"


def _long(placed: Sequence[Placed]) -> Iterator[str]:
    for item in placed:
        if item.row.minutes > LONG_MINUTES and item.row.kind != "break":
            yield f"{item.where}: minutes: {_hours(item.row.minutes)} for one item"


def _unbroken(placed: Sequence[Placed]) -> Iterator[str]:
    """Each stretch between breaks that is too long."""
    stretch: list[Placed] = []
    for item in (*placed, None):
        if item is not None and item.row.kind != "break":
            stretch.append(item)
            continue
        minutes = sum(one.row.minutes for one in stretch)
        if minutes > WITHOUT_BREAK_MINUTES:
            yield f"{stretch[0].where}: from here {_hours(minutes)} without a break"
        stretch = []


def _outside(placed: Sequence[Placed]) -> Iterator[str]:
    """Sites without a group right after one with a group: a merged cell counts for one row only."""
    before: str | None = None
    for item in placed:
        row = item.row
        if row.kind == "site" and row.group is None and before is not None:
            yield (
                f"{item.where}: group: none, after a site of {quoted(before)};"
                " in a table a merged cell is of its first row alone"
            )
        before = row.group if row.kind == "site" else None


def _hours(minutes: int) -> str:
    if minutes < LONG_MINUTES:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"

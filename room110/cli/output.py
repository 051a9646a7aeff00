"""Output: tables and JSON on stdout, messages on stderr.

No colour when stdout is no terminal or ``NO_COLOR`` is set (Rich looks), and no folding either:
who pipes a table into grep wants whole lines.  A stdout that cannot write Vietnamese gets JSON
in ASCII, and text with question marks: never a traceback in the middle of a conference.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from room110.cli.exits import Failure

SCHEMA_VERSION: Final = 1
"""Of every ``--json`` object; grows when a field changes its meaning or goes."""

_UNFOLDED: Final = 400
"""Columns of a table that no terminal has to show."""


def be_forgiving() -> None:
    """Letters that stdout or stderr cannot write become question marks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def emit_json(data: Mapping[str, Any], *, in_a_line: bool = False) -> None:
    """One object on stdout."""
    body = {"schema_version": SCHEMA_VERSION, **data}
    text = json.dumps(
        body, ensure_ascii=not _is_unicode(), indent=None if in_a_line else 2, allow_nan=False
    )
    sys.stdout.write(text + "\n")


def _is_unicode() -> bool:
    # One that is kept in memory has no encoding, and takes anything.
    return (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")


def emit(line: str) -> None:
    """One line of data."""
    sys.stdout.write(line + "\n")


def say(line: str) -> None:
    """One line for the person at the terminal."""
    sys.stderr.write(line + "\n")


def own_up(failure: Failure) -> int:
    """Why it did not go, for the person at the terminal; the exit code."""
    for line in failure.lines:
        say(f"room110: {line}")
    return failure.code


def told(answer: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """What a command did: the service's answer, or a line for the person."""
    if as_json:
        emit_json(answer)
    else:
        say(text)


def emit_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    styles: Iterable[str | None] | None = None,
) -> None:
    """A table on stdout; ``styles`` has one Rich style or None for each row."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    cells = list(rows)
    for row, style in zip(cells, styles or [None] * len(cells), strict=True):
        # Text, so that a title with [brackets] is shown and not obeyed.
        table.add_row(*map(Text, row), style=style)
    width = None if sys.stdout.isatty() else _UNFOLDED
    Console(file=sys.stdout, width=width, highlight=False).print(table)

"""Times: how seconds and times of day look in a table, and how a person says them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

import typer

VIET_NAM: Final = timezone(timedelta(hours=7))


def clock(at_s: float) -> str:
    """Conference seconds as ``h:mm:ss``."""
    minutes, seconds = divmod(int(at_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def span(seconds: float) -> str:
    """A length as ``m:ss``."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02}"


def moment(text: str) -> str:
    """A time of day with its zone, ISO 8601; without one, and today's when only ``08:00`` is said,
    that of the rooms."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        try:
            hour = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  # its zone is ours
        except ValueError:
            raise typer.BadParameter(f"{text!r} is no time such as 08:00") from None
        said = datetime.combine(datetime.now(VIET_NAM).date(), hour)
    if said.tzinfo is None:
        said = said.replace(tzinfo=VIET_NAM)
    return said.isoformat(timespec="seconds")

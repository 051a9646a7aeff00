"""Options: what several commands take, and how words become values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from room110.cli.exits import Exit, Failure
from room110.environment import settings

if TYPE_CHECKING:
    from config.roster import Roster, RosterSite

Server = Annotated[
    str | None,
    typer.Option(help="Address of the service; by default the one that runs here.", metavar="URL"),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        help="File with the token to use; - is stdin. By default a short one is made here.",
        metavar="FILE",
    ),
]
SiteName = Annotated[str, typer.Argument(help="Code, slug or name of the site.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")]

_DURATION: Final = re.compile(
    r"(?:(?P<h>\d{1,5})h)?(?:(?P<m>\d{1,5})m)?(?:(?P<s>\d{1,7}(?:\.\d{1,3})?)s?)?", re.ASCII
)


def duration_s(text: str | float) -> float:
    """Seconds of ``20``, ``20s``, ``1.5s``, ``2m`` or ``1h10m``; more than none.

    Typer parses defaults too, hence also of a number.
    """
    match = _DURATION.fullmatch(str(text).strip())
    parts = match.groupdict(default="0") if match else {}
    seconds = sum(float(parts[unit]) * f for unit, f in (("h", 3600), ("m", 60), ("s", 1)) if parts)
    if seconds <= 0:
        raise typer.BadParameter(f"{text!r} is no duration such as 20s, 2m or 4h")
    return seconds


def roster() -> Roster:
    """The sites of this service, or exit with what is wrong with their file."""
    from config.roster import RosterError, load_roster

    try:
        return load_roster(settings().roster)
    except RosterError as error:
        raise Failure(Exit.CONFIGURATION, *error.problems) from None
    except OSError as error:
        raise Failure(Exit.CONFIGURATION, f"roster: {error}") from None


def site(text: str) -> RosterSite:
    """The site a person means, or exit 2 with suggestions."""
    from config.roster import SiteNotFoundError

    try:
        return roster().find(text)
    except SiteNotFoundError as error:
        raise Failure(Exit.USAGE, str(error)) from None

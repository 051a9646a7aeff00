"""token: who may come in, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, duration_s
from room110.cli.output import emit, emit_json

app = typer.Typer(help="Tokens for people, rooms and programs.", no_args_is_help=True)

NAME_CHARS: Final = 64
"""As long as the journal keeps it."""


class RoleName(StrEnum):
    """As :class:`bridge.conference.words.Role`, which this file need not load to print help."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    TECHNICIAN = "technician"
    SITE = "site"
    VIEWER = "viewer"
    METRICS = "metrics"


# Without it Typer would take the one command for the group itself.
@app.callback()
def token() -> None: ...


@app.command()
def create(
    role: Annotated[list[RoleName], typer.Option(help="What it opens; may be repeated.")],
    site: Annotated[
        str | None, typer.Option(help="The room its bearer stands in: code, slug or name.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Name for the journal; by default made of role and site.")
    ] = None,
    valid_for: Annotated[
        float | None,
        typer.Option(
            parser=duration_s,
            metavar="TIME",
            help="Such as 4h; by default as long as the conference lives.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a token for the running conference and print it."""
    place = None if site is None else options.site(site)
    if RoleName.SITE in role and place is None:
        raise Failure(Exit.USAGE, "a token with role site needs --site")
    from room110.cli.remote import mint

    name = user or ".".join([*sorted(role), *([place.slug] if place else [])])
    if not (name.isprintable() and 1 <= len(name) <= NAME_CHARS):
        raise Failure(Exit.USAGE, f"--user must have 1 to {NAME_CHARS} printable characters")
    made = mint(
        user=name,
        roles=role,
        site=place.code if place else None,
        valid_for_s=None if valid_for is None else max(1, round(valid_for)),
    )
    if as_json:
        emit_json({"token": made, "user": name, "roles": sorted(role)})
    else:
        emit(made)

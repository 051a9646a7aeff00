"""Program: the command groups, put together."""

from __future__ import annotations

import typer

from room110.cli import (
    agenda,
    bench,
    conference,
    events,
    floor,
    minutes,
    mute,
    programs,
    rehearse,
    rollcall,
    sites,
    status,
    tokens,
)
from room110.cli.options import Json
from room110.cli.output import emit, emit_json

app = typer.Typer(
    help="A central room, 63 provincial sites, and a chair who gives the floor.",
    no_args_is_help=True,
    # Plain: Rich takes a tenth of a second to load, and a traceback with locals shows tokens.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(programs.serve)
app.command()(programs.demo)
app.command()(programs.sites)
app.command()(programs.loadtest)
app.command()(programs.canary)
app.command()(rehearse.rehearse)
app.command()(status.status)
app.add_typer(conference.app, name="conference")
app.add_typer(floor.app, name="floor")
app.command()(mute.mute)
app.command()(mute.silence)
app.add_typer(agenda.app, name="agenda")
app.add_typer(rollcall.app, name="rollcall")
app.add_typer(sites.app, name="site")
app.add_typer(events.app, name="events")
app.add_typer(minutes.app, name="minutes")
app.add_typer(tokens.app, name="token")
app.add_typer(bench.app, name="bench")


@app.command()
def version(as_json: Json = False) -> None:
    """Print the version."""
    from importlib.metadata import version as version_of

    number = version_of("room110")
    if as_json:
        emit_json({"version": number})
    else:
        emit(number)

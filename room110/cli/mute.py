"""mute: shut the gate of a site, of several, or of all but some; and open it again."""

from __future__ import annotations

from typing import Annotated

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit_json, say
from room110.cli.remote import connect


def mute(
    sites: Annotated[
        list[str] | None, typer.Argument(metavar="[SITE]...", help="Codes, slugs or names.")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="All provincial sites; room 110 only by name.")
    ] = False,
    but: Annotated[
        list[str] | None, typer.Option(metavar="SITE", help="Except this one; may be repeated.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Unmute.")] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Mute sites, or unmute them: nobody hears a muted site, whatever its microphone does."""
    if everybody == bool(sites):
        raise Failure(Exit.USAGE, "name one or more sites, or say --all")
    if but and not everybody:
        raise Failure(Exit.USAGE, "--but goes with --all")
    # All names are understood before the first site is muted.
    named = [options.site(text) for text in sites or ()]
    spared = [options.site(text) for text in but or ()]

    remote = connect(server, token_file, roles=("chair",))
    done = "unmuted" if off else "muted"
    if everybody:
        answer = remote.post("/mute", {"on": not off, "but": [site.code for site in spared]})
        besides = f" but {', '.join(site.name for site in spared)}" if spared else ""
        text = f"all provincial sites{besides} are {done}"
    else:
        answer = {}
        for site in named:
            answer = remote.post(f"/sites/{site.code}/mute", {"on": not off})
        text = f"{', '.join(f'{site.code} {site.name}' for site in named)}: {done}"
    if as_json:
        emit_json({**answer, "on": not off})
    else:
        say(text)

"""mute: shut the gate of a site, of several, or of all but some; and open it again.

Beside it ``silence``, the key for the bad moment.
"""

from __future__ import annotations

from typing import Annotated

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit_json, say, told
from room110.cli.remote import connect


def mute(
    sites: Annotated[list[str] | None, typer.Argument(help="Codes, slugs or names.")] = None,
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
        told({**answer, "on": not off}, text, as_json=as_json)
        return
    answer, failed = {}, dict[str, Failure]()
    for site in named:
        try:
            answer = remote.post(f"/sites/{site.code}/mute", {"on": not off})
        except Failure as failure:
            if len(named) == 1 or failure.code is not Exit.FAILED:
                raise
            failed[site.code] = failure
    text = ", ".join(f"{site.code} {site.name}" for site in named if site.code not in failed)
    if as_json:
        more = {"failed": {code: list(no.lines) for code, no in failed.items()}} if failed else {}
        emit_json({**answer, "on": not off, **more})
    elif text:
        say(f"{text}: {done}")
    if failed:
        lines = (f"{code}: {line}" for code, no in failed.items() for line in no.lines)
        raise Failure(Exit.PARTIAL if text else Exit.FAILED, *lines)


def silence(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Shut every gate at once, room 110's too; floors are kept.

    Then let each go on by name: floor resume SITE, mute 110 --off.
    """
    answer = connect(server, token_file, roles=("chair",)).post("/silence")
    told(answer, "nobody is heard, room 110 neither", as_json=as_json)

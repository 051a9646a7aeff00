"""sites: how the sites are, and what technicians do to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from room110.cli import checks, options, walk
from room110.cli.options import Json, Server, SiteName, TokenFile
from room110.cli.output import emit, emit_json, told
from room110.cli.remote import connect
from room110.cli.status import emit_sites

app = typer.Typer(help="See the sites, and help their machines.", no_args_is_help=True)
app.command()(checks.check)
app.command()(checks.sheet)
app.add_typer(walk.app, name="walk")
TECHNICIAN = ("technician",)


class Step(StrEnum):
    """As :class:`bridge.conference.words.Ladder`."""

    FULL = "full"
    SMALL = "small"
    SOUND = "sound"


@app.command("list")
def list_(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Show all sites, worst line first."""
    answer = connect(server, token_file, roles=TECHNICIAN).get("/sites")
    if as_json:
        emit_json(answer)
    else:
        emit_sites(answer["sites"])


@app.command()
def show(
    site: SiteName, server: Server = None, token_file: TokenFile = None, as_json: Json = False
) -> None:
    """Show all that is known of a site."""
    shown = options.site(site)
    facts = connect(server, token_file, roles=TECHNICIAN).get(f"/sites/{shown.code}")
    if as_json:
        emit_json(facts)
        return
    for name, value in _flat(facts):
        emit(f"{name:24} {value}")


@app.command()
def cut(
    site: SiteName,
    off: Annotated[bool, typer.Option("--off", help="Let it be heard again.")] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Stop a howl at once: nobody hears the site, its clock stands, it keeps the floor."""
    code, name = _named(site)
    remote = connect(server, token_file, roles=TECHNICIAN)
    answer = remote.post(f"/sites/{code}/cut", {"on": not off})
    told(answer, f"{name} is {'cut no longer' if off else 'cut'}", as_json=as_json)


@app.command()
def probe(
    site: Annotated[
        str | None, typer.Argument(help="Code, slug or name; without one the probe ends.")
    ] = None,
    talk: Annotated[bool, typer.Option("--talk", help="The site hears room 110 too.")] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Listen to a site behind its shut gate, a minute at most; the room is told."""
    remote = connect(server, token_file, roles=TECHNICIAN)
    if site is None:
        told(remote.delete("/probe"), "nobody is listened to", as_json=as_json)
        return
    code, name = _named(site)
    answer = remote.post(f"/sites/{code}/probe", {"kind": "talk" if talk else "listen"})
    what = "hears room 110 and is heard" if talk else "is heard"
    told(answer, f"{name} {what} by technicians", as_json=as_json)


@app.command()
def switch(
    site: SiteName, server: Server = None, token_file: TokenFile = None, as_json: Json = False
) -> None:
    """Let the standby machine of a site be the active one."""
    code, name = _named(site)
    answer = connect(server, token_file, roles=TECHNICIAN).post(f"/sites/{code}/device")
    told(answer, f"{name} is on its other machine", as_json=as_json)


@app.command()
def restart(
    site: SiteName,
    force: Annotated[
        bool, typer.Option("--force", help="Also while it speaks or is next.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Have the machine of a site make its sound and picture anew."""
    code, name = _named(site)
    remote = connect(server, token_file, roles=TECHNICIAN)
    answer = remote.post(f"/sites/{code}/media", {"force": force})
    told(answer, f"{name} makes its media anew", as_json=as_json)


@app.command()
def drop(
    site: SiteName, server: Server = None, token_file: TokenFile = None, as_json: Json = False
) -> None:
    """Hang up a site; a person there may call again."""
    code, name = _named(site)
    answer = connect(server, token_file, roles=TECHNICIAN).delete(f"/sites/{code}/link")
    told(answer, f"{name} was hung up", as_json=as_json)


@app.command()
def ladder(
    site: SiteName,
    to: Annotated[Step, typer.Argument(help="What its line may carry.")],
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Say what the line of a site may carry: everything, a small picture, sound alone."""
    code, name = _named(site)
    remote = connect(server, token_file, roles=TECHNICIAN)
    answer = remote.post(f"/sites/{code}/ladder", {"to": to.value})
    told(answer, f"{name}: {to}", as_json=as_json)


def _named(site: str) -> tuple[str, str]:
    meant = options.site(site)
    return meant.code, f"{meant.code} {meant.name}"


def _flat(facts: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{before}{name}.")
        else:
            rows.append(
                (before + name, str(value).lower() if value in (True, False) else str(value))
            )
    return rows

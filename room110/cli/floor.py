"""floor: who speaks, who waits, and the chair's two acts for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, TokenFile, duration_s
from room110.cli.output import emit_json, emit_table, say
from room110.cli.remote import connect

app = typer.Typer(help="Give the floor, take it back, see who waits.", no_args_is_help=True)


@app.command()
def call(
    site: Annotated[str, typer.Argument(help="Code, slug or name of the site.")],
    limit: Annotated[
        float | None,
        typer.Option(parser=duration_s, metavar="TIME", help="Speaking time, such as 5m."),
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Give the floor to a site, whether or not it asked; who had it longest gives way."""
    called = options.site(site)
    body: dict[str, Any] = {"site": called.code}
    if limit is not None:
        body["limit_s"] = round(limit)
    answer = connect(server, token_file, roles=("chair",)).post("/floor/grants", body)
    if as_json:
        emit_json({**answer, "site": called.code})
    else:
        say(f"{called.code} {called.name} has the floor")


@app.command()
def revoke(
    site: Annotated[
        str | None, typer.Argument(help="Code, slug or name; by default all who have the floor.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Take the floor back."""
    holder = None if site is None else options.site(site)
    remote = connect(server, token_file, roles=("chair",))
    if holder is None:
        answer = remote.delete("/floor/grants")
        text = "nobody has the floor"
    else:
        requests = remote.get("/floor").get("requests", {})
        granted = _granted(requests, holder.code)
        if granted is None:
            raise Failure(Exit.FAILED, f"{holder.code} {holder.name} does not have the floor")
        answer = remote.delete(f"/floor/grants/{granted}")
        text = f"{holder.code} {holder.name} has the floor no longer"
    if as_json:
        emit_json(answer)
    else:
        say(text)


@app.command()
def queue(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Show who speaks, who waits in which order, and who asked."""
    floor = connect(server, token_file, roles=("secretary",)).get("/floor")
    if as_json:
        emit_json(floor)
        return
    rows = _rows(floor)
    if rows:
        emit_table(("", "site", "name", "request", "asked at", "text"), rows)
    else:
        say("nobody speaks and nobody waits")


def _granted(requests: Mapping[str, Mapping[str, Any]], code: str) -> str | None:
    for number, request in requests.items():
        if request["site"] == code and request["status"] == "granted":
            return number
    return None


def _rows(floor: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Those who speak, those who wait in order, those not yet accepted."""
    names = {site.code: site.name for site in options.roster()}
    requests: Mapping[str, Mapping[str, Any]] = floor.get("requests", {})
    place = {str(number): index for index, number in enumerate(floor.get("queue", ()), start=1)}

    rows = []
    for number, request in requests.items():
        code = request["site"]
        held = "held" if request.get("holds") else "speaking"
        waiting = f"{place[number]}." if number in place else request["status"]
        word = held if request["status"] == "granted" else waiting
        row = (
            word,
            code,
            names.get(code, ""),
            number,
            _clock(request["created_s"]),
            request.get("text", ""),
        )
        order = 0 if request["status"] == "granted" else place.get(number, len(requests) + 1)
        rows.append((order, int(number), row))
    if following := floor.get("next"):
        rows.append(
            (0, len(rows) + 2**53, ("next", following, names.get(following, ""), "", "", ""))
        )
    return [row for _, _, row in sorted(rows)]


def _clock(at_s: float) -> str:
    """Conference seconds as h:mm:ss."""
    minutes, seconds = divmod(int(at_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"

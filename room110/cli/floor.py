"""floor: who speaks and who waits; what is done to them stands in the two modules beside this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from room110.cli import floor_asking, floor_giving, options
from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit_json, emit_table, say
from room110.cli.remote import connect
from room110.cli.times import clock, span

app = typer.Typer(help="Give the floor, take it back, see who waits.", no_args_is_help=True)
for command in (
    *(floor_giving.call, floor_giving.grant, floor_giving.revoke, floor_giving.hold),
    *(floor_giving.resume, floor_giving.extend, floor_giving.limit),
    *(floor_asking.request, floor_asking.accept, floor_asking.deny, floor_asking.release),
):
    app.command()(command)
app.command("next")(floor_giving.next_)

_COLUMNS = ("", "site", "name", "request", "kind", "asked at", "time", "text")


@app.command("show", help="As queue.", hidden=True)
@app.command()
def queue(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Show who speaks and how long, who waits in which order, and who asked."""
    floor = connect(server, token_file, roles=("secretary",)).get("/floor")
    if as_json:
        emit_json(floor)
        return
    rows = _rows(floor)
    if rows:
        emit_table(_COLUMNS, rows)
    else:
        say("nobody speaks and nobody waits")


def _rows(floor: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Those who speak, those who wait in order, those not yet accepted."""
    names = {site.code: site.name for site in options.roster()}
    requests: Mapping[str, Mapping[str, Any]] = floor.get("requests", {})
    place = {str(number): index for index, number in enumerate(floor.get("queue", ()), start=1)}
    now_s = floor.get("now", 0.0)

    rows = []
    for number, request in requests.items():
        code = request["site"]
        is_granted = request["status"] == "granted"
        waiting = f"{place[number]}." if number in place else request["status"]
        row = (
            _holding(request) if is_granted else waiting,
            code,
            names.get(code, ""),
            number,
            request.get("kind", ""),
            clock(request["created_s"]),
            _time(request, now_s=now_s),
            request.get("text", ""),
        )
        order = 0 if is_granted else place.get(number, len(requests) + 1)
        rows.append((order, int(number), row))
    if following := floor.get("next"):
        row = ("next", following, names.get(following, ""), "", "", "", "", "")
        rows.append((0, len(rows) + 2**53, row))
    return [row for _, _, row in sorted(rows)]


def _holding(request: Mapping[str, Any]) -> str:
    if request.get("holds"):
        return f"held ({', '.join(request['holds'])})"
    if "speech" not in request.get("floors", ("speech",)):
        return "showing"
    return "speaking by phone" if request.get("via") == "phone" else "speaking"


def _time(request: Mapping[str, Any], *, now_s: float) -> str:
    """``2:05 of 7:00``, or what it will have."""
    limit_s = request.get("limit_s")
    used = request.get("clock")
    if used is None:
        return "" if limit_s is None else span(limit_s)
    since_s = used.get("since_s")
    used_s = used["used_s"] + (0.0 if since_s is None else now_s - since_s)
    over = " OVER" if request.get("over") else ""
    return span(used_s) + ("" if limit_s is None else f" of {span(limit_s)}") + over

"""rollcall: who is there, as people say it; lines are another fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, SiteName, TokenFile
from room110.cli.output import emit, emit_json, emit_table, told
from room110.cli.remote import connect
from room110.cli.times import clock

app = typer.Typer(help="The roll call.", no_args_is_help=True)
SECRETARY = ("secretary",)
CENTRE = "110"
NOT_MARKED = "not marked"


class MarkName(StrEnum):
    """As :class:`bridge.conference.words.Mark`, and ``none`` to take it away."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"
    LEFT = "left"
    NONE = "none"


EXPLAINED = frozenset({MarkName.ABSENT, MarkName.EXCUSED})


@app.command()
def show(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Show every site with its mark, and how many have which."""
    rollcall = connect(server, token_file, roles=SECRETARY).get("/rollcall")
    if as_json:
        emit_json(rollcall)
        return
    marks: Mapping[str, Mapping[str, Any]] = rollcall.get("marks", {})
    rows = [_row(site.code, site.name, marks.get(site.code, {})) for site in options.roster()]
    counted = Counter(row[2] for row in rows if row[0] != CENTRE)
    was = "is being called" if rollcall["open"] else "is not being called"
    emit(f"the roll {was}; " + ", ".join(f"{mark} {count}" for mark, count in counted.items()))
    emit("")
    columns = ("site", "name", "mark", "at", "head", "title", "persons", "reason", "by")
    emit_table(columns, [row for row in rows if row[0] != CENTRE or row[2] != NOT_MARKED])


@app.command("open")
def open_(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Call the roll, or call it again."""
    answer = connect(server, token_file, roles=SECRETARY).post("/rollcall")
    told(answer, "the roll is being called", as_json=as_json)


@app.command()
def mark(
    site: SiteName,
    mark: Annotated[MarkName, typer.Argument(help="none takes it away.")],
    reason: Annotated[str | None, typer.Option(help="Needed for absent and excused.")] = None,
    head: Annotated[str | None, typer.Option(help="Who leads the site.")] = None,
    title: Annotated[str | None, typer.Option(help="What that person is.")] = None,
    count: Annotated[int | None, typer.Option(min=0, help="Persons in the room.")] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Mark a site: present, late, absent, excused, left."""
    marked = options.site(site)
    if mark in EXPLAINED and not reason:
        raise Failure(Exit.USAGE, f"{mark} needs --reason")
    said: dict[str, Any] = {"reason": reason, "head": head, "title": title, "count": count}
    body = {name: value for name, value in said.items() if value is not None}
    body["mark"] = None if mark is MarkName.NONE else mark.value
    remote = connect(server, token_file, roles=SECRETARY)
    answer = remote.post(f"/rollcall/{marked.code}", body)
    what = NOT_MARKED if mark is MarkName.NONE else mark
    told(answer, f"{marked.code} {marked.name}: {what}", as_json=as_json)


@app.command()
def close(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """End the roll call; who answers later is late."""
    answer = connect(server, token_file, roles=SECRETARY).delete("/rollcall")
    told(answer, "the roll is called", as_json=as_json)


def _row(code: str, name: str, mark: Mapping[str, Any]) -> tuple[str, ...]:
    at_s, count = mark.get("at_s"), mark.get("count")
    return (
        code,
        name,
        mark.get("mark", NOT_MARKED),
        "" if at_s is None else clock(at_s),
        mark.get("head", ""),
        mark.get("title", ""),
        "" if count is None else str(count),
        mark.get("reason", ""),
        mark.get("by", ""),
    )

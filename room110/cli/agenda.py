"""agenda: what is to be treated, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit, emit_json, emit_table, say, told
from room110.cli.remote import connect
from room110.cli.times import span

if TYPE_CHECKING:
    from config.agenda import AgendaFile

app = typer.Typer(help="The agenda: read it from a file, and go through it.", no_args_is_help=True)
CHAIR = ("chair",)
SECRETARY = ("secretary",)

AgendaPath = Annotated[
    Path, typer.Argument(help="YAML, CSV or Excel; docs/agenda.md says what stands in it.")
]
Sheet = Annotated[str | None, typer.Option(help="Which sheet of a workbook.")]
Item = Annotated[int, typer.Argument(min=1, help="Its number, as show has it.")]


@app.command()
def show(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Show the items in order, where the session is, and how late."""
    agenda = connect(server, token_file, roles=SECRETARY).get("/agenda")
    if as_json:
        emit_json(agenda)
        return
    items: Mapping[str, Mapping[str, Any]] = agenda["items"]
    if not items:
        say("there is no agenda")
        return
    late_s = agenda.get("late_s")
    if late_s is not None:
        emit(f"{span(abs(late_s))} {'behind' if late_s > 0 else 'ahead of'} the plan")
        emit("")
    numbers = [str(number) for number in agenda["order"]]
    _emit_items([(number, items[number]) for number in numbers], now_s=agenda.get("now", 0.0))


@app.command()
def check(
    file: AgendaPath,
    sheet: Sheet = None,
    start: Annotated[
        str | None, typer.Option(help="When it begins, to reckon its end.", metavar="HH:MM")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read an agenda and show what it would be; nothing is changed and nobody asked."""
    read = _read(file, sheet=sheet, start=start, as_json=as_json)
    if as_json:
        emit_json({"title": read.title, "items": _items(read), "warnings": list(read.warnings)})
        return
    _emit_items([(str(n), item) for n, item in enumerate(_items(read), 1)], now_s=0.0)
    for warning in read.warnings:
        say(warning)


@app.command()
def load(
    file: AgendaPath,
    sheet: Sheet = None,
    append: Annotated[
        bool, typer.Option("--append", help="Behind what is planned, not in its place.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Put the agenda of a file in place of what is planned; what is done stays."""
    read = _read(file, sheet=sheet, start=None, as_json=as_json)
    remote = connect(server, token_file, roles=SECRETARY)
    answer = remote.post("/agenda", {"items": _items(read), "append": append})
    if as_json:
        emit_json({**answer, "items": len(read.rows), "warnings": list(read.warnings)})
        return
    for warning in read.warnings:
        say(warning)
    say(f"{len(read.rows)} items are on the agenda")


@app.command("next")
def next_(
    item: Annotated[int | None, typer.Argument(min=1, help="Which; by default the next.")] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """End the current item and begin the next planned one, or the one that is named."""
    body = {} if item is None else {"item": item}
    answer = connect(server, token_file, roles=CHAIR).post("/agenda/next", body)
    request = answer.get("request")
    turn = "" if request is None else f"; its turn is request {request}"
    told(answer, f"the session goes on{turn}", as_json=as_json)


@app.command()
def finish(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """End the current item; none follows yet."""
    answer = connect(server, token_file, roles=CHAIR).post("/agenda/finish")
    told(answer, "the item is done", as_json=as_json)


@app.command()
def skip(
    item: Item, server: Server = None, token_file: TokenFile = None, as_json: Json = False
) -> None:
    """Pass over an item; it may return."""
    answer = connect(server, token_file, roles=CHAIR).post(f"/agenda/items/{item}/skip")
    told(answer, f"item {item} is skipped", as_json=as_json)


@app.command()
def defer(
    item: Item,
    after: Annotated[
        int | None, typer.Option(min=1, help="Behind this one; by default to the end.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Put an item behind another; the current one is interrupted."""
    body = {} if after is None else {"after": after}
    answer = connect(server, token_file, roles=CHAIR).post(f"/agenda/items/{item}/defer", body)
    where = "at the end" if after is None else f"behind {after}"
    told(answer, f"item {item} is {where}", as_json=as_json)


@app.command("return")
def return_(
    item: Item, server: Server = None, token_file: TokenFile = None, as_json: Json = False
) -> None:
    """Let an item that was skipped or done be the next."""
    answer = connect(server, token_file, roles=CHAIR).post(f"/agenda/items/{item}/return")
    told(answer, f"item {item} is the next", as_json=as_json)


def _read(file: Path, *, sheet: str | None, start: str | None, as_json: bool) -> AgendaFile:
    """The agenda of a file, or exit 1 with every mistake in it."""
    from datetime import datetime

    from config.agenda import AgendaError, load_agenda

    try:
        hour = None if start is None else datetime.strptime(start, "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        raise Failure(Exit.USAGE, f"{start!r} is no time such as 08:00") from None
    try:
        return load_agenda(file, options.roster(), sheet=sheet, start=hour)
    except AgendaError as error:
        if as_json:
            emit_json({"problems": list(error.problems)})
        raise Failure(Exit.FAILED, *error.problems) from None
    except OSError as error:
        raise Failure(Exit.USAGE, f"{file}: {error.strerror}") from None


def _items(read: AgendaFile) -> list[dict[str, Any]]:
    """As ``agenda.load`` has them."""
    from dataclasses import asdict

    rows = map(asdict, read.rows)
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _emit_items(items: Sequence[tuple[str, Mapping[str, Any]]], *, now_s: float) -> None:
    names = {site.code: site.name for site in options.roster()}
    rows = []
    for number, item in items:
        code = item.get("site", "")
        who = ", ".join(filter(None, (item.get("speaker"), item.get("position"))))
        took_s = item.get("took_s", 0.0)
        if item.get("status") == "current":
            took_s += now_s - item.get("started_s", now_s)
        rows.append(
            (
                number,
                item.get("status", ""),
                item["kind"],
                f"{code} {names.get(code, '')}".strip(),
                item["title"],
                who,
                item.get("group", ""),
                f"{item['minutes']}:00",
                span(took_s) if took_s else "",
            )
        )
    columns = ("item", "", "kind", "site", "title", "who", "group", "planned", "took")
    styles = ["bold" if row[1] == "current" else None for row in rows]
    emit_table(columns, rows, styles=styles)

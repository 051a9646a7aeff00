"""events: what happens, as it happens.

A line is lost now and then; then this asks again from the revision it saw last, so that whoever
reads it has every change once, or is told with a new snapshot that there were too many.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.mends import described
from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit, emit_json, say
from room110.cli.remote import Remote, connect
from room110.cli.times import clock

app = typer.Typer(help="What happens, as it happens.", no_args_is_help=True)

SILENCE_S: Final = 40.0
"""The service says something every 15 s."""
AGAIN_S: Final = 1.0
FINAL: Final = frozenset({"conference_over"})


@app.callback()
def group() -> None: ...


@app.command()
def tail(
    since: Annotated[
        int | None, typer.Option(min=0, help="Begin with what came after this revision.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Follow the conference until Ctrl-C; with --json an object in a line per change."""
    names = {site.code: f"{site.code} {site.name}" for site in options.roster()}
    show = _emit_line if as_json else lambda event: _emit_text(event, names)
    follow(
        lambda: connect(server, token_file, roles=("technician",)),
        show,
        since=since,
        wait=time.sleep,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    name: str
    data: dict[str, Any]
    rev: int | None


def follow(
    dial: Callable[[], Remote],
    show: Callable[[Event], None],
    *,
    since: int | None,
    wait: Callable[[float], None],
) -> None:
    """Show every event until the conference is over.  Raises Failure: nobody answers at first, or
    a no at any time."""
    seen, was_there = since, False
    while True:
        try:
            path = "/events" if seen is None else f"/events?since={seen}"
            with dial().lines(path, silence_s=SILENCE_S) as lines:
                for event in events(lines):
                    was_there = True
                    seen = event.rev if event.rev is not None else seen
                    show(event)
                    if event.name == "bye" and event.data.get("reason") in FINAL:
                        return
        except Failure as failure:
            if failure.code is not Exit.UNREACHABLE or not was_there:
                raise
            say(failure.lines[0])
        wait(AGAIN_S)


def events(lines: Iterable[bytes]) -> Iterator[Event]:
    """The events of a stream (WHATWG HTML, section 9.2.6, as far as the service uses it)."""
    name, data, rev = "", "", None
    for raw in lines:
        field, _, value = raw.decode().rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if not field and not value:
            if data:
                yield Event(name=name, data=json.loads(data), rev=rev)
            name, data, rev = "", "", None
        elif field == "event":
            name = value
        elif field == "data":
            data += value
        elif field == "id":
            rev = int(value)


def _emit_line(event: Event) -> None:
    rev = {} if event.rev is None else {"rev": event.rev}
    emit_json({"event": event.name, **rev, **event.data}, in_a_line=True)
    _flush()


def _emit_text(event: Event, names: dict[str, str]) -> None:
    match event.name:
        case "snapshot":
            view = event.data["snapshot"]
            emit(f"{clock(event.data['now'])}  {event.rev}  {view['title']}: {view['phase']}")
        case "change":
            for said in event.data["events"]:
                site = said.get("site")
                told = {**said, "site": names.get(site, site)} if site else said
                at_s = said.get("at_s", event.data["now"])
                emit(f"{clock(at_s)}  {event.rev}  {described(told)}")
        case "bye":
            say(f"the service says bye: {event.data.get('reason')}")
    _flush()


def _flush() -> None:
    """Whoever reads a pipe wants each line when it happens."""
    sys.stdout.flush()

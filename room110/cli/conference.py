"""conference: its phases, from the lobby to the end; who leads it stands in the module beside this."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from room110.cli import chairing
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit, emit_json, emit_table, say, told
from room110.cli.remote import connect
from room110.cli.times import clock, moment

app = typer.Typer(help="Open, interrupt and end the conference.", no_args_is_help=True)
for command in (chairing.policy, chairing.handover, chairing.assume, chairing.describe):
    app.command()(command)

CHAIR = ("chair",)
TECHNICIAN = ("technician",)


@app.command()
def show(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Show the phase, who has the chair, and whose consoles are connected."""
    remote = connect(server, token_file, roles=TECHNICIAN)
    conference, chair = remote.get("/conference"), remote.get("/chair")
    if as_json:
        emit_json({**conference, "chair": chair["chair"], "consoles": chair["consoles"]})
        return
    emit(f"{conference['title']} ({conference['conference']})")
    emit(_phase(conference))
    emit(_chair(chair))
    if chair["consoles"]:
        emit("")
        rows = [(user, ", ".join(roles)) for user, roles in chair["consoles"].items()]
        emit_table(("console", "roles"), rows)


@app.command("open")
def open_(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Open the session, from the lobby or after a recess; room 110 is heard from now."""
    answer = connect(server, token_file, roles=CHAIR).post("/conference/phase", {"to": "open"})
    told(answer, "the session is open, and room 110 is heard", as_json=as_json)


@app.command()
def recess(
    until: Annotated[
        str | None, typer.Option(parser=moment, metavar="HH:MM", help="For the slate.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="For the slate, one line.")] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Interrupt the session: nobody is heard, whoever speaks keeps the floor."""
    remote = connect(server, token_file, roles=CHAIR)
    if until is not None or text is not None:
        said = {"text": text, "until": until}
        body = {name: value for name, value in said.items() if value is not None}
        remote.post("/programme", {"slate": "recess", **body})
    answer = remote.post("/conference/phase", {"to": "recess"})
    told(answer, "the session is interrupted", as_json=as_json)


@app.command()
def close(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """End the conference; asks twice."""
    remote = connect(server, token_file, roles=CHAIR)
    if not yes:
        conference = remote.get("/conference")
        _ask(f"End {conference['title']}?", "All floors and requests end with it. Really?")
    answer = remote.post("/conference/phase", {"to": "closed"})
    told(answer, "the conference is closed; room110 minutes write DIR", as_json=as_json)


@app.command()
def reopen(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Open a conference again that was closed by mistake, within a quarter of an hour."""
    remote = connect(server, token_file, roles=CHAIR)
    conference = remote.get("/conference")
    if conference["phase"] != "closed":
        raise Failure(Exit.FAILED, f"the conference is {conference['phase']}, not closed")
    answer = remote.post("/conference/phase", {"to": "open"}, rev=conference["rev"])
    told(answer, "the session is open again, and room 110 is heard", as_json=as_json)


@app.command()
def begin(
    title: Annotated[str, typer.Argument(help="What it is called.")],
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="It may be replaced at any time.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Begin the next conference in its lobby; all tokens of the last one end."""
    remote = connect(server, token_file, roles=CHAIR)
    answer = remote.post("/conference", {"title": title, "rehearsal": rehearsal})
    told(answer, f"{answer.get('conference')} has begun", as_json=as_json)


@app.command()
def lock(
    off: Annotated[bool, typer.Option("--off", help="Take newcomers again.")] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Take no further viewer and no further device; a site of the roster always gets in."""
    remote = connect(server, token_file, roles=CHAIR)
    answer = remote.post("/conference/lock", {"on": not off})
    told(answer, "newcomers are taken" if off else "no newcomer is taken", as_json=as_json)


def _ask(*questions: str) -> None:
    """Exit 1 unless each is answered with yes; exit 2 where nobody can answer."""
    if not sys.stdin.isatty():
        raise Failure(Exit.USAGE, "nobody can be asked here: say --yes")
    for question in questions:
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
            say("nothing is changed")
            raise typer.Exit(Exit.FAILED)


def _phase(conference: Mapping[str, Any]) -> str:
    facts = [f"{conference['phase']} since {clock(conference.get('phase_since_s', 0.0))}"]
    for name, word in (("rehearsal", "a rehearsal"), ("locked", "locked")):
        if conference.get(name):
            facts.append(word)
    if conference.get("rollcall_open"):
        facts.append("the roll is being called")
    return f"{', '.join(facts)}; now {clock(conference.get('now', 0.0))}"


def _chair(answer: Mapping[str, Any]) -> str:
    chair = answer["chair"]
    who = chair.get("deputy")
    has = "the named chair has the chair" if who is None else f"{who} has the chair, as deputy"
    away_s = chair.get("away_since_s")
    if away_s is None:
        return has
    return f"{has}; no console of it is connected since {clock(away_s)}"

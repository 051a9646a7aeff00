"""walk: *Thử tiếng, thử hình* at a terminal, from site to site in the order of the seats.

They are the commands of ``room110 site walk``, each named as the protocol names it (``walk.next`` is
``next``).  Who talks with a site sits at a console with a microphone; here is said whose turn it is, and
what was heard and seen.  Whatever moves the turn says where it went.

Where that is, who is next and how many are left stands in :mod:`room110.cli.walked`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, SiteName, TokenFile
from room110.cli.output import emit, emit_json, emit_table, say, told
from room110.cli.remote import Remote, connect
from room110.cli.times import clock, span
from room110.cli.walked import Standing

app = typer.Typer(help="Hear and see every site before the session.", no_args_is_help=True)
TECHNICIAN = ("technician",)
_STYLES: Final = {"turn": "bold", "next": None, "skipped": "yellow", "no line": "dim"}


class Sound(StrEnum):
    """As :class:`bridge.conference.check_words.WalkSound`."""

    GOOD = "good"
    QUIET = "quiet"
    BROKEN = "broken"
    ECHO = "echo"


class Picture(StrEnum):
    """As :class:`bridge.conference.check_words.WalkPicture`."""

    GOOD = "good"
    DARK = "dark"
    FROZEN = "frozen"


@app.command()
def show(
    all_: Annotated[
        bool, typer.Option("--all", help="Also the sites of which nothing was said yet.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Show whose turn it is, who is next, and what was said of each site."""
    standing = _look(connect(server, token_file, roles=TECHNICIAN))
    if as_json:
        emit_json(standing.facts())
        return
    names = _names()
    emit(_headline(standing))
    if standing.current is not None:
        emit(f"turn: {_called(standing.current)}, for {span(standing.took_s(standing.current))}")
    if standing.next is not None:
        emit(f"next: {_called(standing.next)}")
    sites = [site for site in standing.order if all_ or standing.visit(site)]
    if not sites:
        return
    emit("")
    emit_table(
        ("site", "", "", "sound", "picture", "took", "by", "at"),
        [(site, names.get(site, ""), *_row(standing, site)) for site in sites],
        styles=[_style(standing, site) for site in sites],
    )
    # A note may be long: in a column of a narrow terminal it would be ten lines of two words.
    noted = [site for site in sites if "note" in standing.visit(site)]
    if noted:
        emit("")
    for site in noted:
        emit(f"{_called(site)}: {standing.visit(site)['note']}")


@app.command()
def begin(
    anew: Annotated[bool, typer.Option("--anew", help="Forget what was said.")] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Begin, or go on where nothing was said yet."""
    remote = connect(server, token_file, roles=TECHNICIAN)
    _moved(remote, remote.post("/walk", {"anew": anew}), as_json=as_json)


@app.command("next")
def next_(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Go on to the next site of which nothing was said yet."""
    remote = connect(server, token_file, roles=TECHNICIAN)
    _moved(remote, remote.post("/walk/next"), as_json=as_json)


@app.command()
def skip(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Pass over the site whose turn it is, and go on."""
    remote = connect(server, token_file, roles=TECHNICIAN)
    _moved(remote, remote.post("/walk/skip"), as_json=as_json)


@app.command()
def go(
    site: SiteName, server: Server = None, token_file: TokenFile = None, as_json: Json = False
) -> None:
    """Go to a site, forward or back. To the one whose turn it is: talk with it again."""
    code = options.site(site).code
    remote = connect(server, token_file, roles=TECHNICIAN)
    _moved(remote, remote.post("/walk/site", {"site": code}), as_json=as_json)


@app.command()
def judge(
    site: Annotated[
        str | None, typer.Argument(help="Code, slug or name; by default the one whose turn it is.")
    ] = None,
    sound: Annotated[Sound | None, typer.Option(help="How it is heard.")] = None,
    picture: Annotated[Picture | None, typer.Option(help="How it is seen.")] = None,
    note: Annotated[str | None, typer.Option(help="Why, or what is to be done; one line.")] = None,
    on: Annotated[bool, typer.Option("--next", help="And go on to the next.")] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Say how a site is heard and seen. What is not given stays as it was."""
    said = {"sound": sound, "picture": picture, "note": note}
    body = {name: str(value) for name, value in said.items() if value is not None}
    if not body:
        raise Failure(Exit.USAGE, "what was heard and seen? --sound, --picture, --note")
    if on and site is not None:
        raise Failure(Exit.USAGE, "--next goes on from the site whose turn it is: name none")
    code = None if site is None else options.site(site).code
    remote = connect(server, token_file, roles=TECHNICIAN)
    code = code or _look(remote).current
    if code is None:
        raise Failure(Exit.FAILED, "it is nobody's turn: name the site")
    answer = remote.post(f"/sites/{code}/walk", body)
    if not (on and as_json):
        words = ", ".join(f"{name} {value}" for name, value in body.items())
        told({**answer, "site": code}, f"{_called(code)}: {words}", as_json=as_json)
    if on:
        # Somebody else who went on meanwhile is not overtaken.
        _moved(remote, remote.post("/walk/next", rev=answer.get("rev")), as_json=as_json)


@app.command()
def end(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Go no further; what was said stays."""
    remote = connect(server, token_file, roles=TECHNICIAN)
    answer = remote.delete("/walk")
    standing = _look(remote)
    text = f"{_headline(standing)}; the sheet: room110 site sheet"
    told({**answer, **standing.facts()}, text, as_json=as_json)


def _look(remote: Remote) -> Standing:
    return Standing.of(remote.get("/check"), remote.get("/sites")["sites"])


def _moved(remote: Remote, answer: Mapping[str, Any], *, as_json: bool) -> None:
    """Where the turn is now."""
    standing = _look(remote)
    if as_json:
        emit_json({**answer, **standing.facts()})
    elif standing.current is not None:
        say(f"turn: {_called(standing.current)}; {standing.counted()}")
    elif standing.next is not None:
        say(f"behind the last: {standing.counted()}; next goes back to {_called(standing.next)}")
    else:
        say(f"nobody is left: {standing.counted()}; room110 site walk end")


def _headline(standing: Standing) -> str:
    if not standing.walk:
        return f"nobody has walked: {standing.counted()}"
    by, begun = standing.walk["by"], clock(standing.walk["begun_s"])
    if standing.is_on:
        return f"{by} walks since {begun}, now {clock(standing.now_s)}: {standing.counted()}"
    ended = clock(standing.walk["ended_s"])
    return f"the walk of {by} is over, {begun} to {ended}: {standing.counted()}"


def _row(standing: Standing, site: str) -> tuple[str, ...]:
    visit, took_s = standing.visit(site), standing.took_s(site)
    return (
        standing.state(site),
        visit.get("sound", ""),
        visit.get("picture", ""),
        span(took_s) if took_s else "",
        visit.get("by", ""),
        clock(visit["judged_s"]) if "judged_s" in visit else "",
    )


def _style(standing: Standing, site: str) -> str | None:
    visit = standing.visit(site)
    said = {visit.get("sound", Sound.GOOD), visit.get("picture", Picture.GOOD)}
    if said != {Sound.GOOD}:  # both words for good are one
        return "yellow"
    return _STYLES.get(standing.state(site))


def _names() -> dict[str, str]:
    return {site.code: site.name for site in options.roster()}


def _called(code: str) -> str:
    return f"{code} {_names().get(code, '')}".rstrip()

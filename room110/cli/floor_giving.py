"""floor, the chair's part: give it, interrupt, lengthen, take it back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from room110.cli import asked, options
from room110.cli.asked import SPEAKING, WAITING, Request
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, SiteName, TokenFile, duration_s
from room110.cli.output import emit_json, say, told
from room110.cli.remote import Remote, connect

CHAIR = ("chair",)

Limit = Annotated[
    float | None,
    typer.Option(parser=duration_s, metavar="TIME", help="Speaking time, such as 5m."),
]
Remark = Annotated[str | None, typer.Option(help="A word to the site, one line.")]


class FloorName(StrEnum):
    """As :data:`bridge.conference.words.FLOORS`."""

    SPEECH = "speech"
    CONTENT = "content"


Floors = Annotated[
    list[FloorName] | None,
    typer.Option("--floor", help="Which floor; may be given again. By default speech."),
]


def call(
    site: SiteName,
    limit: Limit = None,
    floor: Floors = None,
    phone: Annotated[
        bool, typer.Option("--phone", help="It speaks by telephone; needs no line.")
    ] = False,
    item: Annotated[
        int | None, typer.Option(min=1, help="The agenda item that this is.", metavar="N")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Take the floor from nobody: refuse if it is full.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Give the floor to a site, whether or not it asked; who had it longest gives way."""
    called = options.site(site)
    body: dict[str, Any] = {"site": called.code, **_limited(limit)}
    if floor:
        body["floors"] = [one.value for one in floor]
    if phone:
        body["via"] = "phone"
    if item is not None:
        body["agenda_item"] = item
    if keep:
        body["on_full"] = "reject"
    answer = connect(server, token_file, roles=CHAIR).post("/floor/grants", body)
    if as_json:
        emit_json({**answer, "site": called.code})
    else:
        say(f"{called.code} {called.name} has the floor")


def grant(
    site: SiteName,
    limit: Limit = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="End the oldest speech if the floor is full.")
    ] = False,
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Give the floor to a site that asked."""
    waiting = options.site(site)
    remote = connect(server, token_file, roles=CHAIR)
    floor = remote.get("/floor")
    body = {"request": asked.find(floor, waiting, WAITING, number=request), **_limited(limit)}
    if replace:
        body["on_full"] = "replace"
    answer = remote.post("/floor/grants", body, rev=floor.get("rev"))
    told(answer, f"{waiting.code} {waiting.name} has the floor", as_json=as_json)


def revoke(
    site: Annotated[
        str | None, typer.Argument(help="Code, slug or name; by default all who have the floor.")
    ] = None,
    text: Remark = None,
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Take the floor back."""
    if site is None:
        if text is not None or request is not None:
            raise Failure(Exit.USAGE, "--text and --request go with a site")
        answer = connect(server, token_file, roles=CHAIR).delete("/floor/grants")
        told(answer, "nobody has the floor", as_json=as_json)
        return
    holder = options.site(site)
    remote = connect(server, token_file, roles=CHAIR)
    floor = remote.get("/floor")
    path = f"/floor/grants/{asked.find(floor, holder, SPEAKING, number=request)}"
    if text is None:
        answer = remote.delete(path, rev=floor.get("rev"))
    else:
        answer = remote.post(f"{path}/revoke", {"text": text}, rev=floor.get("rev"))
    told(answer, f"{holder.code} {holder.name} has the floor no longer", as_json=as_json)


def next_(
    site: Annotated[
        str | None, typer.Argument(help="Code, slug or name; without one nobody is next.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Tell a site to prepare: it opens its microphone, and nobody hears it yet."""
    following = None if site is None else options.site(site)
    remote = connect(server, token_file, roles=CHAIR)
    answer = remote.post("/floor/next", {"site": following.code if following else None})
    text = f"{following.code} {following.name} is next" if following else "nobody is next"
    told(answer, text, as_json=as_json)


def hold(
    site: SiteName,
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Interrupt a speaker: nobody hears it, its clock stands, it keeps the floor."""
    remote, path, rev, name = _holder(site, request, server, token_file)
    answer = remote.post(f"{path}/hold", rev=rev)
    told(answer, f"{name} is interrupted", as_json=as_json)


def resume(
    site: SiteName,
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Let an interrupted speaker go on."""
    remote, path, rev, name = _holder(site, request, server, token_file)
    answer = remote.delete(f"{path}/hold", rev=rev)
    told(answer, f"{name} may go on", as_json=as_json)


def extend(
    site: SiteName,
    time: Annotated[float, typer.Argument(parser=duration_s, help="Such as 2m.")],
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Lengthen the time of a speaker."""
    remote, path, rev, name = _holder(site, request, server, token_file)
    answer = remote.post(f"{path}/extend", {"add_s": max(1, round(time))}, rev=rev)
    told(answer, f"{name} has {round(time)} s more", as_json=as_json)


def limit(
    site: SiteName,
    time: Annotated[
        float | None,
        typer.Argument(parser=duration_s, help="Without one that of the policy."),
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Set the speaking time of a site from its next speech on."""
    limited = options.site(site)
    limit_s = None if time is None else max(1, round(time))
    remote = connect(server, token_file, roles=CHAIR)
    answer = remote.post(f"/sites/{limited.code}/limit", {"limit_s": limit_s})
    what = "speaks as long as the policy says" if limit_s is None else f"may speak {limit_s} s"
    told(answer, f"{limited.code} {limited.name} {what}", as_json=as_json)


def _holder(
    site: str, request: int | None, server: Server, token_file: TokenFile
) -> tuple[Remote, str, int | None, str]:
    """Who speaks: the service, the address of its grant, the revision that was seen, its name."""
    holder = options.site(site)
    remote = connect(server, token_file, roles=CHAIR)
    floor = remote.get("/floor")
    number = asked.find(floor, holder, SPEAKING, number=request)
    return remote, f"/floor/grants/{number}", floor.get("rev"), f"{holder.code} {holder.name}"


def _limited(limit: float | None) -> dict[str, Any]:
    return {} if limit is None else {"limit_s": max(1, round(limit))}

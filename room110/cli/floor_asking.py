"""floor, the list: ask for a site, accept and move, deny, withdraw."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from room110.cli import asked, options
from room110.cli.asked import SPEAKING, WAITING, Request
from room110.cli.floor_giving import CHAIR, Floors, Limit, Remark
from room110.cli.options import Json, Server, SiteName, TokenFile
from room110.cli.output import emit_json, say, told
from room110.cli.remote import connect

SECRETARY = ("secretary",)


def request(
    site: SiteName,
    text: Annotated[str | None, typer.Option(help="What it is about, one line.")] = None,
    group: Annotated[str | None, typer.Option(help="The group of questions.")] = None,
    priority: Annotated[
        int | None, typer.Option(min=0, max=4, help="2 is normal; 3 goes before it.")
    ] = None,
    limit: Limit = None,
    floor: Floors = None,
    respond: Annotated[
        bool, typer.Option("--respond", help="To reply to the present speaker.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Put a site on the list, as the secretary does for one that asked by telephone."""
    asking = options.site(site)
    said: dict[str, Any] = {"text": text, "group": group, "priority": priority}
    body = {
        "site": asking.code,
        **{name: value for name, value in said.items() if value is not None},
    }
    if limit is not None:
        body["limit_s"] = max(1, round(limit))
    if floor:
        body["floors"] = [one.value for one in floor]
    if respond:
        body["respond"] = True
    answer = connect(server, token_file, roles=SECRETARY).post("/floor/requests", body)
    if as_json:
        emit_json({**answer, "site": asking.code})
    else:
        say(f"{asking.code} {asking.name} is on the list, request {answer.get('request')}")


def accept(
    site: SiteName,
    position: Annotated[
        int | None, typer.Option(min=1, help="Place in the queue; by default the last.")
    ] = None,
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Put a request into the queue, or move it in it."""
    waiting = options.site(site)
    remote = connect(server, token_file, roles=SECRETARY)
    floor = remote.get("/floor")
    number = asked.find(floor, waiting, WAITING, number=request)
    body = {} if position is None else {"position": position}
    answer = remote.post(f"/floor/requests/{number}/accept", body, rev=floor.get("rev"))
    where = "in the queue" if position is None else f"number {position} of the queue"
    told(answer, f"{waiting.code} {waiting.name} is {where}", as_json=as_json)


def deny(
    site: SiteName,
    text: Remark = None,
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Say no to a request."""
    waiting = options.site(site)
    remote = connect(server, token_file, roles=CHAIR)
    floor = remote.get("/floor")
    number = asked.find(floor, waiting, WAITING, number=request)
    body = {} if text is None else {"text": text}
    answer = remote.post(f"/floor/requests/{number}/deny", body, rev=floor.get("rev"))
    told(answer, f"request {number} of {waiting.code} {waiting.name} is denied", as_json=as_json)


def release(
    site: SiteName,
    request: Request = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Withdraw a request or give back the floor, in the name of the site itself."""
    own = options.site(site)
    floor = connect(server, token_file, roles=SECRETARY).get("/floor")
    number = asked.find(floor, own, WAITING | SPEAKING, number=request)
    remote = connect(server, token_file, roles=("site",), site=own.code)
    answer = remote.delete(f"/floor/requests/{number}", rev=floor.get("rev"))
    told(answer, f"request {number} of {own.code} {own.name} is over", as_json=as_json)

"""conference, who leads it and how: the policy, the chair, and what the minutes say of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, TokenFile, duration_s
from room110.cli.output import emit, emit_json, told
from room110.cli.remote import connect
from room110.cli.times import moment

CHAIR = ("chair",)
SECRETARY = ("secretary",)


class Handling(StrEnum):
    """As :class:`bridge.conference.words.RequestHandling`."""

    BLOCK = "block"
    CONFIRM = "confirm"
    QUEUE = "queue"


class Expiry(StrEnum):
    """As :class:`bridge.conference.words.OnExpiry`."""

    OVERTIME = "overtime"
    REVOKE = "revoke"


class Visible(StrEnum):
    """As :class:`bridge.conference.words.QueueVisible`."""

    OWN = "own"
    ALL = "all"


def policy(
    speakers: Annotated[
        int | None, typer.Option(min=0, max=4, help="How many may have the floor at once.")
    ] = None,
    request_handling: Annotated[
        Handling | None, typer.Option(help="What becomes of a site's own request.")
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option(parser=duration_s, metavar="TIME", help="Speaking time, such as 5m."),
    ] = None,
    no_limit: Annotated[bool, typer.Option("--no-limit", help="As long as one likes.")] = False,
    warn: Annotated[
        float | None,
        typer.Option(parser=duration_s, metavar="TIME", help="The warning comes so long before."),
    ] = None,
    on_expiry: Annotated[Expiry | None, typer.Option(help="What the end of the time does.")] = None,
    auto_advance: Annotated[
        bool | None,
        typer.Option("--auto-advance/--no-auto-advance", help="A free floor is given on."),
    ] = None,
    queue_visible: Annotated[
        Visible | None, typer.Option(help="What a site sees of the queue.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Show the policy, or change what is said of it."""
    if no_limit and limit is not None:
        raise Failure(Exit.USAGE, "--limit or --no-limit, not both")
    said: dict[str, Any] = {
        "max_floor_users": speakers,
        "request_handling": request_handling,
        "limit_s": None if limit is None else max(1, round(limit)),
        "warn_s": None if warn is None else round(warn),
        "on_expiry": on_expiry,
        "auto_advance": auto_advance,
        "queue_visible": queue_visible,
    }
    body = {name: value for name, value in said.items() if value is not None}
    if no_limit:
        body["limit_s"] = None
    if not body:
        _show(connect(server, token_file, roles=SECRETARY).get("/policy"), as_json=as_json)
        return
    answer = connect(server, token_file, roles=CHAIR).post("/policy", body)
    told(answer, "the policy is changed", as_json=as_json)


def handover(
    to: Annotated[str, typer.Argument(help="A person whose console is connected.")],
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Give the chair to a deputy, or back to the named chair."""
    answer = connect(server, token_file, roles=CHAIR).post("/chair", {"to": to})
    told(answer, f"{to} has the chair", as_json=as_json)


def assume(
    deputy: Annotated[
        bool, typer.Option("--deputy", help="As deputy, while the chair is away.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Take the chair: as the named chair at any time."""
    roles = ("deputy",) if deputy else CHAIR
    answer = connect(server, token_file, roles=roles).post("/chair/assume")
    told(answer, "the chair is taken", as_json=as_json)


def describe(
    place: Annotated[str | None, typer.Option(help="Where the centre sits.")] = None,
    chair: Annotated[str | None, typer.Option(help="Who leads it, with the title.")] = None,
    secretary: Annotated[str | None, typer.Option(help="Who writes the minutes.")] = None,
    organizer: Annotated[str | None, typer.Option(help="Which office holds it.")] = None,
    starts: Annotated[
        str | None,
        typer.Option(parser=moment, metavar="TIME", help="08:00, or ISO 8601 with its zone."),
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Say what the minutes say of the conference; what is not said stays."""
    said = {
        "place": place,
        "chair": chair,
        "secretary": secretary,
        "organizer": organizer,
        "starts": starts,
    }
    body = {name: value for name, value in said.items() if value is not None}
    if not body:
        raise Failure(
            Exit.USAGE, "say at least one of --place --chair --secretary --organizer --starts"
        )
    answer = connect(server, token_file, roles=SECRETARY).post("/conference/description", body)
    told(answer, "the conference is described", as_json=as_json)


def _show(policy: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        emit_json(policy)
        return
    for name, value in policy.items():
        if name not in {"rev", "now"}:
            emit(f"{name:18} {str(value).lower() if value in (True, False) else value}")
    if "limit_s" not in policy:
        emit(f"{'limit_s':18} none")

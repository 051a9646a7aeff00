"""Asked: the floor request a person means.

People think in sites, the protocol in numbers.  A site may have several requests (a hand beside
its report on the agenda); then the person is asked for the number, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from room110.cli.exits import Exit, Failure

if TYPE_CHECKING:
    from config.roster import RosterSite

WAITING: Final = frozenset({"pending", "accepted"})
SPEAKING: Final = frozenset({"granted"})
_WORDS: Final = {WAITING: "does not wait", SPEAKING: "does not have the floor"}

Request = Annotated[
    int | None,
    typer.Option(min=1, help="Number of the request, when the site has several.", metavar="N"),
]


def find(
    floor: Mapping[str, Any],
    site: RosterSite,
    among: Collection[str],
    *,
    number: int | None = None,
) -> int:
    """The request of *site* in one of these states; exit 1 when there is none, or not one."""
    found = [
        int(key)
        for key, request in floor.get("requests", {}).items()
        if request["site"] == site.code and request["status"] in among
    ]
    if number is not None:
        found = [one for one in found if one == number]
    if len(found) == 1:
        return found[0]
    if not found:
        what = _WORDS.get(frozenset(among), "has no request")
        which = "" if number is None else f" with request {number}"
        raise Failure(Exit.FAILED, f"{site.code} {site.name} {what}{which}")
    numbers = ", ".join(map(str, sorted(found)))
    raise Failure(
        Exit.FAILED,
        f"{site.code} {site.name} has requests {numbers}",
        "which of them: --request N (room110 floor queue shows what they are)",
    )

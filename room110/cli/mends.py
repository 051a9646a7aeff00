"""Mends: what a person at a terminal can do about a no of the service.

By its stable code (docs/protocol.md 5).  The sentence of the service says what is so; this says
which command looks further or changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

MENDS: Final[Mapping[str, str]] = {
    "not_authorized": "who has the chair, and who may act for it: room110 conference show",
    "stale": "look again, and say it once more if it is still meant",
    "site_not_found": "the sites of this service: room110 site list",
    "floor_not_found": "there are two floors: speech and content",
    "request_not_found": "the requests there are: room110 floor queue",
    "item_not_found": "the items and their numbers: room110 agenda show",
    "user_not_found": "who has a console: room110 conference show",
    "bad_state": "how things are: room110 conference show; room110 floor queue; room110 agenda show;"
    " room110 site walk show",
    "hands_closed": "to take requests again: room110 conference policy --request-handling queue",
    "chair_seat_needs_no_floor": "room 110 is heard without a floor: room110 mute 110 --off",
    "site_offline": "its line: room110 site show SITE; by telephone: room110 floor call SITE --phone",
    "request_limit": "what it has already: room110 floor queue",
    "floor_full": "to end the oldest speech for it, say --replace; or: room110 floor revoke",
    "locked": "to take newcomers again: room110 conference lock --off",
    "token_invalid": "a token of this service: room110 token create",
    "token_expired": "a new one: room110 token create",
    "token_wrong_conference": "one for the conference that runs: room110 token create",
    "busy": "try again",
    "rate_limited": "wait a second and try again",
    "journal_failed": "look at the disk of the state directory, then try again",
    "command_id_reused": "try again",
    "room_closed": "the service goes down; try again when it is back",
    "room_failed": "the service starts anew; look with room110 conference show what became of it",
    "not_found": "the service is of another version: room110 version",
    "method_not_allowed": "the service is of another version: room110 version",
}
SHOWN: Final = 5
"""Of the events that stand in the way of a command."""


def mends(code: str, changed: Sequence[Mapping[str, Any]] | None = None) -> Iterator[str]:
    """Lines beside the no: what has *changed* meanwhile, if that is why, and the mend."""
    for event in list(changed or ())[-SHOWN:]:
        yield described(event)
    if code in MENDS:
        yield MENDS[code]


def described(event: Mapping[str, Any]) -> str:
    """An event of the journal in a line: ``request_ended request=9 status=cancelled``."""
    hidden = {"type", "at_s"}
    facts = (f"{name}={_short(value)}" for name, value in event.items() if name not in hidden)
    return " ".join([str(event.get("type", "?")), *facts])


def _short(value: Any) -> str:
    if isinstance(value, list):
        return (
            f"[{len(value)}]" if value and isinstance(value[0], dict) else ",".join(map(str, value))
        )
    if isinstance(value, dict):
        return "{" + ",".join(value) + "}"
    return str(value)

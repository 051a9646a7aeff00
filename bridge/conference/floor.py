"""The floor: the states of one request, and the only ways from one to the next.

A floor request lives as RFC 8855 section 5.2.5 says.  It is born *pending* (a hand that waits
for the chair's look) or *accepted* (in the queue); it may be *granted*, and it ends in exactly
one of four ways: *denied* and *cancelled* end what never had the floor (the chair's no, the
asker's no), *revoked* and *released* end what had it (taken back, given back).

Rule 1: a request changes its status as :data:`TRANSITIONS` says and in no other way.  Eleven
entries change a status; the twelfth, *accept* of an accepted request, moves it in the queue.
Rule 2: a missing entry is the error.  :func:`after` raises, ``decide`` answers ``bad_state``,
and in ``evolve`` it means a bug or a journal that is not ours.
Rule 3: a hold (line lost, recess) is no status.  An interrupted speaker stays *granted*, as on
the wire of RFC 8855; only clock and gate stand still.
Rule 4: what has ended has an empty row: it never changes again and is never forgotten.

The diagram in ``docs/floor.md`` is printed from the table: ``python -m bridge.conference.floor``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bridge.conference.words import RequestStatus

_S = RequestStatus


class Action(StrEnum):
    """What can be done to a request."""

    ASK = "ask"
    """Make it, for the chair to look at."""
    ENQUEUE = "enqueue"
    """Make it and put it into the queue at once."""
    ACCEPT = "accept"
    GRANT = "grant"
    DENY = "deny"
    RELEASE = "release"
    """Withdraw it or give the floor back: one message for both (RFC 8855 section 10.2.1)."""
    REVOKE = "revoke"


TRANSITIONS: Final[Mapping[RequestStatus | None, Mapping[Action, RequestStatus]]] = {
    None: {
        Action.ASK: _S.PENDING,
        Action.ENQUEUE: _S.ACCEPTED,
    },
    _S.PENDING: {
        Action.ACCEPT: _S.ACCEPTED,
        Action.GRANT: _S.GRANTED,
        Action.DENY: _S.DENIED,
        Action.RELEASE: _S.CANCELLED,
    },
    _S.ACCEPTED: {
        Action.ACCEPT: _S.ACCEPTED,
        Action.GRANT: _S.GRANTED,
        Action.DENY: _S.DENIED,
        Action.RELEASE: _S.CANCELLED,
    },
    _S.GRANTED: {
        Action.RELEASE: _S.RELEASED,
        Action.REVOKE: _S.REVOKED,
    },
    _S.DENIED: {},
    _S.CANCELLED: {},
    _S.RELEASED: {},
    _S.REVOKED: {},
}
"""Status (None: not yet born) -> action -> next status."""

ONGOING: Final = frozenset(status for status, row in TRANSITIONS.items() if status and row)
"""The statuses that something can still happen to."""

CHANGES: Final = frozenset(
    (before, to) for before, row in TRANSITIONS.items() for to in row.values()
)
"""Every (status, next status) of the table."""


class NoSuchChangeError(Exception):
    """The table has no such entry; nothing has changed."""


def after(status: RequestStatus | None, action: Action) -> RequestStatus:
    """The status that *action* leads to from *status*.

    Raises :class:`NoSuchChangeError` where the table has no entry.
    """
    try:
        return TRANSITIONS[status][action]
    except KeyError:
        raise NoSuchChangeError(f"cannot {action} what is {status or 'not made'}") from None


def changed(status: RequestStatus | None, to: RequestStatus) -> RequestStatus:
    """*to*, if some action leads there from *status*; else :class:`NoSuchChangeError`."""
    if (status, to) not in CHANGES:
        raise NoSuchChangeError(f"no way from {status or 'not made'} to {to}")
    return to


def mermaid() -> str:
    """The table as a fenced Mermaid state diagram, ending in a newline."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for status, row in TRANSITIONS.items():
        lines += [f"    {status or '[*]'} --> {to}: {action}" for action, to in row.items()]
    lines += [f"    {status} --> [*]" for status, row in TRANSITIONS.items() if not row]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    print(mermaid(), end="")  # noqa: T201  # printing is what it is called for

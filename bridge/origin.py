"""Origin: the command that what happens now comes from, so that one id can be followed in the logs.

A command has the id its client gave it.  The door says it when the command comes, the room when it is
durable, the worker when it carries out what follows (:class:`bridge.media.wire.SetPlan` and
``Close`` bring it there): ``grep <id>`` finds the whole way, in the logs of both processes.  The
same id stands in the journal.

It is bound once, to the context that structlog merges into every record, and not handed through
every call on the way: whoever logs while it is followed has it in the record.  What is due by itself,
lines that go and come, have no origin.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Final

from structlog.contextvars import bound_contextvars, get_contextvars

KEY: Final = "command_id"
"""Of the record, as in the journal."""


def following(command_id: str | None) -> AbstractContextManager[object]:
    """While inside, everything comes from this command; of None nothing is said anew."""
    return nullcontext() if command_id is None else bound_contextvars(command_id=command_id)


def origin() -> str | None:
    """The id of the command that this comes from, if it comes from one."""
    found = get_contextvars().get(KEY)
    return found if isinstance(found, str) else None

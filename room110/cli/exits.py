"""Exit codes, in one place: scripts and systemd units branch on them.

78 is EX_CONFIG of sysexits.h; a unit says ``RestartPreventExitStatus=78``, because a wrong
setting does not get better by restarting.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class Exit(IntEnum):
    OK = 0
    FAILED = 1
    """It was tried and did not work, or the conference said no."""
    USAGE = 2
    """The command line is wrong; also what the option parser answers."""
    PARTIAL = 3
    """Some of several were done, or a part of what was asked for is not there."""
    REFUSED = 4
    """The token does not open this."""
    UNREACHABLE = 5
    """No service answers."""
    CONFIGURATION = 78
    """Settings, roster or the state directory cannot be used."""
    INTERRUPTED = 130
    """Ctrl-C; as a shell has it, and the option parser too."""


class Failure(Exception):
    """A command ends here: lines for stderr, and the code."""

    def __init__(self, code: Exit, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.code = code
        self.lines = lines


@contextmanager
def plain_failures() -> Iterator[None]:
    """A task group wraps what its body raises; a Failure alone comes out of here as itself."""
    try:
        yield
    except BaseExceptionGroup as group:
        failures, others = group.split(Failure)
        if failures is None or others is not None:
            raise
        failure: BaseException = failures
        while isinstance(failure, BaseExceptionGroup):
            failure = failure.exceptions[0]
        raise failure from None

"""The command line: one program, one module per group of commands.

Data goes to stdout, messages to stderr; ``--json`` gives one object with ``schema_version``; the
exit code says what kind of no it was (:mod:`room110.cli.exits`).  Everything heavy is imported
inside the command that needs it, so that ``room110 --help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main() -> None:
    """The console script."""
    from room110.cli.output import be_forgiving

    be_forgiving()
    sys.exit(run(sys.argv[1:]))


def run(args: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    from room110.cli.exits import Failure
    from room110.cli.output import own_up
    from room110.cli.program import app

    try:
        app(list(args), prog_name="room110")
    except Failure as failure:
        return own_up(failure)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    return 0

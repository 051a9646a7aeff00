"""Part: a process of a service, and how it is begun: ``python -m room110.part NAME WORDS``.

A service is a supervisor and its two children, and what a process has loaded it holds for as long as
it lives.  So none of them is the command line: ``room110 serve`` reads the settings, says what is
wrong with them, and then becomes the supervisor, which keeps its process number and is told the few
things it must know in words.  Control and worker read the settings again, from the same environment.

Rich is left out of all three: structlog loads it where it is installed, for tracebacks on terminals,
and it would be 5 MB in each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from room110.cli.exits import Failure
from room110.cli.output import be_forgiving, own_up
from room110.environment import settings

if TYPE_CHECKING:
    from config.settings import Settings
    from monitoring.logs import Format, Level

MODULE: Final = "room110.part"
SUPERVISOR: Final = "supervisor"
CONTROL: Final = "control"
MEDIA: Final = "media"


def become_supervisor(told: Settings) -> NoReturn:
    """This process is the supervisor from now on, in the environment it has."""
    python = sys.executable
    words = (
        str(told.state),
        told.http_host,
        str(told.http_port),
        told.log_level,
        told.log_format,
    )
    os.execv(python, (python, "-m", MODULE, SUPERVISOR, *words))  # noqa: S606 - a shell has no part in it


def run(name: str, words: Sequence[str]) -> int:
    """Be the part until told to stop; the exit code.  Reasons for a start that failed go to stderr."""
    try:
        return _PARTS[name](*words)
    except Failure as failure:
        return own_up(failure)


def _supervisor(state: str, host: str, port: str, level: Level, form: Format) -> int:
    from monitoring.logs import configure
    from room110.supervisor import supervise

    configure(level, form, process="service")
    return supervise(Path(state), host, int(port))


def _control(door: str) -> int:
    found = _begun(CONTROL)
    from room110.compose import control
    from room110.sockets import inherited

    return control(found, inherited(int(door)))


def _media() -> int:
    found = _begun(MEDIA)
    from room110.worker import media

    return media(found)


def _begun(name: str) -> Settings:
    """The settings, and the log that they wish for.  Raises Failure."""
    from monitoring.logs import configure

    found = settings()
    configure(found.log_level, found.log_format, process=name)
    return found


_PARTS: Final[Mapping[str, Callable[..., int]]] = {
    SUPERVISOR: _supervisor,
    CONTROL: _control,
    MEDIA: _media,
}


def main() -> int:
    # A name in sys.modules without a module is one that cannot be imported.
    sys.modules["rich"] = None  # type: ignore[assignment]
    be_forgiving()
    name, *words = sys.argv[1:]
    return run(name, words)


if __name__ == "__main__":
    sys.exit(main())

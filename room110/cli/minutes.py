"""minutes: the documents of a conference, from its journal alone.

The journal is opened for reading, so this works while the service runs, after it, and where there
is none any more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from room110 import environment
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json
from room110.cli.output import emit, emit_json

app = typer.Typer(help="The documents of a conference.", no_args_is_help=True)


@app.callback()
def group() -> None: ...


@app.command()
def write(
    directory: Annotated[Path, typer.Argument(help="Where to; it is made if need be.")],
    conference: Annotated[
        str | None,
        typer.Option(help="Its id, such as 20200529-0800-7f3a; by default the newest."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the draft minutes, statistics of speaking, technical report and go/no-go sheet."""
    journals = environment.settings().state / "journal"
    journal = _journal(journals, conference)

    from bridge.minutes.files import last_before
    from bridge.minutes.files import write as write_all
    from bridge.minutes.steps import NothingToTell
    from bridge.records import JournalError

    try:
        written = write_all(journal, directory, before=last_before(journal))
    except (JournalError, NothingToTell) as error:
        raise Failure(Exit.FAILED, f"{journal.name}: {error}") from None
    except OSError as error:
        what = error.filename or directory
        raise Failure(Exit.USAGE, f"{what}: {error.strerror}") from None
    damaged = written.telling.damaged
    if as_json:
        broken = {} if damaged is None else {"rev": damaged.rev, "reason": damaged.reason}
        emit_json(
            {
                "conference": journal.stem,
                "files": [str(path) for path in written.paths],
                **({"damaged": broken} if broken else {}),
            }
        )
    else:
        for path in written.paths:
            emit(str(path))
    if damaged is not None:
        raise Failure(
            Exit.PARTIAL,
            f"record {damaged.rev} of {journal.name} cannot be read: {damaged.reason}",
            "the documents tell what stands before it",
        )


def _journal(directory: Path, conference: str | None) -> Path:
    from bridge.journal import latest

    if conference is None:
        newest = latest(directory)
        if newest is None:
            raise Failure(Exit.FAILED, f"there is no journal in {directory}")
        return newest
    journal = directory / f"{conference}.journal"
    if not journal.is_file():
        known = sorted(path.stem for path in directory.glob("*.journal"))
        there = f"there are {', '.join(known)}" if known else "there is none"
        raise Failure(Exit.USAGE, f"no conference {conference!r} in {directory}; {there}")
    return journal

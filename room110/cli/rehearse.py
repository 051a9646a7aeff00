"""rehearse: a realistic conference, played from a script, with every invariant watched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from room110.cli.options import Json


def rehearse(
    out: Annotated[
        Path | None,
        typer.Option(help="Where journal and documents are kept; by default a new folder."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed is the same conference.")] = 110,
    sites: Annotated[int, typer.Option(min=8, max=63, help="Provinces that take part.")] = 63,
    stress: Annotated[
        bool,
        typer.Option(
            "--stress", help="Every province reports for 3 minutes, and chance breaks in."
        ),
    ] = False,
    live: Annotated[
        bool,
        typer.Option("--live", help="Against a service of its own, with WebSockets and media."),
    ] = False,
    speed: Annotated[
        float, typer.Option(min=1.0, help="How much faster than the clock, with --live.")
    ] = 60.0,
    as_json: Json = False,
) -> None:
    """Play a whole conference in virtual time, check it after every event, write its documents."""
    if live and stress:
        raise typer.BadParameter("--stress is played in virtual time only")
    if live:
        from room110.rehearse.run_live import run_live

        raise typer.Exit(run_live(out=out, seed=seed, sites=sites, speed=speed, as_json=as_json))
    from room110.rehearse.run import run_rehearse

    raise typer.Exit(
        run_rehearse(out=out, seed=seed, sites=sites, as_stress=stress, as_json=as_json)
    )

"""serve, demo, loadtest: the commands that are whole programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from room110 import environment
from room110.cli.options import Json, duration_s

Sites = Annotated[
    int, typer.Option(min=1, max=63, help="How many synthetic provincial sites, in roster order.")
]


def serve() -> None:
    """Run the service until it is told to stop."""
    settings = environment.settings()
    from room110.part import become_supervisor

    become_supervisor(settings)


def demo(
    sites: Sites = 63,
    duration: Annotated[
        float | None,
        typer.Option(
            parser=duration_s, metavar="TIME", help="Stop after this time; otherwise at Ctrl-C."
        ),
    ] = None,
) -> None:
    """Run the service and synthetic sites, and hold a conference that goes on by itself."""
    settings = environment.settings()
    from room110.demo import run_demo as run

    raise typer.Exit(run(settings, sites=sites, duration_s=duration))


def sites(
    count: Annotated[
        int,
        typer.Option("--sites", min=1, max=63, help="How many provinces, in roster order."),
    ] = 63,
) -> None:
    """Join synthetic sites and room 110 to the service that runs here, until told to stop."""
    settings = environment.settings()
    from monitoring.logs import configure
    from room110.crowd import run_sites as run

    configure("warning", settings.log_format)
    raise typer.Exit(run(settings, sites=count))


def loadtest(
    sites: Sites = 63,
    duration: Annotated[
        float,
        typer.Option(parser=duration_s, metavar="TIME", help="How long the floor goes round."),
    ] = 20.0,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Join sites that are joined already.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Join synthetic sites to the service that runs here, change the floor, and measure."""
    settings = environment.settings()
    from room110.loadtest import run_loadtest as run

    raise typer.Exit(
        run(settings, sites=sites, duration_s=duration, take_over=take_over, as_json=as_json)
    )


def canary(
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Address of the service; by default the one that runs here."
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With a viewer's token; read anew for each connection."),
    ] = None,
    host: Annotated[str, typer.Option(help="Where its own page of metrics is.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of that page.")] = 8113,
) -> None:
    """Listen to the stage as a room would, decode it, and tell Prometheus what was heard."""
    settings = environment.settings()
    from monitoring.logs import configure
    from room110.canary import run_canary as run

    configure(settings.log_level, settings.log_format, process="canary")
    raise typer.Exit(run(settings, url=url, token_file=token_file, host=host, port=port))

"""bench: what things cost, measured here and now, printed and never judged."""

from __future__ import annotations

from typing import Annotated

import typer

from room110.cli.options import Json

app = typer.Typer(
    help="Measure what something costs on this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """Measure what something costs on this machine."""


@app.command()
def scrape(
    scrapes: Annotated[int, typer.Option(min=10, help="How many pages of /metrics.")] = 200,
    as_json: Json = False,
) -> None:
    """Loop time of one page of /metrics, at 64 and at 512 sites."""
    from room110.bench.scrape import run_scrape as run

    raise typer.Exit(run(scrapes=scrapes, as_json=as_json))


@app.command()
def pages(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long the conference lasts.")] = 10.0,
    as_json: Json = False,
) -> None:
    """What the pages cost a browser, and how soon a new speaker is seen; needs Chromium."""
    from room110.bench.pages import run_pages as run

    raise typer.Exit(run(minutes=minutes, as_json=as_json))


@app.command()
def fanout(
    seconds: Annotated[float, typer.Option(min=0.5, help="How long each shape is measured.")] = 5.0,
    largest: Annotated[int, typer.Option(min=1, max=60, help="Most subscribers.")] = 60,
    woken: Annotated[
        bool, typer.Option("--woken", help="Subscribers wait on their sockets.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Processor time per forwarded packet, 1 and 2 publishers to 1 to 60 subscribers."""
    from room110.bench.fanout import SIZES
    from room110.bench.fanout import run_fanout as run

    sizes = [*(size for size in SIZES if size < largest), largest]
    raise typer.Exit(run(seconds=seconds, sizes=sizes, woken=woken, as_json=as_json))


@app.command()
def conference(
    minutes: Annotated[float, typer.Option(min=0.05, help="How long the floor goes round.")] = 2.0,
    sites: Annotated[int, typer.Option(min=5, max=63, help="Provinces that take part.")] = 63,
    as_json: Json = False,
) -> None:
    """The full load on this machine: processor time, added delay, memory, loss, floor changes."""
    from room110.bench.conference import run_conference as run

    raise typer.Exit(run(minutes=minutes, sites=sites, as_json=as_json))


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long the conference lasts.")] = 30.0,
    sites: Annotated[int, typer.Option(min=2, max=63, help="Provinces that take part.")] = 63,
    as_json: Json = False,
) -> None:
    """Joins, leaves, broken lines and floor changes; memory, and what is left over at the end."""
    from room110.bench.soak import run_soak as run

    raise typer.Exit(run(minutes=minutes, sites=sites, as_json=as_json))


@app.command()
def lines(
    seconds: Annotated[float, typer.Option(min=3, help="How long each fact is measured.")] = 20.0,
    camera: Annotated[
        str, typer.Option(help="Picture of the browser that publishes.", metavar="WxH@RATE")
    ] = "1280x720@15",
    only: Annotated[
        list[str] | None, typer.Option(help="A scene to play; may be given again.", metavar="SCENE")
    ] = None,
    as_json: Json = False,
) -> None:
    """What bad and thin lines, TCP, H.264 and IPv6 do to Chromium; needs Chromium."""
    from room110.bench.lines import run_lines as run

    raise typer.Exit(run(seconds=seconds, camera=camera, only=only or (), as_json=as_json))


@app.command()
def floor(
    seconds: Annotated[
        float, typer.Option(min=0.2, help="How long each number of clients is measured.")
    ] = 5.0,
    calls: Annotated[int, typer.Option(min=2, help="How often the chair calls a site.")] = 300,
    as_json: Json = False,
) -> None:
    """Commands acknowledged a second with the journal on, and how soon 64 rooms are told."""
    from room110.bench.floor import run_floor as run

    raise typer.Exit(run(seconds=seconds, calls=calls, as_json=as_json))


@app.command()
def alarms(
    sites: Annotated[int, typer.Option(min=4, max=63, help="Provinces that take part.")] = 63,
    divide: Annotated[
        float, typer.Option(min=1, max=10, help="Durations of the rules by this; 1: the real ones.")
    ] = 10.0,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of Prometheus; 0: any that is free.")
    ] = 0,
    once: Annotated[bool, typer.Option("--once", help="End when the script has ended.")] = False,
) -> None:
    """Break three lines under the eyes of Debian's Prometheus; which alerts ring, and when."""
    from monitoring.logs import configure
    from room110.alarms.demo import run_alarms as run

    configure("error", "auto")
    raise typer.Exit(run(sites=sites, divisor=divide, port=port, stay=not once))

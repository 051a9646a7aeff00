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

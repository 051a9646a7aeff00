"""checks: line checks and their sheet, for technicians, scripts and Nagios.

They are commands of ``room110 site``.  A check is begun, waited for, and told; whoever stops waiting
(Ctrl-C) does not stop it: ``room110 site check --stop`` does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from room110.cli import nagios, options
from room110.cli.exits import Exit, Failure
from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit, emit_json, emit_table, say, told
from room110.cli.remote import Remote, connect

TECHNICIAN = ("technician",)
LOOK_S: Final = 1.0
PER_SITE_S: Final = 15.0
"""Longest time of a check; four go on at once."""
_STYLES: Final = {"pass": None, "watch": "yellow", "fail": "red"}


class Form(StrEnum):
    HTML = "html"
    CSV = "csv"
    JSON = "json"


def check(
    sites: Annotated[
        list[str] | None, typer.Argument(help="Codes, slugs or names of the sites.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every site that has a line.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="End the round that runs.")] = False,
    as_nagios: Annotated[
        bool, typer.Option("--nagios", help="One line with figures; exit 0, 1, 2 or 3.")
    ] = False,
    server: Server = None,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Check lines: loss, delay, speed, microphone, camera, echo. Exit 1 when one fails."""
    if as_nagios:
        raise typer.Exit(_nagios(sites or [], all_=all_, server=server, token_file=token_file))
    remote = connect(server, token_file, roles=TECHNICIAN)
    if stop:
        told(remote.delete("/check"), "no line check runs", as_json=as_json)
        return
    results = _run(remote, _named(sites or [], all_=all_), quiet=as_json)
    if as_json:
        emit_json({"results": results})
    else:
        _show(results)
    failed = [site for site, result in results.items() if result["verdict"] == "fail"]
    if failed:
        raise Failure(Exit.FAILED, f"failed: {' '.join(failed)}")


def sheet(
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.HTML,
    as_html: Annotated[bool, typer.Option("--html", help="For print, A4 across.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For a spreadsheet.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; by default stdout.")
    ] = None,
    server: Server = None,
    token_file: TokenFile = None,
) -> None:
    """Write the go/no-go sheet: every site, what was measured, heard and seen."""
    if as_html and as_csv:
        raise Failure(Exit.USAGE, "--html or --csv, not both")
    form = Form.CSV if as_csv else Form.HTML if as_html else form
    document = connect(server, token_file, roles=TECHNICIAN).document(
        f"/check/sheet?format={form.value}"
    )
    if output is None:
        typer.get_binary_stream("stdout").write(document)
        return
    try:
        output.write_bytes(document)
    except OSError as error:
        raise Failure(Exit.USAGE, f"{output}: {error.strerror}") from None
    emit(str(output))


def _named(sites: list[str], *, all_: bool) -> list[str] | str:
    if all_ is bool(sites):
        raise Failure(Exit.USAGE, "which sites? name some, or say --all")
    return "all" if all_ else [options.site(site).code for site in sites]


def _run(remote: Remote, sites: list[str] | str, *, quiet: bool) -> dict[str, Any]:
    """The results of a round of these sites, in its order, once it is over."""
    remote.post("/check", {"sites": sites})
    first = remote.get("/check")
    going_on = first.get("round", {"sites": [], "since_s": first["now"]})
    order, since_s = going_on["sites"] or list(first["results"]), going_on["since_s"]
    patience_s = LOOK_S * 10 + PER_SITE_S * (len(order) + 3)
    said: set[str] = set()
    ends = time.monotonic() + patience_s
    while True:
        seen = remote.get("/check")
        results = {
            site: seen["results"][site]
            for site in order
            if seen["results"].get(site, {}).get("at_s", -1.0) >= since_s
        }
        for site in [site for site in results if site not in said and not quiet]:
            say(f"{len(results)}/{len(order)}  {site}  {results[site]['verdict']}")
        said |= set(results)
        if seen.get("round", {}).get("since_s") != since_s:
            break
        if time.monotonic() > ends:
            raise Failure(Exit.PARTIAL, f"the check has not ended within {patience_s:.0f} s")
        time.sleep(LOOK_S)
    if len(results) < len(order):
        _show(results)
        raise Failure(
            Exit.PARTIAL, f"the round was stopped: {len(results)} of {len(order)} checked"
        )
    return results


def _nagios(
    sites: list[str], *, all_: bool, server: str | None, token_file: Path | None
) -> nagios.State:
    what = "SITES" if all_ or len(sites) != 1 else f"SITE {sites[0]}"
    try:
        remote = connect(server, token_file, roles=TECHNICIAN)
        results = _run(remote, _named(sites, all_=all_), quiet=True)
    except Failure as failure:
        why = failure.lines[0]
        is_down = why.startswith("site_offline")
        state = nagios.State.CRITICAL if is_down else nagios.State.UNKNOWN
        line, state = nagios.unknown(what, why, state=state)
    else:
        if len(results) == 1:
            ((site, result),) = results.items()
            line, state = nagios.of_site(site, result)
        else:
            line, state = nagios.of_all(results)
    emit(line)
    return state


def _show(results: Mapping[str, Mapping[str, Any]]) -> None:
    names = {site.code: site.name for site in options.roster()}
    emit_table(
        ("site", "", "verdict", "rtt", "loss", "Mbit/s", "picture", "speech", "reasons"),
        [
            (
                site,
                names.get(site, ""),
                result["verdict"],
                *_figures(result["figures"]),
                ", ".join(result["reasons"]),
            )
            for site, result in results.items()
        ],
        styles=[_STYLES[result["verdict"]] for result in results.values()],
    )


def _figures(figures: Mapping[str, Any]) -> tuple[str, ...]:
    def pair(up: str, down: str, times: float, digits: int) -> str:
        values = [figures.get(name) for name in (up, down)]
        if values == [None, None]:
            return ""
        return "/".join("?" if v is None else f"{v * times:.{digits}f}" for v in values)

    rtt = "" if "rtt_s" not in figures else f"{figures['rtt_s'] * 1000:.0f} ms"
    loss = pair("loss_up", "loss_down", 100, 1)
    size = f"{figures['width']}x{figures['height']}" if "width" in figures else ""
    rate = f"@{figures['frames_per_s']:.0f}" if "frames_per_s" in figures else ""
    spoken = f"{figures['spoken_dbov']:.0f} dBov" if "spoken_dbov" in figures else ""
    return (
        rtt,
        f"{loss} %" if loss else "",
        pair("up_bps", "down_bps", 1e-6, 1),
        size + rate,
        spoken,
    )

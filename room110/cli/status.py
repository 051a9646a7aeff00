"""status: the conference and all its sites at one look: speakers who are not heard, then the worst
line first, each line's word with its reason and since when (conference seconds, as ``now``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from room110.cli.options import Json, Server, TokenFile
from room110.cli.output import emit, emit_json, emit_table
from room110.cli.remote import connect
from room110.cli.times import clock

_WORST_FIRST: Final = (
    "lost",
    "no_sound",
    "no_picture",
    "weak",
    "absent",
    "checking",
    "ready",
    "good",
    "excused",
)
_STYLE: Final = {"lost": "red", "no_sound": "red", "no_picture": "yellow", "weak": "yellow"}
_FLAGS: Final = ("blocked", "cut", "gate", "standby")


def status(server: Server = None, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Show the conference and its sites, worst line first."""
    remote = connect(server, token_file, roles=("technician",))
    conference = remote.get("/conference")
    sites = remote.get("/sites")["sites"]
    if as_json:
        emit_json({"conference": conference, "sites": sites})
        return

    joined = sum(site["link"] == "up" for site in sites)
    emit(f"{conference['title']} ({conference['conference']})")
    now = f"; now {clock(conference['now'])}" if "now" in conference else ""
    emit(f"phase {conference['phase']}, {joined} of {len(sites)} sites connected{now}")
    emit("")
    emit_sites(sites)


def emit_sites(sites: Iterable[Mapping[str, Any]]) -> None:
    """A table of sites: who speaks and is not heard, then the worst line first."""
    ranked = sorted(sites, key=_rank)
    emit_table(
        (
            "site",
            "title",
            "line",
            "since",
            "mic",
            "floor",
            "flags",
            "rtt ms",
            "loss up",
            "loss down",
        ),
        [_row(site) for site in ranked],
        styles=["red" if site.get("unheard") else _STYLE.get(site["line"]) for site in ranked],
    )


def _rank(site: Mapping[str, Any]) -> tuple[bool, int]:
    line = site["line"]
    # A word this program is too old to know is shown first, not hidden.
    known = _WORST_FIRST.index(line) if line in _WORST_FIRST else -1
    return (not site.get("unheard"), known)


def _row(site: Mapping[str, Any]) -> tuple[str, ...]:
    flags = [f"not heard: {site['unheard']['reason']}"] if site.get("unheard") else []
    flags += [name for name in _FLAGS if site.get(name)]
    if site.get("help"):
        flags.append(f"help {site['help']}")
    if site.get("control") == "lost" and site["link"] == "up":
        flags.append("control lost")
    # A line that is not there has lost nothing.
    figures = site if site["link"] == "up" else {}
    reason = f" ({site['line_reason']})" if site.get("line_reason") else ""
    return (
        site["code"],
        site["title"],
        site["line"] + reason,
        clock(site["line_since_s"]) if "line_since_s" in site else "",
        site["mic"],
        site["floor"],
        " ".join(flags),
        _figure(figures.get("rtt_ms"), "{:.0f}"),
        _figure(figures.get("loss_up"), "{:.1%}"),
        _figure(figures.get("loss_down"), "{:.1%}"),
    )


def _figure(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)

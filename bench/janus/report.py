"""Report: the measured table, between two markers of a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

BEGIN: Final = "<!-- janus: begin, written by make bench-janus -->"
END: Final = "<!-- janus: end -->"


class NoMarkersError(Exception):
    """The document has no place for the table."""


def write(path: Path, result: dict[str, Any]) -> None:
    """Replace what stands between the markers of *path*."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarkersError(f"{path} has no {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n{section(result)}{END}{after}", encoding="utf-8")


def section(result: dict[str, Any]) -> str:
    """The table and what it was measured on, as Markdown."""
    janus, ours, machine = result["janus"], result["room110"], result["machine"]
    rows = [
        f"| {row['publishers']} | {row['subscribers']} | {row['janus_us']:.1f} "
        f"| {row['room110_us']:.1f} | {row['ratio']:.2f} |"
        for row in result["table"]
    ]
    windows = [*janus["windows"], *ours["windows"]]
    lost = sum(window["lost"] for window in windows)
    delivered = [window["delivered"] for window in windows]
    told = (
        f"Janus {janus['version']}, `event_loops = {janus['event_loops']}`, {janus['srtp']}; "
        f"Room 110, {ours['srtp']}. {machine['cpus']} processors, Linux {machine['kernel']}, "
        f"Python {machine['python']}, load {machine['load'][0]} at the beginning. Medians of "
        f"{result['rounds']} rounds of {result['seconds']:g} s, clients {result['receivers']}; "
        f"{sum(window['packets'] for window in windows):,} packets received, {lost} lost, "
        f"{min(delivered):.3f} to {max(delivered):.3f} of what was expected in a window."
    )
    return "\n".join(
        [
            "",
            told,
            "",
            "| publishers | subscribers | Janus, us | Room 110, us | ratio |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "",
        ]
    )

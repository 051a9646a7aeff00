"""Write anew what documents show of the code: ``make docs``.  Tests fail when one has drifted."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from bridge.conference import authority, phases
from bridge.conference.floor import mermaid
from bridge.conference.words import Phase, Role
from config.settings import PREFIX, Settings
from monitoring import catalogue
from signaling import schema

ROOT = Path(__file__).parents[2]


def fill(document: Path, name: str, text: str) -> None:
    """Put *text* between the marks ``<!-- name:begin -->`` and ``<!-- name:end -->``."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    old = document.read_text(encoding="utf-8")
    new, found = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: begin + text + end, old, flags=re.DOTALL
    )
    if found != 1:
        raise SystemExit(f"{document}: expected {begin.strip()} ... {end} once, found {found}")
    document.write_text(new, encoding="utf-8")


def phases_diagram() -> str:
    """The phases and the ways between them."""
    ways = [f"    {a} --> {b}" for a, others in phases.PHASES.items() for b in sorted(others)]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> lobby", *ways, "```", ""])


def authority_table() -> str:
    """Who may do what, in which phases."""
    roles = [role for role in Role if role not in {Role.VIEWER, Role.METRICS}]
    rows = [f"| command | {' | '.join(roles)} |", "| --- |" + " --- |" * len(roles)]
    for command, powers in sorted(authority.AUTHORITY.items(), key=lambda row: row[0].__name__):
        word = re.sub(r"(?<=[a-z])(?=[A-Z])", ".", command.__name__).lower()
        cells = [_reach(powers.get(role, {})) for role in roles]
        rows.append(f"| `{word}` | {' | '.join(cells)} |")
    return "\n".join([*rows, ""])


def _reach(powers: authority.Powers) -> str:
    scopes = set(powers.values())
    if len(scopes) == 1 and len(powers) == len(Phase):
        return next(iter(scopes)).name.lower()
    return ", ".join(f"{phase}: {scope.name.lower()}" for phase, scope in powers.items())


def sample_settings() -> str:
    """deploy/room110.env: every setting with what it is, commented out, at its default."""
    lines = [
        "# Settings of Room 110, for systemd (EnvironmentFile=) and docker compose (env_file:).",
        "# Every key is here, explained, at its default; take the # away to change one.",
        "# Written by `make docs` from config/settings.py.",
    ]
    for name, field in Settings.model_fields.items():
        text = " ".join((field.description or "").replace("``", "").split())
        lines += ["", *textwrap.wrap(text, 98, initial_indent="# ", subsequent_indent="# ")]
        lines.append(f"#{PREFIX}{name.upper()}={_written(name, field.default)}")
    return "\n".join(lines) + "\n"


def _written(name: str, default: object) -> str:
    if name == "state":
        return "/var/lib/room110"
    if name == "roster":
        return "/etc/room110/roster.csv"
    if name == "turn_secret_file":
        return ""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return "none" if default is None else str(default)


def main() -> None:
    (ROOT / "deploy/room110.env").write_text(sample_settings(), encoding="utf-8")
    fill(ROOT / "docs/floor.md", "floor", mermaid())
    fill(ROOT / "docs/floor.md", "phases", phases_diagram())
    fill(ROOT / "docs/floor.md", "authority", authority_table())
    for name, table in catalogue.documents().items():
        fill(ROOT / "docs/monitoring.md", name, table)
    schema.PATH.write_text(schema.text(), encoding="utf-8")


if __name__ == "__main__":
    main()

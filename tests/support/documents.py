"""Write anew what documents show of the code: ``make docs``.  Tests fail when one has drifted."""

from __future__ import annotations

import re
from pathlib import Path

from bridge.conference.floor import mermaid
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


def main() -> None:
    fill(ROOT / "docs/floor.md", "floor", mermaid())
    fill(ROOT / "docs/monitoring.md", "metrics", catalogue.markdown())
    schema.PATH.write_text(schema.text(), encoding="utf-8")


if __name__ == "__main__":
    main()

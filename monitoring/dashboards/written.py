"""Written: the dashboards as files; ``python -m monitoring.dashboards`` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from monitoring.dashboards import one_site, process, session, wall
from monitoring.dashboards.expressions import FOLDER

BOARDS: Final = {
    "wall": wall.dashboard,
    "site": one_site.dashboard,
    "bridge": process.dashboard,
    "conference": session.dashboard,
}
"""File name without its end -> what makes it."""


def texts() -> dict[str, str]:
    """What every file holds, by its name."""
    return {
        f"{name}.json": json.dumps(
            make().build(), cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True
        )
        + "\n"
        for name, make in BOARDS.items()
    }


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")

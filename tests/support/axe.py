"""Axe: what of a page stands in the way of people, as axe-core finds it (WCAG 2.2, A and AA).

It finds what can be computed: contrast, names, roles.  Whether a page can be worked with by keyboard
alone is for a test that presses the keys.
"""

from __future__ import annotations

from typing import Final

from axe_playwright_python.async_playwright import Axe

from tests.support.browser import Screen

OPTIONS: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}


async def barriers(shown: Screen) -> list[str]:
    """One line for each element that breaks a rule."""
    found = await Axe().run(shown.page, options=dict(OPTIONS))
    return [
        f"{shown.name}: {rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]

"""What documents show of the code is what the code says; ``make docs`` writes it anew."""

from __future__ import annotations

import pytest

from bridge.conference.floor import mermaid
from tests.support.documents import ROOT, authority_table, phases_diagram


@pytest.mark.parametrize(
    ("document", "name", "text"),
    [
        ("docs/floor.md", "floor", mermaid()),
        ("docs/floor.md", "phases", phases_diagram()),
        ("docs/floor.md", "authority", authority_table()),
    ],
)
def test_a_document_shows_what_the_code_says(document, name, text):
    shown = (ROOT / document).read_text(encoding="utf-8")
    assert f"<!-- {name}:begin -->\n{text}<!-- {name}:end -->" in shown

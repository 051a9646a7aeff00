"""What documents show of the code is what the code says; ``make docs`` writes it anew."""

from __future__ import annotations

import pytest

from bridge.conference.floor import mermaid
from config.settings import PREFIX, Settings, load_settings
from tests.support.documents import ROOT, authority_table, phases_diagram, sample_settings


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


def test_the_sample_configuration_has_every_key_and_is_taken_as_it_stands(monkeypatch):
    text = (ROOT / "deploy/room110.env").read_text(encoding="utf-8")
    assert text == sample_settings()
    keys = dict(
        line[1:].split("=", 1) for line in text.splitlines() if line.startswith(f"#{PREFIX}")
    )
    assert keys.keys() == {PREFIX + name.upper() for name in Settings.model_fields}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    load_settings()

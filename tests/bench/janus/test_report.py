from __future__ import annotations

import pytest

from bench.janus.report import BEGIN, END, NoMarkersError, write
from tests.architecture.house import ROOT

WINDOW = {"packets": 1500, "lost": 0, "delivered": 0.998}
RESULT = {
    "machine": {"cpus": 2, "kernel": "6.1", "python": "3.11", "load": [0.1, 0.2, 0.3]},
    "seconds": 5.0,
    "rounds": 3,
    "receivers": "drained",
    "janus": {
        "version": "1.1.2",
        "event_loops": 2,
        "srtp": "SRTP_AEAD_AES_128_GCM",
        "windows": [WINDOW],
    },
    "room110": {"srtp": "SRTP_AEAD_AES_128_GCM", "windows": [WINDOW]},
    "table": [
        {
            "publishers": 2,
            "subscribers": 60,
            "janus_us": 12.0,
            "room110_us": 4.5,
            "ratio": 0.38,
        }
    ],
}


def test_the_table_stands_between_the_markers_and_nothing_else_changes(tmp_path):
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")

    write(document, RESULT)

    text = document.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| 2 | 60 | 12.0 | 4.5 | 0.38 |" in text
    assert "3,000 packets received, 0 lost" in text

    write(document, RESULT)
    assert document.read_text(encoding="utf-8") == text


def test_a_document_without_markers_is_left_alone(tmp_path):
    document = tmp_path / "performance.md"
    document.write_text("nothing\n", encoding="utf-8")

    with pytest.raises(NoMarkersError):
        write(document, RESULT)
    assert document.read_text(encoding="utf-8") == "nothing\n"


def test_the_document_of_the_house_has_them():
    text = (ROOT / "docs/performance.md").read_text(encoding="utf-8")

    assert text.index(BEGIN) < text.index(END)

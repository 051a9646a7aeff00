from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def cache(cache_home: Path, clips: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs of this test, and the test, keep their clips."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    return clips

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips are made once per run of the tests, and nothing outside is read or written."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def cache(clips: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs of this test, and the test, keep their clips."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(clips))
    return clips / "room110"

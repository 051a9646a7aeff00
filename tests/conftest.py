"""One way of running for everybody: the same examples each time, and no clock on an example."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Derandomized: a red run must be red again on the next machine.  No deadline: two cores are shared
# with media tests, and a slow example is not a wrong one.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``XDG_CACHE_HOME`` of programs that tests start; nothing outside is read or written."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def clips(cache_home: Path) -> Path:
    """Clips of the synthetic sites, encoded once in a run of the tests: a second of processor each."""
    return cache_home / "room110"

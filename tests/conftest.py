"""One way of running for everybody: the same examples each time, and no clock on an example."""

from __future__ import annotations

from collections.abc import Iterator
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


@pytest.fixture(scope="session", autouse=True)
def clips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Clips of the synthetic sites, encoded once in a run of the tests: a second of processor each.
    Programs that tests start keep theirs there too, and nothing outside is read or written."""
    home = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home))
        yield home / "room110"

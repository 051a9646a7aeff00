"""One way of running for everybody: the same examples each time, and no clock on an example."""

from __future__ import annotations

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

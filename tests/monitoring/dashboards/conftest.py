"""The SDK warns, when it is first imported, that Grafana's next format is there.  Files that Grafana
12 is given are of the format that we use."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
    import monitoring.dashboards.written  # noqa: F401

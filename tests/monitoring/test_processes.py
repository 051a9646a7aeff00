from __future__ import annotations

import pytest

from monitoring.exposition import EOF
from monitoring.processes import ProcessText


@pytest.mark.parametrize("openmetrics", [False, True])
def test_every_line_says_which_process_it_is_of(openmetrics):
    text = ProcessText("media")(openmetrics)
    lines = [line for line in text.splitlines() if not line.startswith("#")]

    assert lines
    assert all('process="media"' in line for line in lines)
    assert any(line.startswith("process_cpu_seconds_total{") for line in lines)
    assert any(line.startswith("python_gc_") for line in lines)
    assert EOF not in text

"""What a process costs, with its name, as both parsers read it."""

from __future__ import annotations

import resource

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from monitoring.exposition import EOF
from monitoring.processes import ProcessText


@pytest.mark.parametrize("openmetrics", [False, True])
def test_every_line_says_which_process_it_is_of(openmetrics):
    text = ProcessText("media")(openmetrics).decode()
    families = list(read_openmetrics(text + EOF) if openmetrics else read_text(text))
    samples = {sample.name: sample for family in families for sample in family.samples}

    assert all(sample.labels["process"] == "media" for sample in samples.values())
    assert {family.type for family in families} == {"counter", "gauge"}
    assert any(name.startswith("python_gc_") for name in samples)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = used.ru_utime + used.ru_stime
    assert samples["process_cpu_seconds_total"].value == pytest.approx(cpu_s, abs=0.5)
    assert samples["process_open_fds"].value > 3


def test_two_pages_have_the_same_families_and_newer_numbers():
    process = ProcessText("control")
    first, second = process(False).decode(), process(False).decode()
    heads = [
        [line for line in text.splitlines() if line.startswith("# TYPE")]
        for text in (first, second)
    ]

    assert heads[0] == heads[1]
    assert len(set(heads[0])) == len(heads[0])
    assert "process_start_time_seconds" in first

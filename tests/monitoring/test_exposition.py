"""Families as both formats name them, and which format a scraper would rather have."""

from __future__ import annotations

import pytest

from monitoring.exposition import Family, accepts_openmetrics

LOST = Family(name="room110_lost_total", kind="counter", text="Lost.", labels=("site", "media"))
INFO = Family(name="room110_site_info", kind="info", text="Who.", labels=("site", "name"))


def test_openmetrics_names_a_family_without_what_its_samples_add():
    assert LOST.head(openmetrics=True).endswith("# TYPE room110_lost counter\n")
    assert LOST.head(openmetrics=False).endswith("# TYPE room110_lost_total counter\n")
    assert INFO.head(openmetrics=True).endswith("# TYPE room110_site info\n")
    assert INFO.head(openmetrics=False).endswith("# TYPE room110_site_info gauge\n")


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ('a\\b "c"\nd', r"a\\b \"c\"\nd"),
        ("plain", "plain"),
    ],
)
def test_a_help_text_is_one_line(text, head):
    family = Family(name="room110_x", kind="gauge", text=text)

    assert family.head(openmetrics=True).splitlines()[0] == f"# HELP room110_x {head}"
    assert family.head(openmetrics=False).splitlines()[0] == "# HELP room110_x " + head.replace(
        '\\"', '"'
    )


PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;"
    "q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (PROMETHEUS, True),
        ("", False),
        ("*/*", False),
        ("text/plain", False),
        ("application/openmetrics-text", True),
        ("Application/OpenMetrics-Text; Version=1.0.0", True),
        ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text;q=0.3, text/plain;q=0.4", False),
        ("application/openmetrics-text;q=0.4, text/plain;q=0.4", True),
        ("text/html, */*;q=0.8", False),
        ("text/plain;q=9, application/openmetrics-text;q=0.9", False),
        (";;,q=1,", False),
    ],
)
def test_what_a_scraper_would_rather_have(accept, wanted):
    assert accepts_openmetrics(accept) is wanted

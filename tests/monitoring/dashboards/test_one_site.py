"""One site: both directions, and only this site."""

from __future__ import annotations

import re

from monitoring.dashboards import one_site
from tests.support.promql import OURS


def test_every_series_of_a_site_is_of_the_site_chosen():
    for panel in one_site.dashboard().build().panels:
        for target in panel.targets:
            for name, braces in re.findall(r"(\w*room110_site\w*[\w:]*)(\{[^}]*\})?", target.expr):
                assert 'site="$site"' in braces, (panel.title, name)


def test_both_directions_are_shown_alike():
    titles = [panel.title for panel in one_site.dashboard().build().panels]
    up = [title.removeprefix("Chiều lên") for title in titles if title.startswith("Chiều lên")]

    assert up == [t.removeprefix("Chiều xuống") for t in titles if t.startswith("Chiều xuống")]
    assert len(up) == 4


def test_the_words_of_the_timelines_are_those_of_the_metrics():
    text = "".join(t.expr for p in one_site.dashboard().build().panels for t in p.targets)
    for name in ("floor", "mic", "ladder"):
        metric = f"room110_site_{name}"
        words = re.findall(rf'{metric}\{{[^}}]*, {name}="(\w+)"', text)
        assert sorted(words) == sorted(OURS[metric].words)

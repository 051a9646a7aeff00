"""Panels: the few kinds that our dashboards are made of, with the same look everywhere.

A line's word has its colour and always its text, for not everybody tells green from orange.
Places are computed here: a dashboard is rows of panels on the grid of 24 columns.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from typing import Any, Final

from grafana_foundation_sdk.builders import bargauge, common, stat, statetimeline, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as words
from grafana_foundation_sdk.models import dashboard as model

COLUMNS: Final = 24
SOURCE: Final = words.DataSourceRef(type_val="prometheus", uid="${datasource}")
DATA_SOURCE_UID: Final = "room110-prometheus"
"""As in deploy/grafana/provisioning/datasources."""
GREEN, YELLOW, ORANGE, RED, BLUE, GREY = "green", "yellow", "orange", "red", "blue", "#5a5f66"

LINES: Final = (
    ("Chưa kết nối", GREY),
    ("Đang kiểm tra", "super-light-blue"),
    ("Sẵn sàng", "light-green"),
    ("Tốt", GREEN),
    ("Đường truyền yếu", YELLOW),
    ("Mất hình", ORANGE),
    ("Mất tiếng", "dark-orange"),
    ("Mất kết nối", RED),
    ("Vắng (đã báo)", BLUE),
)
"""Of the numbers of ``site:room110_site_line:code``."""


Panel = Builder[model.Panel]
Query = tuple[str, str]
"""Expression and legend."""


def _targets(queries: Iterable[Query], *, instant: bool) -> list[Any]:
    targets: list[Any] = []
    for letter, (expr, legend) in zip(string.ascii_uppercase, queries, strict=False):
        target = Dataquery().ref_id(letter).expr(expr).legend_format(legend)
        targets.append(target.instant() if instant else target.range())
    return targets


def mappings(texts: Sequence[tuple[str, str]]) -> list[Any]:
    """The numbers from 0 on as words with colours."""
    results = {
        str(code): model.ValueMappingResult(text=text, color=color, index=code)
        for code, (text, color) in enumerate(texts)
    }
    return [model.ValueMap(options=results)]


def steps(*bounds: tuple[float | None, str]) -> build.ThresholdsConfig:
    """Colours from a number on; the first has none."""
    return (
        build.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=value, color=color) for value, color in bounds])
    )


def number(
    title: str,
    expr: str,
    *,
    unit: str = "none",
    colors: build.ThresholdsConfig | None = None,
    texts: Sequence[tuple[str, str]] = (),
    legend: str = "",
    name: bool = False,
) -> stat.Panel:
    """One number as of now; with *name* the words of the legend instead."""
    panel = (
        stat.Panel()
        .title(title)
        .datasource(SOURCE)
        .targets(_targets([(expr, legend)], instant=True))
        .unit(unit)
        .no_value("—")
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .graph_mode(words.BigValueGraphMode.NONE)
        .color_mode(words.BigValueColorMode.BACKGROUND)
        .text_mode(words.BigValueTextMode.NAME if name else words.BigValueTextMode.VALUE)
        .thresholds(colors or steps((None, GREY)))
    )
    return panel.mappings(mappings(texts)) if texts else panel


def tiles(title: str, expr: str, *, legend: str, link: str) -> stat.Panel:
    """One coloured tile per series: who it is and the word of its line."""
    return (
        stat.Panel()
        .title(title)
        .datasource(SOURCE)
        .targets(_targets([(expr, legend)], instant=True))
        .mappings(mappings(LINES))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .graph_mode(words.BigValueGraphMode.NONE)
        .color_mode(words.BigValueColorMode.BACKGROUND_SOLID)
        .text_mode(words.BigValueTextMode.VALUE_AND_NAME)
        .thresholds(steps((None, GREY)))
        .data_links([build.DashboardLink("Xem điểm cầu").url(link)])
    )


def states(
    title: str, *queries: Query, texts: Sequence[tuple[str, str]], rows: int
) -> statetimeline.Panel:
    """A row per series, coloured by the word it had; *rows* of them on one page (the SDK's is 20)."""
    return (
        statetimeline.Panel()
        .title(title)
        .datasource(SOURCE)
        .targets(_targets(queries, instant=False))
        .mappings(mappings(texts))
        .thresholds(steps((None, GREY)))
        .per_page(rows)
        .merge_values(True)
        .row_height(0.9)
        .show_value(words.VisibilityMode.NEVER if rows > len(LINES) else words.VisibilityMode.AUTO)
        .legend(
            common.VizLegendOptions().show_legend(False).placement(words.LegendPlacement.BOTTOM)
        )
    )


def worst(
    title: str, expr: str, *, unit: str, colors: build.ThresholdsConfig, legend: str
) -> bargauge.Panel:
    """A bar for each of the worst."""
    return (
        bargauge.Panel()
        .title(title)
        .datasource(SOURCE)
        .targets(_targets([(expr, legend)], instant=True))
        .unit(unit)
        .min(0)
        .no_value("—")
        .orientation(words.VizOrientation.HORIZONTAL)
        .display_mode(words.BarGaugeDisplayMode.BASIC)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(colors)
    )


def curves(
    title: str, *queries: Query, unit: str, low: float | None = 0, high: float | None = None
) -> timeseries.Panel:
    """Numbers over time."""
    panel = (
        timeseries.Panel()
        .title(title)
        .datasource(SOURCE)
        .targets(_targets(queries, instant=False))
        .unit(unit)
        .line_width(1)
        .fill_opacity(8)
        .show_points(words.VisibilityMode.NEVER)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(words.LegendDisplayMode.LIST)
            .placement(words.LegendPlacement.BOTTOM)
        )
    )
    if low is not None:
        panel = panel.min(low)
    return panel if high is None else panel.max(high)

"""Boards: what all dashboards share: where the numbers come from, marks of grants and phases, the way
from one to another, and rows on the grid.

Nothing can be changed in the browser: the next ``make docs`` would lose it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

from monitoring.dashboards.panels import COLUMNS, DATA_SOURCE_UID, SOURCE, Panel

TAG: Final = "room110"
NAMED: Final = "* on (site) group_left (name) room110_site_info"
"""Puts the site's name on what has a site."""
SITE: Final = "{{site}} {{name}}"
RATE: Final = "[$__rate_interval]"

_GRANTED: Final = "room110_floor_granted_timestamp_seconds"
_PHASE: Final = "room110_conference_phase"
_MARKS: Final = (
    (
        "Trao quyền phát biểu",
        "blue",
        f"changes({_GRANTED}[15s]) > 0 or ({_GRANTED} unless {_GRANTED} offset 15s)",
        "{{site}}",
    ),
    (
        "Giai đoạn hội nghị",
        "purple",
        f"{_PHASE} == 1 and changes({_PHASE}[15s]) > 0",
        "{{phase}}",
    ),
)
"""Name, colour, when, and what stands there."""

Row = tuple[int, Sequence[tuple[Panel, int]]]
"""Height, and panels with their widths."""


def board(uid: str, title: str, description: str, *, refresh: str, since: str) -> build.Dashboard:
    """A dashboard without panels."""
    result = (
        build.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .refresh(refresh)
        .time(since, "now")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .with_variable(
            build.DatasourceVariable("datasource")
            .label("Data source")
            .type("prometheus")
            .current(model.VariableOption(text="Prometheus", value=DATA_SOURCE_UID))
        )
        .link(
            build.DashboardLink("Phòng 110")
            .type(model.DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .include_vars(False)
            .keep_time(True)
        )
    )
    for name, color, expr, text in _MARKS:
        result = result.annotation(
            build.AnnotationQuery()
            .name(name)
            .datasource(SOURCE)
            .enable(True)
            .icon_color(color)
            .expr(expr)
            .target(Dataquery().ref_id("Anno").expr(expr).legend_format(text))
            .step("5s")
            .title_format(name)
            .text_format(text)
        )
    return result


def site_variable() -> build.QueryVariable:
    """Which site; by code, shown with its name."""
    return (
        build.QueryVariable("site")
        .label("Điểm cầu")
        .datasource(SOURCE)
        .query("label_values(room110_site_info, site)")
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .current(model.VariableOption(text="110", value="110"))
    )


def fill(result: build.Dashboard, rows: Iterable[Row]) -> build.Dashboard:
    """*rows* from the top down, each from the left."""
    top, number = 0, 0
    for height, panels in rows:
        left = 0
        for panel, width in panels:
            number += 1
            built = panel.build()
            built.id_val = number
            built.grid_pos = model.GridPos(h=height, w=width, x=left, y=top)
            result = result.with_panel(_Built(built))
            left += width
        if left > COLUMNS:
            raise ValueError(f"row at {top} is {left} columns wide")
        top += height
    return result


class _Built(Builder[model.Panel]):
    """A panel that is built already, for who asks for a builder."""

    def __init__(self, panel: model.Panel) -> None:
        self._panel = panel

    def build(self) -> model.Panel:
        return self._panel

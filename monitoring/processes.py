"""Processes: what a process of ours costs, as prometheus_client's collectors say it, with its name.

They read /proc and the garbage collector; what they say is written by us, for their own writer takes
ten times as long for the same lines.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.registry import Collector

from monitoring.columns import Column
from monitoring.exposition import Family

_LABEL: Final = "process"


class ProcessText:
    """The part of a page that is about the process itself, called *name* there."""

    def __init__(self, name: str) -> None:
        self._name = name
        ours = CollectorRegistry()
        self._collectors: tuple[Collector, ...] = (
            ProcessCollector(registry=ours),
            GCCollector(registry=ours),
        )
        self._columns: dict[str, Column] = {}

    def __call__(self, openmetrics: bool) -> bytes:
        return b"".join(
            column.page(openmetrics=openmetrics)
            for collector in self._collectors
            for column in self._written(collector)
        )

    def _written(self, collector: Collector) -> list[Column]:
        columns: dict[str, Column] = {}
        for metric in collector.collect():
            for name, labels, value, *_ in metric.samples:
                column = self._columns.get(name)
                if column is None:
                    family = Family(
                        name=name,
                        kind="counter" if metric.type == "counter" else "gauge",
                        text=metric.documentation,
                        labels=(*labels, _LABEL),
                    )
                    column = self._columns[name] = Column(family)
                column.set(value, *labels.values(), self._name)
                columns[name] = column
        return list(columns.values())

"""Processes: what a process of ours costs, as prometheus_client says it, with its name on it.

A registry of our own: a handful of series, which it may write itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, GCCollector, Metric, ProcessCollector, exposition
from prometheus_client.openmetrics import exposition as openmetrics_exposition
from prometheus_client.registry import Collector

from monitoring.exposition import EOF


class ProcessText:
    """The part of a page that is about the process itself, called *name* there."""

    def __init__(self, name: str) -> None:
        self._registry = CollectorRegistry()
        ours = CollectorRegistry()
        collectors: tuple[Collector, ...] = (
            ProcessCollector(registry=ours),
            GCCollector(registry=ours),
        )
        self._registry.register(_Named(name, collectors))

    def __call__(self, openmetrics: bool) -> str:
        if openmetrics:
            whole: bytes = openmetrics_exposition.generate_latest(self._registry)  # type: ignore[no-untyped-call]
            return whole.decode().removesuffix(EOF)
        return exposition.generate_latest(self._registry).decode()


class _Named(Collector):
    def __init__(self, name: str, collectors: Iterable[Collector]) -> None:
        self._name = name
        self._collectors = tuple(collectors)

    def collect(self) -> Iterable[Metric]:
        for collector in self._collectors:
            for metric in collector.collect():
                metric.samples = [
                    sample._replace(labels={**sample.labels, "process": self._name})
                    for sample in metric.samples
                ]
                yield metric

"""Exposition: families of metrics, and how Prometheus reads them.

Two formats, told apart by what the scraper accepts: the text format 0.0.4 and OpenMetrics 1.0.  Samples
are the same in both; OpenMetrics calls a counter's family without ``_total`` and ends with
``# EOF``.  An enumeration is a gauge with a label for its word in both: OpenMetrics' own state sets
name that label after the metric, which reads badly in queries.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram", "summary", "info"]

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
EOF: Final = "# EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What one metric is; a constant of :mod:`monitoring.catalogue`."""

    name: str
    """As in queries: a counter's with ``_total``, an info's with ``_info``."""
    kind: Kind
    text: str
    """One sentence."""
    labels: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """All values of the last label, when they are known: of an enumeration, of reasons."""
    bounds: tuple[float, ...] = ()
    """Of a histogram, ascending, without infinity."""
    places: int | None = None
    """Behind the point, where many numbers are written at once; None: as many as a number has, which
    takes three times as long."""

    def head(self, *, openmetrics: bool) -> str:
        name, kind = self.name, str(self.kind)
        if openmetrics:
            name = name.removesuffix("_total").removesuffix("_info")
        elif kind == "info":
            kind = "gauge"
        return f"# HELP {name} {escape(self.text, quote=openmetrics)}\n# TYPE {name} {kind}\n"


def counter(name: str, text: str, *labels: str, words: Iterable[str] = ()) -> Family:
    return Family(name=name, kind="counter", text=text, labels=labels, words=tuple(words))


def gauge(
    name: str, text: str, *labels: str, words: Iterable[str] = (), places: int | None = None
) -> Family:
    return Family(
        name=name, kind="gauge", text=text, labels=labels, words=tuple(words), places=places
    )


def info(name: str, text: str, *labels: str) -> Family:
    return Family(name=name, kind="info", text=text, labels=labels)


def number_text(value: float) -> str:
    """As both formats read it."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)


def accepts_openmetrics(accept: str) -> bool:
    """Whether a scraper that sends this ``Accept`` header would rather have OpenMetrics.

    RFC 9110 section 12.5.1; of versions and parameters other than ``q`` nothing is asked, for
    we have one of each.
    """
    best: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if re.fullmatch(r"q=[01](\.\d{0,3})?", parameter):
                quality = min(1.0, float(parameter[2:]))
        best[kind] = max(quality, best.get(kind, 0.0))
    plain = best.get("text/plain", best.get("text/*", best.get("*/*", 0.0)))
    wanted = best.get("application/openmetrics-text", 0.0)
    return wanted > 0 and wanted >= plain


def pairs(names: Sequence[str], values: Sequence[str]) -> str:
    """``{site="11",media="audio"}``, or nothing."""
    inside = ",".join(
        f'{name}="{escape(value, quote=True)}"' for name, value in zip(names, values, strict=True)
    )
    return f"{{{inside}}}" if inside else ""


def escape(text: str, *, quote: bool) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text

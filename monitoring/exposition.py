"""Exposition: families of metrics as the text that Prometheus reads, written by ourselves.

``prometheus_client`` takes 20 ms and more for the series of 64 sites, in the loop that forwards
sound every 20 ms (research/monitoring.md 7).  Nearly all of that is spent on labels that are the
same every second, so here each label set is written once and kept: ``name{site="11"} ``, and for an
enumeration the whole block of its words, of which exactly one is 1.  A family of all sites is written
at once (:meth:`Column.set_all`): its label sets are one kept template, which costs a quarter of a line
each, and numbers that are as they were before leave the text that they left before.

Two formats, told apart by what the scraper accepts: the text format 0.0.4 and OpenMetrics 1.0.  Samples
are the same in both; OpenMetrics calls a counter's family without ``_total`` and ends with
``# EOF``.  An enumeration is a gauge with a label for its word in both: OpenMetrics' own state sets
name that label after the metric, which reads badly in queries.

A number that is not there has no line: a NaN compares false with everything and silences its
alert.
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from bridge.media.times import Spread

Keys = Sequence[tuple[str, ...]]
"""Label sets."""
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
        return f"# HELP {name} {_escape(self.text, quote=openmetrics)}\n# TYPE {name} {kind}\n"


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


@dataclass(slots=True)
class Histogram:
    """Observations counted into the buckets of a family; ``observe`` costs a microsecond."""

    bounds: tuple[float, ...]
    counts: list[int] = field(init=False)
    """Per bucket, not cumulative; the last is beyond all bounds."""
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    @classmethod
    def of(cls, bounds: tuple[float, ...], spread: Spread) -> Histogram:
        """What was counted elsewhere, by the same bounds."""
        histogram = cls(bounds)
        histogram.counts, histogram.total = list(spread.counts), spread.total_s
        return histogram

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Column:
    """One family as it is written: set its lines, then :meth:`text`, which empties it.

    The kept label sets are as many as the caller has: sites of a roster, words of a list.
    """

    def __init__(self, family: Family) -> None:
        self.family = family
        self._prefixes: dict[tuple[str, ...], str] = {}
        self._blocks: dict[tuple[str, ...], str] = {}
        self._lines: list[str] = []
        self._histograms: dict[tuple[str, ...], str] = {}
        self._template: tuple[Keys, tuple[bool, ...], str] | None = None
        """Label sets, which of them are there, and their lines with a place for the number."""
        self._written: tuple[Keys, tuple[float | None, ...], str] | None = None
        self._said: tuple[Keys, tuple[str | None, ...], str] | None = None

    def set(self, value: float | None, *labels: str) -> None:
        """The value of a label set; None and NaN leave no line."""
        if value is None or math.isnan(value):
            return
        prefix = self._prefixes.get(labels)
        if prefix is None:
            prefix = self._prefixes[labels] = self._prefix(labels)
        number = str(value) if type(value) is int else number_text(value)
        self._lines.append(f"{prefix}{number}\n")

    def set_all(self, keys: Keys, values: Iterable[float | None]) -> None:
        """The values of many label sets, in order; None and what is not finite leave no line.

        The caller gives the same *keys*, the very object, for as long as they are the same.
        """
        numbers = tuple(values)
        if self._written is None or self._written[0] is not keys or self._written[1] != numbers:
            self._written = keys, numbers, self._formatted(keys, numbers)
        self._lines.append(self._written[2])

    def _formatted(self, keys: Keys, values: tuple[float | None, ...]) -> str:
        if len(keys) != len(values):
            raise ValueError(
                f"{self.family.name}: {len(values)} numbers for {len(keys)} label sets"
            )
        there = tuple(value is not None and math.isfinite(value) for value in values)
        if self._template is None or self._template[:2] != (keys, there):
            places = self.family.places
            number = "%s\n" if places is None else f"%.{places}f\n"
            lines = (
                self._prefix(labels).replace("%", "%%") + number
                for labels in itertools.compress(keys, there)
            )
            self._template = keys, there, "".join(lines)
        return self._template[2] % tuple(itertools.compress(values, there))

    def set_words(self, keys: Keys, words: Iterable[str | None]) -> None:
        """Of an enumeration: :meth:`set_word` of many label sets, in order, *keys* as above; None
        leaves no line."""
        said = tuple(words)
        if self._said is None or self._said[0] is not keys or self._said[1] != said:
            blocks = (
                self._block(labels, word)
                for labels, word in zip(keys, said, strict=True)
                if word is not None
            )
            self._said = keys, said, "".join(blocks)
        self._lines.append(self._said[2])

    def set_word(self, word: str, *labels: str) -> None:
        """Of an enumeration: 1 for this word and 0 for all others.  Unknown words are an error,
        or the set would have no 1.
        """
        self._lines.append(self._block(labels, word))

    def _block(self, labels: tuple[str, ...], word: str) -> str:
        key = (*labels, word)
        block = self._blocks.get(key)
        if block is None:
            if word not in self.family.words:
                raise ValueError(f"{word!r} is no word of {self.family.name}")
            block = self._blocks[key] = "".join(
                f"{self._prefix((*labels, each))}{int(each == word)}\n"
                for each in self.family.words
            )
        return block

    def set_histogram(self, histogram: Histogram, *labels: str) -> None:
        template = self._histograms.get(labels)
        if template is None:
            template = self._histograms[labels] = self._histogram(histogram.bounds, labels)
        counts = tuple(itertools.accumulate(histogram.counts))
        self._lines.append(template % (*counts, number_text(histogram.total), counts[-1]))

    def _histogram(self, bounds: Sequence[float], labels: tuple[str, ...]) -> str:
        name, names = self.family.name, self.family.labels
        buckets = (
            f"{name}_bucket{_pairs((*names, 'le'), (*labels, number_text(float(bound))))} "
            for bound in (*bounds, math.inf)
        )
        pairs = _pairs(names, labels)
        prefixes = (*buckets, f"{name}_sum{pairs} ", f"{name}_count{pairs} ")
        return "".join(prefix.replace("%", "%%") + "%s\n" for prefix in prefixes)

    def set_summary(self, count: int, total: float, *labels: str) -> None:
        """How many, and their sum."""
        name, pairs = self.family.name, _pairs(self.family.labels, labels)
        self._lines.append(f"{name}_sum{pairs} {number_text(total)}\n")
        self._lines.append(f"{name}_count{pairs} {count}\n")

    def text(self) -> str:
        text = "".join(self._lines)
        self._lines.clear()
        return text

    def _prefix(self, labels: tuple[str, ...]) -> str:
        return f"{self.family.name}{_pairs(self.family.labels, labels)} "


class Sheet:
    """The columns of one part."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._columns = {family.name: Column(family) for family in families}

    def __getitem__(self, family: Family) -> Column:
        return self._columns[family.name]

    def clear(self) -> None:
        """Forget what a part that failed has left."""
        for column in self._columns.values():
            column.text()

    def take(self) -> list[tuple[Family, str]]:
        """The families and their lines; the sheet is empty then."""
        return [(column.family, column.text()) for column in self._columns.values()]


def page(bodies: Iterable[tuple[Family, str]], *, openmetrics: bool) -> str:
    """The families that have a line, each with its head; without :data:`EOF`."""
    return "".join(family.head(openmetrics=openmetrics) + body for family, body in bodies if body)


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


def _pairs(names: Sequence[str], values: Sequence[str]) -> str:
    pairs = ",".join(
        f'{name}="{_escape(value, quote=True)}"' for name, value in zip(names, values, strict=True)
    )
    return f"{{{pairs}}}" if pairs else ""


def _escape(text: str, *, quote: bool) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text

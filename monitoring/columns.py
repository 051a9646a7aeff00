"""Columns: a page of metrics, written by ourselves.

``prometheus_client`` takes 20 ms and more for the series of 64 sites, in the loop that forwards
sound every 20 ms (research/monitoring.md 7).  Nearly all of that is spent on labels that are the
same every second, so here each label set is written once and kept: ``name{site="11"} ``, and for an
enumeration the whole block of its words, of which exactly one is 1.  A family of all sites is written
at once (:meth:`Column.set_all`): its label sets are one kept template, which costs a quarter of a line
each, and numbers that are as they were before leave the text that they left before.

A number that is not there has no line: a NaN compares false with everything and silences its
alert.

Each family is encoded for itself: one name with an accent makes a text twice as wide in memory, and
most families have none.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from bridge.media.times import Spread
from monitoring.exposition import Family, number_text, pairs

Keys = Sequence[tuple[str, ...]]
"""Label sets."""


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
    """One family as it is written: set its lines, then :meth:`page`, which empties it.

    The kept label sets are as many as the caller has: sites of a roster, words of a list.
    """

    def __init__(self, family: Family) -> None:
        self.family = family
        self._heads = family.head(openmetrics=False), family.head(openmetrics=True)
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
        there = _all_there(values) or tuple(
            value is not None and math.isfinite(value) for value in values
        )
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
            f"{name}_bucket{pairs((*names, 'le'), (*labels, number_text(float(bound))))} "
            for bound in (*bounds, math.inf)
        )
        ours = pairs(names, labels)
        prefixes = (*buckets, f"{name}_sum{ours} ", f"{name}_count{ours} ")
        return "".join(prefix.replace("%", "%%") + "%s\n" for prefix in prefixes)

    def set_summary(self, count: int, total: float, *labels: str) -> None:
        """How many, and their sum."""
        name, ours = self.family.name, pairs(self.family.labels, labels)
        self._lines.append(f"{name}_sum{ours} {number_text(total)}\n")
        self._lines.append(f"{name}_count{ours} {count}\n")

    def page(self, *, openmetrics: bool) -> bytes:
        """Its head and its lines; nothing when it has no line."""
        if not self._lines:
            return b""
        text = "".join((self._heads[openmetrics], *self._lines))
        self._lines.clear()
        return text.encode()

    def clear(self) -> None:
        self._lines.clear()

    def _prefix(self, labels: tuple[str, ...]) -> str:
        return f"{self.family.name}{pairs(self.family.labels, labels)} "


class Sheet:
    """The columns of one part."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._columns = {family.name: Column(family) for family in families}

    def __getitem__(self, family: Family) -> Column:
        return self._columns[family.name]

    def clear(self) -> None:
        """Forget what a part that failed has left."""
        for column in self._columns.values():
            column.clear()

    def page(self, *, openmetrics: bool) -> bytes:
        """The families that have a line, each with its head; the sheet is empty then."""
        return b"".join(column.page(openmetrics=openmetrics) for column in self._columns.values())


def _all_there(values: tuple[float | None, ...]) -> tuple[bool, ...]:
    """Quickly: True for each, if no number is missing and none is strange; else nothing."""
    try:
        is_whole = math.isfinite(sum(cast("tuple[float, ...]", values)))
    except TypeError:
        return ()
    return (True,) * len(values) if is_whole else ()

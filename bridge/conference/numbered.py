"""Numbered: a mapping from numbers to values that shares with the one it was made from.

A conference is a value, and its history keeps a thousand of them (:mod:`bridge.history`).  Every event
makes another, mostly with one request more or one that has changed; a dict copied each time would
keep every request of the day a thousand times.  Here the numbers are in blocks of
:data:`BLOCK`: to put one copies its block and the list of blocks, so for a thousand requests some 60
places and not a thousand.

Order is that of blocks and, within one, of coming: that of the numbers when they come in their order,
as requests do.  It is equal to any mapping with the same content, and as immutable as its values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, ValuesView
from typing import Final, Generic, TypeVar

T = TypeVar("T")
BLOCK: Final = 32
"""About the root of what a long day has: block and list of blocks are then of one size."""


class Numbered(Mapping[int, T], Generic[T]):
    __slots__ = ("_blocks", "_size")

    def __init__(self, values: Mapping[int, T] | None = None) -> None:
        blocks: dict[int, dict[int, T]] = {}
        for number, value in (values or {}).items():
            blocks.setdefault(number // BLOCK, {})[number] = value
        self._blocks = blocks
        self._size = len(values or ())

    def put(self, number: int, value: T) -> Numbered[T]:
        """Another one, in which *number* is *value*; all else is shared with this."""
        place = number // BLOCK
        block = self._blocks.get(place, {})
        made: Numbered[T] = Numbered()
        made._blocks = {**self._blocks, place: {**block, number: value}}
        made._size = self._size + (number not in block)
        return made

    def __getitem__(self, number: int) -> T:
        if not isinstance(number, int):
            raise KeyError(number)
        return self._blocks[number // BLOCK][number]

    def __iter__(self) -> Iterator[int]:
        for block in self._blocks.values():
            yield from block

    def __len__(self) -> int:
        return self._size

    def values(self) -> ValuesView[T]:
        return _Values(self, self._blocks)

    def __repr__(self) -> str:
        return f"Numbered({dict(self)!r})"


class _Values(ValuesView[T]):
    """Without a look-up for each: rules go through all requests after every event."""

    def __init__(self, numbered: Numbered[T], blocks: Mapping[int, Mapping[int, T]]) -> None:
        super().__init__(numbered)
        self._blocks = blocks

    def __iter__(self) -> Iterator[T]:
        for block in self._blocks.values():
            yield from block.values()

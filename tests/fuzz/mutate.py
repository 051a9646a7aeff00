"""Mutations of well-formed inputs: what a fuzzer without coverage does, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

EDGES = (0x00, 0x01, 0x20, 0x7F, 0x80, 0xA0, 0xBE, 0xFE, 0xFF)
"""Bytes at which lengths, versions and flags turn."""
MOST_STEPS = 6
LONGEST = 1 << 16


def mutations(seeds: Sequence[bytes], chance: Random) -> Iterator[bytes]:
    """For ever."""
    while True:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, MOST_STEPS)):
            _step(data, seeds, chance)
        yield bytes(data[:LONGEST])


def _step(data: bytearray, seeds: Sequence[bytes], chance: Random) -> None:
    at = chance.randint(0, len(data))
    upto = min(len(data), at + chance.choice((1, 2, 4, 16, 256)))
    match chance.randrange(7):
        case 0:
            data[at:upto] = bytes(byte ^ 1 << chance.randrange(8) for byte in data[at:upto])
        case 1:
            data[at:upto] = bytes(chance.choice(EDGES) for _ in range(at, upto))
        case 2:
            del data[at:upto]
        case 3:
            data[at:at] = data[at:upto] * chance.randint(1, 4)
        case 4:
            data[at:at] = chance.randbytes(chance.randint(1, 8))
        case 5:
            del data[at:]
        case _:
            other = chance.choice(seeds)
            data[at:] = other[chance.randint(0, len(other)) :]

"""The header extensions of one stream, ready to be put into every packet.

All of them are constant but one: the time a packet left (abs-send-time: 24 bits of seconds as
6.18 fixed point, draft-alvestrand-rmcat-remb-03 section 3), from which the service measures the line.
It stands first in the block, so that it can be written without looking for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from bridge.media.core import rtp

_AT: Final = 5
"""Behind the head of the block and the element's own."""
_BYTES: Final = 3
_TICKS: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Extensions:
    block: bytes
    """What follows the fixed header, the time left open."""
    timed: bool

    @classmethod
    def of(cls, values: Mapping[int, bytes], *, send_time: int | None = None) -> Self:
        """Number -> value; *send_time* is the number of abs-send-time if it is to be sent."""
        if send_time is None:
            return cls(rtp.write_one_byte_extensions(values), timed=False)
        block = rtp.write_one_byte_extensions({send_time: bytes(_BYTES), **values})
        return cls(block, timed=True)

    def at(self, now_s: float) -> bytes:
        """The block of packets that leave now."""
        if not self.timed:
            return self.block
        time = (int(now_s * _TICKS) & 0xFFFFFF).to_bytes(_BYTES, "big")
        return self.block[:_AT] + time + self.block[_AT + _BYTES :]

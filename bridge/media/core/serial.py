"""Serial numbers: counters that wrap, and which of two is newer.

RTP sequence numbers (16 bits) and timestamps (32 bits) start anywhere and wrap.  As in RFC 1982
section 3.2, one number is newer than another when the way forward to it is shorter than half the
circle.  At exactly half the RFC leaves the order open; here neither is newer than the other and
the signed distance is the negative one, so that a jump of half the circle is never an advance.
"""

from __future__ import annotations


def distance16(new: int, old: int) -> int:
    """Steps from *old* forward to *new*, -32768 to 32767."""
    return ((new - old + 0x8000) & 0xFFFF) - 0x8000


def distance32(new: int, old: int) -> int:
    """Ticks from *old* forward to *new*, -2**31 to 2**31 - 1."""
    return ((new - old + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def newer16(a: int, b: int) -> bool:
    """Whether *a* comes after *b*."""
    return 0 < (a - b) & 0xFFFF < 0x8000


def newer32(a: int, b: int) -> bool:
    """Whether *a* comes after *b*."""
    return 0 < (a - b) & 0xFFFFFFFF < 0x80000000


def extend16(value: int, near: int) -> int:
    """The number without wraps that ends in *value* and is nearest to *near*.

    *near* is such a number itself (a count that never wraps); close to 0 the result may be
    negative: a packet from before the first one seen.
    """
    return near + distance16(value, near & 0xFFFF)


def latest16(value: int, newest: int) -> int:
    """The greatest number without wraps that ends in *value* and is not above *newest*."""
    return newest - (newest - value & 0xFFFF)

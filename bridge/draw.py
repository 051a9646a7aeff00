"""Draw: names and numbers that must be drawn by lot, from one source of chance.

* Session ids and the ICE ufrag are told apart by them, the ICE password is a secret: letters and
  digits, a subset of ice-char (RFC 8839 section 5.4) that is safe in URLs and logs too.  A
  password of 32 of them has 190 bits, more than the 128 that RFC 8445 section 5.3 wants; a ufrag
  of 8 has 47, more than the 24 that it must have.
* SSRCs of a session are consecutive from a random one: different within the session, as they
  must be (RFC 3550 section 8), and never chosen by a client.  A picture has two: what repeats its
  packets is a stream of its own (RFC 4588).
"""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Callable

from bridge.media.slots import Slot

_CHARACTERS = string.ascii_letters + string.digits


class Draw:
    def __init__(self, chance: random.Random) -> None:
        """A ``SystemRandom`` in service, a seeded one in tests."""
        self._chance = chance

    def name(self) -> str:
        return self._text(12)

    def ufrag(self) -> str:
        return self._text(8)

    def password(self) -> str:
        return self._text(32)

    def number(self) -> str:
        """Two digits, as a loudspeaker says them."""
        return f"{self._chance.randrange(100):02}"

    def ssrcs(self) -> Callable[[Slot], int]:
        """The SSRCs of one session: another with every call, also when the slot is the same."""
        numbers = itertools.count(self._chance.getrandbits(32))
        return lambda _slot: next(numbers) & 0xFFFFFFFF

    def _text(self, length: int) -> str:
        return "".join(self._chance.choices(_CHARACTERS, k=length))

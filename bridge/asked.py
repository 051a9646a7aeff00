"""Asked: how many commands of people were accepted, refused by a rule, or failed, and how long the
answer took, which is durable when it is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from bridge.answers import Accepted, RoomError
from bridge.conference.words import Refusal
from bridge.media.times import Times

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
FAILED: Final = "failed"
RESULTS: Final = (ACCEPTED, REFUSED, FAILED)


class Asked:
    """*clock* gives seconds, any monotonic clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.results: Counter[str] = Counter()
        """By :data:`RESULTS`."""
        self.times = Times(BOUNDS_S)
        self._clock = clock

    async def answer(self, answering: Awaitable[Accepted | Refusal]) -> Accepted | Refusal:
        """What *answering* gives or raises, counted."""
        began_s = self._clock()
        try:
            answer = await answering
        except RoomError:
            self.results[FAILED] += 1
            raise
        self.results[REFUSED if isinstance(answer, Refusal) else ACCEPTED] += 1
        self.times.note(self._clock() - began_s)
        return answer

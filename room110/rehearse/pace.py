"""Pace: how fast a script is played, and what becomes of its durations.

At speed 1 everything is as it is written.  Faster, waits are divided, and so is every speaking time
that a command names or a policy sets; whole seconds stay whole seconds, and no limit becomes none.
What a real line needs to come back does not get shorter: graces have a least length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bridge.conference import commands
from bridge.conference.commands import PersonCommand

LEAST_S: Final[Mapping[str, float]] = {
    "grace_s": 8.0,
    "chair_grace_s": 1.0,
    "down_after_s": 12.0,
    "reopen_within_s": 30.0,
}
"""Of a policy, by field; a line comes back in about a second."""
LEAST_TURN_S: Final = 2
"""Of a carousel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    speed: float = 1.0

    @property
    def is_real(self) -> bool:
        """Nothing is shortened."""
        return self.speed == 1.0

    def wait_s(self, seconds: float) -> float:
        return seconds / self.speed

    def whole_s(self, seconds: int) -> int:
        return max(1, round(seconds / self.speed))

    def command(self, command: PersonCommand, *, limit_s: int | None = None) -> PersonCommand:
        """As it is to be sent; *limit_s* is what a grant is to bind, if that is known."""
        if self.is_real:
            return command
        match command:
            case commands.ChairGrant() | commands.ChairCall():
                limit_s = command.limit_s or limit_s
                return (
                    command if limit_s is None else replace(command, limit_s=self.whole_s(limit_s))
                )
            case commands.ChairLimit(limit_s=int(limit_s)):
                return replace(command, limit_s=self.whole_s(limit_s))
            case commands.FloorRequest(limit_s=int(limit_s)):
                return replace(command, limit_s=self.whole_s(limit_s))
            case commands.ChairExtend(add_s=add_s):
                return replace(command, add_s=self.whole_s(add_s))
            case commands.ViewCarousel(every_s=every_s):
                return replace(command, every_s=max(LEAST_TURN_S, self.whole_s(every_s)))
            case commands.ChairPolicy(changes=changes):
                return replace(command, changes={n: self._policy(n, v) for n, v in changes.items()})
        return command

    def _policy(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        if name in {"limit_s", "warn_s"}:
            return self.whole_s(value)
        if name == "start_within_s":
            return self.wait_s(value)
        if name in LEAST_S:
            return max(LEAST_S[name], self.wait_s(value))
        return value

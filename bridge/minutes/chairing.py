"""Chairing: who had the chair, from when on, and who used which authority."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.conference.events import ChairPassed
from bridge.conference.words import ChairChange, Role
from bridge.minutes.steps import Moment, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    at: Moment
    to: str | None
    """A deputy; None: the named chair."""
    how: ChairChange
    by: str
    authority: Role | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What one person did by one authority."""

    actor: str
    authority: Role
    commands: int
    first: Moment
    last: Moment


class Chairing:
    """Gathers it, step by step."""

    def __init__(self) -> None:
        self._handovers: list[Handover] = []
        self._acting: dict[tuple[str, Role], Acting] = {}
        self._rev = 0

    def see(self, step: Step) -> None:
        if isinstance(step.event, ChairPassed):
            self._handovers.append(
                Handover(
                    at=step.at,
                    to=step.event.to,
                    how=step.event.how,
                    by=step.actor,
                    authority=step.authority,
                )
            )
        if step.authority is not None and step.rev != self._rev:
            self._act(step, step.authority)
        self._rev = step.rev

    def told(self) -> tuple[tuple[Handover, ...], tuple[Acting, ...]]:
        return tuple(self._handovers), tuple(self._acting.values())

    def _act(self, step: Step, authority: Role) -> None:
        key = (step.actor, authority)
        before = self._acting.get(key)
        self._acting[key] = Acting(
            actor=step.actor,
            authority=authority,
            commands=before.commands + 1 if before else 1,
            first=before.first if before else step.at,
            last=step.at,
        )

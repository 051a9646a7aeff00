"""Complaints: what is bad in what a page says of itself, from one statement to the next.

Three things are bad: sound that is patched (concealed) beyond what passes for speech, pictures that
stand still, and a camera that is held down for want of bandwidth.  Counters are read as the share
of the time between two statements; of a page that began anew nothing is known until its second.  A
statement that is older than ``STALE_S`` says nothing any more: pages speak every 5 s.

Whether a complaint is believed is the line's to say (:mod:`bridge.line`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from bridge.clients import Statement
from bridge.conference.words import SiteCode
from bridge.line import Complaint

STALE_S: Final = 12.0
CONCEALED: Final = 0.05
"""Of the sound that was played; where patches begin to be heard as such."""
FROZEN: Final = 0.1
LIMITED: Final = 0.5

Way = Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    statement: Statement
    text: str | None = None
    of: Way = "down"
    since_s: float = 0.0


class Complaints:
    """Of the room devices of one conference."""

    def __init__(self) -> None:
        self._heard: dict[SiteCode, _Heard] = {}

    def look(
        self,
        site: SiteCode,
        statement: Statement | None,
        *,
        now_s: float,
        sends: bool,
        receives: bool,
    ) -> Complaint | None:
        """*sends*, *receives*: whether any packet went that way since the last look."""
        if statement is None or now_s - statement.at_s > STALE_S:
            self._heard.pop(site, None)
            return None
        before = self._heard.get(site)
        if before is None or statement.at_s != before.statement.at_s:
            before = self._heard[site] = _hear(before, statement)
        if before.text is None:
            return None
        return Complaint(
            text=before.text,
            of=before.of,
            for_s=now_s - before.since_s,
            contradicted=not (sends if before.of == "up" else receives),
        )


def _hear(before: _Heard | None, statement: Statement) -> _Heard:
    found = _worst(before.statement if before else None, statement)
    if found is None:
        return _Heard(statement=statement)
    text, of = found
    goes_on = before is not None and before.text is not None and before.of == of
    since_s = before.since_s if before is not None and goes_on else statement.at_s
    return _Heard(statement=statement, text=text, of=of, since_s=since_s)


def _worst(before: Statement | None, statement: Statement) -> tuple[str, Way] | None:
    patched = statement.stats.get("concealed_ratio", 0.0)
    if patched > CONCEALED:
        return f"the page says {patched:.0%} of its sound is patched", "down"
    frozen = _share(before, statement, "freeze_s")
    if frozen > FROZEN:
        return f"the page says its pictures stand still {frozen:.0%} of the time", "down"
    limited = _share(before, statement, "quality_limited_bandwidth_s")
    if limited > LIMITED:
        return f"the page says its camera lacks bandwidth {limited:.0%} of the time", "up"
    return None


def _share(before: Statement | None, statement: Statement, key: str) -> float:
    """Of the time between the two; several pictures can stand still at once."""
    if before is None or key not in before.counted or key not in statement.counted:
        return 0.0
    new, took_s = statement.counted[key] - before.counted[key], statement.at_s - before.at_s
    return min(1.0, new / took_s) if new > 0 and took_s > 0 else 0.0

"""A media plane without media, and outboxes, that write down in one list what was asked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.media.core.sdp_client import build_offer, mids_of
from bridge.media.plane import Candidate, Greeting, Plan, PlaneEvent, PlaneStats, SessionSpec
from bridge.media.slots import MIC, Slot
from bridge.media.tried import TrialOrder
from bridge.outgoing import Outgoing

FINGERPRINT = ":".join(["AB"] * 32)
NOTHING = PlaneStats()


@dataclass
class FakePlane:
    log: list[tuple[Any, ...]] = field(default_factory=list)
    """("plan", plan), ("open", session), ("close", session), ("restart", session, ...), in order."""
    candidates: tuple[Candidate, ...] = (Candidate(address="127.0.0.1", port=8110),)
    """None: the plane is away."""
    fingerprint: str = FINGERPRINT
    plan: Plan = field(default_factory=Plan)
    open_sessions: dict[str, SessionSpec] = field(default_factory=dict)
    stats: PlaneStats = NOTHING
    say: Callable[[PlaneEvent], None] = lambda event: None
    """Tell control what the plane has seen."""

    def greeting(self) -> Greeting:
        return Greeting(fingerprint=self.fingerprint, candidates=self.candidates)

    def open(self, spec: SessionSpec) -> None:
        self.log.append(("open", spec.session))
        self.open_sessions[spec.session] = spec

    def close(self, session: str) -> None:
        self.log.append(("close", session))
        self.open_sessions.pop(session, None)

    def restart(self, session: str, *, local_ufrag: str, local_pwd: str, remote_ufrag: str) -> None:
        self.log.append(("restart", session, local_ufrag, local_pwd, remote_ufrag))

    def set_plan(self, plan: Plan) -> None:
        self.log.append(("plan", plan))
        self.plan = plan

    def try_line(self, order: TrialOrder) -> None:
        self.log.append(("try", order))

    def stop_trial(self, trial: str) -> None:
        self.log.append(("stop", trial))

    def snapshot(self) -> PlaneStats:
        return self.stats

    def on_event(self, listener: Callable[[PlaneEvent], None]) -> None:
        self.say = listener


class FakeOutbox:
    """``name`` tells its messages from others' in a shared *log*: (name, message)."""

    def __init__(self, name: str = "", log: list[tuple[Any, ...]] | None = None) -> None:
        self.name = name
        self.log = [] if log is None else log

    def put(self, message: Outgoing) -> None:
        self.log.append((self.name, message))

    @property
    def messages(self) -> list[Outgoing]:
        return [entry[1] for entry in self.log if entry[0] == self.name]

    def of(self, kind: type) -> list[Any]:
        return [message for message in self.messages if isinstance(message, kind)]

    def last(self, kind: type) -> Any:
        found = self.of(kind)
        return found[-1] if found else None


def offer_of(slots: Sequence[Slot]) -> tuple[str, dict[str, str]]:
    """What an endpoint with these slots offers: the SDP and the map of its mids."""
    sdp = build_offer(
        slots,
        ufrag="ufrag",
        pwd="p" * 24,
        fingerprint=FINGERPRINT,
        cname="site",
        ssrcs={MIC.name: 1},
    )
    return sdp, mids_of(slots)

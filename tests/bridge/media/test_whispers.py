"""A probe: heard behind the shut gate by whom the plan names, and by nobody else (I21)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.media.core.drops import DropReason
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Plan
from bridge.media.steering import Steering
from tests.support.media import Client, sound, spec

LISTENER, OTHER = "session.technician", "session.other"
PROBE = Plan(private={LISTENER: {"speaker.1": "01"}})


class Room:
    """A site whose microphone is open, a technician, and somebody else."""

    def __init__(self) -> None:
        self.forwarder = Forwarder()
        self.steering = Steering(self.forwarder, lambda _: None)
        self.site = self._join("session.site", "01")
        self.technician = self._join(LISTENER, "110")
        self.other = self._join(OTHER, "110")
        self.seq = 0
        self.now_s = 1.0

    def _join(self, session: str, site: str) -> Client:
        return Client(self.forwarder, replace(spec(site), session=session))

    def plan(self, plan: Plan) -> None:
        self.steering.set_plan(plan)
        for session in (self.site, self.technician, self.other):
            self.steering.aim(session, self.now_s)

    def speak(self) -> tuple[int, int]:
        """Somebody in the room says a word; how many packets technician and other got of it."""
        before = len(self.technician.rtp), len(self.other.rtp)
        self.seq += 1
        self.now_s += 0.02
        self.site.says(sound(self.seq, self.seq * 960, ssrc=1), now_s=self.now_s)
        return len(self.technician.rtp) - before[0], len(self.other.rtp) - before[1]


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_probe_is_heard_by_the_technician_alone_and_the_gate_stays_shut(room):
    room.plan(Plan(slots={"speaker.1": "01"}))
    assert room.speak() == (0, 0)
    room.plan(PROBE)
    assert room.speak() == (1, 0)
    assert room.forwarder.drops[DropReason.GATE] == 2
    room.plan(Plan())
    assert room.speak() == (0, 0)


def test_a_stream_that_begins_during_the_probe_is_heard_from_its_first_packet(room):
    room.plan(PROBE)
    assert room.speak() == (1, 0)


def test_others_go_on_hearing_whom_the_slot_shows_them(room):
    speaker = room._join("session.speaker", "02")
    room.plan(
        Plan(
            gates=frozenset({"02"}),
            slots={"speaker.1": "02"},
            private={LISTENER: {"speaker.1": "01"}},
        )
    )
    assert room.speak() == (1, 0)
    before = len(room.technician.rtp), len(room.other.rtp)
    speaker.says(sound(1, 960, ssrc=1), now_s=room.now_s)
    assert (len(room.technician.rtp), len(room.other.rtp)) == (before[0], before[1] + 1)


def test_when_the_gate_opens_the_probe_and_the_stage_do_not_meet(room):
    room.plan(PROBE)
    room.speak()
    room.plan(replace(PROBE, gates=frozenset({"01"}), slots={"speaker.1": "01"}))
    assert room.speak() == (1, 1)
    room.plan(Plan(gates=frozenset({"01"}), slots={"speaker.1": "01"}))
    assert room.speak() == (1, 1)
    room.plan(Plan())
    assert room.speak() == (0, 0)


def test_a_site_never_hears_itself(room):
    room.plan(Plan(private={"session.site": {"speaker.1": "01"}}))
    before = len(room.site.rtp)
    room.speak()
    assert len(room.site.rtp) == before


def test_nothing_is_left_of_a_session_that_ends(room):
    room.plan(PROBE)
    room.speak()
    room.site.close(room.now_s)
    assert room.forwarder.whispers.echoes == {}
    room.plan(Plan())

"""How every site is, once a second."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bridge.conference.commands import ChairCall, ChairMute, FloorRequest, LinkLost, LinkUp
from bridge.conference.words import Role
from bridge.identity import Identity
from bridge.media.plane import Plan, SessionStats, SourceStats
from bridge.media.slots import SessionKind
from bridge.sessions import Session, Sessions
from bridge.survey import Survey, media_totals
from tests.bridge.conference.scene import SITES, TITLES, Scene, in_session, province
from tests.support.fake_plane import NOTHING, FakeOutbox

MIC = SourceStats(
    slot="mic",
    layer="",
    packets=50,
    bytes=5000,
    lost=0,
    jitter_s=0.0,
    keyframes=0,
    level_dbov=-20,
    age_s=0.02,
)
LOW = replace(MIC, slot="camera", layer="q", packets=15, level_dbov=None, age_s=0.5)
HIGH = replace(LOW, layer="f", age_s=0.1)
CARRIED = SessionStats(
    session="m01",
    site="01",
    connected=True,
    age_s=0.0,
    rtt_s=0.0384,
    loss_down=0.012,
    packets_out=900,
    bytes_out=90_000,
    sources=(MIC, LOW),
)
NO_WANTS = Plan()
WANT_01 = Plan(wants={"01": frozenset("q")})


class Looking:
    """A conference in session, site 01 with a live device, and one who looks every second."""

    def __init__(self, scene: Scene | None = None) -> None:
        self.scene = scene or in_session()
        self.scene.now_s = 10.0
        self.survey = Survey(TITLES)
        self.sessions = Sessions()
        identity = Identity(user="u", roles=frozenset({Role.SITE}), conference="c", site="01")
        self.room = Session(
            id="s", identity=identity, kind=SessionKind.ROOM, slots=(), outbox=FakeOutbox()
        )
        self.sessions.add(self.room)
        self.sessions.set_media(self.room, "m01")
        self.carried: SessionStats | None = CARRIED

    def look(self, at_s: float | None = None, plan: Plan = NO_WANTS) -> Any:
        self.scene.now_s = self.scene.now_s + 1.0 if at_s is None else at_s
        stats = replace(NOTHING, sessions=(self.carried,) if self.carried else ())
        return self.survey.look(
            stats, self.scene.state, self.sessions, plan, now_s=self.scene.now_s
        )

    def row(self, site: str = "01") -> dict[str, Any]:
        rows = self.survey.sites(self.scene.state, self.sessions)
        return next(row for row in rows if row["code"] == site)

    def sends(self, packets: int, lost: int) -> None:
        assert self.carried is not None
        mic = replace(MIC, packets=packets, lost=lost)
        self.carried = replace(self.carried, sources=(mic,))


def test_a_row_has_the_three_facts_the_flags_and_the_numbers():
    looking = Looking()
    looking.room.mic = "on"
    looking.look()
    assert looking.row() == {
        "code": "01",
        "title": TITLES["01"],
        "line": "good",
        "line_cause": "connected",
        "line_reason": "connected",
        "line_since_s": 11.0,
        "mic": "on",
        "floor": "none",
        "blocked": False,
        "gate": False,
        "link": "up",
        "control": "up",
        "loss_up": 0.0,
        "loss_down": 0.012,
        "rtt_ms": 38.4,
        "jitter_ms": 0.0,
        "level_dbov": -20,
        "packets_in": 65,
        "packets_lost": 0,
        "packets_out": 900,
        "sound_age_s": 0.02,
        "picture_age_s": 0.5,
    }


def test_rows_stand_in_roster_order_also_before_the_first_look():
    looking = Looking()
    assert [row["code"] for row in looking.survey.sites(looking.scene.state, looking.sessions)] == [
        *SITES
    ]
    assert looking.row()["line"] == "good"
    assert "rtt_ms" not in looking.row()


def test_floor_gate_and_block_are_those_of_the_conference():
    looking = Looking()
    looking.scene.do(ChairCall(site="01"))
    looking.scene.do(FloorRequest(), province("79"))
    looking.scene.do(ChairMute(site="02"))
    looking.look()
    assert (looking.row()["floor"], looking.row()["gate"]) == ("speaking", True)
    assert looking.row("79")["floor"] == "requested"
    assert looking.row("02")["blocked"]


def test_a_site_without_a_device_has_no_control_and_an_unknown_microphone():
    looking = Looking()
    looking.look()
    row = looking.row("02")
    assert (row["control"], row["mic"]) == ("lost", "unknown")
    numbers = ("loss_up", "loss_down", "packets_in", "packets_lost", "packets_out")
    assert {row[name] for name in numbers} == {0}


def test_control_that_is_lost_leaves_the_line_good():
    looking = Looking()
    looking.room.outbox = None
    looking.look()
    assert (looking.row()["control"], looking.row()["line"]) == ("lost", "good")


def test_loss_is_of_the_last_second_and_not_of_all_time():
    looking = Looking()
    looking.sends(100, 50)
    looking.look()
    assert looking.row()["loss_up"] == 0.0
    looking.sends(145, 55)
    looking.look()
    assert (looking.row()["loss_up"], looking.row()["line"]) == (0.1, "weak")
    looking.sends(195, 55)
    looking.look()
    assert looking.row()["loss_up"] == 0.0


def test_losses_that_are_made_good_are_not_counted_back():
    looking = Looking()
    looking.sends(100, 50)
    looking.look()
    looking.sends(160, 40)
    looking.look()
    assert looking.row()["loss_up"] == 0.0


def test_a_second_without_packets_divides_by_nothing():
    looking = Looking()
    looking.look()
    looking.look()
    assert looking.row()["loss_up"] == 0.0


def test_a_new_connection_begins_its_counting_anew():
    looking = Looking()
    looking.sends(100, 0)
    looking.look()
    looking.sessions.set_media(looking.room, "m02")
    looking.carried = replace(CARRIED, session="m02")
    looking.sends(10, 30)
    looking.look()
    assert looking.row()["loss_up"] == 0.0


def test_the_worse_of_the_two_directions_makes_a_line_weak():
    looking = Looking()
    looking.carried = replace(CARRIED, loss_down=0.2)
    looking.look()
    assert (looking.row()["line"], looking.row()["loss_down"]) == ("weak", 0.2)


def test_what_is_not_measured_yet_is_left_out_and_counts_as_no_loss():
    looking = Looking()
    looking.carried = replace(CARRIED, loss_down=None, rtt_s=None, sources=())
    looking.look()
    row = looking.row()
    assert row["loss_down"] == 0.0
    assert not row.keys() & {"rtt_ms", "level_dbov", "sound_age_s", "picture_age_s"}


UNBORN = replace(LOW, age_s=None)


@pytest.mark.parametrize("layers", [(LOW, HIGH), (HIGH, LOW), (UNBORN, HIGH), (HIGH, UNBORN)])
def test_a_picture_is_as_old_as_its_newest_layer(layers):
    looking = Looking()
    looking.carried = replace(CARRIED, sources=layers)
    looking.look()
    assert looking.row()["picture_age_s"] == 0.1


# What is missing, and when it counts.


def test_a_picture_is_missed_when_it_was_asked_for_two_seconds_ago():
    looking = Looking()
    looking.carried = replace(CARRIED, sources=(MIC,))
    looking.look(20.0, WANT_01)
    looking.look(22.0, WANT_01)
    assert looking.row()["line"] == "good"
    looking.look(22.5, WANT_01)
    assert (looking.row()["line"], looking.row()["line_since_s"]) == ("no_picture", 22.5)


def test_a_picture_that_is_asked_for_again_has_its_time_again():
    looking = Looking()
    looking.carried = replace(CARRIED, sources=(MIC,))
    looking.look(20.0, WANT_01)
    looking.look(21.0)
    looking.look(22.5, WANT_01)
    looking.look(24.0, WANT_01)
    assert looking.row()["line"] == "good"


def test_a_site_that_comes_while_the_gallery_is_watched_is_given_time_for_its_picture():
    looking = Looking()
    looking.scene.do(LinkLost(site="01"))
    looking.carried = None
    for second in range(20, 30):
        looking.look(float(second), WANT_01)
    looking.scene.do(LinkUp(site="01"))
    looking.carried = replace(CARRIED, sources=())
    looking.look(30.0, WANT_01)
    assert looking.row()["line"] == "good"
    looking.look(32.1, WANT_01)
    assert looking.row()["line"] == "no_picture"


def test_sound_is_missed_only_of_a_microphone_that_is_on():
    looking = Looking()
    looking.carried = replace(CARRIED, sources=(replace(MIC, age_s=2.5),))
    looking.room.mic = "off"
    looking.look()
    assert looking.row()["line"] == "good"
    looking.room.mic = "on"
    looking.look()
    assert looking.row()["line"] == "no_sound"


def test_a_line_that_has_just_come_is_given_time_for_its_sound():
    looking = Looking()
    looking.scene.do(LinkLost(site="01"))
    looking.look(20.0)
    looking.scene.do(LinkUp(site="01"))
    looking.room.mic = "on"
    looking.carried = replace(CARRIED, sources=())
    looking.look(22.0)
    assert looking.row()["line"] == "good"
    looking.look(22.1)
    assert looking.row()["line"] == "no_sound"


def test_a_word_has_its_hysteresis_from_look_to_look():
    looking = Looking()
    looking.carried = replace(CARRIED, loss_down=0.5)
    looking.look(20.0)
    looking.carried = CARRIED
    looking.look(21.0)
    assert looking.row()["line"] == "weak"
    looking.look(26.0)
    assert (looking.row()["line"], looking.row()["line_since_s"]) == ("good", 26.0)


# What is told anew.


def test_the_first_look_says_all_and_the_next_only_what_has_changed():
    looking = Looking()
    assert set(looking.look()) == set(SITES)
    assert looking.look() == {}
    looking.room.mic = "on"
    changed = looking.look()
    assert set(changed) == {"01"}
    assert changed["01"]["mic"] == "on"


def test_what_the_snapshot_has_is_not_told_twice():
    looking = Looking()
    assert not looking.look()["01"].keys() & {
        "code",
        "title",
        "floor",
        "blocked",
        "gate",
        "link",
    }


def test_who_comes_is_told_what_the_others_were_told_last():
    looking = Looking()
    before = looking.survey.lines(looking.scene.state, looking.sessions)
    assert set(before) == set(SITES)
    looking.look()
    looking.room.mic = "on"
    told = looking.survey.lines(looking.scene.state, looking.sessions)
    assert told["01"]["mic"] == "unknown"


def test_totals_are_the_planes_with_drops_by_name():
    other = replace(CARRIED, session="x", connected=False)
    stats = replace(NOTHING, sessions=(CARRIED, other), packets_in=7, drops={"gate": 3}, switches=2)
    assert media_totals(stats) == {
        "sessions": 2,
        "connected": 1,
        "packets_in": 7,
        "packets_out": 0,
        "bytes_in": 0,
        "bytes_out": 0,
        "keyframe_requests": 0,
        "switches": 2,
        "drops": {"gate": 3},
    }

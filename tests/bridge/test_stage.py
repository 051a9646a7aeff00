"""What everybody gets, from the conference and who is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.conference.commands import (
    ChairCall,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairRevoke,
    FloorRelease,
    LinkLost,
    LinkUp,
    SiteLadder,
    SiteProbe,
    ViewBroadcast,
    ViewWatch,
)
from bridge.conference.gate import open_gates
from bridge.conference.words import Ladder, Phase, ProbeKind, RefusalCode, Via
from bridge.media.plane import Plan
from bridge.stage import MicWish, Stage, mic_wish, set_stage
from tests.bridge.conference.scene import (
    PROVINCES,
    SITES,
    TECHNICIAN,
    Scene,
    in_lobby,
    in_session,
    province,
    speaking,
)

NOBODY = Stage()
BOTH, LOW, HIGH = frozenset("qf"), frozenset("q"), frozenset("f")


def stage_of(scene: Scene, before: Stage = NOBODY, *, watched: bool = False) -> Stage:
    return set_stage(scene.state, before, gallery_watched=watched)


def phase(scene: Scene, to: Phase) -> None:
    scene.do(ChairPhase(to=to))


# Slots.


def test_whose_slides_are_shown_stands_in_the_place_for_them():
    scene = speaking("48")
    scene.do(ChairCall(site="01", floors=("content",)))
    stage = stage_of(scene)
    assert stage.slots == {"chair": "110", "speaker.1": "48", "content": "01"}
    assert "01" not in stage.plan.gates
    assert "01" not in stage.plan.wants, "slides have one layer"
    phase(scene, Phase.RECESS)
    assert stage_of(scene, stage).slots == {}


def test_a_site_that_is_broadcast_is_seen_and_not_heard():
    scene = speaking("48")
    scene.do(ViewBroadcast(site="02"))
    stage = stage_of(scene)
    assert stage.slots == {"chair": "110", "speaker.1": "48", "speaker.2": "02"}
    assert stage.plan.gates == {"48", "110"}
    assert stage.plan.wants["02"] == BOTH
    scene.do(ViewBroadcast(site=None))
    assert stage_of(scene, stage).slots == {"chair": "110", "speaker.1": "48"}


def test_the_fourth_speaker_comes_before_a_picture_nobody_speaks_for():
    scene = in_session(max_floor_users=4)
    scene.do(ViewBroadcast(site="02"))
    stage = stage_of(scene)
    assert stage.seats == {1: "02"}
    for site in ("01", "48", "79"):
        scene.do(ChairCall(site=site))
        stage = stage_of(scene, stage)
    assert stage.seats == {1: "02", 2: "01", 3: "48", 4: "79"}


def test_who_telephones_has_no_picture_and_no_gate():
    scene = in_session()
    scene.do(ChairCall(site="48", via=Via.PHONE))
    stage = stage_of(scene)
    assert stage.slots == {"chair": "110"}
    assert stage.plan.gates == {"110"}


def test_what_a_technician_lets_a_line_carry_is_in_the_plan():
    scene = in_session()
    scene.do(SiteLadder(site="01", to=Ladder.SOUND))
    assert stage_of(scene).plan.ladder == {"01": "sound"}
    scene.do(SiteLadder(site="01", to=Ladder.FULL))
    assert stage_of(scene).plan.ladder == {}


def test_in_the_open_phase_everybody_sees_room_110_and_the_speaker():
    stage = stage_of(speaking("48"))
    assert stage.slots == {"chair": "110", "speaker.1": "48"}
    assert stage.plan.slots == stage.slots


@pytest.mark.parametrize("to", [Phase.RECESS, Phase.CLOSED])
def test_outside_the_open_phase_there_is_a_slate_and_no_gate_is_open(to):
    scene = speaking("48")
    phase(scene, to)
    stage = stage_of(scene)
    assert (stage.slots, stage.plan) == ({}, Plan())


def test_in_the_lobby_there_is_a_slate():
    assert stage_of(in_lobby()).plan == Plan()


def test_speakers_take_places_in_the_order_of_their_grants():
    assert stage_of(speaking("79", "01", "48")).seats == {1: "79", 2: "01", 3: "48"}


def test_a_holder_keeps_its_place_when_another_ends():
    scene = speaking("01", "02", "48")
    before = stage_of(scene)
    scene.do(FloorRelease(request=2), province("02"))
    after = stage_of(scene, before)
    assert after.seats == {1: "01", 3: "48"}
    scene.do(ChairCall(site="79"))
    assert stage_of(scene, after).seats == {1: "01", 2: "79", 3: "48"}
    assert list(stage_of(scene, after).seats) == [1, 2, 3]


def test_a_replaced_holder_gives_its_place_to_the_next():
    scene = speaking("01")
    before = stage_of(scene)
    scene.do(ChairCall(site="02"))
    assert stage_of(scene, before).slots["speaker.1"] == "02"


def test_a_holder_whose_line_is_lost_keeps_its_place_but_not_its_gate():
    scene = speaking("01")
    before = stage_of(scene)
    scene.do(LinkLost(site="01"))
    after = stage_of(scene, before)
    assert after.slots == before.slots
    assert after.plan.gates == {"110"}


def test_a_place_is_kept_through_a_recess():
    scene = speaking("01", "02")
    before = stage_of(scene)
    scene.do(FloorRelease(request=1), province("01"))
    phase(scene, Phase.RECESS)
    slate = stage_of(scene, before)
    phase(scene, Phase.OPEN)
    assert stage_of(scene, slate).slots == {"chair": "110", "speaker.2": "02"}


def test_room_110_is_never_in_a_speaker_slot():
    scene = in_session()
    assert scene.no(ChairCall(site="110")) is RefusalCode.CHAIR_SEAT_NEEDS_NO_FLOOR
    assert stage_of(scene).slots == {"chair": "110"}


# Gallery.


@pytest.mark.parametrize("make", [in_lobby, in_session])
def test_who_watches_the_gallery_sees_every_site_at_its_position_in_any_phase(make):
    stage = stage_of(make(), watched=True)
    shown = {slot: site for slot, site in stage.plan.slots.items() if slot.startswith("gallery.")}
    assert shown == {f"gallery.{n:02d}": site for n, site in enumerate(SITES)}
    assert not any(slot.startswith("gallery.") for slot in stage.slots)


def test_without_a_watcher_there_is_no_gallery():
    assert stage_of(in_session()).plan.slots == {"chair": "110"}


# Layers.


def test_a_layer_is_asked_for_when_somebody_watches_it():
    assert stage_of(in_lobby()).plan.wants == {}
    assert stage_of(in_lobby(), watched=True).plan.wants == dict.fromkeys(SITES, LOW)
    assert stage_of(speaking("48")).plan.wants == {"110": BOTH, "48": BOTH}


def test_the_next_speaker_sends_its_high_layer_already():
    scene = in_session()
    scene.do(ChairNext(site="79"))
    assert stage_of(scene).plan.wants == {"110": BOTH, "79": HIGH}
    assert stage_of(scene, watched=True).plan.wants["79"] == BOTH
    assert stage_of(scene).slots == {"chair": "110"}


def test_a_speaker_without_a_picture_place_is_asked_for_no_picture():
    assert stage_of(speaking("01", "02", "48", "79")).plan.wants == {
        "110": BOTH,
        "01": BOTH,
        "02": BOTH,
    }


# Microphones.


def mics(scene: Scene) -> dict[str, MicWish]:
    return {site: mic_wish(scene.state, site) for site in SITES}


MUTED = MicWish(mic="mute", on_air=False)
ASKED = MicWish(mic="ask", on_air=False)
LIVE = MicWish(mic="ask", on_air=True)


def test_in_the_lobby_every_microphone_is_muted():
    assert mics(in_lobby()) == dict.fromkeys(SITES, MUTED)


def test_in_session_room_110_and_the_speaker_are_asked_to_open_and_are_heard():
    assert mics(speaking("48")) == dict.fromkeys(PROVINCES, MUTED) | {"110": LIVE, "48": LIVE}


def test_the_next_speaker_opens_behind_its_shut_gate():
    scene = in_session()
    scene.do(ChairNext(site="79"))
    assert mics(scene)["79"] == ASKED


def test_a_hold_is_no_reason_to_mute_but_a_recess_is():
    scene = speaking("48")
    scene.do(LinkLost(site="48"))
    assert mics(scene)["48"] == ASKED
    scene.do(LinkUp(site="48"))
    phase(scene, Phase.RECESS)
    assert mics(scene) == dict.fromkeys(SITES, MUTED)


def test_a_block_shuts_the_gate_and_leaves_the_microphone():
    scene = speaking("48")
    scene.do(ChairMute(site="48"))
    assert mics(scene)["48"] == ASKED


def test_whose_floor_is_taken_is_asked_to_mute():
    scene = speaking("48")
    scene.do(ChairRevoke())
    assert mics(scene)["48"] == MUTED


# Laws.

ACTS = st.lists(
    st.one_of(
        st.sampled_from(PROVINCES).map(lambda site: ChairCall(site=site)),
        st.sampled_from(PROVINCES).map(lambda site: ChairNext(site=site)),
        st.sampled_from(SITES).map(lambda site: LinkLost(site=site)),
        st.sampled_from(SITES).map(lambda site: LinkUp(site=site)),
        st.sampled_from([Phase.OPEN, Phase.RECESS]).map(lambda to: ChairPhase(to=to)),
        st.just(ChairRevoke()),
    ),
    max_size=25,
)


@given(acts=ACTS, places=st.integers(1, 4), watched=st.booleans())
def test_whatever_happens_the_stage_keeps_its_laws(acts, places, watched):
    scene = in_session(max_floor_users=places)
    stage = stage_of(scene, watched=watched)
    for act in acts:
        answer = scene.decide(act)
        if not hasattr(answer, "events"):
            continue
        before = stage
        scene.do(act)
        stage = stage_of(scene, before, watched=watched)
        holders = {holder.site for holder in scene.state.holders}
        # Every holder has one place, nobody else has any, and who goes on holding has not moved.
        assert sorted(stage.seats.values()) == sorted(holders)
        for place, site in before.seats.items():
            assert site not in holders or stage.seats[place] == site
        # Gates are the conference's; the stage adds none.
        assert stage.plan.gates == open_gates(scene.state)
        assert stage.plan.slots.items() >= stage.slots.items()
        assert "110" not in {s for slot, s in stage.slots.items() if slot != "chair"}
        # Whom somebody sees is asked for a picture.
        seen = {s for slot, s in stage.slots.items() if slot in ("chair", "speaker.1", "speaker.2")}
        assert all(stage.plan.wants[site] >= BOTH for site in seen)


def test_only_where_somebody_has_consented_is_a_microphone_opened_from_here():
    scene = speaking("48")
    assert mic_wish(scene.state, "48", consents=True) == MicWish(mic="live", on_air=True)
    assert mic_wish(scene.state, "01", consents=True) == MicWish(mic="mute", on_air=False)


def test_a_room_that_is_probed_is_asked_for_its_microphone_and_one_that_telephones_is_not():
    scene = in_lobby()
    scene.do(SiteProbe(site="01", kind=ProbeKind.LISTEN), TECHNICIAN)
    assert mic_wish(scene.state, "01").mic == "ask"
    assert mic_wish(scene.state, "110").mic == "mute"
    scene.do(SiteProbe(site="01", kind=ProbeKind.TALK), TECHNICIAN)
    assert mic_wish(scene.state, "110") == MicWish(mic="ask", on_air=False)
    phase(scene, Phase.OPEN)
    scene.do(ChairCall(site="79", via=Via.PHONE))
    assert {site: mic_wish(scene.state, site).mic for site in ("01", "79")} == dict.fromkeys(
        ("01", "79"), "mute"
    )


def test_whom_the_desks_watch_sends_its_high_layer_and_its_thumbnail_may_grow():
    scene = in_lobby()
    scene.do(ViewWatch(site="48"), TECHNICIAN)
    stage = stage_of(scene, watched=True)
    assert stage.plan.watched == "48"
    assert (stage.plan.wants["48"], stage.plan.wants["01"]) == (BOTH, LOW)
    # Nobody has the place to show it.
    assert stage_of(scene).plan == Plan()

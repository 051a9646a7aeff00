from __future__ import annotations

import pytest

from bridge.conference.commands import (
    ChairCall,
    ChairGrant,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairPolicy,
    ChairRevoke,
    ConsoleCame,
    FloorRelease,
    FloorRequest,
    LinkLost,
    LinkUp,
    SiteCut,
    SiteProbe,
    Tick,
)
from bridge.conference.words import Phase, RequestHandling
from tests.bridge.conference.props import at, sit_down
from tests.bridge.conference.scene import (
    CHAIR,
    SECRETARY,
    TECHNICIAN,
    in_lobby,
    in_session,
    province,
    shorthand,
)

CONTENT, BOTH = ("content",), ("speech", "content")


def advancing(*sites, **policy):
    """The chair is here, the first of *sites* speaks, and the others wait."""
    scene = in_session(auto_advance=True, **policy)
    sit_down(scene, CHAIR)
    scene.ask(*sites)
    return scene


def speakers(scene):
    return [holder.site for holder in scene.state.holders]


def test_a_free_floor_goes_to_the_head_of_the_queue():
    scene = advancing("01", "02", "48")
    assert speakers(scene) == ["01"]

    events = scene.do(FloorRelease(request=1), province("01"))

    assert shorthand(events) == [
        ("RequestEnded", 1, "released", "own"),
        ("RequestGranted", 2, 300),
    ]
    assert speakers(scene) == ["02"]


def test_it_goes_on_for_as_long_as_there_is_room():
    scene = advancing("01", "02", "48", "79", max_floor_users=3)
    assert speakers(scene) == ["01", "02", "48"]

    scene.do(ChairPolicy(changes={"max_floor_users": 4}))

    assert speakers(scene) == ["01", "02", "48", "79"]


def test_where_the_policy_does_not_say_so_everybody_waits():
    scene = in_session()
    sit_down(scene, CHAIR)

    scene.ask("01")
    assert speakers(scene) == []
    scene.do(ChairPolicy(changes={"auto_advance": True}))

    assert speakers(scene) == ["01"]


def test_while_the_chair_is_away_nobody_is_granted_by_itself():
    scene = in_session(auto_advance=True)
    scene.ask("01")
    assert speakers(scene) == []

    scene.do(ConsoleCame(user=CHAIR.user, roles=CHAIR.roles))

    assert speakers(scene) == ["01"]


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.RECESS])
def test_outside_the_session_nobody_is_granted_by_itself(phase):
    scene = in_lobby(auto_advance=True) if phase is Phase.LOBBY else in_session(auto_advance=True)
    sit_down(scene, CHAIR)
    scene.do(ChairPhase(to=phase))

    scene.ask("01")

    assert speakers(scene) == []


def test_the_end_of_a_recess_lets_the_queue_go_on():
    scene = in_session(auto_advance=True)
    sit_down(scene, CHAIR)
    scene.do(ChairPhase(to=Phase.RECESS))
    scene.ask("01")

    scene.do(ChairPhase(to=Phase.OPEN))

    assert speakers(scene) == ["01"]


@pytest.mark.parametrize(
    ("hinder", "lift"),
    [
        (LinkLost(site="02"), LinkUp(site="02")),
        (ChairMute(site="02"), ChairMute(site="02", on=False)),
        (SiteCut(site="02"), SiteCut(site="02", on=False)),
    ],
)
def test_who_cannot_is_passed_over_and_keeps_the_place(hinder, lift):
    scene = advancing("01", "02", "48", "79")
    scene.do(hinder)

    scene.do(ChairRevoke())
    assert speakers(scene) == ["48"]
    assert scene.state.queue == (2, 4)
    scene.do(lift)
    scene.do(ChairRevoke())

    assert speakers(scene) == ["02"]


def test_a_hand_that_is_not_accepted_is_not_in_the_queue():
    scene = in_session(auto_advance=True, request_handling=RequestHandling.CONFIRM)
    sit_down(scene, CHAIR)

    scene.ask("01")

    assert speakers(scene) == []


def test_where_the_chair_alone_speaks_nobody_is_granted():
    assert speakers(advancing("01", max_floor_users=0)) == []


def test_a_site_that_has_the_floor_does_not_get_it_twice():
    scene = in_session(max_floor_users=2)
    sit_down(scene, CHAIR)
    scene.do(ChairCall(site="01"))
    scene.ask("01", "02")

    scene.do(ChairPolicy(changes={"auto_advance": True}))

    assert speakers(scene) == ["01", "02"]


@pytest.mark.parametrize(
    ("floors", "granted"),
    [
        (("speech",), True),
        (CONTENT, False),
        (BOTH, False),
    ],
)
def test_each_floor_asked_for_must_be_free(floors, granted):
    scene = in_session(auto_advance=True)
    sit_down(scene, CHAIR)
    scene.do(ChairCall(site="48", floors=CONTENT))

    scene.do(FloorRequest(floors=floors), province("01"))

    assert (scene.request(2).status == "granted") is granted


def test_a_full_speech_floor_leaves_slides_free():
    scene = advancing("01")

    scene.do(FloorRequest(floors=CONTENT), province("02"))
    scene.do(FloorRequest(floors=BOTH), province("48"))

    assert [r.site for r in scene.state.granted] == ["01", "02"]


def test_the_rest_of_a_speech_is_granted_when_the_line_is_back():
    scene = advancing("01")
    scene.do(LinkLost(site="01"))
    at(scene, 20.0, Tick())
    assert speakers(scene) == []

    scene.do(LinkUp(site="01"))

    assert (speakers(scene), scene.request(2).continues) == (["01"], 1)


def test_who_is_granted_by_itself_is_next_and_listened_to_no_longer():
    scene = advancing("01", "02")
    scene.do(ChairNext(site="02"))
    scene.do(SiteProbe(site="02"), TECHNICIAN)

    events = scene.do(ChairRevoke())

    assert shorthand(events) == [
        ("RequestEnded", 1, "revoked", "chair"),
        ("NextChosen",),
        ("RequestGranted", 2, 300),
        ("ProbeEnded", "02"),
    ]


def test_the_answer_keeps_the_authority_of_what_was_asked():
    scene = in_session(auto_advance=True)
    sit_down(scene, CHAIR)

    answer = scene.decide(FloorRequest(site="01"), SECRETARY)

    assert answer.authority == "secretary"
    assert [type(event).__name__ for event in answer.events] == ["RequestMade", "RequestGranted"]


def test_a_grant_by_name_passes_the_queue():
    scene = advancing("01", "02", "48")

    scene.do(ChairGrant(request=3, on_full="replace"))

    assert speakers(scene) == ["48"]
    assert scene.state.queue == (2,)

from __future__ import annotations

import pytest

from bridge.conference.care import is_busy
from bridge.conference.commands import (
    Actor,
    ChairCall,
    ChairNext,
    ConferenceDescribe,
    ConferenceLock,
    HelpAck,
    HelpClose,
    HelpRaise,
    LinkLost,
    MinutesNote,
    NoteSend,
    SiteCut,
    SiteDrop,
    SiteLadder,
    SiteLeft,
    SiteRestart,
    SiteSwitch,
    StandbySeen,
)
from bridge.conference.gate import open_gates
from bridge.conference.words import Help, Ladder, Role
from tests.bridge.conference.props import at, talking
from tests.bridge.conference.scene import (
    CHAIR,
    DEPUTY,
    SECRETARY,
    TECHNICIAN,
    Scene,
    in_session,
    province,
    shorthand,
    speaking,
)


def busy():
    """01 speaks, 02 shows slides, 48 is next, 79 does nothing; each has a second device."""
    scene = speaking("01")
    scene.do(ChairCall(site="02", floors=("content",)))
    scene.do(ChairNext(site="48"))
    for site in ("01", "02", "48", "79"):
        scene.do(StandbySeen(site=site, on=True))
    return scene


def test_busy_is_who_has_a_floor_or_is_next():
    state = busy().state

    assert {site for site in state.sites if is_busy(state, site)} == {"01", "02", "48"}


# Cuts


def test_a_cut_shuts_the_gate_stops_the_clock_and_keeps_the_floor():
    scene = talking("01")

    events = at(scene, 10.0, SiteCut(site="01"), TECHNICIAN)

    assert shorthand(events) == [("CutChanged", "01", True)]
    assert scene.do(SiteCut(site="01")) == ()
    assert open_gates(scene.state) == {"110"}
    assert dict(scene.request(1).holds) == {"technical": 10.0}
    assert shorthand(at(scene, 15.0, SiteCut(site="01", on=False))) == [("CutChanged", "01", False)]
    assert scene.do(SiteCut(site="01", on=False)) == ()
    assert open_gates(scene.state) == {"01", "110"}
    assert scene.request(1).spoken_s(20.0) == 15.0


def test_room_110_is_cut_too():
    scene = in_session()

    scene.do(SiteCut(site="110"), TECHNICIAN)

    assert open_gates(scene.state) == set()
    assert scene.no(SiteCut(site="99"), TECHNICIAN) == "site_not_found"


# Devices


@pytest.mark.parametrize(
    ("site", "actor", "code"),
    [
        ("01", TECHNICIAN, None),
        ("48", TECHNICIAN, None),
        ("79", CHAIR, None),
        ("01", province("01"), "bad_state"),
        ("02", province("02"), "bad_state"),
        ("48", province("48"), "bad_state"),
        ("79", province("79"), None),
        ("110", TECHNICIAN, "bad_state"),
        ("99", TECHNICIAN, "site_not_found"),
    ],
)
def test_the_second_device_takes_over_and_on_the_stage_a_technician_says_so(site, actor, code):
    scene = busy()

    if code:
        assert scene.no(SiteSwitch(site=site), actor) == code
    else:
        assert shorthand(scene.do(SiteSwitch(site=site), actor)) == [("DeviceSwitched", site)]


def test_a_site_switches_without_its_name():
    assert shorthand(busy().do(SiteSwitch(), province("79"))) == [("DeviceSwitched", "79")]


@pytest.mark.parametrize(
    ("site", "force", "code"),
    [
        ("79", False, None),
        ("01", False, "bad_state"),
        ("02", False, "bad_state"),
        ("48", False, "bad_state"),
        ("01", True, None),
        ("48", True, None),
        ("99", True, "site_not_found"),
    ],
)
def test_media_on_the_stage_begin_anew_only_by_force(site, force, code):
    scene, command = busy(), SiteRestart(site=site, force=force)

    if code:
        assert scene.no(command, TECHNICIAN) == code
    else:
        assert shorthand(scene.do(command, TECHNICIAN)) == [("MediaRestarted", site)]


@pytest.mark.parametrize(
    ("gone", "restart", "drop"),
    [
        (None, None, None),
        (LinkLost(site="01"), "site_offline", None),
        (SiteLeft(site="01"), "site_offline", "site_offline"),
    ],
)
def test_what_has_no_line_begins_nothing_anew_and_what_left_is_not_hung_up(gone, restart, drop):
    scene = in_session()
    if gone:
        scene.do(gone)

    for command, code in [(SiteRestart(site="01"), restart), (SiteDrop(site="01"), drop)]:
        if code:
            assert scene.no(command, TECHNICIAN) == code
        else:
            assert scene.do(command, TECHNICIAN)
    assert scene.no(SiteDrop(site="99"), TECHNICIAN) == "site_not_found"


def test_hanging_up_is_told_and_the_line_says_what_becomes_of_the_floor():
    scene = speaking("01")

    events = scene.do(SiteDrop(site="01"), TECHNICIAN)

    assert shorthand(events) == [("SiteDropped", "01")]
    assert scene.request(1).status == "granted"


def test_a_line_carries_what_a_technician_lets_it():
    scene = in_session()

    events = scene.do(SiteLadder(site="01", to=Ladder.SOUND), TECHNICIAN)

    assert shorthand(events) == [("LadderChanged", "01", "sound")]
    assert scene.do(SiteLadder(site="01", to=Ladder.SOUND), TECHNICIAN) == ()
    assert scene.do(SiteLadder(site="02", to=Ladder.FULL), TECHNICIAN) == ()
    assert scene.no(SiteLadder(site="99", to=Ladder.FULL), TECHNICIAN) == "site_not_found"


# Help


@pytest.mark.parametrize(
    ("present", "command", "actor", "after"),
    [
        (None, HelpRaise(), province("01"), Help.RAISED),
        (Help.RAISED, HelpRaise(), province("01"), Help.RAISED),
        (Help.ACKNOWLEDGED, HelpRaise(), province("01"), Help.RAISED),
        (None, HelpAck(site="01"), TECHNICIAN, "bad_state"),
        (Help.RAISED, HelpAck(site="01"), TECHNICIAN, Help.ACKNOWLEDGED),
        (Help.ACKNOWLEDGED, HelpAck(site="01"), TECHNICIAN, Help.ACKNOWLEDGED),
        (None, HelpClose(), province("01"), None),
        (Help.RAISED, HelpClose(), province("01"), None),
        (Help.ACKNOWLEDGED, HelpClose(site="01"), TECHNICIAN, None),
    ],
)
def test_a_call_for_help_is_raised_acknowledged_and_closed(present, command, actor, after):
    scene = Scene()
    if present:
        scene.do(HelpRaise(), province("01"))
    if present is Help.ACKNOWLEDGED:
        scene.do(HelpAck(site="01"), TECHNICIAN)

    if after == "bad_state":
        assert scene.no(command, actor) == after
        return
    events = scene.do(command, actor)

    assert scene.state.sites["01"].help is after
    assert len(events) == (present is not after)


def test_nobody_helps_a_site_that_is_none_of_ours():
    assert Scene().no(HelpAck(site="99"), TECHNICIAN) == "site_not_found"
    assert Scene().no(HelpClose(site="99"), TECHNICIAN) == "site_not_found"


# In writing


@pytest.mark.parametrize(
    ("actor", "to", "site"),
    [
        (province("01"), "desk", "01"),
        (province("01"), "technicians", "01"),
        (CHAIR, "01", None),
        (SECRETARY, "technicians", None),
        (TECHNICIAN, "desk", None),
        (DEPUTY, "02", None),
    ],
)
def test_a_note_says_from_where_it_comes(actor, to, site):
    scene = Scene()
    scene.now_s = 4.0

    events = scene.do(NoteSend(to=to, text="Đề nghị bật mic"), actor)

    (note,) = scene.state.notes
    assert len(events) == 1
    assert (note.at_s, note.by, note.site, note.to, note.text) == (
        4.0,
        actor.user,
        site,
        to,
        "Đề nghị bật mic",
    )


def test_a_note_goes_between_sites_of_the_conference_and_the_desk():
    stranger = Actor(user="x", roles=frozenset({Role.SITE}), site="99")

    assert Scene().no(NoteSend(to="99", text="?"), CHAIR) == "site_not_found"
    assert Scene().no(NoteSend(to="desk", text="?"), stranger) == "site_not_found"


def test_the_secretary_writes_for_the_minutes():
    events = Scene().do(MinutesNote(text="Đã thống nhất"), SECRETARY)

    assert shorthand(events) == [("MinutesNoted", "binh", "Đã thống nhất")]


# The conference


def test_a_lock_is_set_and_lifted():
    scene = Scene()

    assert shorthand(scene.do(ConferenceLock())) == [("LockChanged", True)]
    assert scene.do(ConferenceLock()) == ()
    assert shorthand(scene.do(ConferenceLock(on=False))) == [("LockChanged", False)]
    assert scene.do(ConferenceLock(on=False)) == ()


@pytest.mark.parametrize("field", ["place", "chair", "secretary", "organizer", "starts"])
def test_what_is_said_of_the_conference_stays_until_it_is_said_anew(field):
    scene = Scene()
    everything = {
        name: f"{name} 1" for name in ("place", "chair", "secretary", "organizer", "starts")
    }
    scene.do(ConferenceDescribe(**everything))

    assert scene.do(ConferenceDescribe()) == ()
    assert scene.do(ConferenceDescribe(**{field: f"{field} 1"})) == ()
    events = scene.do(ConferenceDescribe(**{field: f"{field} 2"}))

    assert shorthand(events) == [("ConferenceDescribed", f"{field} 2")]
    described = scene.state.description
    assert {name: getattr(described, name) for name in everything} == everything | {
        field: f"{field} 2"
    }

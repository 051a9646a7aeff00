from __future__ import annotations

from bridge.conference.commands import (
    ChairPhase,
    ConsoleCame,
    ConsoleWent,
    HelpAck,
    HelpClose,
    HelpRaise,
    Recover,
    SiteCut,
    SiteDrop,
    SiteLadder,
    SiteProbe,
    SiteRestart,
    SiteSwitch,
    StandbySeen,
)
from bridge.conference.words import Ladder, Phase, ProbeKind
from bridge.minutes.incidents import IncidentKind
from tests.bridge.conference.scene import CHAIR, TECHNICIAN, province
from tests.bridge.minutes.sitting import SITES, Sitting, full, opened


def told(sitting: Sitting):
    return [
        (incident.kind, incident.site, incident.seconds, incident.by, incident.detail)
        for incident in sitting.minutes.incidents
    ]


def test_a_cut_lasts_until_it_is_let_go():
    sitting = opened()
    sitting.do(SiteCut(site="11"), TECHNICIAN)
    assert told(sitting) == [(IncidentKind.CUT, "11", None, "cuong", None)]
    sitting.at("08:01")
    sitting.do(SiteCut(site="11", on=False), TECHNICIAN)
    assert told(sitting) == [(IncidentKind.CUT, "11", 60.0, "cuong", None)]


def test_a_help_call_is_one_until_it_is_closed_and_says_when_it_was_answered():
    sitting = opened()
    sitting.do(HelpRaise(), province("11"))
    assert sitting.minutes.incidents[0].to_answer_s is None
    for time, command, actor in (
        ("08:01", HelpAck(site="11"), TECHNICIAN),
        ("08:02", HelpRaise(), province("11")),
        ("08:03", HelpAck(site="11"), TECHNICIAN),
        ("08:05", HelpClose(), province("11")),
        ("08:06", HelpRaise(), province("11")),
        ("08:08", HelpClose(site="11"), TECHNICIAN),
    ):
        sitting.at(time)
        sitting.do(command, actor)
    first, second = sitting.minutes.incidents

    assert (first.to_answer_s, first.seconds) == (60.0, 300.0)
    assert (second.acknowledged, second.to_answer_s, second.seconds) == (None, 120.0, 120.0)


def test_what_technicians_do_to_a_site():
    sitting = opened()
    sitting.do(StandbySeen(site="11", on=True))
    for command in (
        SiteSwitch(site="11"),
        SiteRestart(site="11"),
        SiteLadder(site="11", to=Ladder.SOUND),
        SiteDrop(site="11"),
    ):
        sitting.do(command, TECHNICIAN)

    assert told(sitting) == [
        (IncidentKind.SWITCH, "11", 0.0, "cuong", None),
        (IncidentKind.MEDIA_RESTART, "11", 0.0, "cuong", None),
        (IncidentKind.LADDER, "11", 0.0, "cuong", "sound"),
        (IncidentKind.DROP, "11", 0.0, "cuong", None),
    ]


def test_a_private_line_with_its_kind():
    sitting = Sitting()
    sitting.come(*SITES)
    sitting.do(SiteProbe(site="11", kind=ProbeKind.TALK), TECHNICIAN)
    sitting.at("07:30:30")
    sitting.do(SiteProbe(site=None), TECHNICIAN)

    assert told(sitting) == [(IncidentKind.PROBE, "11", 30.0, "cuong", "talk")]


def test_a_restart_of_the_service_is_one_from_the_last_record_to_the_next():
    sitting = opened()
    sitting.at("08:05")
    sitting.stood_s = 90.0
    sitting.do(Recover(alive=frozenset()))
    (restart,) = sitting.minutes.incidents

    assert restart.kind is IncidentKind.SERVICE_RESTART
    assert (restart.since.wall[11:19], restart.until.wall[11:19]) == ("08:00:00", "08:06:30")


def test_the_chair_is_away_in_the_session_and_for_some_time():
    console = ConsoleCame(user=CHAIR.user, roles=CHAIR.roles)
    sitting = Sitting()
    sitting.come(*SITES)
    sitting.do(console)
    sitting.at("07:50")
    sitting.do(ConsoleWent(user=CHAIR.user))  # in the lobby, nobody misses it
    sitting.do(console)
    sitting.at("08:00")
    sitting.open()
    sitting.do(ConsoleWent(user=CHAIR.user))
    assert told(sitting) == [(IncidentKind.CHAIR_AWAY, None, None, "room110", None)]
    sitting.at("08:01")
    sitting.do(console)
    sitting.at("08:02")
    sitting.do(ConsoleWent(user=CHAIR.user))
    sitting.do(console)  # at once
    sitting.do(ChairPhase(to=Phase.CLOSED))
    sitting.do(ConsoleWent(user=CHAIR.user))

    assert told(sitting) == [(IncidentKind.CHAIR_AWAY, None, 60.0, "room110", None)]


def test_a_whole_morning_in_the_order_it_happened():
    minutes = full().minutes

    assert [(i.kind.value, i.site) for i in minutes.incidents] == [
        ("help", "48"),
        ("probe", "48"),
        ("cut", "01"),
        ("switch", "79"),
        ("service_restart", None),
        ("chair_away", None),
    ]
    assert minutes.incidents[0].title == "Sở Khoa học và Công nghệ Đà Nẵng"

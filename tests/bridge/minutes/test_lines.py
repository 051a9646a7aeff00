from __future__ import annotations

import pytest

from bridge.conference.commands import (
    ChairCall,
    ChairPhase,
    FloorRequest,
    LinkLost,
    MicLive,
    Recover,
    SiteLeft,
)
from bridge.conference.words import CENTRE, Phase, Via
from tests.bridge.conference.scene import HOUSE, province
from tests.bridge.minutes.sitting import Sitting, opened


def until(sitting: Sitting, time: str) -> Sitting:
    """The journal gets as far as that."""
    sitting.at(time)
    sitting.do(FloorRequest(), province("01"))
    return sitting


def outages(sitting: Sitting):
    return [
        (o.site, o.since.wall[11:19], o.until and o.until.wall[11:19], o.seconds)
        for o in sitting.minutes.outages
    ]


def line(sitting: Sitting, site: str = "11"):
    return next(line for line in sitting.minutes.lines if line.site == site)


def lost(sitting: Sitting, time: str) -> Sitting:
    sitting.at(time)
    sitting.do(LinkLost(site="11"))
    return sitting


def test_an_outage_lasts_until_the_line_is_back_however_long_that_is():
    sitting = lost(opened(down_after_s=120.0), "08:01")
    sitting.at("08:05")  # by now it counts as down
    sitting.at("08:11")
    sitting.come("11")
    until(sitting, "08:20")

    assert outages(sitting) == [("11", "08:01:00", "08:11:00", 600.0)]
    told = line(sitting)
    assert (told.drops, told.longest_s, told.session_s) == (1, 600.0, 1200.0)
    assert (told.up_s, told.share) == (600.0, 0.5)


def test_an_outage_that_goes_on_is_as_long_as_it_is():
    sitting = until(lost(opened(), "08:01"), "08:03")

    assert outages(sitting) == [("11", "08:01:00", None, 120.0)]


def test_a_goodbye_is_no_outage_and_no_time_with_a_line():
    sitting = opened()
    sitting.at("08:05")
    sitting.do(SiteLeft(site="11"), HOUSE)
    until(sitting, "08:10")

    assert outages(sitting) == []
    assert line(sitting).share == 0.5


def test_hanging_up_after_the_closing_is_none_and_one_that_goes_on_ends_there():
    sitting = lost(opened(), "08:01")
    sitting.at("08:02")
    sitting.do(ChairPhase(to=Phase.CLOSED))
    sitting.at("08:03")
    sitting.do(LinkLost(site="79"))
    sitting.come("11")

    assert outages(sitting) == [("11", "08:01:00", None, 60.0)]
    assert line(sitting).session_s == 120.0


def test_outages_of_the_lobby_are_told_and_not_counted_against_the_line():
    sitting = Sitting()
    sitting.come("11")
    lost(sitting, "07:40")
    sitting.at("07:41")
    sitting.come("11")
    sitting.at("08:00")
    sitting.open()
    until(sitting, "08:10")

    (outage,) = sitting.minutes.outages
    assert outage.phase is Phase.LOBBY
    assert (line(sitting).drops, line(sitting).share) == (0, 1.0)


@pytest.mark.parametrize(("via", "speaking"), [(Via.LINE, True), (Via.PHONE, False)])
def test_whether_a_speech_was_interrupted(via, speaking):
    sitting = opened()
    sitting.do(ChairCall(site="11", via=via))
    sitting.do(MicLive(site="11"))
    lost(sitting, "08:01")

    assert [o.speaking for o in sitting.minutes.outages] == [speaking]


def test_a_restart_of_the_service_goes_on_with_an_outage():
    sitting = lost(opened(), "08:01")
    sitting.at("08:01:30")
    sitting.do(Recover(alive=frozenset({CENTRE, "01", "20", "48", "79"})))
    sitting.at("08:02")
    sitting.come("11")

    assert outages(sitting) == [("11", "08:01:00", "08:02:00", 60.0)]


def test_recess_is_part_of_the_session():
    sitting = opened()
    sitting.at("08:10")
    sitting.do(ChairPhase(to=Phase.RECESS))
    sitting.at("08:20")
    sitting.open()

    assert line(sitting).session_s == 1200.0


def test_before_the_session_no_line_has_a_share():
    told = line(Sitting())

    assert (told.share, told.session_s, told.up_s) == (None, 0.0, 0.0)

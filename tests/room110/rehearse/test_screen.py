"""What can be read off a desk."""

from __future__ import annotations

from bridge.conference.agenda import Draft
from bridge.conference.commands import AgendaLoad, AgendaNext, ChairNext, FloorRequest, LinkLost
from bridge.conference.projection import DESK, project
from bridge.conference.words import ItemKind
from room110.rehearse.people import room
from room110.rehearse.screen import Screen
from tests.room110.rehearse.told import SITES, Told


def shown(told):
    return Screen(project(told.state, DESK, titles=dict.fromkeys(SITES, "Sở")))


def test_who_speaks_who_waits_and_who_is_interrupted():
    told = Told()
    told.speaking()
    told.do(FloorRequest(), room("02"))
    told.do(ChairNext(site="48"))
    screen = shown(told)
    assert (screen.phase, screen.next) == ("open", "48")
    assert screen.gates == {"01", "110"}
    assert screen.up == {*SITES}
    assert screen.consoles == {"chair"}
    assert screen.holds("01") and not screen.holds("02") and not screen.holds("01", "content")
    assert screen.waits("02") and not screen.waits("01")
    assert screen.site("02")["floor"] == "requested"
    assert screen.held_by("01") == frozenset()
    told.do(LinkLost(site="01"))
    assert shown(told).held_by("01") == {"link"}
    assert "01" not in shown(told).up


def test_a_request_is_named_by_its_site():
    told = Told()
    told.speaking()
    item = Draft(kind=ItemKind.SITE, title="Báo cáo", minutes=3, site="02")
    told.do(AgendaLoad(items=(item,)))
    told.do(AgendaNext())
    told.do(FloorRequest(), room("02"))
    screen = shown(told)
    assert screen.request_of("01") == 1
    assert screen.request_of("02") == 3
    assert screen.request_of("02", turn=True) == 2
    assert screen.request_of("01", "content") is None
    assert screen.request_of("79") is None

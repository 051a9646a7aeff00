"""The service that runs from this state directory, and the keys to it."""

from __future__ import annotations

import json

import pytest

from bridge.conference.words import Role
from config.roster import load_roster
from config.settings import Settings
from room110.cli.exits import Exit, Failure
from room110.local import Local
from room110.whole import running
from signaling.identity import Keyring


@pytest.fixture
def settings(tmp_path):
    return Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)


def announce(state, **facts):
    facts = {"http": "http://127.0.0.1:1", "media": [], "pid": 7, "conference": "c"} | facts
    (state / "service.json").write_text(json.dumps(facts), encoding="utf-8")


def test_no_service_is_said_with_what_to_do(settings):
    with pytest.raises(Failure, match=r"service\.json; is the service running\?") as failed:
        Local.find(settings)
    assert failed.value.code is Exit.UNREACHABLE


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 7}'])
def test_facts_that_are_damaged_are_said_to_be(settings, tmp_path, text):
    (tmp_path / "service.json").write_text(text)
    with pytest.raises(Failure, match="damaged") as failed:
        Local.find(settings)
    assert failed.value.code is Exit.CONFIGURATION


def test_it_knows_where_the_service_is(settings, tmp_path):
    announce(tmp_path)
    local = Local.find(settings)
    assert (local.pid, local.http, local.ws) == (7, "http://127.0.0.1:1", "ws://127.0.0.1:1/ws")


def test_tokens_are_for_the_conference_of_the_moment(settings, tmp_path):
    announce(tmp_path)
    local = Local.find(settings)
    keyring = Keyring.load(tmp_path, roster=load_roster().codes)
    room = keyring.verify(local.site_token("01"), "c")
    assert (room.user, room.roles, room.site) == ("site.01", {Role.SITE}, "01")
    announce(tmp_path, conference="d")
    desk = keyring.verify(local.token("an", Role.CHAIR, Role.TECHNICIAN, site="110"), "d")
    assert (desk.user, desk.roles, desk.site) == ("an", {Role.CHAIR, Role.TECHNICIAN}, "110")


async def test_nobody_at_the_address_is_unreachable(settings, tmp_path):
    announce(tmp_path)
    with pytest.raises(Failure, match=r"no answer from http://127\.0\.0\.1:1") as failed:
        await Local.find(settings).get("/conference")
    assert failed.value.code is Exit.UNREACHABLE


async def test_it_asks_acts_and_hears_a_no_with_its_code(settings):
    async with running(settings):
        local = Local.find(settings)
        assert (await local.get("/conference"))["phase"] == "lobby"
        chair = local.token("an", Role.CHAIR, site="110")
        with pytest.raises(Failure, match="bad_state") as failed:
            await local.post("/floor/grants", {"site": "01"}, token=chair)
        assert failed.value.code is Exit.FAILED


async def test_a_conference_is_opened_once_and_after_a_closed_one_the_next_is_begun(settings):
    async with running(settings) as service:
        local = Local.find(settings)
        assert await local.open_conference("Đo tải") is True
        assert await local.open_conference("Đo tải") is False
        first = service.bridge.conference_id()
        chair = local.token("an", Role.CHAIR, site="110")
        await local.post("/conference/phase", {"to": "closed"}, token=chair)
        assert await local.open_conference("Đo tải") is True
        now = await local.get("/conference")
        assert now["conference"] != first
        assert (now["title"], now["rehearsal"], now["phase"]) == ("Đo tải", True, "open")


async def test_a_rehearsal_makes_way_for_the_next_and_a_real_conference_does_not(settings):
    async with running(settings) as service:
        local = Local.find(settings)
        await local.begin_rehearsal("eins")
        await local.open_conference("x")
        await local.begin_rehearsal("zwei")
        assert (await local.get("/conference"))["title"] == "zwei"
        chair = local.token("an", Role.CHAIR, site="110")
        await local.post("/conference", {"title": "echt", "rehearsal": False}, token=chair)
        await local.open_conference("x")
        before = service.bridge.rev()
        with pytest.raises(Failure, match="bad_state"):
            await local.begin_rehearsal("drei")
        assert service.bridge.rev() == before


async def test_a_desk_stands_in_room_110(settings):
    async with running(settings), Local.find(settings).desk("an", Role.CHAIR) as desk:
        you = desk.hello_ok.you
        assert (you.user, you.site, you.kind) == ("an", "110", "console")

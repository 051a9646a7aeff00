"""Synthetic sites that join a real service in this process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bridge.conference.words import Role
from bridge.endpoint.library import ClipLibrary
from config.roster import load_roster
from config.settings import Settings
from room110.crowd import Crowd, card_of, chosen, clip_folder
from room110.local import Local
from room110.whole import running
from tests.support.program import running as program_running

ROSTER = load_roster()


@pytest.mark.parametrize(("count", "codes"), [(1, ["01", "110"]), (2, ["01", "02", "110"])])
def test_provinces_are_chosen_in_roster_order_and_room_110_always(count, codes):
    assert [site.code for site in chosen(ROSTER, count)] == codes


def test_all_of_them_are_the_whole_roster():
    assert chosen(ROSTER, 63) == ROSTER.sites


@pytest.mark.parametrize(
    ("home", "folder"),
    [("/caches", Path("/caches/room110")), ("relative", None), ("", None)],
)
def test_clips_are_kept_where_caches_belong(monkeypatch, home, folder):
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    assert clip_folder() == (folder or Path.home() / ".cache" / "room110")


def test_a_card_is_of_its_site():
    card = card_of(ROSTER.sites[1])
    assert (card.code, card.name, card.position) == ("02", "Hà Giang", 1)


async def until(condition, timeout_s=15.0):
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - real media, nothing to wait on
            await asyncio.sleep(0.02)


async def test_a_crowd_joins_says_goodbye_and_is_told_why_it_is_sent_away(tmp_path, clips):
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    rooms = chosen(ROSTER, 1)
    async with running(settings) as service:
        local = Local.find(settings)

        def crowd(**others) -> Crowd:
            return Crowd(
                **{"url": local.ws, "token_for": local.site_token, "library": library} | others
            )

        def lines() -> dict[str, str]:
            return {row["code"]: row["link"] for row in service.bridge.sites()}

        with ClipLibrary(clips) as library:
            first, second = crowd(), crowd()
            async with first.joined(rooms):
                await until(lambda: lines()["01"] == lines()["110"] == "up")
                # Another crowd takes the places of this one.
                async with second.joined(rooms):
                    await asyncio.wait_for(first.all_gone(2), 10)
                    assert first.gone == {"01": "replaced", "110": "replaced"}
                    await until(lambda: all(s.connected for s in second.sites.values()))
                    assert lines()["01"] == "up"
            # A goodbye is no loss.
            await until(lambda: lines()["01"] == lines()["110"] == "down")

            foreign = crowd(token_for=lambda _: "nonsense")
            async with foreign.joined(rooms[:1]):
                await asyncio.wait_for(foreign.all_gone(1), 10)
            assert foreign.gone["01"].startswith("token_invalid")

            last = crowd()
            async with last.joined(rooms):
                await until(lambda: lines()["01"] == "up")
                async with local.desk("an", Role.CHAIR) as desk, last.watching(desk, rooms[-1]):
                    await until(lambda: last.console is not None and last.console.connected)
                await local.begin_rehearsal("Tiếp theo")
                await asyncio.wait_for(last.all_gone(2), 10)
            assert set(last.gone.values()) == {"conference_over"}


async def test_the_sites_program_ends_when_all_were_sent_away(tmp_path):
    settings = Settings(state=tmp_path / "state", http_port=0, media_port=0, media_tcp_port=0)
    async with running(settings) as service:
        with program_running(
            "sites", "--sites", "1", state=settings.state, output=tmp_path / "out"
        ) as sites:
            await until(
                lambda: all(
                    row["link"] == "up"
                    for row in service.bridge.sites()
                    if row["code"] in ("01", "110")
                )
            )
            await Local.find(settings).begin_rehearsal("Tiếp theo")
            assert await asyncio.to_thread(sites.ends) == 0
            assert "conference_over" in sites.said()


async def test_the_sites_program_leaves_when_it_is_told_to(tmp_path):
    settings = Settings(state=tmp_path / "state", http_port=0, media_port=0, media_tcp_port=0)
    async with running(settings) as service:
        with program_running(
            "sites", "--sites", "1", state=settings.state, output=tmp_path / "out"
        ) as sites:
            await until(lambda: service.bridge.sites()[0]["link"] == "up")
            assert await asyncio.to_thread(sites.stop) == 0
        await until(lambda: service.bridge.sites()[0]["link"] == "down")

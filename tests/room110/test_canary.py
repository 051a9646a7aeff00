"""A canary beside the real service: it hears who speaks, and comes again by itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bridge.conference.words import Role
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.tone import LEVEL_DBOV
from config.roster import load_roster
from config.settings import Settings
from room110 import canary
from room110.canary import Service, Watching, service_of
from room110.cli.exits import Exit, Failure
from room110.crowd import Crowd, chosen
from room110.local import Local
from room110.whole import running
from signaling.client import new_id
from signaling.messages import ChairCall, ChairPhase
from tests.monitoring.observed import samples
from tests.support.eventually import eventually

HANOI, CENTRE = chosen(load_roster(), 1)
LOST_DB = 4


def local_window() -> socket.socket:
    window = socket.create_server(("127.0.0.1", 0))
    window.setblocking(False)
    return window


@asynccontextmanager
async def watching(service: Service) -> AsyncIterator[tuple[Watching, str]]:
    """A canary, and the address of its page."""
    it, window = Watching(service), local_window()
    address = f"http://127.0.0.1:{window.getsockname()[1]}"
    life = asyncio.create_task(it.run(window))
    try:
        yield it, address
    finally:
        life.cancel()
        await asyncio.wait([life])


async def page_of(address: str, **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(f"{address}/metrics") as response,
    ):
        return response.status, await response.text()


async def test_it_hears_and_sees_who_has_the_floor_and_comes_back_when_media_is_lost(
    tmp_path, clips, monkeypatch
):
    monkeypatch.setattr(canary, "PAUSE_S", 0.2)
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    async with running(settings) as service:
        local = Local.find(settings)
        with ClipLibrary(clips) as library:
            crowd = Crowd(url=local.ws, token_for=local.site_token, library=library)
            async with (
                crowd.joined([HANOI, CENTRE]),
                local.desk("an", Role.CHAIR) as desk,
                watching(service_of(settings, None, None)) as (it, address),
            ):
                await desk.command(ChairPhase(type="chair.phase", id=new_id(), to="open"))
                await eventually(
                    lambda: sum(row["link"] == "up" for row in service.bridge.sites()) == 2
                )
                await desk.command(ChairCall(type="chair.call", id=new_id(), site="01"))

                async def hears() -> bool:
                    _, text = await page_of(address)
                    seen = samples(text)
                    level = seen.get(("room110_canary_sound_dbov", "speaker.1"), -127)
                    return (
                        abs(level - LEVEL_DBOV) <= LOST_DB
                        and seen["room110_canary_frames_total", "speaker.1"] > 5
                        and seen.get(("room110_canary_slot_site", "01", "speaker.1")) == 1
                    )

                await eventually(hears, timeout_s=30)
                assert it.failures == {}
                # The plane itself ends its media, as a bug on its way would.
                wall = next(
                    s.media for s in service.bridge._sessions if s.kind == "wall" and s.media
                )
                plane = service.carrier._plane
                plane._fail(plane._sessions[wall], "bug")
                await eventually(lambda: it.senses.connects == 2, timeout_s=30)
                assert it.failures == {"lost": 1}
                await eventually(hears, timeout_s=30)


async def test_in_the_lobby_it_is_sent_nothing_and_its_line_is_not_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("bridge.media.local.LINK_S", 1.7)
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    async with running(settings), watching(service_of(settings, None, None)) as (it, _):
        await eventually(lambda: it.senses.connected)
        await asyncio.sleep(3.0)
        assert it.senses.connected
        assert (it.senses.connects, it.failures) == (1, {})


async def test_it_waits_for_a_service_that_is_away_and_for_a_token_that_is_good(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(canary, "PAUSE_S", 0.05)
    monkeypatch.setattr(canary, "REACH_S", 1.0)
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    token = tmp_path / "token"
    closed = local_window()
    nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    closed.close()
    async with watching(service_of(settings, nowhere, token)) as (it, _):
        await eventually(lambda: it.failures["refused"] > 1)  # there is no such file
        token.write_text("x\n")
        await eventually(lambda: it.failures["unreachable"] > 1)
    async with (
        running(settings) as service,
        watching(service_of(settings, service.http, token)) as (it, _),
    ):
        await eventually(lambda: it.failures["refused"] > 1)
        assert not it.senses.connected
        token.write_text(Local.find(settings).token("canary", Role.VIEWER) + "\n")
        await eventually(lambda: it.senses.connected)


async def test_its_page_is_for_this_machine_and_for_bearers_of_its_own_token(tmp_path):
    token = tmp_path / "token"
    service = service_of(Settings(state=tmp_path), "http://127.0.0.1:9", token)
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}
    async with watching(service) as (_, address):
        await eventually(lambda: _answers(address))
        assert (await page_of(address))[0] == 200
        assert (await page_of(address, **elsewhere, Authorization="Bearer "))[0] == 403
        token.write_text("secret\n")
        assert (await page_of(address, **elsewhere))[0] == 403
        assert (await page_of(address, **elsewhere, Authorization="Bearer other"))[0] == 403
        assert (await page_of(address, **elsewhere, Authorization="Bearer secret"))[0] == 200
        async with aiohttp.ClientSession() as http, http.get(f"{address}/readyz") as answer:
            assert answer.status == 503


async def _answers(address: str) -> bool:
    try:
        return (await page_of(address))[0] == 200
    except aiohttp.ClientError:
        return False


async def test_a_bug_is_counted_and_it_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(canary, "PAUSE_S", 0.01)
    it = Watching(service_of(Settings(state=tmp_path), "http://127.0.0.1:9", tmp_path / "token"))

    async def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(it, "_live", broken)
    living = asyncio.create_task(it.keep_listening())
    await eventually(lambda: it.failures["bug"] > 2)
    living.cancel()


async def test_the_certificate_is_looked_at_and_an_address_without_one_has_none(
    tmp_path, monkeypatch
):
    asked: list[tuple[str, int]] = []

    def expires(host: str, port: int) -> float:
        asked.append((host, port))
        if len(asked) == 1:
            raise OSError("away")
        return 1_600_000_000.0

    monkeypatch.setattr(canary, "expires_s", expires)
    monkeypatch.setattr(canary, "CERTIFICATE_S", 0.01)
    service = service_of(Settings(state=tmp_path), "https://room110.example.vn", tmp_path / "t")
    it = Watching(service)
    looking = asyncio.create_task(it.keep_certificate())
    await eventually(lambda: it.metrics.certificate_s == 1_600_000_000.0)
    looking.cancel()

    assert asked[0] == ("room110.example.vn", 443)


@pytest.mark.parametrize(
    ("url", "ws", "port"),
    [
        ("https://room110.example.vn/", "wss://room110.example.vn/ws", 443),
        ("https://room110.example.vn:8443/hop", "wss://room110.example.vn:8443/hop/ws", 8443),
        ("http://127.0.0.1:8110", "ws://127.0.0.1:8110/ws", 8110),
        ("http://localhost:8110", "ws://localhost:8110/ws", 8110),
    ],
)
def test_where_the_doors_are(tmp_path, url, ws, port):
    service = service_of(Settings(state=tmp_path), url, tmp_path / "token")
    assert (service.ws, service.port) == (ws, port)
    assert service.tls == url.startswith("https")


@pytest.mark.parametrize(
    "url", ["room110.example.vn", "ftp://x", "https://", "https://x:port", "http://192.0.2.1"]
)
def test_an_address_that_is_none_or_would_leak_the_token_is_a_usage_error(tmp_path, url):
    with pytest.raises(Failure) as failure:
        service_of(Settings(state=tmp_path), url, tmp_path / "token")
    assert failure.value.code == Exit.USAGE


def test_elsewhere_needs_a_token_and_here_needs_a_service(tmp_path):
    with pytest.raises(Failure) as failure:
        service_of(Settings(state=tmp_path), "https://room110.example.vn", None)
    assert failure.value.code == Exit.USAGE
    with pytest.raises(Failure) as failure:
        service_of(Settings(state=tmp_path), None, None)
    assert failure.value.code == Exit.UNREACHABLE

"""The service as a whole: how it starts, why it does not, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat

import aiohttp
import pytest

from bridge.conference.words import Role
from bridge.media.slots import SessionKind
from bridge.room import Room
from config.settings import Settings
from room110.cli.exits import Exit, Failure
from room110.compose import control
from room110.local import Local
from room110.whole import running
from signaling.client import connect
from tests.support.program import running as program_running
from tests.support.program import serving


def settings(state, **others) -> Settings:
    return Settings(
        **{"state": state, "http_port": 0, "media_port": 0, "media_tcp_port": 0} | others
    )


def facts(state) -> dict:
    return json.loads((state / "service.json").read_text(encoding="utf-8"))


async def test_it_starts_on_free_ports_and_says_where(tmp_path):
    state = tmp_path / "deep" / "state"
    async with running(settings(state)) as service:
        assert facts(state) == {
            "http": service.http,
            "media": service.carrier.facts()["media"],
            "media_metrics": "",
            "media_pid": os.getpid(),
            "supervisor_pid": os.getpid(),
            "pid": os.getpid(),
            "boot": service.bridge.boot,
            "conference": service.bridge.conference_id(),
        }
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
        assert {path.name for path in state.iterdir()} == {"journal", "secret", "service.json"}
        async with aiohttp.ClientSession() as http:
            for page in ("/livez", "/readyz"):
                async with http.get(service.http + page) as answer:
                    assert answer.status == 200, await answer.text()
    assert not (state / "service.json").exists()


async def test_a_new_conference_is_told_in_service_json_before_it_is_answered(tmp_path):
    async with running(settings(tmp_path)) as service:
        before = facts(tmp_path)
        local = Local.find(settings(tmp_path))
        await local.begin_rehearsal("Tổng duyệt")
        after = facts(tmp_path)
        assert after["conference"] == service.bridge.conference_id() != before["conference"]
        assert before | {"conference": after["conference"]} == after
        # Tokens made from it open the new one.
        assert (await local.get("/conference"))["title"] == "Tổng duyệt"


async def test_what_was_begun_goes_on_at_the_next_start(tmp_path):
    async with running(settings(tmp_path)) as service:
        await Local.find(settings(tmp_path)).open_conference("x")
        first = (service.bridge.conference_id(), service.bridge.rev(), service.bridge.boot)
    async with running(settings(tmp_path)) as service:
        assert (service.bridge.conference_id(), service.bridge.rev()) == first[:2]
        assert service.bridge.boot != first[2]


async def test_metrics_are_for_this_machine_and_for_bearers_of_the_role(tmp_path):
    async with running(settings(tmp_path)) as service, aiohttp.ClientSession() as http:
        local = Local.find(settings(tmp_path))

        async def scrape(token: str | None = None, **headers: str) -> tuple[int, str]:
            if token is not None:
                headers["Authorization"] = f"Bearer {token}"
            async with http.get(f"{service.http}/metrics", headers=headers) as answer:
                return answer.status, await answer.text()

        status, page = await scrape()
        assert status == 200
        assert page.count("room110_site_up{") == 64
        assert 'room110_site_info{site="110",name="Phòng 110",role="centre"} 1\n' in page
        proxied = {"X-Forwarded-For": "192.0.2.7"}
        for token, expected, code in (
            (None, 401, "token_invalid"),
            ("x", 401, "token_invalid"),
            (local.token("an", Role.CHAIR, Role.TECHNICIAN, site="110"), 403, "not_authorized"),
        ):
            status, text = await scrape(token, **proxied)
            assert (status, json.loads(text)["code"]) == (expected, code)
        assert (await scrape("x"))[0] == 401
        assert (await scrape(local.token("prometheus", Role.METRICS), **proxied))[0] == 200


async def test_when_a_conference_began_is_the_same_after_a_restart(tmp_path):
    seen = []
    for _ in range(2):
        async with running(settings(tmp_path)) as service, aiohttp.ClientSession() as http:
            async with http.get(f"{service.http}/metrics") as answer:
                lines = (await answer.text()).splitlines()
            seen += [one for one in lines if one.startswith("room110_conference_start_timestamp_")]
    assert len(seen) == 2
    assert seen[0] == seen[1]


async def test_a_start_that_fails_late_fails_and_does_not_hang(tmp_path, monkeypatch):
    def broken(*args: object, **more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("room110.compose.make_app", broken)
    with pytest.raises(BaseExceptionGroup) as group:
        async with asyncio.timeout(10), running(settings(tmp_path)):
            raise AssertionError
    assert group.group_contains(ZeroDivisionError)


@pytest.mark.parametrize(("name", "kind"), [("http", "STREAM"), ("media", "DGRAM")])
async def test_a_taken_port_is_a_failure_that_names_the_mend(tmp_path, name, kind):
    with socket.socket(type=socket.SocketKind[f"SOCK_{kind}"]) as other:
        other.bind(("127.0.0.1", 0))
        if kind == "STREAM":
            other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failure) as failed:
            async with running(settings(tmp_path, **{f"{name}_port": port})):
                raise AssertionError
    assert failed.value.code is Exit.FAILED
    assert str(port) in failed.value.lines[0]
    assert f"ROOM110_{name.upper()}_PORT" in failed.value.lines[0]
    assert not (tmp_path / "service.json").exists()
    # And everything it had begun is given back.
    async with running(settings(tmp_path)):
        pass


async def test_a_second_service_on_the_same_state_is_refused_and_harms_nothing(tmp_path):
    async with running(settings(tmp_path)) as first:
        before = facts(tmp_path)
        with pytest.raises(Failure, match="in use by another room110") as failed:
            async with running(settings(tmp_path)):
                raise AssertionError
        assert failed.value.code is Exit.CONFIGURATION
        assert facts(tmp_path) == before
        assert first.bridge.rev() == 1


async def test_a_state_that_cannot_be_used_is_a_matter_of_configuration(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="state directory") as failed:
        async with running(settings(tmp_path / "file")):
            raise AssertionError
    assert failed.value.code is Exit.CONFIGURATION


async def test_a_turn_server_whose_secret_cannot_be_used_is_a_matter_of_configuration(tmp_path):
    shared = tmp_path / "turn-secret"
    turn = {"turn_urls": ("turns:turn.example:443",), "turn_secret_file": shared}
    with pytest.raises(Failure) as failed:
        async with running(settings(tmp_path, **turn)):
            raise AssertionError
    assert failed.value.code is Exit.CONFIGURATION
    assert failed.value.lines == (f"ROOM110_TURN_SECRET_FILE: {shared}: No such file or directory",)
    assert not (tmp_path / "secret").exists()

    shared.write_text("north/wind+64==abcdef\n")
    shared.chmod(0o600)
    async with running(settings(tmp_path, **turn)) as service:
        token = Local.find(settings(tmp_path)).token("guest", Role.VIEWER)
        async with connect(f"{service.http}/ws", token, SessionKind.WALL) as wall:
            (server,) = wall.hello_ok.ice_servers
    assert server.urls == ("turns:turn.example:443",)


async def test_a_bug_inside_comes_out_with_all_it_has_to_say(tmp_path):
    with pytest.raises(BaseExceptionGroup) as group:
        async with running(settings(tmp_path)):
            raise ZeroDivisionError
    assert group.group_contains(ZeroDivisionError, depth=1)
    assert not (tmp_path / "service.json").exists()


async def test_at_sigterm_clients_hear_the_reason_and_it_ends_well(tmp_path):
    output = tmp_path / "out"
    with serving(tmp_path / "state", output) as service:
        local = Local.find(settings(tmp_path / "state"))
        tokens = [
            (local.site_token("01"), SessionKind.ROOM),
            (local.token("an", Role.CHAIR, site="110"), SessionKind.CONSOLE),
        ]
        async with (
            connect(local.ws, *tokens[0]) as room,
            connect(local.ws, *tokens[1]) as desk,
        ):
            service.process.terminate()
            for client in (room, desk):
                async with asyncio.timeout(10):
                    _ = [message async for message in client]
                assert client.bye == "shutdown"
        assert await asyncio.to_thread(service.ends) == 0
    assert not (tmp_path / "state" / "service.json").exists()


def test_a_taken_port_is_one_line_for_the_person_at_the_terminal(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with program_running(
            "serve", state=tmp_path / "state", output=tmp_path / "out", http_port=port
        ) as service:
            assert service.ends() == Exit.FAILED
            assert service.said().startswith("room110: cannot bind TCP 127.0.0.1:")
            assert service.said().count("\n") == 1


def test_a_second_service_is_refused_in_one_line(tmp_path):
    with (
        serving(tmp_path / "state", tmp_path / "first"),
        program_running("serve", state=tmp_path / "state", output=tmp_path / "second") as second,
    ):
        assert second.ends() == Exit.CONFIGURATION
        assert "in use by another room110" in second.said()
        assert second.said().count("\n") == 1


def test_a_start_that_hangs_can_be_stopped(tmp_path, monkeypatch):
    async def hangs(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(Room, "resume", hangs)

    monkeypatch.setattr("room110.compose.MEET_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as door:
        assert control(settings(tmp_path), door) == Exit.OK
    assert not (tmp_path / "service.json").exists()

"""The processes of a service: how each is begun, and what it is told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import types

import pytest

from room110 import part
from room110.cli.exits import Failure


@pytest.fixture
def begun(monkeypatch):
    """Stand-ins for what the parts do, in an environment without settings; what they were called with."""
    calls = []
    for name in [name for name in os.environ if name.startswith("ROOM110_")]:
        monkeypatch.delenv(name)

    def supervise(state, host, port):
        calls.append((str(state), host, port))
        return 3

    def control(settings, door):
        with door:
            calls.append((settings.http_port, door.getsockname()[0]))
        return 7

    def media(settings):
        calls.append(settings.http_port)
        raise Failure(5, "cannot bind UDP 8110", "set ROOM110_MEDIA_PORT")

    def module(**functions):
        return types.SimpleNamespace(**functions)

    monkeypatch.setitem(sys.modules, "room110.supervisor", module(supervise=supervise))
    monkeypatch.setitem(sys.modules, "room110.compose", module(control=control))
    monkeypatch.setitem(sys.modules, "room110.worker", module(media=media))
    monkeypatch.setattr(
        "monitoring.logs.configure",
        lambda level, form, *, process: calls.append((level, form, process)),
    )
    return calls


def test_the_supervisor_is_told_what_it_must_know_and_reads_nothing(begun, monkeypatch):
    monkeypatch.setenv("ROOM110_NO_SUCH_SETTING", "1")

    assert part.run("supervisor", ["/srv/x", "::1", "8443", "debug", "json"]) == 3
    assert begun == [("debug", "json", "service"), ("/srv/x", "::1", 8443)]


def test_control_is_given_the_socket_of_its_doors(begun):
    door = socket.create_server(("127.0.0.1", 0))

    assert part.run("control", [str(door.detach())]) == 7
    assert begun == [("info", "auto", "control"), (8110, "127.0.0.1")]


def test_why_a_part_did_not_start_is_said_line_by_line(begun, capsys):
    assert part.run("media", []) == 5
    assert begun == [("info", "auto", "media"), 8110]
    said = "room110: cannot bind UDP 8110\nroom110: set ROOM110_MEDIA_PORT\n"
    assert capsys.readouterr().err == said


def test_a_setting_that_is_none_ends_a_part_with_78(begun, monkeypatch, capsys):
    monkeypatch.setenv("ROOM110_NO_SUCH_SETTING", "1")

    assert part.run("media", []) == 78
    assert "ROOM110_NO_SUCH_SETTING" in capsys.readouterr().err
    assert begun == []


def test_rich_is_loaded_by_none():
    look = "import room110.part as part, sys; part.run = lambda *_: print(sys.modules['rich']);"
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{look} sys.argv[1:] = ['media']; part.main(); import structlog.dev",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    assert ran.stdout == "None\n"

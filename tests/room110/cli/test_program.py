from __future__ import annotations

import json
import subprocess
import sys
import types

import pytest

from room110.cli import run

HEAVY = ("aiohttp", "aiortc", "aioice", "av", "pydantic", "rich", "jwt", "structlog", "PIL")


def test_help_loads_nothing_heavy():
    # A fresh interpreter: this one has loaded everything for other tests.
    code = f"""
import sys
from room110.cli import run
assert run(["--help"]) == 0
loaded = set({HEAVY!r}) & set(sys.modules)
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"floor" in done.stdout


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["serve", "--help"],
        ["demo", "--help"],
        ["loadtest", "--help"],
        ["status", "--help"],
        ["floor", "--help"],
        ["floor", "call", "--help"],
        ["floor", "revoke", "--help"],
        ["floor", "queue", "--help"],
        ["floor", "extend", "--help"],
        ["mute", "--help"],
        ["silence", "--help"],
        ["site", "cut", "--help"],
        ["agenda", "check", "--help"],
        ["rollcall", "mark", "--help"],
        ["conference", "policy", "--help"],
        ["events", "tail", "--help"],
        ["minutes", "write", "--help"],
        ["token", "create", "--help"],
        ["version", "--help"],
    ],
)
def test_every_command_explains_itself(room110, args):
    code, out, err = room110(*args)

    assert (code, err) == (0, "")
    assert "Usage: room110" in out


@pytest.mark.parametrize(
    "args",
    [
        ["xyzzy"],
        ["status", "--jsno"],
        ["floor", "call"],
        ["floor", "call", "11", "--limit", "soon"],
        ["floor", "call", "dien bin"],
        ["demo", "--sites", "0"],
        ["demo", "--sites", "64"],
        ["loadtest", "--duration", "0"],
        ["floor", "extend", "11"],
        ["floor", "request", "11", "--priority", "5"],
        ["floor", "call", "11", "--floor", "dance"],
        ["floor", "revoke", "--text", "x"],
        ["site", "ladder", "11", "wide"],
        ["rollcall", "mark", "11", "here"],
        ["rollcall", "mark", "11", "absent"],
        ["conference", "policy", "--speakers", "5"],
        ["conference", "policy", "--limit", "5m", "--no-limit"],
        ["conference", "describe"],
        ["conference", "recess", "--until", "soon"],
        ["agenda", "check", "no-such-file.yaml"],
        ["agenda", "check", "no-such-file.yaml", "--start", "soon"],
        ["agenda", "skip", "0"],
        ["events", "tail", "--since", "-1"],
        ["mute"],
        ["mute", "11", "--all"],
        ["mute", "11", "--but", "14"],
        ["token", "create"],
        ["token", "create", "--role", "king"],
    ],
)
def test_a_wrong_command_line_is_2_and_says_so_on_stderr(room110, args):
    code, out, err = room110(*args)

    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize(
    "args",
    [
        ["status"],
        ["floor", "queue"],
        ["floor", "call", "11"],
        ["floor", "revoke"],
        ["floor", "grant", "11"],
        ["floor", "request", "11"],
        ["floor", "release", "11"],
        ["mute", "11"],
        ["silence"],
        ["site", "list"],
        ["site", "cut", "11"],
        ["agenda", "show"],
        ["rollcall", "show"],
        ["conference", "show"],
        ["conference", "open"],
        ["conference", "close", "--yes"],
        ["conference", "close"],
        ["events", "tail"],
        ["token", "create", "--role", "chair"],
    ],
)
def test_without_a_service_every_command_is_5_with_the_mend(room110, args):
    code, out, err = room110(*args)

    assert (code, out) == (5, "")
    assert "is the service running?  room110 serve" in err


def test_wrong_settings_are_78_and_one_line_each(room110, monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_HOST", "0.0.0.0")
    monkeypatch.setenv("ROOM110_HTTP_PROT", "1")

    code, out, err = room110("serve")

    assert (code, out) == (78, "")
    assert [line.split(":")[:2] for line in err.splitlines()] == [
        ["room110", " ROOM110_HTTP_PROT"],
        ["room110", " ROOM110_HTTP_HOST"],
    ]


def test_a_refusal_is_4_and_a_no_of_the_conference_is_1(room110, service):
    no = {"code": "not_authorized", "detail": "not yours"}
    service.answers["DELETE", "/api/v1/floor/grants"] = (403, no)
    code, out, err = room110("floor", "revoke")
    assert (code, out) == (4, "")
    assert err.splitlines()[0] == "room110: not_authorized: not yours"
    assert "room110 conference show" in err

    no = {"code": "bad_state", "detail": "nobody has the floor"}
    service.answers["DELETE", "/api/v1/floor/grants"] = (409, no)
    code, out, err = room110("floor", "revoke")
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == "room110: bad_state: nobody has the floor"


def test_the_version_is_that_of_the_distribution(room110, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", {"room110": "0.1.0"}.get)

    assert room110("version") == (0, "0.1.0\n", "")
    _, out, _ = room110("version", "--json")
    assert json.loads(out) == {"schema_version": 1, "version": "0.1.0"}


def test_a_bug_flies(monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("bug")

    monkeypatch.setitem(sys.modules, "room110.demo", types.SimpleNamespace(run_demo=broken))
    with pytest.raises(RuntimeError, match="bug"):
        run(["demo"])

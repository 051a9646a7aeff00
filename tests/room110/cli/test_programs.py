from __future__ import annotations

import sys
import types

import pytest


@pytest.fixture
def called(monkeypatch):
    """Stand-ins for the programs; what they were called with."""
    calls = []

    def program(code):
        def run(settings, **options):
            calls.append((settings.http_port, options))
            return code

        return run

    def module(**functions):
        return types.SimpleNamespace(**functions)

    monkeypatch.setitem(sys.modules, "room110.part", module(become_supervisor=program(0)))
    monkeypatch.setitem(sys.modules, "room110.canary", module(run_canary=program(0)))
    monkeypatch.setitem(sys.modules, "room110.demo", module(run_demo=program(0)))
    monkeypatch.setitem(sys.modules, "room110.loadtest", module(run_loadtest=program(1)))
    monkeypatch.setattr(
        "monitoring.logs.configure", lambda *args, **process: calls.append((*args, process))
    )
    return calls


def test_serve_reads_the_settings_and_becomes_another(room110, called):
    assert room110("serve")[0] == 0
    assert called == [(8110, {})]


def test_a_wrong_setting_is_said_before(room110, called, monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_PORT", "no number")
    code, _, said = room110("serve")
    assert code == 78
    assert "HTTP_PORT" in said
    assert called == []


def test_demo_goes_on_until_told_to_stop(room110, called):
    assert room110("demo")[0] == 0
    assert called == [(8110, {"sites": 63, "duration_s": None})]


def test_demo_takes_a_number_of_sites_and_a_time(room110, called):
    room110("demo", "--sites", "5", "--duration", "2m")
    assert called == [(8110, {"sites": 5, "duration_s": 120.0})]


def test_the_code_of_the_load_test_is_that_of_the_command(room110, called):
    assert room110("loadtest")[0] == 1
    assert called == [
        (8110, {"sites": 63, "duration_s": 20.0, "take_over": False, "as_json": False})
    ]


def test_the_load_test_takes_over_when_told(room110, called):
    room110("loadtest", "--sites", "2", "--duration", "4", "--json", "--take-over")
    assert called == [(8110, {"sites": 2, "duration_s": 4.0, "take_over": True, "as_json": True})]


def test_a_canary_may_be_elsewhere(room110, called, tmp_path):
    token = tmp_path / "token"
    code, _, _ = room110(
        *("canary", "--url", "https://x", "--token-file", str(token)),
        *("--host", "192.0.2.1", "--port", "9113"),
    )
    assert code == 0
    assert called == [
        ("info", "auto", {"process": "canary"}),
        (8110, {"url": "https://x", "token_file": token, "host": "192.0.2.1", "port": 9113}),
    ]


def test_a_canary_beside_its_service_needs_nothing(room110, called):
    assert room110("canary")[0] == 0
    nothing = {"url": None, "token_file": None, "host": "127.0.0.1", "port": 8113}
    assert called[1:] == [(8110, nothing)]

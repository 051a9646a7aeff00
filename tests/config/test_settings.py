from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, default_state, load_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.upper().startswith("ROOM110_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)


def problems() -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return caught.value.problems


def test_an_unknown_variable_is_refused_with_the_nearest_name(monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_PROT", "9000")

    assert problems() == ("ROOM110_HTTP_PROT: no such setting; did you mean ROOM110_HTTP_PORT",)


def test_a_name_like_no_other_is_answered_with_all_there_are(monkeypatch):
    monkeypatch.setenv("ROOM110_XYZZY", "1")

    (line,) = problems()
    assert "ROOM110_STATE" in line and "ROOM110_LOG_FORMAT" in line


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("HTTP_HOST", "0.0.0.0", "without TLS browsers refuse microphone"),
        ("HTTP_HOST", "192.0.2.1", "not a loopback address"),
        ("HTTP_HOST", "room110.example", "not an IPv4 address"),
        ("HTTP_PORT", "65536", "less than or equal to 65535"),
        ("HTTP_PORT", "-1", "greater than or equal to 0"),
        ("HTTP_PORT", "http", "valid integer"),
        ("MEDIA_HOST", ",", "at least one address"),
        ("MEDIA_HOST", "127.0.0.1,room110.example", "not an IPv4 or IPv6 address"),
        ("MEDIA_HOST", "[::1]", "not an IPv4 or IPv6 address"),
        ("MEDIA_HOST", "127.0.0.1:8110", "not an IPv4 or IPv6 address"),
        ("MEDIA_HOST", "0.0.0.0,192.0.2.7", "every IPv4 address already; leave out 192.0.2.7"),
        ("MEDIA_HOST", "2001:db8::7,::", "every IPv6 address already; leave out 2001:db8::7"),
        ("MEDIA_HOST", "::ffff:192.0.2.7", "write 192.0.2.7"),
        ("MEDIA_PORT", "65536", "less than or equal to 65535"),
        ("MEDIA_TCP_PORT", "65536", "less than or equal to 65535"),
        ("MEDIA_TCP_PORT", "no", "valid integer"),
        ("MEDIA_ADVERTISE", ",", "at least one address"),
        ("MEDIA_ADVERTISE", "127.0.0.1,0.0.0.0", "no address a site could send to"),
        ("MEDIA_ADVERTISE", "224.0.0.1", "no address a site could send to"),
        ("MEDIA_ADVERTISE", "127.0.0.1,::", "no address a site could send to"),
        ("MEDIA_ADVERTISE", "ff02::1", "no address a site could send to"),
        ("MEDIA_ADVERTISE", "fe80::1%eth0", "no address a site could send to"),
        ("MEDIA_ADVERTISE", "127.0.0.1 127.0.0.2", "not an IPv4 or IPv6 address"),
        ("TURN_URLS", "turns:t:443, stun:t", "stun:t: it begins with turn: or turns:"),
        ("TURN_URLS", "turns://t:443", "no address such as turns:"),
        ("TURN_URLS", "turn:a,turn:b,turn:c,turn:d,turn:e", "at most 4"),
        ("MAX_FLOOR_USERS", "0", "greater than or equal to 1"),
        ("MAX_FLOOR_USERS", "5", "less than or equal to 4"),
        ("REQUEST_HANDLING", "open", "'block', 'confirm' or 'queue'"),
        ("SPEAKING_LIMIT_S", "9", "greater than or equal to 10"),
        ("SPEAKING_LIMIT_S", "7201", "less than or equal to 7200"),
        ("TITLE", "x" * 201, "at most 200"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("LOG_FORMAT", "xml", "'auto', 'json' or 'console'"),
    ],
)
def test_a_wrong_value_is_one_readable_line(monkeypatch, name, value, part):
    monkeypatch.setenv(f"ROOM110_{name}", value)

    (line,) = problems()

    assert line.startswith(f"ROOM110_{name}: ") and part in line and "\n" not in line


def test_every_mistake_is_told_at_once(monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_PORT", "x")
    monkeypatch.setenv("ROOM110_MEDIA_PORT", "y")
    monkeypatch.setenv("ROOM110_MAX_FLOOR_USER", "2")

    assert len(problems()) == 3


@pytest.mark.parametrize(
    ("host", "advertise", "parts"),
    [
        ("127.0.0.1", "192.0.2.7", ("192.0.2.7", "this machine alone", "MEDIA_HOST=0.0.0.0")),
        ("127.0.0.1,::1", "2001:db8::7", ("2001:db8::7", "this machine alone", "MEDIA_HOST=::")),
        ("127.0.0.1", "127.0.0.1,::1", ("::1", "no IPv6", "MEDIA_HOST=127.0.0.1,::")),
        ("::", "192.0.2.7", ("192.0.2.7", "no IPv4", "MEDIA_HOST=::,0.0.0.0")),
        ("192.0.2.7", "127.0.0.1", ("127.0.0.1", "does not listen there", "MEDIA_ADVERTISE")),
    ],
)
def test_what_is_not_listened_to_cannot_be_offered(monkeypatch, host, advertise, parts):
    monkeypatch.setenv("ROOM110_MEDIA_HOST", host)
    monkeypatch.setenv("ROOM110_MEDIA_ADVERTISE", advertise)

    (line,) = problems()

    assert all(part in line for part in parts), line


@pytest.mark.parametrize(
    ("host", "advertise", "hosts", "offers"),
    [
        (
            "0.0.0.0",
            "192.0.2.7, 127.0.0.1, 192.0.2.7",
            ("0.0.0.0",),
            ("192.0.2.7", "127.0.0.1"),
        ),
        (
            "0.0.0.0, ::",
            "2001:DB8:0::7,203.0.113.9,::1",
            ("0.0.0.0", "::"),
            ("2001:db8::7", "203.0.113.9", "::1"),
        ),
        ("192.0.2.7,10.0.0.7", "203.0.113.9", ("192.0.2.7", "10.0.0.7"), ("203.0.113.9",)),
        ("::1,0:0::1", "::1", ("::1",), ("::1",)),
    ],
    ids=["one family", "both", "behind NAT", "IPv6 alone"],
)
def test_what_is_listened_to_can_be_offered(monkeypatch, host, advertise, hosts, offers):
    monkeypatch.setenv("ROOM110_MEDIA_HOST", host)
    monkeypatch.setenv("ROOM110_MEDIA_ADVERTISE", advertise)

    settings = load_settings()

    assert (settings.media_host, settings.media_advertise) == (hosts, offers)


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [("URLS", "turns:t:443", "SECRET_FILE"), ("SECRET_FILE", "/etc/x", "URLS")],
)
def test_a_turn_server_without_its_secret_is_none_and_the_other_way_round(
    monkeypatch, name, value, other
):
    monkeypatch.setenv(f"ROOM110_TURN_{name}", value)

    (line,) = problems()
    assert line.startswith(f"ROOM110_TURN_{name} is set without ROOM110_TURN_{other};")


def test_turn_servers_are_told_in_their_order_and_the_secret_stays_in_its_file(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("ROOM110_TURN_URLS", "turns:t:443?transport=tcp, turn:t:3478,turn:t:3478")
    monkeypatch.setenv("ROOM110_TURN_SECRET_FILE", "~/turn-secret")

    settings = load_settings()

    assert settings.turn_urls == ("turns:t:443?transport=tcp", "turn:t:3478")
    assert settings.turn_secret_file == tmp_path / "turn-secret"  # and nobody has looked for it


def test_http_and_media_cannot_share_a_tcp_port(monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_PORT", "8111")

    assert problems() == ("http_port and media_tcp_port are both TCP port 8111",)

    monkeypatch.setenv("ROOM110_MEDIA_TCP_PORT", "0")
    monkeypatch.setenv("ROOM110_HTTP_PORT", "0")
    assert load_settings().media_tcp_port == 0


def test_without_any_variable_everything_stays_on_this_machine():
    settings = load_settings()

    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8110)
    assert (settings.media_host, settings.media_port) == (("127.0.0.1",), 8110)
    assert settings.media_tcp_port == 8111
    assert settings.media_advertise == ("127.0.0.1",)
    assert settings.speaking_limit_s == 300
    assert (settings.turn_urls, settings.turn_secret_file) == ((), None)


def test_an_empty_variable_is_none_at_all(monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_PORT", "")

    assert load_settings().http_port == 8110


@pytest.mark.parametrize("word", ["none", "None", " NONE "])
def test_speaking_may_have_no_limit_and_media_no_tcp(monkeypatch, word):
    monkeypatch.setenv("ROOM110_SPEAKING_LIMIT_S", word)
    monkeypatch.setenv("ROOM110_MEDIA_TCP_PORT", word)

    settings = load_settings()

    assert (settings.speaking_limit_s, settings.media_tcp_port) == (None, None)


def test_state_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("ROOM110_STATE", "~/here")

    assert load_settings().state == tmp_path / "here"


def test_a_relative_state_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROOM110_STATE", "here")

    assert load_settings().state == tmp_path / "here"


@pytest.mark.parametrize(
    ("xdg", "expected"),
    [
        (None, "{home}/.local/state/room110"),
        ("", "{home}/.local/state/room110"),
        ("relative", "{home}/.local/state/room110"),
        ("/var/lib/x", "/var/lib/x/room110"),
    ],
)
def test_state_follows_the_xdg_base_directories(monkeypatch, tmp_path, xdg, expected):
    if xdg is not None:
        monkeypatch.setenv("XDG_STATE_HOME", xdg)

    assert default_state() == Path(expected.format(home=tmp_path))
    assert load_settings().state == default_state()


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().http_port = 1


def test_every_setting_has_a_text():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from room110.notify import READY, STOPPING, VARIABLE, notify


@contextlib.contextmanager
def manager(address: str) -> Iterator[socket.socket]:
    """systemd, as far as we know it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        heard.settimeout(5)
        yield heard


def test_a_manager_hears_that_we_are_ready_and_a_word_for_people(tmp_path, monkeypatch):
    address = str(tmp_path / "notify")
    monkeypatch.setenv(VARIABLE, address)
    with manager(address) as heard:
        assert notify(READY, status="conference 20200529-0800-7f3a")
        assert heard.recv(1000) == b"READY=1\nSTATUS=conference 20200529-0800-7f3a"
        assert notify(STOPPING)
        assert heard.recv(1000) == b"STOPPING=1"


def test_an_abstract_address_is_one_too(tmp_path, monkeypatch):
    address = f"@room110-{tmp_path.name}-{id(tmp_path)}"
    monkeypatch.setenv(VARIABLE, address)
    with manager(address) as heard:
        assert notify(READY)
        assert heard.recv(1000) == b"READY=1"


@pytest.mark.parametrize("address", [None, "", "relative", "/nowhere/at/all"])
def test_a_manager_that_is_not_there_ends_nothing(monkeypatch, address):
    monkeypatch.delenv(VARIABLE, raising=False)
    if address is not None:
        monkeypatch.setenv(VARIABLE, address)
    assert not notify(READY)

"""A table with a publisher, site 01, and a subscriber, site 02, whose gates are open."""

from __future__ import annotations

import pytest

from bridge.media.forwarder import Forwarder
from tests.support.media import SPEAKER_PICTURE, SPEAKER_SOUND, Client, spec


@pytest.fixture
def forwarder() -> Forwarder:
    it = Forwarder()
    it.set_gates(frozenset({"01", "02"}))
    return it


@pytest.fixture
def client(forwarder: Forwarder) -> Client:
    return Client(forwarder, spec("01"))


@pytest.fixture
def watcher(forwarder: Forwarder) -> Client:
    """Site 02, whose speaker is site 01."""
    it = Client(forwarder, spec("02"))
    it.aim(SPEAKER_SOUND.ssrc, "01")
    it.aim(SPEAKER_PICTURE.ssrc, "01")
    return it

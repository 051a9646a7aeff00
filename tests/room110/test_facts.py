from __future__ import annotations

import pytest

from bridge.media.plane import Candidate, Greeting
from room110 import facts
from room110.facts import listeners, pins


def test_what_is_written_is_read_until_it_is_forgotten(tmp_path):
    assert facts.read(tmp_path) == {}
    facts.write(tmp_path, {"http": "http://127.0.0.1:1"})
    assert facts.read(tmp_path) == {"http": "http://127.0.0.1:1"}
    assert [path.name for path in tmp_path.iterdir()] == ["service.json"]
    facts.forget(tmp_path)
    facts.forget(tmp_path)
    assert facts.read(tmp_path) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_what_is_damaged_says_nothing(tmp_path, text):
    (tmp_path / "service.json").write_text(text)
    assert facts.read(tmp_path) == {}


def test_another_start_takes_the_ports_of_this_one():
    greeting = Greeting(
        fingerprint="AB",
        candidates=(
            Candidate(address="192.0.2.1", port=8110),
            Candidate(address="2001:db8::1", port=8110),
            Candidate(address="192.0.2.1", port=8111, transport="tcp"),
        ),
    )
    assert listeners(greeting) == [
        "192.0.2.1:8110/udp",
        "2001:db8::1:8110/udp",
        "192.0.2.1:8111/tcp",
    ]
    told = {"http": "http://127.0.0.1:8109", "media": listeners(greeting)}
    assert pins(told) == {
        "ROOM110_HTTP_PORT": "8109",
        "ROOM110_MEDIA_PORT": "8110",
        "ROOM110_MEDIA_TCP_PORT": "8111",
    }
    assert pins(told | {"media_metrics": "http://127.0.0.1:8112"}) == pins(told) | {
        "ROOM110_MEDIA_METRICS_PORT": "8112"
    }


def test_where_no_worker_has_come_yet_nothing_of_it_is_pinned():
    told = {"http": "http://127.0.0.1:8109", "media": [], "media_metrics": ""}
    assert pins(told) == {"ROOM110_HTTP_PORT": "8109"}


def test_restarts_are_what_the_supervisor_wrote_last_until_all_is_forgotten(tmp_path):
    assert facts.restarts(tmp_path) == {}
    facts.write_restarts(tmp_path, {"media": 1})
    facts.write_restarts(tmp_path, {"media": 2, "control": 1})
    assert facts.restarts(tmp_path) == {"media": 2, "control": 1}
    facts.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_damaged_restarts_are_none(tmp_path, text):
    (tmp_path / facts.RESTARTS).write_text(text)
    assert facts.restarts(tmp_path) == {}

"""The demonstration, for real: three processes, three provinces."""

from __future__ import annotations

import itertools
import os
import re
import signal

import pytest

from bridge.conference import evolve
from bridge.journal import latest
from bridge.records import read_only
from config.roster import load_roster
from config.settings import Settings
from room110 import demo
from room110.cli.exits import Failure
from tests.support.program import children_of, is_alive, running, wait_until

SITES = load_roster().sites[:-1]


def test_it_plays_a_conference_and_leaves_nothing_behind(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(demo, "PREPARE_S", 0.3)
    monkeypatch.setattr(demo, "SPEAK_S", 0.5)
    pids, said, say = set(), [], demo.say
    # Python's own, of whoever used multiprocessing before us, lives as long as we do.
    before = set(children_of(os.getpid()).values())

    def watch(line):
        pids.update(set(children_of(os.getpid()).values()) - before)
        said.append(line)
        say(line)
        if sum("HAS THE FLOOR" in line for line in said) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(demo, "say", watch)
    settings = Settings(state=tmp_path, http_port=0, media_port=0, media_tcp_port=0)
    for name in ("HTTP_PORT", "MEDIA_PORT", "MEDIA_TCP_PORT", "MEDIA_METRICS_PORT"):
        monkeypatch.setenv(f"ROOM110_{name}", "0")
    assert demo.run_demo(settings, sites=3, duration_s=60) == 0
    out, err = capfd.readouterr()
    assert re.search(r"WebSocket +ws://127\.0\.0\.1:\d+/ws", out)
    assert re.search(r"media +127\.0\.0\.1:\d+/udp", out)
    assert str(tmp_path) in out
    for code in ("01", "02", "04"):
        assert re.search(rf"\d\d:\d\d  {code} .* asks for the floor", out), out
    spoke = re.findall(r"(\d\d) \S+ ?\S* HAS THE FLOOR", out)
    assert len(spoke) >= 3, out
    assert all(a != b for a, b in itertools.pairwise(spoke))
    assert out.rstrip().endswith("the demonstration is over")
    assert err == ""
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)
    # What it opened it has closed.
    records = read_only(latest(tmp_path / "journal")).records
    assert evolve.fold(e for record in records for e in record.events).phase == "closed"


def test_the_service_may_be_killed_and_ctrl_c_ends_it_in_order(tmp_path):
    state = tmp_path / "state"
    with running("demo", "--sites", "2", state=state, output=tmp_path / "out") as show:
        show.until(lambda: "HAS THE FLOOR" in show.said())
        parts = children_of(show.pid)
        os.kill(parts["supervisor"], signal.SIGKILL)
        again = "the service process ended (SIGKILL): started again"
        show.until(lambda: re.search(r"\n\d\d:\d\d  ", show.said().partition(again)[2]))
        parts |= {f"new {name}": pid for name, pid in children_of(show.pid).items()}
        os.killpg(show.pid, signal.SIGINT)
        assert show.ends() == 0
        assert show.said().rstrip().endswith("the demonstration is over")
        wait_until(lambda: not any(is_alive(pid) for pid in parts.values()))
        assert "Traceback" not in show.said()
    records = read_only(latest(state / "journal")).records
    assert evolve.fold(e for record in records for e in record.events).phase == "closed"


def test_a_service_that_cannot_start_ends_it_with_the_reason(tmp_path, monkeypatch):
    (tmp_path / "state").write_text("a file where a directory should be")
    with pytest.raises(Failure):
        demo.run_demo(Settings(state=tmp_path / "state"), sites=1, duration_s=60)
    with running("demo", "--sites", "1", state=tmp_path / "state", output=tmp_path / "out") as show:
        assert show.ends() != 0
        assert "Traceback" not in show.said()
        assert "state directory" in show.said()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 10, 11, 22, 62, 63])
def test_the_floor_goes_to_every_province_before_one_comes_again(count):
    turn = list(itertools.islice(demo._round(SITES[:count]), 2 * count))
    assert sorted(s.position for s in turn[:count]) == list(range(count))
    assert turn[:count] == turn[count:]

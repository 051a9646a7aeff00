"""The rehearsal in full: 64 sites, a whole morning, every invariant after every event."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from bridge.records import read_only
from room110.cli.exits import Exit, Failure
from room110.rehearse.run import play_virtually, run_rehearse


def play(folder, **fields):
    wanted = {"seed": 110, "sites": 63, "as_stress": False, "tell": lambda _: None} | fields
    return play_virtually(folder, **wanted)


def test_a_morning_with_64_sites_in_which_all_is_well(tmp_path):
    told = play(tmp_path)
    assert told["faults"] == []
    assert told["sites"] == 64
    assert told["rehearsal"] is True
    assert told["commands"] > 300
    assert told["invariants_checked"] > 20_000
    assert len(told["refusals"]) == 13
    assert told["conference_s"] > 4 * 3600
    assert abs(told["late_s"]) < 15 * 60
    # Twelve reports, and the discussion.
    assert told["speeches"] > 24
    for event in (
        "ChairPassed", "CutChanged", "ItemMoved", "LimitExtended", "TimeWarned", "TimeOver",
        "BroadcastShown", "HelpChanged", "RollcallClosed", "DeviceSwitched",
    ):  # fmt: skip
        assert told["events"][event] > 0
    assert len(told["documents"]) == 8
    assert len(read_only(told_path(told)).records) == told["records"]


def told_path(told):
    return Path(told["journal"])


def test_the_same_seed_is_the_same_conference(tmp_path):
    once, again = (play(tmp_path / name, sites=8) for name in ("once", "again"))
    assert read_only(told_path(once)).records == read_only(told_path(again)).records
    for one, other in zip(once["documents"], again["documents"], strict=True):
        # Archives say when they were packed.
        if Path(one).suffix not in {".docx", ".xlsx"}:
            assert Path(one).read_bytes() == Path(other).read_bytes(), one
    other = play(tmp_path / "other", sites=8, seed=7)
    assert read_only(told_path(other)).records != read_only(told_path(once)).records


@pytest.mark.parametrize("seed", range(2))
def test_other_seeds_are_other_mornings_and_all_is_well(tmp_path, seed):
    assert play(tmp_path, sites=8 + 6 * seed, seed=seed)["faults"] == []


def test_a_stress_with_a_few_sites(tmp_path):
    told = play(tmp_path, sites=8, as_stress=True)
    assert (told["mode"], told["faults"]) == ("stress", [])
    assert told["speeches"] >= 8


def test_a_fault_is_told_by_the_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("room110.rehearse.run.play_virtually", lambda *_, **__: FAULTY)
    wanted = {"out": tmp_path, "seed": 1, "sites": 8, "as_stress": False}
    assert run_rehearse(**wanted, as_json=True) == Exit.FAILED
    assert capsys.readouterr().err == "room110: I1 at revision 7: too many\n"


FAULTY = {"documents": [], "faults": ["I1 at revision 7: too many"]}


def test_a_folder_that_is_in_use_is_said_plainly(tmp_path):
    (tmp_path / "journal").mkdir()
    lock = os.open(tmp_path / "journal", os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    wanted = {"out": tmp_path, "seed": 1, "sites": 8, "as_stress": False}
    try:
        with pytest.raises(Failure, match="in use by another"):
            run_rehearse(**wanted, as_json=True)
    finally:
        os.close(lock)

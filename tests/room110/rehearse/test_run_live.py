"""The same script with WebSocket clients and media, a few sites and very fast; real kills in it."""

from __future__ import annotations

import json
from dataclasses import replace

from room110.cli.exits import Exit
from room110.rehearse.run_live import run_live, shown_of, told_on
from room110.rehearse.screen import Screen
from tests.room110.rehearse.told import Told


def test_a_conference_with_media_in_which_all_is_well(tmp_path, capsys):
    code = run_live(out=tmp_path, seed=110, sites=8, speed=600.0, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["faults"] == []
    assert code == Exit.OK
    assert (told["mode"], told["speed"], told["rehearsal"]) == ("live", 600.0, True)
    assert len(told["refusals"]) == 13
    assert told["hearings"] > 30
    assert told["looks_for_leaks"] > 1000
    assert told["worst_tick_late_ms"] > 0
    assert told["speeches"] >= 10
    assert told["events"]["ChairPassed"] == 2
    assert told["invariants"]["I19"] == 2
    assert len(told["documents"]) == 8


def test_a_desk_that_was_shown_something_else_is_found():
    told = Told()
    told.speaking()
    right = shown_of(told.state)
    seen = right | {"rev": 7, "consoles": {"chair": ["chair"]}}
    seen["sites"] = {code: site | {"name": code} for code, site in right["sites"].items()}
    assert told_on(Screen(seen)) == right
    assert shown_of(replace(told.state, locked=True)) != right

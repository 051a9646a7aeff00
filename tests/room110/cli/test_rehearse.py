from __future__ import annotations

import json

from room110.cli import run
from room110.cli.exits import Exit


def test_a_whole_conference_as_json(tmp_path, capsys):
    code = run(["rehearse", "--sites", "8", "--seed", "3", "--json", "--out", str(tmp_path)])
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (code, err) == (Exit.OK, "")
    assert (told["schema_version"], told["mode"], told["seed"]) == (1, "virtual", 3)
    assert told["faults"] == []
    assert {*map(str, tmp_path.glob("documents/*"))} == {*told["documents"]}


def test_for_people_the_chapters_are_told_meanwhile(tmp_path, capsys):
    assert run(["rehearse", "--sites", "8", "--out", str(tmp_path)]) == Exit.OK
    out, err = capsys.readouterr()
    assert "conclusion" in err
    assert "invariants_checked" in out


def test_stress_is_not_played_live(capsys):
    assert run(["rehearse", "--stress", "--live"]) == Exit.USAGE
    assert "virtual time only" in capsys.readouterr().err

"""Written: the files are what the code makes; and nothing that runs needs the code."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from monitoring.dashboards import written
from monitoring.dashboards.expressions import FOLDER
from monitoring.dashboards.panels import DATA_SOURCE_UID
from tests.architecture.house import ROOT, imports, modules

TEXTS = written.texts()
BOARDS = {name: json.loads(text) for name, text in TEXTS.items()}
HERE = "monitoring/dashboards/"


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_is_what_the_code_makes(name):
    # Mend with: make docs
    assert (FOLDER / name).read_text(encoding="utf-8") == TEXTS[name]


def test_there_is_no_other_file():
    assert {path.name for path in FOLDER.iterdir()} == set(TEXTS)


def test_files_are_written_where_they_are_wanted(tmp_path):
    written.main(tmp_path / "new")

    assert {path.name for path in (tmp_path / "new").iterdir()} == set(TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_a_board_is_known_by_its_uid_and_cannot_be_changed(name):
    board = BOARDS[name]

    assert board["uid"] == "room110-" + name.removesuffix(".json")
    assert board["editable"] is False
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", TEXTS)
def test_a_board_asks_the_data_source_that_is_chosen(name):
    board = BOARDS[name]
    source = board["templating"]["list"][0]

    assert (source["name"], source["type"]) == ("datasource", "datasource")
    assert source["current"]["value"] == DATA_SOURCE_UID
    for part in (*board["panels"], *board["annotations"]["list"]):
        assert part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


@pytest.mark.parametrize("name", TEXTS)
def test_titles_are_vietnamese(name):
    titles = [BOARDS[name]["title"], *(panel["title"] for panel in BOARDS[name]["panels"])]
    # A technical word stands alone, or with a Vietnamese one.
    assert [t for t in titles if not re.search(r"[^\x00-\x7f]", t) and t != "CPU"] == []


def test_no_two_boards_have_one_title():
    assert len({board["title"] for board in BOARDS.values()}) == len(BOARDS)


def test_nothing_that_runs_knows_the_dashboards():
    assert {
        module: name
        for module in modules()
        if not module.startswith(HERE)
        for name in imports(module)
        if name.startswith("monitoring.dashboards")
    } == {}


def test_who_only_asks_what_is_asked_needs_no_sdk():
    code = (
        "import sys, monitoring.dashboards.expressions as e; list(e.expressions());"
        "assert not any(m.startswith('grafana') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)

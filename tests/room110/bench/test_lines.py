"""What may be asked for; what is measured, test_scenes.py proves to be there."""

from __future__ import annotations

import pytest

from config.roster import load_roster
from room110.bench import lines
from room110.cli.exits import Exit, Failure


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"only": ["tcp", "teletext"]}, "no scene is called teletext; there are lossy, narrow"),
        ({"camera": "1280x720"}, "'1280x720' is no picture such as 1280x720@15"),
        ({"camera": "1280x720@15!"}, "is no picture"),
    ],
)
def test_what_is_no_scene_or_picture_is_refused_before_anything_begins(asked, said):
    usual = {"seconds": 3.0, "camera": "640x360@15", "only": (), "as_json": False}

    with pytest.raises(Failure, match=said) as refused:
        lines.run_lines(**usual | asked)

    assert refused.value.code == Exit.USAGE


def test_every_scene_says_what_it_is():
    for scene in (*lines.SCENES.values(), *lines.ALONE.values(), *lines.CAPPED.values()):
        assert scene.__doc__


def test_the_roster_of_a_thin_line_is_the_usual_one_and_says_so(tmp_path):
    usual, capped = load_roster(), load_roster(lines._capped_roster(tmp_path))

    assert capped.codes == usual.codes
    assert [site.code for site in capped if site.bandwidth_kbps] == [lines.GUEST]
    assert capped.by_code(lines.GUEST).bandwidth_kbps == 400

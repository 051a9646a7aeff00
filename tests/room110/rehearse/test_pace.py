"""What becomes of a duration that is played faster."""

from __future__ import annotations

import pytest

from bridge.conference import commands
from room110.rehearse.pace import Pace

FAST = Pace(speed=60.0)


def test_at_its_own_pace_everything_is_as_it_is_written():
    for command in (
        commands.ChairExtend(request=1, add_s=90),
        commands.ChairPolicy(changes={"limit_s": 300, "grace_s": 20.0}),
        commands.ChairGrant(request=1),
    ):
        assert Pace().command(command, limit_s=420) == command
    assert Pace().wait_s(10) == 10


@pytest.mark.parametrize(
    ("command", "limit_s", "played"),
    [
        (commands.ChairGrant(request=1), 420, commands.ChairGrant(request=1, limit_s=7)),
        (commands.ChairGrant(request=1), None, commands.ChairGrant(request=1)),
        (commands.ChairCall(site="01", limit_s=20), 420, commands.ChairCall(site="01", limit_s=1)),
        (commands.ChairExtend(request=1, add_s=120), None, commands.ChairExtend(request=1, add_s=2)),
        (commands.ChairLimit(site="01", limit_s=60), None, commands.ChairLimit(site="01", limit_s=1)),
        (commands.ChairLimit(site="01", limit_s=None), None,
         commands.ChairLimit(site="01", limit_s=None)),
        (commands.FloorRequest(limit_s=120), None, commands.FloorRequest(limit_s=2)),
        (commands.ViewCarousel(sites="online", every_s=8), None,
         commands.ViewCarousel(sites="online", every_s=2)),
        (commands.ChairAssume(), None, commands.ChairAssume()),
    ],
)  # fmt: skip
def test_a_command_is_shortened(command, limit_s, played):
    assert FAST.command(command, limit_s=limit_s) == played


def test_a_policy_is_shortened_and_a_line_keeps_time_to_come_back():
    said = {
        "limit_s": 300, "warn_s": 60, "grace_s": 20.0, "chair_grace_s": 600.0, "down_after_s": 120.0,
        "start_within_s": 15.0, "max_floor_users": 3,
    }  # fmt: skip
    played = FAST.command(commands.ChairPolicy(changes=said))
    assert played == commands.ChairPolicy(
        changes={
            "limit_s": 5, "warn_s": 1, "grace_s": 8.0, "chair_grace_s": 10.0, "down_after_s": 12.0,
            "start_within_s": 0.25, "max_floor_users": 3,
        }
    )  # fmt: skip
    none = commands.ChairPolicy(changes={"limit_s": None})
    assert FAST.command(none) == none

"""What the demonstration tells, with a Prometheus of paper and in virtual time; the real one is
``make monitoring-demo``, and the same pieces are tried in tests/monitoring/proof."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from config.roster import load_roster
from room110.alarms import faults
from room110.alarms.demo import Show, script, targets
from room110.alarms.prometheus import Alarm
from room110.cli.exits import Failure
from room110.crowd import chosen
from tests.support.autojump import virtual_time

SEATS = chosen(load_roster(), 6)
BROKEN = script(SEATS)
RINGS = sorted(faults.planned(BROKEN) - faults.ALWAYS)


class Paper:
    """A Prometheus: what rings so long after the lines broke or were mended."""

    url = "http://127.0.0.1:9"

    def __init__(self, crowd, *, more=(), never=()):
        self._crowd = crowd
        self._more = set(more)
        self._never = set(never)

    async def firing(self):
        if not self._crowd.broken_s:
            return set(faults.ALWAYS)
        return {*faults.ALWAYS, *self._more, *RINGS} - self._never


class Crowd:
    def __init__(self):
        self.broken_s = 0

    def cut(self, code):
        self.broken_s += 1

    def hush(self, code):
        self.broken_s += 1

    def speak(self, code):
        self.broken_s -= 1

    def lose(self, code, **shares):
        self.broken_s += 1 if shares else -1


async def shown(capsys, *, divisor=10.0, **paper):
    crowd = Crowd()
    local = SimpleNamespace(http="http://127.0.0.1:8", token=lambda *_, **__: "made.up")
    running = SimpleNamespace(local=local)
    show = Show(running, crowd, Paper(crowd, **paper), BROKEN, SEATS, divisor)
    is_right = await show.play()
    return is_right, capsys.readouterr().out


@virtual_time
async def test_it_says_what_is_broken_what_rings_and_what_ends(capsys):
    is_right, out = await shown(capsys)

    assert is_right
    assert "http://127.0.0.1:9/alerts" in out and "http://127.0.0.1:8/board#token=made.up" in out
    assert "divided by 10; asked every 1 s" in out
    for fault in BROKEN:
        assert f"  {fault.site} " in out and fault.what in out
    for one in RINGS:
        assert f"rings  {one}\n" in out and f"ends   {one}\n" in out
    assert "exactly these alerts rang, and they ended" in out


@virtual_time
async def test_the_real_durations_are_called_so(capsys):
    _, out = await shown(capsys, divisor=1.0)

    assert "durations are the real ones; asked every 5 s" in out


@virtual_time
async def test_another_alert_is_told_and_is_wrong(capsys):
    is_right, out = await shown(capsys, more=[Alarm("Room110SiteDown", "79")])

    assert not is_right
    assert "NOT PLANNED: Room110SiteDown 79" in out and "that was not right" in out


@virtual_time
async def test_one_that_does_not_ring_is_wrong_at_the_deadline(capsys):
    is_right, out = await shown(capsys, never=RINGS[:1])

    assert not is_right and f"rings  {RINGS[0]}" not in out


@virtual_time
async def test_a_busy_machine_spoils_nothing(capsys):
    is_right, _ = await shown(capsys, more=[Alarm("Room110ControlLag", "control")])

    assert is_right


def test_three_lines_break_and_none_is_of_who_speaks_first_or_of_room_110():
    sites = [fault.site for fault in BROKEN]

    assert len({*sites}) == 3
    assert not {SEATS[0].code, "110"} & {*sites}
    with pytest.raises(Failure, match="four provinces"):
        script(chosen(load_roster(), 3))


def test_what_is_scraped_is_what_the_service_announces():
    facts = {"http": "http://127.0.0.1:8110", "media_metrics": "http://127.0.0.1:8112/metrics"}

    assert targets(facts) == {"room110": "127.0.0.1:8110", "room110-media": "127.0.0.1:8112"}

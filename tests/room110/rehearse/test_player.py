"""How a script is played, on a stage that remembers what was asked of it."""

from __future__ import annotations

import asyncio

import pytest

from bridge.conference import commands
from bridge.conference.words import RefusalCode
from room110.rehearse import steps
from room110.rehearse.pace import Pace
from room110.rehearse.people import CHAIR, SECRETARY, room
from room110.rehearse.player import AGAIN, NotAsWritten, Player, Reply, never_heard
from room110.rehearse.screen import Screen
from tests.support.autojump import virtual_time

SCREEN = {
    "phase": "open",
    "queue": [3],
    "requests": {"3": {"site": "01", "status": "accepted", "floors": ["speech"]}},
}
CALL = commands.ChairCall(site="01")


class Stage(Player):
    def __init__(self, *answers: str | None, speed: float = 1.0) -> None:
        self.titles: list[str] = []
        super().__init__(Pace(speed=speed), self.titles.append)
        self.did: list[object] = []
        self.sent: list[tuple[object, ...]] = []
        self.answers = list(answers)
        self.effective = True
        self._rev = 1

    @property
    def screen(self):
        return Screen(SCREEN)

    @property
    def rev(self):
        return self._rev

    async def send(self, person, command, command_id, seen_rev):
        self.sent.append((person.user, command, command_id, seen_rev))
        known = [s[2] for s in self.sent[:-1]]
        code = self.answers.pop(0) if self.answers else None
        if code is None and (command_id not in known or not self.effective):
            self._rev += 1
        return Reply(rev=self._rev, code=code, text="because")

    def accepted(self, say, reply):
        if say.limit_s == 13:
            raise NotAsWritten("13 is no limit")

    async def changed(self):
        await asyncio.sleep(1)

    async def _did(self, step):
        self.did.append(step)

    lines = consoles = mic = heard = film = restart = standby = _did


@virtual_time
async def test_every_step_comes_to_the_stage():
    stage = Stage()
    plain = (
        steps.Lines(sites=("01",), to="up"),
        steps.Consoles(people=(CHAIR,), on=True),
        steps.Mic(site="01"),
        steps.Heard(sites=("01",)),
        steps.Film(on=True),
        steps.Standby(site="01", on=True),
        steps.Restart(),
    )
    await stage.play((steps.Chapter(title="lobby"), *plain))
    assert stage.did == [*plain]
    assert (stage.titles, stage.faults) == (["lobby"], [])


@virtual_time
async def test_a_request_gets_its_number_and_a_command_its_pace():
    stage = Stage(speed=60)
    await stage.play(
        (
            steps.Say(by=CHAIR, command=commands.ChairGrant(request=0), of="01", limit_s=420),
            steps.Say(by=SECRETARY, command=commands.ChairAccept(request=0), of="01", behind=True),
        )
    )
    assert stage.sent == [
        ("chair", commands.ChairGrant(request=3, limit_s=7), "r1", None),
        ("secretary", commands.ChairAccept(request=3), "r2", 1),
    ]


@virtual_time
async def test_waits_are_divided_but_for_the_least():
    loop = asyncio.get_running_loop()
    await Stage(speed=60).play((steps.Wait(seconds=60), steps.Wait(seconds=60, least_s=3)))
    assert loop.time() == 4


@virtual_time
async def test_steps_at_leisure_are_left_out_where_time_is_short():
    leisure = steps.AtLeisure(steps=(steps.Mic(site="01"),))
    for speed, did in ((1.0, 1), (2.0, 0)):
        stage = Stage(speed=speed)
        await stage.play((leisure,))
        assert len(stage.did) == did


WRONG = [
    (steps.Say(by=CHAIR, command=CALL), ["floor_full"], "floor_full, not yes because"),
    (steps.Say(by=CHAIR, command=CALL, refused=RefusalCode.FLOOR_FULL), [None],
     "yes, not floor_full because"),
    (steps.Say(by=CHAIR, command=CALL, refused=RefusalCode.STALE), ["floor_full"],
     "floor_full, not stale because"),
    (steps.Say(by=CHAIR, command=commands.ChairGrant(request=0), of="02"), [],
     "site 02 asks for nothing"),
    (steps.Say(by=CHAIR, command=CALL, limit_s=13), [], "13 is no limit"),
    (steps.Until(what="Godot", is_so=lambda _: False, within_s=5), [], "waited 5 s for: Godot"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "answers", "fault"), WRONG)
@virtual_time
async def test_what_is_not_as_written_ends_the_play(step, answers, fault):
    stage = Stage(*answers)
    await stage.play((steps.Wait(seconds=1), step, steps.Mic(site="01")))
    (told,) = stage.faults
    assert told.startswith("step 1, ") and told.endswith(fault)
    assert stage.did == []


@virtual_time
async def test_a_disturbance_may_be_answered_by_anything():
    stage = Stage("bad_state")
    say = steps.Say(by=CHAIR, command=commands.ChairHold(request=0), of="02", may_fail=True)
    await stage.play((say,))
    assert (stage.faults, stage.refusals["bad_state"]) == ([], 1)


@virtual_time
async def test_what_is_awaited_may_come():
    stage = Stage()
    loop = asyncio.get_running_loop()
    until = steps.Until(what="a while", is_so=lambda _: loop.time() >= 3, within_s=5)
    await stage.play((until,))
    assert (loop.time(), stage.faults) == (3, [])


@virtual_time
async def test_all_say_at_once():
    stage = Stage()
    says = tuple(steps.Say(by=room(code), command=commands.HelpRaise()) for code in ("01", "02"))
    await stage.play((steps.Together(says=says),))
    assert [sent[0] for sent in stage.sent] == ["site.01", "site.02"]
    assert stage.commands == 2


@virtual_time
async def test_every_tenth_is_sent_twice_and_has_one_effect():
    say = steps.Say(by=CHAIR, command=CALL)
    stage = Stage()
    await stage.play((say,) * AGAIN)
    assert [sent[2] for sent in stage.sent[-2:]] == ["r10", "r10"]
    assert (stage.repeated, stage.faults) == (1, [])
    stage = Stage()
    stage.effective = False
    await stage.play((say,) * AGAIN)
    assert stage.faults[0].endswith("sent again it was 12, not 11")


@virtual_time
async def test_after_a_restart_the_last_command_is_sent_again():
    stage = Stage()
    mine = steps.Say(by=CHAIR, command=CALL)
    theirs = steps.Say(by=room("01"), command=commands.HelpRaise())
    await stage.play((steps.Restart(), mine, theirs, steps.Restart()))
    assert stage.sent[-1] == ("chair", CALL, "r1", None)
    assert stage.faults[0].endswith("sent again it was 3, not 2")


def test_codes_that_were_never_heard_are_named():
    stage = Stage()
    stage.refusals.update(code.value for code in RefusalCode if code is not RefusalCode.STALE)
    assert never_heard(stage.refusals) == ["stale"]

"""Ten times kill -9: control dies in the middle of a conference and is started again.

One conference, one crowd of synthetic sites whose microphones are never off, one desk.  Each
kill comes at another moment.  After each, the sites come back by themselves, and holder, queue,
blocks and phase are what was acknowledged; every acknowledged command is there, and every command
that was under way has had one effect.  At no time is anybody heard whose gate is shut.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bridge.conference.words import CENTRE, Phase, Role
from bridge.endpoint.library import ClipLibrary
from config.roster import load_roster
from room110.crowd import Crowd, chosen
from room110.local import Local
from signaling.client import new_id
from signaling.messages import (
    ChairCall,
    ChairMuteAll,
    ChairMuteSite,
    ChairPhase,
    ChairRevoke,
    Command,
    FloorRequest,
)
from signaling.resilient import ResilientClient
from tests.support.eventually import eventually
from tests.support.program import Program, local

PROVINCES = 5
KILLS = 10
BACK_S = 30.0


class Hall:
    """The conference under test: the program, the crowd and the desk, and what was promised."""

    def __init__(self, folder: Path) -> None:
        self.chance = random.Random(110)
        self.program = Program("serve", state=folder / "state", output=folder / "log")
        self.program.until(self.program.facts)
        self.local: Local = local(folder / "state")
        self.codes = [site.code for site in chosen(load_roster(), PROVINCES)]
        self.crowd: Crowd
        self.desk: ResilientClient
        self.may_be_heard: set[str] = set()
        """Provinces that have had the floor."""

    async def do(self, message: Command) -> None:
        await self.desk.command(message)
        if isinstance(message, ChairCall):
            self.may_be_heard.add(message.site)

    async def facts(self) -> dict[str, Any]:
        """What must outlive the service."""
        floor = await self.local.get("/floor")
        rows = (await self.local.get("/sites"))["sites"]
        return {
            "phase": (await self.local.get("/conference"))["phase"],
            "floor": {
                number: (request["site"], request["status"])
                for number, request in floor["requests"].items()
            },
            "queue": floor["queue"],
            "blocked": {row["code"] for row in rows if row["blocked"]},
        }

    async def everybody_is_back(self) -> None:
        async def up() -> bool:
            rows = (await self.local.get("/sites"))["sites"]
            return all(row["link"] == "up" for row in rows if row["code"] in self.codes)

        await eventually(up, timeout_s=BACK_S)

    async def kill(self) -> None:
        self.nobody_was_heard_without_the_floor()
        killed = self.program.facts()["pid"]
        os.kill(killed, signal.SIGKILL)
        await eventually(
            lambda: self.program.facts().get("pid") not in {killed, None}, timeout_s=BACK_S
        )

    def nobody_was_heard_without_the_floor(self) -> None:
        for listener in self.crowd.sites.values():
            receiver = listener.receiver
            if receiver is None:
                continue
            assert receiver.totals().own_sound == 0
            for slot, ear in receiver.sounds.items():
                heard = {run.site for run in ear.runs}
                allowed = {CENTRE} if slot == "chair" else self.may_be_heard
                assert heard <= allowed, (listener.card.code, slot)


def asks(site: str) -> FloorRequest:
    return FloorRequest(type="floor.request", id=new_id(), site=site)


def calls(site: str) -> ChairCall:
    return ChairCall(type="chair.call", id=new_id(), site=site)


def turns_to(phase: Phase) -> ChairPhase:
    return ChairPhase(type="chair.phase", id=new_id(), to=phase)


# The moments.  Each leaves the conference as the next may find it.


async def just_after_a_call(hall: Hall) -> None:
    await hall.do(calls(hall.chance.choice(hall.codes[:-1])))


async def with_a_queue(hall: Hall) -> None:
    floor = (await hall.facts())["floor"].values()
    busy = {site for site, status in floor if status in {"accepted", "pending", "granted"}}
    for site in hall.chance.sample(hall.codes[:-1], k=len(hall.codes) - 1):
        if site not in busy:
            await hall.do(asks(site))


async def with_all_but_one_blocked(hall: Hall) -> None:
    spared = hall.chance.choice(hall.codes[:-1])
    await hall.do(ChairMuteAll(type="chair.mute", id=new_id(), site="all", on=True, but=(spared,)))


async def with_nobody_blocked(hall: Hall) -> None:
    await hall.do(ChairMuteAll(type="chair.mute", id=new_id(), site="all", on=False))


async def with_room_110_shut(hall: Hall) -> None:
    await hall.do(ChairMuteSite(type="chair.mute", id=new_id(), site=CENTRE, on=True))


async def in_recess(hall: Hall) -> None:
    await hall.do(turns_to(Phase.RECESS))


async def back_in_session(hall: Hall) -> None:
    await hall.do(turns_to(Phase.OPEN))
    await hall.do(ChairMuteSite(type="chair.mute", id=new_id(), site=CENTRE, on=False))


async def with_the_floor_free(hall: Hall) -> None:
    await hall.do(ChairRevoke(type="chair.revoke", id=new_id()))


MOMENTS: list[Callable[[Hall], Awaitable[None]]] = [
    just_after_a_call,
    with_a_queue,
    with_all_but_one_blocked,
    with_room_110_shut,
    in_recess,
    back_in_session,
    just_after_a_call,
    with_the_floor_free,
    with_nobody_blocked,
]


async def in_the_middle_of_commands(hall: Hall) -> None:
    """Commands are under way when the service dies: each is answered in the end, once."""
    await hall.do(calls(hall.codes[0]))
    sites = hall.codes[1:-1]
    before = (await hall.facts())["floor"]
    asked = {site for site, _ in before.values()}
    under_way = [
        asyncio.ensure_future(hall.desk.command(asks(site))) for site in sites if site not in asked
    ]
    await asyncio.sleep(hall.chance.uniform(0.0, 0.02))
    await hall.kill()
    answers = await asyncio.gather(*under_way, return_exceptions=True)
    assert not [a for a in answers if isinstance(a, BaseException)], answers
    await hall.everybody_is_back()
    floor = (await hall.facts())["floor"]
    assert sorted(site for site, _ in floor.values()) == sorted([hall.codes[0], *sites])
    assert {a.request for a in answers if not isinstance(a, BaseException)} <= {
        int(number) for number in floor
    }


async def test_ten_kills_change_nothing_that_was_acknowledged(tmp_path: Path, clips: Path) -> None:
    hall = await asyncio.to_thread(Hall, tmp_path)
    try:
        with ClipLibrary(clips) as library:
            hall.crowd = Crowd(
                url=hall.local.ws,
                token_for=hall.local.site_token,
                library=library,
                stuck_microphones=True,
            )
            sites = [load_roster().by_code(code) for code in hall.codes]
            async with hall.local.desk("chair", Role.CHAIR) as desk, hall.crowd.joined(sites):
                hall.desk = desk
                await hall.everybody_is_back()
                await hall.do(turns_to(Phase.OPEN))
                for moment in MOMENTS:
                    await moment(hall)
                    promised = await hall.facts()
                    await hall.kill()
                    await hall.everybody_is_back()
                    assert await hall.facts() == promised, moment.__name__
                await in_the_middle_of_commands(hall)
                hall.nobody_was_heard_without_the_floor()
        assert len(MOMENTS) + 1 == KILLS
        assert not hall.crowd.gone
    finally:
        hall.program.stop()
    assert "Traceback" not in hall.program.said(), hall.program.said()

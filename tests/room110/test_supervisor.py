"""A service of two processes, for real: either may be killed, and what the other does is not lost.

Times are printed (``pytest -s``) and not asserted: what is asserted are facts.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bridge.conference.words import CENTRE, Phase, Role
from bridge.endpoint.ear import Run
from bridge.endpoint.library import ClipLibrary
from config.roster import load_roster
from room110.cli.output import say
from room110.crowd import Crowd, chosen
from room110.facts import restarts
from room110.local import Local
from signaling.client import new_id
from signaling.messages import ChairCall, ChairMuteSite, ChairNext, ChairPhase
from signaling.resilient import ResilientClient
from tests.support.eventually import eventually
from tests.support.program import Program, children_of, is_alive, local, serving, wait_until
from tests.support.program import running as program_running

PROVINCES = 5
SPEAKER, LISTENER, NEXT = "01", "02", "04"
STAGE = "speaker.1"
WORKER_METRICS = "room110_media_packets_total"


class Hall:
    """A service, its sites and its desk, while a province speaks and another prepares."""

    def __init__(self, service: Program, house: Local, crowd: Crowd, desk: ResilientClient) -> None:
        self.service, self.house, self.crowd, self.desk = service, house, crowd, desk

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.service.state / "service.json").read_text())
        return facts

    def kill(self, name: str) -> None:
        os.kill(self.facts()[name], signal.SIGKILL)

    async def conference(self) -> dict[str, Any]:
        """What must outlive either process."""
        floor = await self.house.get("/floor")
        rows = (await self.house.get("/sites"))["sites"]
        return {
            "holders": {
                request["site"]: request["status"] for request in floor["requests"].values()
            },
            "gates": {row["code"] for row in rows if row["gate"]},
            "blocked": {row["code"] for row in rows if row["blocked"]},
            "up": {row["code"] for row in rows if row["link"] == "up"},
            "next": [row["code"] for row in rows if row["floor"] == "next"],
        }

    def heard(self) -> Run:
        """What the listener hears now of the speaker."""
        receiver = self.crowd.sites[LISTENER].receiver
        assert receiver is not None
        return receiver.sounds[STAGE].runs[-1]

    async def the_speaker_is_heard(self) -> None:
        def heard() -> bool:
            receivers = [
                site.receiver for code, site in self.crowd.sites.items() if code != SPEAKER
            ]
            return all(
                r is not None and r.sounds[STAGE].runs and r.sounds[STAGE].runs[-1].site == SPEAKER
                for r in receivers
            )

        await eventually(heard)

    def connections(self) -> dict[str, int]:
        return {code: site.stats().connections for code, site in self.crowd.sites.items()}

    def nobody_else_was_heard(self) -> None:
        for listener in self.crowd.sites.values():
            totals = listener.stats().received
            assert (totals.own_sound, totals.gaps, totals.backward) == (0, 0, 0)
            receiver = listener.receiver
            for slot, ear in receiver.sounds.items() if receiver is not None else ():
                allowed = {CENTRE} if slot == "chair" else {SPEAKER}
                assert {run.site for run in ear.runs} <= allowed, (listener.card.code, slot)


@asynccontextmanager
async def hall(folder: Path, clips: Path, *, provinces: int = PROVINCES) -> AsyncIterator[Hall]:
    """Microphones are never off: only the gates keep them from being heard."""
    with serving(folder / "state", folder / "log") as service:
        house = local(folder / "state")
        with ClipLibrary(clips) as library:
            crowd = Crowd(
                url=house.ws,
                token_for=house.site_token,
                library=library,
                stuck_microphones=True,
            )
            async with (
                house.desk("chair", Role.CHAIR) as desk,
                crowd.joined(chosen(load_roster(), provinces)),
            ):
                it = Hall(service, house, crowd, desk)
                await eventually(
                    lambda: (
                        len(crowd.sites) == provinces + 1
                        and all(site.connected for site in crowd.sites.values())
                    )
                )
                await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.OPEN))
                await desk.command(ChairCall(type="chair.call", id=new_id(), site=SPEAKER))
                await desk.command(ChairNext(type="chair.next", id=new_id(), site=NEXT))
                await it.the_speaker_is_heard()
                yield it
                assert not crowd.gone
        assert "Traceback" not in service.said(), service.said()


async def test_control_is_killed_and_nobody_hears_it(tmp_path: Path, clips: Path) -> None:
    async with hall(tmp_path, clips) as it:
        before, facts, run = await it.conference(), it.facts(), it.heard()
        packets, connections = run.packets, it.connections()

        for times in range(3):
            killed_s = time.monotonic()
            it.kill("pid")
            mute = ChairMuteSite(type="chair.mute", id=new_id(), site="06", on=times % 2 == 0)
            await it.desk.command(mute)
            say(f"commands again after {time.monotonic() - killed_s:.2f} s")

        now, after = await it.conference(), it.facts()
        assert now == before | {"blocked": {"06"}}
        assert (after["media_pid"], after["boot"], after["media"]) == (
            facts["media_pid"],
            facts["boot"],
            facts["media"],
        )
        assert after["pid"] != facts["pid"]
        await eventually(lambda: it.heard().packets > packets + 100)
        # One run from before the kills until now: the source behind the slot never changed.
        assert it.heard() is run
        await eventually(lambda: _controlled(it))
        assert it.connections() == connections
        it.nobody_else_was_heard()
        # What was adopted is still closed and called like any other.
        await it.desk.command(ChairCall(type="chair.call", id=new_id(), site=NEXT))
        await eventually(lambda: it.heard().site == NEXT)
        assert it.connections() == connections


async def _controlled(it: Hall) -> bool:
    rows = (await it.house.get("/sites"))["sites"]
    return {row["code"] for row in rows if row["control"] == "up"} == set(it.crowd.sites)


async def test_the_worker_is_killed_and_the_sites_are_back(tmp_path: Path, clips: Path) -> None:
    async with hall(tmp_path, clips) as it:
        before, facts, connections = await it.conference(), it.facts(), it.connections()

        killed_s = time.monotonic()
        it.kill("media_pid")
        await eventually(lambda: all(n > connections[code] for code, n in it.connections().items()))
        await it.the_speaker_is_heard()
        say(f"media again after {time.monotonic() - killed_s:.2f} s")

        # Whoever is next must be chosen on what is there; all else is as it was.
        await eventually(lambda: _is(it, before | {"next": []}))
        after = it.facts()
        assert (after["pid"], after["http"], after["media"]) == (
            facts["pid"],
            facts["http"],
            facts["media"],
        )
        assert after["media_pid"] != facts["media_pid"]
        assert after["boot"] != facts["boot"]
        # Control is killed after it: what was made anew is not made once more.
        connections = it.connections()
        it.kill("pid")
        await eventually(lambda: _is_again(it, before | {"next": []}))
        await eventually(lambda: _controlled(it))
        assert it.connections() == connections
        it.nobody_else_was_heard()


async def _is(it: Hall, expected: dict[str, Any]) -> bool:
    return await it.conference() == expected


async def test_both_are_killed_and_all_is_as_it_was(tmp_path: Path, clips: Path) -> None:
    async with hall(tmp_path, clips) as it:
        before = await it.conference()
        for name in ("media_pid", "pid"):
            it.kill(name)
        await eventually(lambda: _is_again(it, before | {"next": []}), timeout_s=30)
        assert restarts(it.service.state) == {"media": 1, "control": 1}
        await it.the_speaker_is_heard()
        it.nobody_else_was_heard()


async def _is_again(it: Hall, expected: dict[str, Any]) -> bool:
    try:
        return await it.conference() == expected
    except Exception:  # noqa: BLE001 - it is away, and that is what this waits for
        return False


async def test_the_worker_tells_its_metrics_when_control_cannot(tmp_path: Path) -> None:
    with serving(tmp_path / "state", tmp_path / "log") as service:
        facts = service.facts()
        async with aiohttp.ClientSession() as http:

            async def page() -> str:
                async with http.get(f"{facts['media_metrics']}/metrics") as answer:
                    assert answer.status == 200
                    return await answer.text()

            assert "room110_worker_has_control 1\n" in await page()
            os.kill(facts["pid"], signal.SIGSTOP)
            try:
                text = await page()
            finally:
                os.kill(facts["pid"], signal.SIGCONT)
            assert WORKER_METRICS in text
            assert 'process_cpu_seconds_total{process="media"}' in text
            proxied = {"X-Forwarded-For": "192.0.2.7"}
            async with http.get(f"{facts['media_metrics']}/metrics", headers=proxied) as answer:
                assert answer.status == 403
            # What media carries is told by media alone.
            async with http.get(f"{facts['http']}/metrics") as answer:
                told = await answer.text()
            assert WORKER_METRICS not in told
            assert 'process_cpu_seconds_total{process="control"}' in told


async def test_without_its_worker_a_service_is_not_ready_and_says_so(tmp_path: Path) -> None:
    with serving(tmp_path / "state", tmp_path / "log") as service:
        facts = service.facts()
        async with aiohttp.ClientSession() as http:

            async def ready() -> bool:
                async with http.get(f"{facts['http']}/readyz") as answer:
                    return answer.status == 200

            assert await ready()
            # Stopped, so that nothing is started again.
            os.kill(service.pid, signal.SIGSTOP)
            try:
                os.kill(facts["media_pid"], signal.SIGKILL)
                await eventually(lambda: _not(ready))
            finally:
                os.kill(service.pid, signal.SIGCONT)
            await eventually(ready)


def test_parts_that_hang_are_begun_anew(tmp_path: Path) -> None:
    with serving(tmp_path / "state", tmp_path / "log") as service:
        facts = service.facts()
        hung = {name: facts[name] for name in ("pid", "media_pid")}
        for pid in hung.values():
            os.kill(pid, signal.SIGSTOP)

        service.until(
            lambda: all(service.facts().get(name) not in {pid, None} for name, pid in hung.items())
        )

        assert service.facts()["supervisor_pid"] == facts["supervisor_pid"]
        assert not any(is_alive(pid) for pid in hung.values())
        assert service.said().count("hung") == 2


async def _not(condition: Any) -> bool:
    return not await condition()


def test_told_to_stop_all_of_it_ends(tmp_path: Path) -> None:
    with serving(tmp_path / "state", tmp_path / "log") as service:
        children = children_of(service.pid)
        assert children.keys() == {"media", "control"}
        assert service.stop() == 0
        assert not any(is_alive(pid) for pid in children.values())
        assert {path.name for path in service.state.iterdir()} == {"journal", "secret"}
        assert service.said() == ""


def test_a_supervisor_that_is_killed_is_followed_by_the_next(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving(state, tmp_path / "first") as first:
        children = children_of(first.pid)
        first.kill()
        with serving(state, tmp_path / "second") as second:
            assert not any(is_alive(pid) for pid in children.values())
            assert second.facts()["pid"] not in children.values()


def test_a_child_that_cannot_start_ends_the_service_with_its_word(tmp_path: Path) -> None:
    state = tmp_path / "state"
    (state / "secret").mkdir(parents=True)
    with program_running("serve", state=state, output=tmp_path / "out") as service:
        assert service.ends() == 78
        assert service.said().startswith(f"room110: state directory {state}: ")
        assert service.said().count("\n") == 1
        wait_until(lambda: not (state / "media.sock").exists())


def test_a_state_directory_may_be_deeper_than_a_socket_address(tmp_path: Path) -> None:
    state = tmp_path / ("deep" * 20) / ("deeper" * 20)
    with serving(state, tmp_path / "out") as service:
        assert (state / "media.sock").stat().st_mode & 0o777 == 0o600
        assert service.facts()["media_pid"]

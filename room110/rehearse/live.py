"""Live: the script against a running service, with WebSocket clients and media at both ends.

The service is three processes of its own; the rooms, the consoles and a listener's ears are here.  The
waits are divided by a speed and the policy with them (:mod:`pace`).  What is looked at besides the
answers: who hears whom, all the time (:mod:`ears`); what a desk is shown, patch upon patch, beside
what the journal tells; and the journal itself, record by record.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from bridge.conference.commands import PersonCommand
from bridge.conference.patch import merge
from bridge.conference.words import CENTRE, Role, SiteCode
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.synthetic import SyntheticSite
from bridge.media.slots import SessionKind
from config.roster import Roster
from room110.local import Local
from room110.rehearse import steps
from room110.rehearse.ears import WINDOW_S, Ears, heard_since
from room110.rehearse.pace import Pace
from room110.rehearse.people import TECHNICIAN, Person
from room110.rehearse.player import NotAsWritten, Player, Reply
from room110.rehearse.rooms import Rooms
from room110.rehearse.screen import Screen
from room110.rehearse.wire import message_of
from signaling.client import CommandRefused
from signaling.notices import Change, HelloOk
from signaling.resilient import ResilientClient

LOOK_S: Final = 0.1
COME_S: Final = 60.0
"""A line or a console is here, or gone, by then."""
HEARD_S: Final = 20.0
"""And everybody hears whom they should."""
TECHNICIANS: Final = "technicians"
"""Who hears a site that is probed."""


class LivePlayer(Player):
    """Made by :func:`live_player`."""

    def __init__(self, local: Local, rooms: Rooms, pace: Pace, tell: Callable[[str], None]) -> None:
        super().__init__(pace, tell)
        self.ears = Ears()
        self.hearings = 0
        """How often somebody was asked whom he hears."""
        self.late_s = 0.0
        """The most this process was behind its own clock: how busy the machine was."""
        self._local = local
        self._rooms = rooms
        self._screen = Screen({})
        self._rev = 0
        self._greetings = 0
        self._changed = asyncio.Event()
        self._desks: dict[str, ResilientClient] = {}
        self._people: dict[str, Person] = {}
        self._console: SyntheticSite | None = None
        self._listening: asyncio.Task[str] | None = None

    async def follow(self, desk: ResilientClient) -> None:
        """Keep the screen as *desk* is told, until cancelled."""
        async for message in desk:
            match message:
                case HelloOk():
                    self._greetings += 1
                    if message.snapshot is not None:
                        self._show(message.snapshot, message.snapshot["rev"])
                case Change():
                    self._show(merge(self._screen.snapshot, message.set), message.rev)
            self._changed.set()

    async def listen(self) -> None:
        """Look for sound that should not be, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + LOOK_S
            await asyncio.sleep(LOOK_S)
            now_s = loop.time()
            self.late_s = max(self.late_s, now_s - due_s)
            for listener, site in self._listeners():
                self.ears.look(listener, site.receiver, now_s)

    async def close(self) -> None:
        await self._stop_listening()
        for client in self._desks.values():
            await client.__aexit__()

    # What a player does.

    @property
    def screen(self) -> Screen:
        return self._screen

    @property
    def rev(self) -> int:
        return self._rev

    async def send(
        self, person: Person, command: PersonCommand, command_id: str, seen_rev: int | None
    ) -> Reply:
        client = self._client(person)
        try:
            ok = await client.command(message_of(command, command_id, seen_rev))
        except CommandRefused as refused:
            return Reply(rev=self._rev, code=refused.code, text=refused.text)
        await self.until(f"revision {ok.rev}", lambda: self._rev >= ok.rev, COME_S)
        return Reply(rev=ok.rev, code=None)

    def accepted(self, say: steps.Say, reply: Reply) -> None:
        """What a grant binds is the journal's to tell."""

    async def changed(self) -> None:
        self._changed.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), LOOK_S)

    async def lines(self, step: steps.Lines) -> None:
        wanted = {"up": "up", "lost": "lost", "left": "down"}[step.to]
        if step.to == "up":
            await self._rooms.join(step.sites)
        elif step.to == "lost":
            await self._rooms.lose(step.sites)
        else:
            await self._rooms.leave(step.sites)
        # What the script waits for it says; else a line is there before anybody goes on.
        await self.until(
            f"lines {wanted}: {', '.join(step.sites)}",
            lambda: all(self._has_line(site) is (wanted == "up") for site in step.sites),
            COME_S,
        )

    async def consoles(self, step: steps.Consoles) -> None:
        for person in step.people:
            if step.on:
                await self._sit_down(person)
            else:
                await self._get_up(person)
        names = {person.user for person in step.people}
        await self.until(
            f"consoles {'on' if step.on else 'off'}: {', '.join(sorted(names))}",
            lambda: (
                (names <= self._screen.consoles) if step.on else not names & self._screen.consoles
            ),
            COME_S,
        )

    async def mic(self, step: steps.Mic) -> None:
        """It is always live, and the device says so once a second."""
        number = self._screen.request_of(step.site)
        await self.until(
            f"the clock of site {step.site}",
            lambda: self._screen.snapshot["requests"].get(str(number), {}).get("started", True),
            COME_S,
        )

    async def film(self, step: steps.Film) -> None:
        endpoint = self._rooms.endpoints.get(step.site)
        if endpoint is not None:
            endpoint.show_film(step.on)

    async def standby(self, step: steps.Standby) -> None:
        raise NotAsWritten(f"a standby device of {step.site} is for those at leisure")

    async def restart(self, step: steps.Restart) -> None:
        """Killed; whoever keeps them alive starts them again."""
        greetings, facts = self._greetings, self._local.facts()
        for name in ("pid", "media_pid") if step.whole else ("pid",):
            os.kill(facts[name], signal.SIGKILL)
        names = set(self._desks)
        await self.until(
            "everybody at the consoles again",
            lambda: self._greetings > greetings and names <= self._screen.consoles,
            COME_S,
        )
        if TECHNICIAN.user in self._desks:
            # A console makes its media anew with every connection, as its page does.
            await self._stop_listening()
            self._start_listening(self._desks[TECHNICIAN.user])

    async def heard(self, step: steps.Heard) -> None:
        """Each has heard all of them since this was asked, and now hears nobody else."""
        self.hearings += 1
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        wrong = dict.fromkeys(listener for listener, _ in self._listeners())
        while wrong and loop.time() < began_s + HEARD_S:
            await asyncio.sleep(LOOK_S)
            for listener, endpoint in self._listeners():
                if listener in wrong:
                    wrong[listener] = self._misheard(step, listener, endpoint, began_s)
            wrong = {listener: text for listener, text in wrong.items() if text != ""}
        if wrong:
            raise NotAsWritten(next(f"{who} {text}" for who, text in wrong.items()))

    # Sound.

    def _listeners(self) -> list[tuple[str, SyntheticSite]]:
        listeners = [(site, room) for site, room in self._rooms.endpoints.items() if room.connected]
        if self._console is not None and self._console.connected:
            listeners.append((TECHNICIANS, self._console))
        return listeners

    def _misheard(
        self, step: steps.Heard, listener: str, endpoint: SyntheticSite, began_s: float
    ) -> str:
        wanted = {*step.sites, *(CENTRE,) * step.centre} - {listener}
        if listener == TECHNICIANS:
            wanted = {*step.sites} if step.probed is None else {*step.sites, step.probed}
        if step.talks and listener == step.probed:
            wanted.add(CENTRE)
        if endpoint.receiver is None:
            return "hears nothing any more"
        now_s = asyncio.get_running_loop().time()
        missing = wanted - heard_since(endpoint.receiver, began_s)
        others = heard_since(endpoint.receiver, now_s - WINDOW_S) - wanted
        said = [f"does not hear {sorted(missing)}"] if missing else []
        return " and ".join([*said, *([f"hears {sorted(others)}"] if others else [])])

    def _allow(self) -> None:
        now_s = asyncio.get_running_loop().time()
        gates, probe = self._screen.gates, self._screen.snapshot.get("probe")
        for site in self._screen.snapshot["sites"]:
            talked_to = probe is not None and probe["kind"] == "talk" and probe["site"] == site
            self.ears.allow(site, (gates | {CENTRE} if talked_to else gates) - {site}, now_s)
        probed = frozenset() if probe is None else frozenset({probe["site"]})
        self.ears.allow(TECHNICIANS, (gates | probed) - {CENTRE}, now_s)

    # People.

    def _show(self, snapshot: dict[str, Any], rev: int) -> None:
        self._screen.snapshot, self._rev = snapshot, rev
        self._allow()

    def _has_line(self, site: SiteCode) -> bool:
        return site in self._screen.up

    def _client(self, person: Person) -> ResilientClient:
        if person.role is Role.SITE:
            return self._rooms.clients[person.site]
        return self._desks[person.user]

    async def _sit_down(self, person: Person) -> None:
        token = self._local.token(person.user, person.role, site=CENTRE)
        client = ResilientClient(self._local.ws, token, SessionKind.CONSOLE)
        await client.__aenter__()
        self._desks[person.user] = client
        if person is TECHNICIAN:
            self._start_listening(client)

    async def _get_up(self, person: Person) -> None:
        if person is TECHNICIAN:
            await self._stop_listening()
        await self._desks.pop(person.user).__aexit__()

    def _start_listening(self, client: ResilientClient) -> None:
        self._console = self._rooms.listen_at(client)
        self._listening = asyncio.create_task(self._console.run())

    async def _stop_listening(self) -> None:
        self._console = None
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None


@asynccontextmanager
async def live_player(
    local: Local, roster: Roster, library: ClipLibrary, pace: Pace, tell: Callable[[str], None]
) -> AsyncIterator[LivePlayer]:
    """Whoever looks on from a desk of its own follows while inside."""
    rooms = Rooms(local, roster, library)
    player = LivePlayer(local, rooms, pace, tell)
    async with local.desk("onlooker", Role.TECHNICIAN) as desk:
        tasks = [asyncio.create_task(player.follow(desk)), asyncio.create_task(player.listen())]
        try:
            await player.until("the first sight of it", lambda: player.rev > 0, COME_S)
            yield player
        finally:
            await player.close()
            await rooms.close()
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

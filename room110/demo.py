"""Demo: the service and 63 synthetic provincial sites, and a conference that goes on by itself.

This process plays the chair and prints what happens.  Its children are ``room110 serve``, which has
two of its own, control and media, and ``room110 sites``, all the rooms.  The conference is a rehearsal: one that was left open by a
demonstration is closed at the next, a real one is never touched.

The script is what a chair does: opens, lets five sites ask, tells the next to prepare, gives the
floor, and goes on for ever.  Everything ``room110 floor`` and ``room110 mute`` do from another
terminal goes in between, and ``kill -9`` of any process too: it is started again, and the sites
come back by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import islice

from bridge.conference.words import CENTRE, Phase, Role
from config.roster import RosterSite, load_roster
from config.settings import Settings
from room110.children import Child
from room110.cli.exits import Exit, Failure, plain_failures
from room110.cli.output import emit
from room110.crowd import chosen
from room110.facts import pins
from room110.local import Local
from room110.story import Story
from signaling.channel import Disconnected
from signaling.client import CommandRefused, new_id
from signaling.messages import ChairGrant, ChairNext, ChairPhase
from signaling.notices import Change, HelloOk
from signaling.resilient import ResilientClient

TITLE = "Trình diễn: Hội nghị trực tuyến Giám đốc các Sở Khoa học và Công nghệ"
ASK = 5
PREPARE_S = 3.0
SPEAK_S = 9.0
START_S = 15.0
JOIN_S = 60.0
"""The first time all clips are made, which takes half a minute on two cores."""


def say(line: str) -> None:
    """One line at once, also into a pipe."""
    emit(line)
    sys.stdout.flush()


def run_demo(settings: Settings, *, sites: int, duration_s: float | None) -> int:
    """Run until Ctrl-C or for *duration_s*; the exit code."""
    return asyncio.run(_demo(settings, sites, duration_s))


async def _demo(settings: Settings, count: int, duration_s: float | None) -> int:
    loop = asyncio.get_running_loop()
    this = asyncio.current_task()
    assert this is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, this.cancel)
    try:
        with plain_failures():
            async with asyncio.timeout(duration_s):
                await _play(settings, count)
    except (TimeoutError, asyncio.CancelledError):
        say("the demonstration is over")
    return Exit.OK


async def _play(settings: Settings, count: int) -> None:
    roster = load_roster(settings.roster)
    rooms = chosen(roster, count)
    async with AsyncExitStack() as stack:
        local = await stack.enter_async_context(_service(settings))
        await local.begin_rehearsal(TITLE)
        _print_addresses(local, settings)
        say(
            f"{len(rooms)} rooms connect (the first time their clips are made, about half a minute)"
        )
        state = {"ROOM110_STATE": str(settings.state)}
        await stack.enter_async_context(
            _child("sites", ["sites", "--sites", str(count)], env=state)
        )
        desk = await stack.enter_async_context(local.desk("demo", Role.CHAIR))
        stack.push_async_callback(_close, desk)
        story = Story(roster)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        telling = group.create_task(_tell(desk, story))
        stack.callback(telling.cancel)
        await story.connected(len(rooms), timeout_s=JOIN_S)
        await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.OPEN))
        await _give_the_floor(local, desk, story, rooms[:-1])


async def _give_the_floor(
    local: Local, desk: ResilientClient, story: Story, provinces: Sequence[RosterSite]
) -> None:
    """Five ask, one after the other speaks, for ever.  A no is told, and the next is tried."""
    turn = _round(provinces)
    while True:
        if story.phase != Phase.OPEN:
            await asyncio.sleep(PREPARE_S)
            continue
        if not story.queue:
            for site in islice(turn, min(ASK, len(provinces))):
                await _ask(local, site)
            continue
        request, head = story.queue[0]
        with contextlib.suppress(CommandRefused):
            await desk.command(ChairNext(type="chair.next", id=new_id(), site=head))
        await asyncio.sleep(PREPARE_S)
        try:
            await desk.command(
                ChairGrant(type="chair.grant", id=new_id(), request=request, on_full="replace")
            )
        except CommandRefused as refused:
            say(f"{story.name(head)}: {refused.code}")
        await asyncio.sleep(SPEAK_S)


def _round(provinces: Sequence[RosterSite]) -> Iterator[RosterSite]:
    """All of them for ever, in an order that lets neighbours in the roster not follow each other."""
    step = next(s for s in (11, 7, 5, 3, 2, 1) if len(provinces) % s or len(provinces) == 1)
    place = 0
    while True:
        yield provinces[place % len(provinces)]
        place += step


async def _ask(local: Local, site: RosterSite) -> None:
    try:
        await local.post(
            "/floor/requests", {"text": "Khó khăn, kiến nghị"}, token=local.site_token(site.code)
        )
    except Failure as no:
        say(f"{site.name} could not ask: {no}")


async def _tell(desk: ResilientClient, story: Story) -> None:
    async for message in desk:
        if isinstance(message, HelloOk):
            # One that resumes has none: what was missed comes as a change.
            if message.snapshot is not None:
                story.begin(message.snapshot)
        elif isinstance(message, Change):
            for line in story.follow(message):
                say(line)
    say(f"the service sent the desk away: {desk.gave_up}")


async def _close(desk: ResilientClient) -> None:
    """End the rehearsal, so that the next demonstration finds nothing open."""
    with contextlib.suppress(CommandRefused, Disconnected, TimeoutError):
        async with asyncio.timeout(2.0):
            await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.CLOSED))


@asynccontextmanager
async def _service(settings: Settings) -> AsyncIterator[Local]:
    """``room110 serve``, ready.  A restart takes the same ports, whatever the first one took."""
    env = {"ROOM110_STATE": str(settings.state)}
    if "log_level" not in settings.model_fields_set:
        env["ROOM110_LOG_LEVEL"] = "warning"
    async with _child("service", ["serve"], env=env) as child:
        assert child.process is not None
        pid = child.process.pid
        deadline = asyncio.get_running_loop().time() + START_S
        while asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(Failure):
                local = Local.find(settings)
                if local.facts()["supervisor_pid"] == pid:
                    child.env |= pins(local.facts())
                    yield local
                    return
            if child.process.returncode is not None:
                break
            await asyncio.sleep(0.1)
    raise Failure(Exit.FAILED, "the service did not start; its reason stands above")


@asynccontextmanager
async def _child(name: str, args: Sequence[str], *, env: dict[str, str]) -> AsyncIterator[Child]:
    child = Child(
        args,
        env=env,
        on_restart=lambda why: say(f"the {name} process ended ({why}): started again"),
    )
    await child.start()
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(_keep(name, child))
        try:
            yield child
        finally:
            keeping.cancel()


async def _keep(name: str, child: Child) -> None:
    """Raises Failure when it gives up by itself: there is no demonstration without it."""
    code = await child.run()
    raise Failure(Exit.FAILED, f"the {name} process gave up (exit code {code})")


def _print_addresses(local: Local, settings: Settings) -> None:
    facts = local.facts()

    def link(page: str, user: str, role: Role, site: str = CENTRE) -> str:
        return f"{local.http}/{page}#token={local.token(user, role, site=site)}"

    say(f"""
  Room 110, a rehearsal with synthetic sites (Ctrl-C ends it)

  WebSocket   {local.ws}        protocol: docs/protocol.md
  REST        {local.http}/api/v1
  media       {", ".join(facts["media"])}
  health      {local.http}/readyz
  state       {settings.state}
  control     process {facts["pid"]}: kill -9 it, the stage plays on and commands are back at once
  media       process {facts["media_pid"]}: kill -9 it, the sites connect again

  Pages (each link carries its own token; the site page takes the seat of a synthetic site)
  desk        {link("desk", "chair", Role.CHAIR)}
  board       {link("board", "technician", Role.TECHNICIAN)}
  room 110    {link("site", "site.110", Role.SITE)}
  site 79     {link("site", "site.79", Role.SITE, "79")}

  In another terminal:
    room110 status                 all 64 sites: line, microphone, floor
    room110 floor queue            who speaks, who waits
    room110 floor call "hà giang"  give the floor
    room110 mute --all --but 79    block all but one; --off lifts it
""")

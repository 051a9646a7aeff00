"""Loadtest: a whole conference against the service that runs here, measured from outside.

It acts as the chair, joins synthetic sites and room 110, lets the floor go round every
``TURN_S``, mutes a speaker once, and says what came of it.  What it counts, it counts at the
endpoints: decrypted packets, gaps, key frames by the site they show, sound by the site it is of.
It never decodes; a clip's payload says whose it is (``bridge.endpoint.book``).

The microphones of its sites do not obey (``stuck_mic``): all 64 send sound all the time, so that
every second proves the gates.

What the figures mean stands in :mod:`room110.measures`.  They are of one run: the machine carries
both sides.  A test whose sites are taken over by another one is over at once, and leaves the
conference to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import operator
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from bridge.conference.words import CENTRE, Phase, Role
from bridge.endpoint.clip import Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.stats import ReceiverTotals
from config.roster import RosterSite, load_roster
from config.settings import Settings
from room110.cli.exits import Exit, Failure, plain_failures
from room110.cli.output import emit, emit_json, say
from room110.crowd import Crowd, card_of, chosen, clip_folder
from room110.local import Local
from room110.measures import Endpoints, Record, cpu, result
from room110.process import Usage, usage
from signaling.client import CommandRefused, new_id
from signaling.messages import ChairCall, ChairMuteSite, ChairPhase, ChairRevoke
from signaling.resilient import ResilientClient

TURN_S = 2.0
SETTLE_S = 1.0
JOIN_S = 20.0
"""A site that has no media by then has none."""


def run_loadtest(
    settings: Settings, *, sites: int, duration_s: float, take_over: bool, as_json: bool
) -> int:
    """Print what was measured; the exit code says whether all was as it must be."""
    with plain_failures():
        measured = asyncio.run(_run(settings, sites, duration_s, take_over=take_over))
    if as_json:
        emit_json(measured)
    else:
        for name, value in measured.items():
            emit(f"{name:28} {value}")
    for fault in measured["faults"]:
        say(f"room110: {fault}")
    return Exit.FAILED if measured["faults"] else Exit.OK


async def _run(
    settings: Settings, count: int, duration_s: float, *, take_over: bool
) -> dict[str, Any]:
    local = Local.find(settings)
    wanted = chosen(load_roster(settings.roster), count)
    async with AsyncExitStack() as stack:
        # First of all: a refused test has opened nothing and cost nobody half a minute.
        if not take_over:
            await _see_that_none_is_joined(local, wanted)
        library = stack.enter_context(ClipLibrary(clip_folder()))
        turns = max(1, int(duration_s / TURN_S))
        speakers = [wanted[turn % (len(wanted) - 1)] for turn in range(turns)]
        await library.prepare([card_of(site) for site in wanted])
        for site in {*speakers, wanted[-1]}:
            await library.picture(card_of(site), Layer.F)
        opened = await local.open_conference("Đo tải")
        desk = await stack.enter_async_context(local.desk("loadtest", Role.CHAIR))
        crowd = Crowd(
            url=local.ws, token_for=local.site_token, library=library, stuck_microphones=True
        )
        await stack.enter_async_context(crowd.joined(wanted))
        await stack.enter_async_context(crowd.watching(desk, wanted[-1]))
        measured = await _measure(local, desk, crowd, wanted, speakers)
        if opened:
            await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.CLOSED))
        return measured


async def _see_that_none_is_joined(local: Local, wanted: Sequence[RosterSite]) -> None:
    codes = {site.code for site in wanted}
    rows = (await local.get("/sites"))["sites"]
    present = [row["code"] for row in rows if row["code"] in codes and row["control"] == "up"]
    if present:
        some = ", ".join(present[:5]) + (", ..." if len(present) > 5 else "")  # noqa: PLR2004
        raise Failure(
            Exit.FAILED,
            f"{len(present)} sites are joined already ({some}); --take-over replaces them",
        )


async def _measure(
    local: Local,
    desk: ResilientClient,
    crowd: Crowd,
    wanted: Sequence[RosterSite],
    speakers: Sequence[RosterSite],
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    await _until_media(crowd, wanted[:-1])
    # Nobody speaks at first, whoever had the floor before; and what was joined in a rush settles,
    # so that both ends are counted at one moment.
    with contextlib.suppress(CommandRefused):
        await desk.command(ChairRevoke(type="chair.revoke", id=new_id()))
    await _pause(crowd, SETTLE_S)
    before, media_before = _used(local), await local.get("/media")
    sent_before, received_before = _sent(crowd), _received(crowd)
    _forget_what_was_heard(crowd)
    own_before = usage(os.getpid())
    began_s = loop.time()
    record = await _hold_conference(desk, crowd, speakers)
    spent_s = loop.time() - began_s
    after, media_after = _used(local), await local.get("/media")
    own_after = usage(os.getpid())
    return result(_ends(crowd), wanted, record) | {
        "seconds": round(spent_s, 3),
        "uplink_packets_sent": _sent(crowd) - sent_before,
        "uplink_packets_lost": sum(s.stats().lost_up for s in crowd.sites.values()),
        "uplink_packets_arrived": media_after["packets_in"] - media_before["packets_in"],
        "downlink_packets_sent": media_after["packets_out"] - media_before["packets_out"],
        "downlink_packets_received": _received(crowd) - received_before,
        "server_cpu": cpu(before, after, spent_s),
        "server_rss_mb": round(after.rss_bytes / 1e6, 1),
        "own_cpu": cpu(own_before, own_after, spent_s),
        "drops": {
            reason: number - media_before["drops"].get(reason, 0)
            for reason, number in media_after["drops"].items()
        },
    }


def _used(local: Local) -> Usage:
    """By all processes of the service together."""
    return functools.reduce(operator.add, map(usage, local.pids))


async def _until_media(crowd: Crowd, provinces: Sequence[RosterSite]) -> None:
    """Until everybody sees room 110, which itself sees nothing before somebody has the floor."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + JOIN_S
    while loop.time() < deadline:
        if CENTRE in crowd.sites and crowd.sites[CENTRE].connected:
            stats = [crowd.sites[s.code].stats() for s in provinces if s.code in crowd.sites]
            if sum(s.time_to_media_s is not None for s in stats) == len(provinces):
                return
        await _pause(crowd, 0.05)


async def _pause(crowd: Crowd, seconds: float) -> None:
    """Raises Failure as soon as the service sends a site away: there is nothing to measure."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await crowd.all_gone(1)
            lines = (f"{code} was sent away: {reason}" for code, reason in crowd.gone.items())
            raise Failure(Exit.FAILED, *lines)


async def _hold_conference(
    desk: ResilientClient, crowd: Crowd, speakers: Sequence[RosterSite]
) -> Record:
    loop = asyncio.get_running_loop()
    record = Record()
    next_s = loop.time()
    before = None
    for turn, site in enumerate(speakers):
        if site == before:
            # Who holds the floor cannot be called again.
            await desk.command(ChairRevoke(type="chair.revoke", id=new_id()))
        before = site
        sent_s = loop.time()
        try:
            await desk.command(ChairCall(type="chair.call", id=new_id(), site=site.code))
        except CommandRefused as refused:
            raise Failure(
                Exit.FAILED, f"the call of {site.code} was refused: {refused}"
            ) from refused
        record.calls.append((sent_s, site.code))
        record.acknowledged_s[sent_s] = loop.time()
        if turn == len(speakers) // 2:
            await _pause(crowd, TURN_S / 4)
            record.mute_s = await _mute_and_unmute(desk, crowd, site.code)
        next_s += TURN_S
        await _pause(crowd, max(0.0, next_s - loop.time()))
    record.ended_s = loop.time()
    await desk.command(ChairRevoke(type="chair.revoke", id=new_id()))
    record.acknowledged_s[record.ended_s] = loop.time()
    return record


async def _mute_and_unmute(desk: ResilientClient, crowd: Crowd, site: str) -> float | None:
    """Seconds from the mute to the last packet anywhere, looked up just before it is lifted."""
    loop = asyncio.get_running_loop()
    sent_s = loop.time()
    await desk.command(ChairMuteSite(type="chair.mute", id=new_id(), site=site, on=True))
    await _pause(crowd, TURN_S / 4)
    heard = [
        at_s
        for listener in crowd.sites.values()
        if listener.receiver is not None
        and (at_s := listener.receiver.last_heard_s(site)) is not None
    ]
    await desk.command(ChairMuteSite(type="chair.mute", id=new_id(), site=site, on=False))
    return round(max(0.0, max(heard) - sent_s), 4) if heard else None


def _forget_what_was_heard(crowd: Crowd) -> None:
    """Whoever spoke before the test may be heard again in it: as two runs, not as one."""
    for site in crowd.sites.values():
        for ear in site.receiver.sounds.values() if site.receiver is not None else ():
            ear.runs.clear()


def _ends(crowd: Crowd) -> Endpoints:
    console = crowd.console
    return Endpoints(
        stats={code: site.stats() for code, site in crowd.sites.items()},
        receivers={code: site.receiver for code, site in crowd.sites.items()},
        console=console.receiver if console is not None else None,
        console_totals=console.stats().received if console is not None else ReceiverTotals(),
        gone=crowd.gone,
    )


def _sent(crowd: Crowd) -> int:
    return sum(site.stats().packets_sent for site in crowd.sites.values())


def _received(crowd: Crowd) -> int:
    endpoints = [*crowd.sites.values(), *([crowd.console] if crowd.console is not None else ())]
    return sum(endpoint.stats().received.packets for endpoint in endpoints)

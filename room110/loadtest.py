"""Loadtest: a whole conference against the service that runs here, measured from outside.

It acts as the chair, joins synthetic sites and room 110, lets the floor go round every
``TURN_S``, mutes a speaker once, and says what came of it.  What it counts, it counts at the
endpoints: decrypted packets, gaps, key frames by the site they show, sound by the site it is of.
It never decodes; a clip's payload says whose it is (``bridge.endpoint.book``).

The microphones of its sites do not obey (``stuck_mic``): all 64 send sound all the time, so that
every second proves the gates.

Wrong sound is a packet of a site that did not hold the floor when it came, with ``GRACE_S`` for what
was on its way.  The figures of one run are of that run: the machine carries both sides.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from bridge.conference.words import CENTRE, Phase, Role
from bridge.endpoint.clip import Layer
from bridge.endpoint.library import ClipLibrary
from bridge.media.slots import gallery
from config.roster import RosterSite, load_roster
from config.settings import Settings
from room110.cli.exits import Exit, Failure
from room110.cli.output import emit, emit_json, say
from room110.crowd import Crowd, card_of, chosen, clip_folder
from room110.local import Local
from room110.process import Usage, usage
from signaling.client import CommandRefused, new_id
from signaling.messages import ChairCall, ChairMuteSite, ChairPhase, ChairRevoke
from signaling.resilient import ResilientClient

TURN_S = 2.0
GRACE_S = 0.25
SETTLE_S = 1.0
JOIN_S = 20.0
"""A site that has no media by then has none."""


@dataclass(slots=True)
class Record:
    """What the chair did, and when by the loop's clock."""

    calls: list[tuple[float, str]] = field(default_factory=list)
    """(sent, site), in order; each ends the one before."""
    acknowledged_s: dict[float, float] = field(default_factory=dict)
    """Sent -> answered."""
    mute_s: float | None = None
    """From the chair's mute to the last packet of that site that anybody heard."""
    ended_s: float = 0.0


def run_loadtest(
    settings: Settings, *, sites: int, duration_s: float, take_over: bool, as_json: bool
) -> int:
    """Print what was measured; the exit code says whether all was as it must be."""
    result = asyncio.run(_run(settings, sites, duration_s, take_over=take_over))
    if as_json:
        emit_json(result)
    else:
        for name, value in result.items():
            emit(f"{name:28} {value}")
    for fault in result["faults"]:
        say(f"room110: {fault}")
    return Exit.FAILED if result["faults"] else Exit.OK


async def _run(
    settings: Settings, count: int, duration_s: float, *, take_over: bool
) -> dict[str, Any]:
    local = Local.find(settings)
    wanted = chosen(load_roster(), count)
    async with AsyncExitStack() as stack:
        library = stack.enter_context(ClipLibrary(clip_folder()))
        provinces = wanted[:-1]
        turns = max(1, int(duration_s / TURN_S))
        speakers = [provinces[turn % len(provinces)] for turn in range(turns)]
        await library.prepare([card_of(site) for site in wanted])
        for site in {*speakers, wanted[-1]}:
            await library.picture(card_of(site), Layer.F)
        opened = await local.open_conference("Đo tải")
        desk = await stack.enter_async_context(local.desk("loadtest", Role.CHAIR))
        present = [
            row["code"]
            for row in (await local.get("/sites"))["sites"]
            if row["code"] in {site.code for site in wanted} and row["control"] == "up"
        ]
        if present and not take_over:
            raise Failure(
                Exit.FAILED,
                f"{len(present)} sites are joined already ({', '.join(present[:5])}...);"
                " --take-over replaces them",
            )
        crowd = Crowd(
            url=local.ws, token_for=local.site_token, library=library, stuck_microphones=True
        )
        await stack.enter_async_context(crowd.joined(wanted))
        await stack.enter_async_context(crowd.watching(desk, wanted[-1]))
        await _until_media(crowd, provinces)
        # What was joined in a rush settles, so that both ends are counted at one moment.
        await asyncio.sleep(SETTLE_S)
        before, media_before = usage(local.pid), await local.get("/media")
        sent_before, received_before = _sent(crowd), _received(crowd)
        own_before = usage(os.getpid())
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        record = await _hold_conference(desk, crowd, speakers)
        spent_s = loop.time() - began_s
        after, media_after = usage(local.pid), await local.get("/media")
        own_after = usage(os.getpid())
        result = _result(crowd, wanted, record) | {
            "seconds": round(spent_s, 3),
            "uplink_packets_sent": _sent(crowd) - sent_before,
            "uplink_packets_lost": sum(s.stats().lost_up for s in crowd.sites.values()),
            "uplink_packets_arrived": media_after["packets_in"] - media_before["packets_in"],
            "downlink_packets_sent": media_after["packets_out"] - media_before["packets_out"],
            "downlink_packets_received": _received(crowd) - received_before,
            "server_cpu": _cpu(before, after, spent_s),
            "server_rss_mb": round(after.rss_bytes / 1e6, 1),
            "own_cpu": _cpu(own_before, own_after, spent_s),
            "drops": {
                reason: number - media_before["drops"].get(reason, 0)
                for reason, number in media_after["drops"].items()
            },
        }
        if opened:
            await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.CLOSED))
        return result


async def _until_media(crowd: Crowd, provinces: Sequence[RosterSite]) -> None:
    """Until everybody sees room 110, which itself sees nothing before somebody has the floor."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + JOIN_S
    while loop.time() < deadline and not crowd.gone:
        if CENTRE in crowd.sites and crowd.sites[CENTRE].connected:
            stats = [crowd.sites[s.code].stats() for s in provinces if s.code in crowd.sites]
            if sum(s.time_to_media_s is not None for s in stats) == len(provinces):
                return
        await asyncio.sleep(0.05)


async def _hold_conference(
    desk: ResilientClient, crowd: Crowd, speakers: Sequence[RosterSite]
) -> Record:
    loop = asyncio.get_running_loop()
    record = Record()
    next_s = loop.time()
    for turn, site in enumerate(speakers):
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
            await asyncio.sleep(TURN_S / 4)
            record.mute_s = await _mute_and_unmute(desk, crowd, site.code)
        next_s += TURN_S
        await asyncio.sleep(max(0.0, next_s - loop.time()))
    record.ended_s = loop.time()
    await desk.command(ChairRevoke(type="chair.revoke", id=new_id()))
    return record


async def _mute_and_unmute(desk: ResilientClient, crowd: Crowd, site: str) -> float | None:
    """Seconds from the mute to the last packet anywhere, looked up just before it is lifted."""
    loop = asyncio.get_running_loop()
    sent_s = loop.time()
    await desk.command(ChairMuteSite(type="chair.mute", id=new_id(), site=site, on=True))
    await asyncio.sleep(TURN_S / 4)
    heard = [
        at_s
        for listener in crowd.sites.values()
        if listener.receiver is not None
        and (at_s := listener.receiver.last_heard_s(site)) is not None
    ]
    await desk.command(ChairMuteSite(type="chair.mute", id=new_id(), site=site, on=False))
    return round(max(0.0, max(heard) - sent_s), 4) if heard else None


def _result(crowd: Crowd, wanted: Sequence[RosterSite], record: Record) -> dict[str, Any]:
    stats = {code: site.stats() for code, site in crowd.sites.items()}
    to_media = sorted(
        s.time_to_media_s
        for code, s in stats.items()
        if s.time_to_media_s is not None and code != CENTRE
    )
    console = crowd.console
    received = [s.received for s in stats.values()]
    if console is not None:
        received.append(console.stats().received)
    switches, missed = _switches(crowd, record)
    result: dict[str, Any] = {
        "sites": len(wanted),
        "joined": sum(s.time_to_connect_s is not None for s in stats.values()),
        "with_media": sum(s.time_to_media_s is not None for s in stats.values()),
        "time_to_media_s": _percentiles(to_media),
        "lost": sum(r.skipped for r in received),
        "gaps": sum(r.gaps for r in received),
        "backward_timestamps": sum(r.backward for r in received),
        "duplicates": sum(r.duplicates for r in received),
        "own_sound_packets": sum(r.own_sound for r in received),
        "wrong_sound_packets": _wrong_sound(crowd, record),
        "floor_changes": len(record.calls),
        "grant_to_keyframe_s": _percentiles(switches),
        "keyframes_missed": missed,
        "mute_to_last_packet_s": record.mute_s,
        "thumbnails_seen": _thumbnails(crowd, wanted),
    }
    faults = [f"{code}: {reason}" for code, reason in crowd.gone.items()]
    without = [s.code for s in wanted if s.code not in stats or not stats[s.code].time_to_media_s]
    if without:
        faults.append(f"no media at {', '.join(without)}")
    faults += [
        f"{name} is {result[name]}, must be 0"
        for name in (
            "gaps",
            "backward_timestamps",
            "own_sound_packets",
            "wrong_sound_packets",
            "keyframes_missed",
        )
        if result[name]
    ]
    if result["thumbnails_seen"] < len(wanted) - 1:
        faults.append(f"the desk saw {result['thumbnails_seen']} of {len(wanted) - 1} thumbnails")
    return result | {"faults": faults}


def _thumbnails(crowd: Crowd, wanted: Sequence[RosterSite]) -> int:
    """Gallery slots of the desk whose newest key frame is of the site they are for."""
    receiver = crowd.console.receiver if crowd.console is not None else None
    if receiver is None:
        return 0
    logs = [(site, receiver.pictures[gallery(site.position)].keyframe_log) for site in wanted]
    return sum(bool(log) and log[-1].site == site.code for site, log in logs)


def _switches(crowd: Crowd, record: Record) -> tuple[list[float], int]:
    """Seconds from each call to the speaker's first key frame at each other site, and how many
    sites saw none before the next call."""
    ends = [sent_s for sent_s, _ in record.calls[1:]] + [record.ended_s]
    seconds: list[float] = []
    missed = 0
    for (sent_s, speaker), end_s in zip(record.calls, ends, strict=True):
        for code, site in crowd.sites.items():
            if code == speaker or site.receiver is None:
                continue
            ear = site.receiver.pictures["speaker.1"]
            at_s = ear.first_keyframe(after_s=sent_s, site=speaker)
            if at_s is None or at_s > end_s + GRACE_S:
                missed += 1
            else:
                seconds.append(at_s - sent_s)
    return sorted(seconds), missed


def _wrong_sound(crowd: Crowd, record: Record) -> int:
    """Packets in speaker slots of a site that did not hold the floor, all sites together.

    A run is counted whole when any of it lies outside: an upper bound that must be 0 all the same.
    """
    heard_s: dict[str, list[tuple[float, float]]] = {}
    ends = [record.acknowledged_s[sent_s] for sent_s, _ in record.calls[1:]] + [record.ended_s]
    for (sent_s, speaker), end_s in zip(record.calls, ends, strict=True):
        heard_s.setdefault(speaker, []).append((sent_s, end_s + GRACE_S))
    wrong = 0
    for site in crowd.sites.values():
        for slot, ear in site.receiver.sounds.items() if site.receiver is not None else ():
            for run in ear.runs:
                if slot == "chair":
                    right = run.site == CENTRE
                else:
                    spans = heard_s.get(run.site or "", [])
                    right = any(a <= run.first_s and run.last_s <= b for a, b in spans)
                wrong += 0 if right else run.packets
    return wrong


def _percentiles(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    ranks = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    last = len(values) - 1
    return {name: round(values[round(rank * last)], 4) for name, rank in ranks.items()}


def _cpu(before: Usage, after: Usage, spent_s: float) -> dict[str, float]:
    """Seconds of processor per second of conference."""
    user, system = after.user_s - before.user_s, after.system_s - before.system_s
    return {
        "user": round(user / spent_s, 3),
        "system": round(system / spent_s, 3),
        "total": round((user + system) / spent_s, 3),
    }


def _sent(crowd: Crowd) -> int:
    return sum(site.stats().packets_sent for site in crowd.sites.values())


def _received(crowd: Crowd) -> int:
    endpoints = [*crowd.sites.values(), *([crowd.console] if crowd.console is not None else ())]
    return sum(endpoint.stats().received.packets for endpoint in endpoints)

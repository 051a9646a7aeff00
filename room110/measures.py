"""Measures: what the records of a load test say, and what of it is a fault.

Arithmetic only.  A record of the chair (what was called, when it was sent and answered) is held
against what each endpoint remembers (runs of sound, named key frames), so a figure is never what
the service says of itself.

* Sound is *wrong* when it is of a site that did not hold the floor when it came.  A site may be
  heard from the moment its call was sent until the next call was answered, and ``GRACE_S`` for
  what was on its way.
* A key frame is *missed*, and a speaker *not heard*, when an endpoint had none of it between this
  call and the next.
* Percentiles are of the values themselves (nearest rank), never in between two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bridge.conference.words import CENTRE, SiteCode
from bridge.endpoint.receiver import Receiver
from bridge.endpoint.stats import ReceiverTotals, SiteStats
from bridge.media.slots import gallery
from config.roster import RosterSite
from room110.process import Usage

GRACE_S: Final = 0.25
_STAGE: Final = "speaker.1"
"""One holds the floor at a time, so it is always this place."""

Receivers = Mapping[SiteCode, Receiver | None]
"""The ears of every joined site; None has lost its media."""


@dataclass(slots=True)
class Record:
    """What the chair did, and when by the loop's clock."""

    calls: list[tuple[float, str]] = field(default_factory=list)
    """(sent, site), in order; each ends the one before."""
    acknowledged_s: dict[float, float] = field(default_factory=dict)
    """Sent -> answered; of the end too."""
    mute_s: float | None = None
    """From the chair's mute to the last packet of that site that anybody heard."""
    ended_s: float = 0.0

    def turns(self) -> Iterator[tuple[float, float, str]]:
        """(sent, next sent, speaker)."""
        ends = [sent_s for sent_s, _ in self.calls[1:]] + [self.ended_s]
        for (sent_s, speaker), end_s in zip(self.calls, ends, strict=True):
            yield sent_s, end_s, speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Everybody who took part, at the end of it."""

    stats: Mapping[SiteCode, SiteStats]
    receivers: Receivers
    console: Receiver | None
    console_totals: ReceiverTotals
    gone: Mapping[SiteCode, str]
    """Site -> why it was sent away."""


def result(ends: Endpoints, wanted: Sequence[RosterSite], record: Record) -> dict[str, Any]:
    """The figures of the endpoints, and ``faults``: sentences, none when all is as it must be."""
    stats = ends.stats
    received = sum((s.received for s in stats.values()), ends.console_totals)
    switches, missed = _switches(ends.receivers, record)
    figures: dict[str, Any] = {
        "sites": len(wanted),
        "joined": sum(s.time_to_connect_s is not None for s in stats.values()),
        "with_media": sum(s.time_to_media_s is not None for s in stats.values()),
        "time_to_media_s": percentiles(
            [
                s.time_to_media_s
                for code, s in stats.items()
                if s.time_to_media_s is not None and code != CENTRE
            ]
        ),
        "lost": received.skipped,
        "gaps": received.gaps,
        "backward_timestamps": received.backward,
        "duplicates": received.duplicates,
        "own_sound_packets": received.own_sound,
        "wrong_sound_packets": _wrong_sound(ends.receivers, record),
        "speakers_not_heard": _not_heard(ends.receivers, record),
        "floor_changes": len(record.calls),
        "grant_to_keyframe_s": percentiles(switches),
        "keyframes_missed": missed,
        "mute_to_last_packet_s": record.mute_s,
        "thumbnails_seen": _thumbnails(ends.console, wanted),
    }
    return figures | {"faults": [*_faults(figures, ends, wanted)]}


_MUST_BE_0: Final = (
    "gaps",
    "backward_timestamps",
    "own_sound_packets",
    "wrong_sound_packets",
    "speakers_not_heard",
    "keyframes_missed",
)


def _faults(
    figures: Mapping[str, Any], ends: Endpoints, wanted: Sequence[RosterSite]
) -> Iterator[str]:
    for code, reason in ends.gone.items():
        yield f"{code}: {reason}"
    without = [
        site.code
        for site in wanted
        if site.code not in ends.stats or ends.stats[site.code].time_to_media_s is None
    ]
    if without:
        yield f"no media at {', '.join(without)}"
    for name in _MUST_BE_0:
        if figures[name]:
            yield f"{name} is {figures[name]}, must be 0"
    if figures["thumbnails_seen"] < len(wanted) - 1:
        yield f"the desk saw {figures['thumbnails_seen']} of {len(wanted) - 1} thumbnails"


def _thumbnails(console: Receiver | None, wanted: Sequence[RosterSite]) -> int:
    """Gallery slots of the desk whose newest key frame is of the site they are for."""
    if console is None:
        return 0
    logs = [(site, console.pictures[gallery(site.position)].keyframe_log) for site in wanted]
    return sum(bool(log) and log[-1].site == site.code for site, log in logs)


def _switches(receivers: Receivers, record: Record) -> tuple[list[float], int]:
    """Seconds from each call to the speaker's first key frame at each other site, and how many
    saw none before the next call."""
    seconds: list[float] = []
    missed = 0
    for sent_s, end_s, speaker in record.turns():
        for code, receiver in receivers.items():
            if code == speaker:
                continue
            at_s = None
            if receiver is not None:
                at_s = receiver.pictures[_STAGE].first_keyframe(after_s=sent_s, site=speaker)
            if at_s is None or at_s > end_s + GRACE_S:
                missed += 1
            else:
                seconds.append(at_s - sent_s)
    return seconds, missed


def _not_heard(receivers: Receivers, record: Record) -> int:
    """How many times a site heard nothing of a speaker before the next call."""
    return sum(
        receiver is None
        or not any(
            run.site == speaker and run.first_s <= end_s and run.last_s >= sent_s
            for run in receiver.sounds[_STAGE].runs
        )
        for sent_s, end_s, speaker in record.turns()
        for code, receiver in receivers.items()
        if code != speaker
    )


def _wrong_sound(receivers: Receivers, record: Record) -> int:
    """Packets in slots where their site had no place, all sites together.

    A run is counted whole when any of it lies outside: an upper bound that must be 0 all the same.
    """
    spans: dict[str, list[tuple[float, float]]] = {}
    for sent_s, next_s, speaker in record.turns():
        end_s = record.acknowledged_s[next_s]
        own = spans.setdefault(speaker, [])
        # Called twice on end it is heard in one run.
        begin_s = own.pop()[0] if own and own[-1][1] >= sent_s else sent_s
        own.append((begin_s, end_s + GRACE_S))
    wrong = 0
    for receiver in receivers.values():
        for slot, ear in receiver.sounds.items() if receiver is not None else ():
            for run in ear.runs:
                if slot == "chair":
                    right = run.site == CENTRE
                else:
                    right = any(
                        begin_s <= run.first_s and run.last_s <= end_s
                        for begin_s, end_s in spans.get(run.site or "", ())
                    )
                wrong += 0 if right else run.packets
    return wrong


def percentiles(values: Sequence[float]) -> dict[str, float] | None:
    """``p50``, ``p99`` and ``max`` in the unit of *values*; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    ranks = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    last = len(ordered) - 1
    return {name: round(ordered[round(rank * last)], 4) for name, rank in ranks.items()}


def cpu(before: Usage, after: Usage, spent_s: float) -> dict[str, float]:
    """Seconds of processor per second of conference."""
    user, system = after.user_s - before.user_s, after.system_s - before.system_s
    return {
        "user": round(user / spent_s, 3),
        "system": round(system / spent_s, 3),
        "total": round((user + system) / spent_s, 3),
    }

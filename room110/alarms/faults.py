"""Faults: what is broken on purpose, and which alerts must ring for it, no others.

A plan is of sites by name, so that the same faults can be looked for in a small conference and in a
large one.  ``may`` are alerts that an honest rule can ring or not, each with its reason:

* a speaker's picture that loses 10 % is repaired but for one packet in a hundred, and a range of a few
  seconds cannot tell that from two (``Room110SpeakerGaps``);
* what a speaker's line has lost is taken away from the loss of all who listen (``Room110StageLoss``), at
  the worst speaker's share, which may be more than theirs;
* what a busy machine is told of (:data:`BUSY`): it is, when 64 rooms, a service and this Prometheus
  share two cores.  Those alerts are promtool's to prove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from room110.alarms.prometheus import Alarm
from room110.alarms.rooms import Rooms

ALWAYS: Final = frozenset({Alarm("Room110Watchdog")})
BUSY: Final = frozenset(
    {
        *("Room110EventLoopLag", "Room110ControlLag", "Room110ForwardSlow"),
        *("Room110JournalSlow", "Room110CollectorFailing", "Room110ScrapeSlow"),
        "Room110SiteHighJitter",
    }
)
LOSS: Final = 0.1
MEDIA: Final = ("audio", "video")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line, broken in one way."""

    what: str
    site: str
    begin: Callable[[Rooms], None]
    end: Callable[[Rooms], None]
    alarms: frozenset[Alarm]
    """What must ring."""
    may: frozenset[Alarm] = frozenset()


def cut(site: str) -> Fault:
    """The line of a listener is dead."""
    return Fault(
        what="line dead, both ways",
        site=site,
        begin=lambda rooms: rooms.cut(site),
        end=lambda rooms: rooms.lose(site),
        alarms=frozenset({Alarm("Room110SiteDown", site)}),
    )


def loss_down(site: str, *, while_a_speaker_loses: bool = False) -> Fault:
    """A listener's line loses what it is sent; beside a speaker whose sound is lost as well, the
    rule cannot tell whose fault that of the sound is."""
    sound, picture = (Alarm("Room110StageLoss", f"{site} downlink {media}") for media in MEDIA)
    return Fault(
        what="10 % loss, from us to it",
        site=site,
        begin=lambda rooms: rooms.lose(site, down=LOSS),
        end=lambda rooms: rooms.lose(site),
        alarms=frozenset({picture} if while_a_speaker_loses else {sound, picture}),
        may=frozenset({sound} if while_a_speaker_loses else ()),
    )


def loss_up(site: str) -> Fault:
    """A speaker's line loses what it sends; nobody repairs sound."""
    rings = {Alarm("Room110SpeakerLoss", f"{site} uplink {media}") for media in MEDIA}
    return Fault(
        what="10 % loss, from it to us, while it speaks",
        site=site,
        begin=lambda rooms: rooms.lose(site, up=LOSS),
        end=lambda rooms: rooms.lose(site),
        alarms=frozenset({*rings, Alarm("Room110SpeakerGaps", f"{site} audio")}),
        may=frozenset({Alarm("Room110SpeakerGaps", f"{site} video")}),
    )


def hushed(site: str) -> Fault:
    """A speaker's microphone is on and silent."""
    return Fault(
        what="microphone on and silent, while it speaks",
        site=site,
        begin=lambda rooms: rooms.hush(site),
        end=lambda rooms: rooms.speak(site),
        alarms=frozenset({Alarm("Room110FloorHolderSilent", f"{site} silent")}),
    )


def planned(faults: Iterable[Fault]) -> frozenset[Alarm]:
    """All that must ring."""
    return ALWAYS.union(*(fault.alarms for fault in faults))


def strange(fired: Iterable[Alarm], faults: Iterable[Fault]) -> set[Alarm]:
    """What rang and was neither planned nor pardoned."""
    faults = tuple(faults)
    pardoned = planned(faults).union(*(fault.may for fault in faults))
    return {one for one in fired if one not in pardoned and one.name not in BUSY}

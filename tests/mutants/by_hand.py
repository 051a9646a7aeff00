"""By hand: mistakes in the rules that somebody might well make, whole rules and not characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.mutants.mutant import Mutant


@dataclass(frozen=True, slots=True)
class Mistake:
    module: str
    what: str
    old: str
    new: str


MISTAKES: Final = (
    Mistake(
        "giving.py",
        "the next speaker is granted before the present one is revoked",
        "    make_room(course, asked.floors, terms.on_full)\n    now_s = course.now_s\n",
        "    now_s = course.now_s\n",
    ),
    Mistake(
        "giving.py",
        "the newest holder is replaced, not the oldest",
        "for holder in holders[:excess]:",
        "for holder in holders[len(holders) - excess :]:",
    ),
    Mistake(
        "giving.py",
        "slides open a shut microphone",
        "    if SPEECH in asked.floors:\n        if course.conference.sites[site].blocked:\n",
        "    if True:\n        if course.conference.sites[site].blocked:\n",
    ),
    Mistake(
        "giving.py",
        "a later policy shortens a speech that was given a limit",
        "    limits = [limit_s, asked.limit_s]\n",
        "    limits = [limit_s]\n",
    ),
    Mistake(
        "giving.py",
        "the chair's resume lifts every hold",
        "cause=Hold.CHAIR))\n\n\ndef extend",
        "cause=next(iter(holder.holds or {}), Hold.CHAIR)))\n\n\ndef extend",
    ),
    Mistake(
        "giving.py",
        "only one floor of several is made free",
        "    for name in floors:\n        most =",
        "    for name in floors[:1]:\n        most =",
    ),
    Mistake(
        "asking.py",
        "a site puts itself forward",
        "priority=min(priority, NORMAL) if own else priority,",
        "priority=priority,",
    ),
    Mistake(
        "asking.py",
        "a site says how long it may speak",
        "limit_s=None if own else command.limit_s,",
        "limit_s=command.limit_s,",
    ),
    Mistake(
        "asking.py",
        "hands that are closed are closed to the secretary too",
        "handling = conference.policy.request_handling if own else RequestHandling.QUEUE",
        "handling = conference.policy.request_handling",
    ),
    Mistake(
        "asking.py",
        "one hand of a site is enough, whatever it is for",
        "other.kind is RequestKind.HAND and set(other.floors) & set(floors)",
        "other.kind is RequestKind.HAND",
    ),
    Mistake(
        "calling.py",
        "a call consumes the report of the agenda",
        "if waits and other.item == item:",
        "if waits:",
    ),
    Mistake(
        "advance.py",
        "the floor jumps to whoever asked last",
        "for number in conference.queue\n",
        "for number in reversed(conference.queue)\n",
    ),
    Mistake(
        "advance.py",
        "the head of the queue holds up all others",
        "            if _can(conference, conference.requests[number])\n        ),",
        "        ),",
    ),
    Mistake(
        "clocks.py",
        "speakers are cut off while the chair is away",
        "conference.policy.on_expiry is OnExpiry.REVOKE and is_present(conference)",
        "conference.policy.on_expiry is OnExpiry.REVOKE",
    ),
    Mistake(
        "clocks.py",
        "an interrupted speaker is cut off for time",
        "return revokes and request.over and not request.holds",
        "return revokes and request.over",
    ),
    Mistake(
        "clocks.py",
        "the patience with a microphone runs through a hold",
        "if request.started or request.holds or request.granted_s is None:",
        "if request.started or request.granted_s is None:",
    ),
    Mistake(
        "requests.py",
        "the clock runs on while the speaker is held",
        "runs = request.status is RequestStatus.GRANTED and request.started and not request.holds",
        "runs = request.status is RequestStatus.GRANTED and request.started",
    ),
    Mistake(
        "requests.py",
        "what has ended is forgotten",
        "    requests = conference.requests.put(request.id, request)\n",
        "    requests = conference.requests.put(request.id, request)\n"
        "    if request.ended_s is not None:\n"
        "        requests = type(requests)({n: r for n, r in requests.items() if r is not request})\n",
    ),
    Mistake(
        "requests.py",
        "who moves in the queue stands in it twice",
        "others = [number for number in queue if number != request.id]\n",
        "others = list(queue)\n",
    ),
    Mistake(
        "requests.py",
        "an extension does not bring the warning again",
        "warned = request.warned and left_s <= conference.policy.warn_s",
        "warned = request.warned",
    ),
    Mistake(
        "requests.py",
        "the floor table is not asked",
        "status = floor.changed(request.status, event.status)",
        "status = event.status",
    ),
    Mistake(
        "requests.py",
        "a cut site that is granted is not held",
        "holds = {Hold.TECHNICAL: at_s} if is_cut else None",
        "holds = None",
    ),
    Mistake(
        "links.py",
        "lost, then down: the grace starts anew",
        "if holder.site == site and _needs_line(holder) and Hold.LINK not in (holder.holds or {}):",
        "if holder.site == site and _needs_line(holder):",
    ),
    Mistake(
        "links.py",
        "the line is gone before the speaker is held",
        "    now_s = course.now_s\n    if course.conference.next == site:",
        "    now_s = course.now_s\n"
        "    course.add(LinkChanged(at_s=now_s, site=site, to=to))\n"
        "    if course.conference.next == site:",
    ),
    Mistake(
        "links.py",
        "who telephones is interrupted by the line",
        "return holder.via is Via.LINE",
        "return True",
    ),
    Mistake(
        "links.py",
        "of two that are cut off the younger goes on first",
        "for holder in reversed(course.conference.granted):",
        "for holder in course.conference.granted:",
    ),
    Mistake(
        "links.py",
        "a continuation has the whole time again",
        "rest_s = max(math.ceil(holder.limit_s - holder.used_s), CONTINUATION_FLOOR_S)",
        "rest_s = holder.limit_s",
    ),
    Mistake(
        "links.py",
        "a restart hands out graces that are over",
        "            course.add(HoldEnded(at_s=now_s, request=holder.id, cause=Hold.LINK))\n"
        "        course.add(HoldStarted(",
        "            continue\n        course.add(HoldStarted(",
    ),
    Mistake(
        "links.py",
        "a restart leaves the chair's console where it was",
        "    for user in conference.consoles:\n"
        "        course.add(ConsoleSeen(at_s=now_s, user=user, on=False))\n",
        "",
    ),
    Mistake(
        "phases.py",
        "a recess begins before the speakers are held",
        "    if conference.next is not None:\n        course.add(NextChosen(at_s=now_s, site=None))\n"
        "    if to is Phase.CLOSED:",
        "    course.add(PhaseChanged(at_s=now_s, to=to))\n"
        "    if conference.next is not None:\n        course.add(NextChosen(at_s=now_s, site=None))\n"
        "    if to is Phase.CLOSED:",
    ),
    Mistake(
        "phases.py",
        "hands of the lobby are hands of the session",
        "            end(course, number, Action.RELEASE, EndReason.OPENED)\n",
        "            pass\n",
    ),
    Mistake(
        "phases.py",
        "a conference of yesterday is opened again",
        "        if closed_for_s > conference.policy.reopen_within_s:\n",
        "        if False:\n",
    ),
    Mistake(
        "gate.py",
        "room 110 is heard in every phase",
        "    return _may_be_seen(conference, site) and not conference.sites[site].blocked\n",
        "    is_centre = site == CENTRE and _is_up(conference, site)\n"
        "    return (is_centre or _may_be_seen(conference, site))"
        " and not conference.sites[site].blocked\n",
    ),
    Mistake(
        "gate.py",
        "a held speaker is heard",
        "r.site for r in conference.holders if not r.holds and r.via is Via.LINE)",
        "r.site for r in conference.holders if r.via is Via.LINE)",
    ),
    Mistake(
        "gate.py",
        "who telephones is heard twice",
        "r.site for r in conference.holders if not r.holds and r.via is Via.LINE)",
        "r.site for r in conference.holders if not r.holds)",
    ),
    Mistake(
        "gate.py",
        "technicians go on listening when the session has begun",
        "if probe is None or not may_probe(conference, probe.site):",
        "if probe is None:",
    ),
    Mistake(
        "authority.py",
        "a technician hands over the chair in the lobby",
        "ChairHandover: _CHAIR,",
        "ChairHandover: _CHAIR_AND_LOBBY,",
    ),
    Mistake(
        "authority.py",
        "the named chair goes on deciding after the hand-over",
        "    if role is Role.CHAIR and not isinstance(command, ChairAssume):\n"
        "        return is_chair(conference, actor.user, actor.roles)\n",
        "",
    ),
    Mistake(
        "authority.py",
        "a secretary ends a speech he put on the list",
        "request.by == actor.user and request.status is not RequestStatus.GRANTED",
        "request.by == actor.user",
    ),
    Mistake(
        "authority.py",
        "a site releases the request of another",
        "return actor.site is not None and (request is None or request.site == actor.site)",
        "return actor.site is not None",
    ),
    Mistake(
        "chair.py",
        "a deputy need not wait",
        "    if left_s > 0:\n",
        "    if False:\n",
    ),
    Mistake(
        "chair.py",
        "every sign of life of anybody starts the chair's absence anew",
        "    if present is (since_s is None):\n        return conference\n",
        "    if present and since_s is None:\n        return conference\n",
    ),
    Mistake(
        "programme.py",
        "a probe has no end",
        "return None if conference.probe is None else conference.probe.since_s + PROBE_S",
        "return None",
    ),
    Mistake(
        "programme.py",
        "a site is on the screen without a word of warning",
        "broadcast_since_s + PREPARE_S",
        "broadcast_since_s",
    ),
    Mistake(
        "schedule.py",
        "the old item goes on beside the new one",
        "    _end_current(course)\n    course.add(ItemStarted(",
        "    course.add(ItemStarted(",
    ),
    Mistake(
        "schedule.py",
        "who speaks for an item speaks on when it is over",
        "request.item == item.id and request.status in ONGOING",
        "request.item == item.id and request.status is RequestStatus.ACCEPTED",
    ),
    Mistake(
        "mutes.py",
        "silence forgets room 110",
        "    if not now.sites[CENTRE].blocked:\n"
        "        course.add(BlockChanged(at_s=course.now_s, site=CENTRE, on=True))\n",
        "",
    ),
    Mistake(
        "mutes.py",
        "silence lets the queue go on by itself",
        "if now.policy.auto_advance and now.phase in {Phase.OPEN, Phase.RECESS}:",
        "if False:",
    ),
    Mistake(
        "mutes.py",
        "mute all means room 110 too",
        "named = [site for site in conference.sites if site != CENTRE]",
        "named = list(conference.sites)",
    ),
    Mistake(
        "projection.py",
        "sites read one another's places",
        "        if conference.policy.queue_visible is QueueVisible.ALL:\n",
        "        if True:\n",
    ),
    Mistake(
        "codec.py",
        "a journal that knows more than we do is read all the same",
        "    if unknown:\n",
        "    if False:\n",
    ),
    Mistake(
        "evolve.py",
        "opening again begins the minutes anew",
        "if phase is Phase.OPEN and opened_s is None:",
        "if phase is Phase.OPEN:",
    ),
)


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Those of one module.  ValueError: the text of one does not stand there exactly once."""
    for mistake in MISTAKES:
        if mistake.module != module:
            continue
        if source.count(mistake.old) != 1:
            times = source.count(mistake.old)
            raise ValueError(f"{module}, {mistake.what}: its text stands {times} times")
        yield Mutant(
            module=module,
            scope="by hand",
            line=source[: source.index(mistake.old)].count("\n") + 1,
            change=mistake.what,
            source=source.replace(mistake.old, mistake.new),
        )

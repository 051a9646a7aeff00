"""Standing: what is true of a conference at rest after any event, whatever led to it.

Every rule is written out of the specification (research/floor-control.md 6, practice.md A1, A2, A8),
not out of the core: it reads the state's fields, and asks the core's functions only to hold their
answer against its own.  A rule yields a sentence for each thing that is not so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bridge.conference import gate
from bridge.conference.state import Conference, Request
from bridge.conference.words import Hold, SiteCode
from bridge.stage import Stage, mic_wish, set_stage

LATE_S: Final = 2.0
"""A busy machine may be so late with what is due."""
ENDED: Final = frozenset({"denied", "cancelled", "released", "revoked"})
PROBE_S: Final = 60.0
_EPSILON_S: Final = 1e-6

Rule = Callable[[Conference, float], Iterator[str]]


def live(conference: Conference) -> list[Request]:
    return [r for r in conference.requests.values() if r.status not in ENDED]


def granted(conference: Conference) -> list[Request]:
    return [r for r in conference.requests.values() if r.status == "granted"]


def heard(conference: Conference) -> frozenset[SiteCode]:
    """Whose sound the rooms get: the formula of DESIGN section 4, once more."""
    speaks = {
        r.site
        for r in granted(conference)
        if "speech" in r.floors and not r.holds and r.via == "line"
    }
    return frozenset(
        code
        for code, site in conference.sites.items()
        if conference.phase == "open"
        and site.link == "up"
        and not site.blocked
        and not site.cut
        and (code == "110" or code in speaks)
    )


def floors_are_not_overfull(conference: Conference, _now_s: float) -> Iterator[str]:
    most = {"speech": conference.policy.max_floor_users, "content": 1}
    for floor, places in most.items():
        holders = [r.site for r in granted(conference) if floor in r.floors]
        if len(holders) > places:
            yield f"{floor}: {holders} for {places}"


def one_request_of_a_kind(conference: Conference, _now_s: float) -> Iterator[str]:
    asked = Counter((r.site, floor, r.kind) for r in live(conference) for floor in r.floors)
    yield from (f"{count} requests of {who}" for who, count in asked.items() if count > 1)
    held = Counter((r.site, floor) for r in granted(conference) for floor in r.floors)
    yield from (f"{who} holds it {count} times" for who, count in held.items() if count > 1)


def queue_is_what_was_accepted(conference: Conference, _now_s: float) -> Iterator[str]:
    accepted = [r.id for r in live(conference) if r.status == "accepted"]
    if sorted(conference.queue) != accepted:
        yield f"queue {conference.queue}, accepted {accepted}"


def gates_are_as_the_formula_says(conference: Conference, _now_s: float) -> Iterator[str]:
    ours = heard(conference)
    answers = {
        "open_gates": gate.open_gates(conference),
        "gate": frozenset(code for code in conference.sites if gate.gate(conference, code)),
        "plan": set_stage(conference, Stage(), gallery_watched=False).plan.gates,
    }
    for name, sites in answers.items():
        if sites != ours:
            yield f"{name} says {sorted(sites)}, the formula {sorted(ours)}"
    for request in live(conference):
        if request.site == "110" and "speech" in request.floors:
            yield "room 110 asks for the speech floor"
    shows = [r for r in granted(conference) if "content" in r.floors and not r.holds]
    for request in shows:
        site = conference.sites[request.site]
        usable = conference.phase == "open" and site.link == "up" and not site.cut
        if (gate.content(conference) == request.site) is not usable:
            yield f"content of {request.site} is {'not ' if usable else ''}shown"


def few_are_heard_at_once(conference: Conference, _now_s: float) -> Iterator[str]:
    speak = gate.open_gates(conference) - {"110"}
    if len(speak) > conference.policy.max_floor_users:
        yield f"{sorted(speak)} are heard, {conference.policy.max_floor_users} may be"


def clocks_run_if_nothing_holds(conference: Conference, now_s: float) -> Iterator[str]:
    for request in conference.requests.values():
        runs = request.status == "granted" and request.started and not request.holds
        if runs is not (request.since_s is not None):
            yield f"request {request.id}: the clock {'stands' if runs else 'runs'}"
        spoken_s = request.spoken_s(now_s)
        had_s = 0.0
        if request.granted_s is not None:
            end_s = now_s if request.ended_s is None else request.ended_s
            had_s = end_s - request.granted_s
        if not -_EPSILON_S <= spoken_s <= had_s + _EPSILON_S:
            yield f"request {request.id}: {spoken_s:g} s spoken in {had_s:g} s"


def nobody_is_over_in_silence(conference: Conference, now_s: float) -> Iterator[str]:
    for request in granted(conference):
        if request.limit_s is None or request.over:
            continue
        spoken_s = request.spoken_s(now_s)
        if spoken_s > request.limit_s + LATE_S:
            yield f"request {request.id}: {spoken_s:g} s of {request.limit_s}, and nobody said so"


def lines_hold_their_speakers(conference: Conference, now_s: float) -> Iterator[str]:
    for request in granted(conference):
        since_s = (request.holds or {}).get(Hold.LINK)
        if since_s is not None and now_s - since_s > conference.policy.grace_s + LATE_S:
            yield f"request {request.id} is held by its line for {now_s - since_s:g} s"
        has_line = conference.sites[request.site].link == "up"
        if not has_line and request.via == "line" and since_s is None:
            yield f"request {request.id} has no line and is not held"


def microphones_are_asked_for_politely(conference: Conference, _now_s: float) -> Iterator[str]:
    for code in (*{r.site for r in granted(conference)}, conference.next, "110"):
        if code is not None and mic_wish(conference, code).mic == "live":
            yield f"{code} did not consent, and its microphone is opened"


def closed_is_quiet(conference: Conference, _now_s: float) -> Iterator[str]:
    if conference.phase != "closed":
        return
    yield from (f"request {request.id} is {request.status}" for request in live(conference))
    yield from (f"{code} is heard" for code in gate.open_gates(conference))
    if conference.agenda.current is not None or conference.rollcall.is_open:
        yield "the agenda or the roll call goes on"


def nobody_listens_in_private(conference: Conference, now_s: float) -> Iterator[str]:
    lines, probe = gate.private(conference), conference.probe
    if probe is None:
        if lines:
            yield f"{sorted(lines)} are listened to without a probe"
        return
    may = conference.phase == "lobby" or conference.next == probe.site
    is_up = conference.sites[probe.site].link == "up"
    if lines and not (may and is_up):
        yield f"{probe.site} is probed in {conference.phase}"
    expected: dict[str, str | None] = {probe.site: None}
    if probe.kind == "talk":
        expected["110"] = probe.site
    if lines not in ({}, expected):
        yield f"a probe of {probe.site} lets {lines} through"
    if now_s - probe.since_s > PROBE_S + LATE_S:
        yield f"{probe.site} is probed for {now_s - probe.since_s:g} s"
    if probe.site in lines and probe.site in gate.open_gates(conference):
        yield f"{probe.site} is probed while it is heard"


STANDING: Final[Mapping[str, tuple[Rule, ...]]] = {
    "I1": (floors_are_not_overfull,),
    "I2": (one_request_of_a_kind,),
    "I3": (queue_is_what_was_accepted,),
    "I6": (gates_are_as_the_formula_says,),
    "I7": (few_are_heard_at_once,),
    "I9": (clocks_run_if_nothing_holds,),
    "I12": (microphones_are_asked_for_politely,),
    "I15": (closed_is_quiet,),
    "I21": (nobody_listens_in_private,),
}
"""After every event."""

SETTLED: Final[Mapping[str, tuple[Rule, ...]]] = {
    "I9": (nobody_is_over_in_silence,),
    "I10": (lines_hold_their_speakers,),
}
"""After every command or tick, when all that belongs together has happened; not after a restart, which
has slept through what was due."""

"""Speeches, as a stopwatch knows them: who has a floor, since when, interrupted by what, how long.

The stopwatch is stopped and started by what it was told of lines, phases, cuts and the chair; it
never looks at the state.  What a tick is to do is said before the tick is tried.  All times here are
quarters of a second, so that sums of floats are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.conference.commands import ChairHold, ChairResume, ChairSilence, MicLive, Tick
from bridge.conference.events import LimitExtended, RequestEnded, RequestGranted
from bridge.conference.words import EndReason, Hold, OnExpiry, Phase, RequestStatus, Via


@dataclass(slots=True, kw_only=True)
class Speech:
    id: int
    site: str
    floors: tuple[str, ...]
    via: Via
    granted_s: float
    limit_s: int | None
    started: bool
    spoken_s: float = 0.0
    warned: bool = False
    over: bool = False
    chair_holds: bool = False


@dataclass(slots=True, kw_only=True)
class Foreseen:
    """What a tick is to do."""

    expired: list[int] = field(default_factory=list)
    cut_off: list[int] = field(default_factory=list)


class Speeches:
    def __init__(self, facts):
        self.facts = facts
        self.now = {}
        """Request -> speech, oldest grant first."""
        self.spoken_s = {}
        """Request -> what it had in the end."""

    def holds(self, speech):
        facts = self.facts
        causes = {Hold.CHAIR} if speech.chair_holds else set()
        if speech.via is Via.LINE and not facts.lines.connected[speech.site]:
            causes.add(Hold.LINK)
        if facts.phase is not Phase.OPEN:
            causes.add(Hold.PHASE)
        if speech.site in facts.rooms.cut:
            causes.add(Hold.TECHNICAL)
        return causes

    def runs(self, speech):
        return speech.started and not self.holds(speech)

    def pass_time(self, seconds):
        for speech in self.now.values():
            if self.runs(speech):
                speech.spoken_s += seconds

    def note(self, command, now_s):
        """A command that was accepted."""
        match command:
            case ChairHold(request=number):
                self.now[number].chair_holds = True
            case ChairResume(request=number):
                self.now[number].chair_holds = False
            case ChairSilence():
                for speech in self.now.values():
                    speech.chair_holds = True
            case MicLive(site=site):
                for speech in self.now.values():
                    speech.started |= speech.site == site
            case Tick():
                return self._foresee(now_s)
        return Foreseen()

    def _foresee(self, now_s):
        policy, foreseen = self.facts.policy, Foreseen()
        takes = policy.on_expiry is OnExpiry.REVOKE and self.facts.seat.here
        for speech in self.now.values():
            held = self.holds(speech)
            if not held and speech.granted_s + policy.start_within_s <= now_s:
                speech.started = True
            if self.runs(speech) and speech.limit_s is not None:
                left_s = speech.limit_s - speech.spoken_s
                speech.warned |= left_s <= policy.warn_s
                speech.over |= left_s <= 0
            if speech.over and takes and not held:
                foreseen.expired.append(speech.id)
            gone_s = self.facts.lines.gone_s.get(speech.site)
            if Hold.LINK in held and gone_s + policy.grace_s <= now_s:
                foreseen.cut_off.append(speech.id)
        return foreseen

    def follow(self, event, request):
        """One event; *request* is what it is about."""
        match event:
            case RequestGranted(request=number):
                self.now[number] = Speech(
                    id=number,
                    site=request.site,
                    floors=request.floors,
                    via=event.via,
                    granted_s=event.at_s,
                    limit_s=event.limit_s,
                    started=event.via is Via.PHONE or "speech" not in request.floors,
                )
            case LimitExtended(request=number, limit_s=limit_s):
                speech = self.now[number]
                left_s = limit_s - speech.spoken_s
                speech.limit_s = limit_s
                speech.warned &= left_s <= self.facts.policy.warn_s
                speech.over &= left_s <= 0
            case RequestEnded(request=number) if number in self.now:
                self.spoken_s[number] = self.now.pop(number).spoken_s

    def agree(self, state):  # I9
        """After a command."""
        holders = sorted(self.now.values(), key=lambda s: (s.granted_s, s.id))
        assert [r.id for r in state.granted] == [s.id for s in holders]
        for number, request in state.requests.items():
            speech = self.now.get(number)
            if speech is None:
                assert request.used_s == self.spoken_s.get(number, 0.0)
                assert request.since_s is None
                assert not request.holds
                continue
            assert (request.granted_s, request.via) == (speech.granted_s, speech.via)
            assert request.limit_s == speech.limit_s
            assert request.started is speech.started
            assert set(request.holds or {}) == self.holds(speech)
            assert (request.since_s is not None) is self.runs(speech)
            assert request.spoken_s(self.facts.now_s) == speech.spoken_s
            # A warning that a later policy would not give yet is not taken back.
            assert request.warned is speech.warned
            assert request.over is speech.over
            since_s = self.facts.lines.gone_s.get(request.site)
            assert (request.holds or {}).get(Hold.LINK, since_s) == since_s

    def ended(self, before, state, foreseen):  # I10, I11
        """After a tick: what it was to end, it has ended, and nothing else."""
        reasons = {EndReason.TIME_LIMIT: foreseen.expired, EndReason.LINK_LOST: foreseen.cut_off}
        for reason, numbers in reasons.items():
            ended = [
                number
                for number, request in state.requests.items()
                if request.reason is reason and before.requests[number].reason is None
            ]
            assert sorted(ended) == sorted(numbers)
            assert all(state.requests[number].status is RequestStatus.REVOKED for number in numbers)

    def deadlines(self, policy):
        for speech in self.now.values():
            held = self.holds(speech)
            if Hold.LINK in held:
                yield self.facts.lines.gone_s[speech.site] + policy.grace_s
            if not speech.started and not held:
                yield speech.granted_s + policy.start_within_s
            if self.runs(speech) and speech.limit_s is not None and not speech.over:
                ends_s = self.facts.now_s + speech.limit_s - speech.spoken_s
                yield ends_s
                if not speech.warned:
                    yield ends_s - policy.warn_s
            takes = policy.on_expiry is OnExpiry.REVOKE and self.facts.seat.here
            if takes and speech.over and not held:
                yield speech.granted_s

"""Wishes: what people ask for, once the authority table has let them.

The checks come in the order of :class:`~bridge.conference.words.RefusalCode`: existence, state,
capacity.  Asking for what is so already is no mistake and gives no events.  Giving the floor is
one act with one order, because each event is seen by somebody: who is replaced is revoked before
the next is granted, so there are never too many holders; and a site is unblocked, and no longer
*next*, before it is granted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bridge.conference import checks, floor
from bridge.conference.checks import Refused
from bridge.conference.commands import (
    Actor,
    ChairAccept,
    ChairCall,
    ChairDeny,
    ChairGrant,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
    OnFull,
    PersonCommand,
)
from bridge.conference.events import (
    BlockChanged,
    Event,
    HelpChanged,
    NextChosen,
    RequestAccepted,
    RequestEnded,
    RequestGranted,
    RequestMade,
)
from bridge.conference.floor import Action
from bridge.conference.gate import ongoing
from bridge.conference.phases import change_phase
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CENTRE,
    SPEECH,
    EndReason,
    Help,
    Phase,
    RefusalCode,
    RequestHandling,
    Role,
    SiteCode,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who asks, by which role, when, and of which state."""

    conference: Conference
    actor: Actor
    authority: Role
    now_s: float

    def fulfil(self, command: PersonCommand) -> Iterable[Event]:
        """The events that make *command* true.  Raises :class:`Refused`, also midway."""
        match command:
            case FloorRequest():
                return self._request(command)
            case FloorRelease(request=number):
                return [self._ended(number, Action.RELEASE, EndReason.OWN)]
            case ChairAccept(request=number, position=position):
                return self._accept(number, position)
            case ChairGrant(request=number, on_full=on_full, limit_s=limit_s):
                request = checks.known_request(self.conference, number)
                checks.session_is_open(self.conference)
                return self._give(request.site, request, on_full, limit_s)
            case ChairCall(site=site, on_full=on_full, limit_s=limit_s):
                checks.known_site(self.conference, site)
                checks.session_is_open(self.conference)
                own = ongoing(self.conference).get(site)
                return self._give(site, own, on_full, limit_s)
            case ChairDeny(request=number, text=text):
                return [self._ended(number, Action.DENY, EndReason.CHAIR, text)]
            case ChairRevoke(request=number, text=text):
                return self._revoke(number, text)
            case ChairNext(site=site):
                return self._next(site)
            case ChairMute():
                return self._mute(command)
            case ChairPhase(to=to):
                return change_phase(self.conference, to, now_s=self.now_s)
            case HelpRaise(site=site):
                return self._help(site, Help.RAISED)
            case HelpAck(site=site):
                return self._help(site, Help.ACKNOWLEDGED)
            case HelpClose(site=site):
                return self._help(site, None)

    def _request(self, command: FloorRequest) -> Iterable[Event]:
        site = checks.known_site(self.conference, command.site or self.actor.site)
        if command.floor != SPEECH:
            raise Refused(RefusalCode.FLOOR_NOT_FOUND, f"there is no floor {command.floor!r}")
        if self.conference.phase is Phase.CLOSED:
            raise Refused(RefusalCode.BAD_STATE, "the conference is closed")
        # The policy is for hands; what chair and secretary put on the list is on the list.
        handling = RequestHandling.QUEUE
        if self.authority is Role.SITE:
            handling = self.conference.policy.request_handling
        if handling is RequestHandling.BLOCK:
            raise Refused(RefusalCode.HANDS_CLOSED, "no requests are taken at present")
        checks.needs_floor(site)
        present = ongoing(self.conference).get(site)
        if present is not None:
            text = f"site {site} has a request already"
            raise Refused(RefusalCode.REQUEST_LIMIT, text, request=present.id)
        if handling is RequestHandling.CONFIRM:
            return [self._made(site, Action.ASK, text=command.text)]
        last = len(self.conference.queue) + 1
        return [self._made(site, Action.ENQUEUE, position=last, text=command.text)]

    def _accept(self, number: int, position: int | None) -> Iterable[Event]:
        request = checks.known_request(self.conference, number)
        checks.after(request, Action.ACCEPT)
        queue = self.conference.queue
        last = len(queue) + (number not in queue)
        if position is None or not 1 <= position <= last:
            position = last
        if queue[position - 1 : position] == (number,):
            return []
        return [RequestAccepted(at_s=self.now_s, request=number, position=position)]

    def _give(
        self, site: SiteCode, request: Request | None, on_full: OnFull, limit_s: int | None
    ) -> Iterable[Event]:
        """Give the floor to *request* of *site*; None: to one that is made for it."""
        if request is not None:
            checks.after(request, Action.GRANT)
        checks.needs_floor(site)
        checks.is_connected(self.conference, site)
        holders = self.conference.holders
        excess = max(0, len(holders) + 1 - self.conference.policy.max_floor_users)
        if excess and on_full == "reject":
            who = [holder.id for holder in holders]
            raise Refused(RefusalCode.FLOOR_FULL, "somebody else has the floor", holders=who)
        for holder in holders[:excess]:
            yield self._ended(holder.id, Action.REVOKE, EndReason.REPLACED)
        if self.conference.sites[site].blocked:
            yield BlockChanged(at_s=self.now_s, site=site, on=False)
        if self.conference.next == site:
            yield NextChosen(at_s=self.now_s, site=None)
        number, own_s = (request.id, request.limit_s) if request else (self._new_id, None)
        if request is None:
            yield self._made(site, Action.ENQUEUE, position=1)
        limits = (limit_s, own_s, self.conference.policy.limit_s)
        bound_s = next((limit for limit in limits if limit is not None), None)
        yield RequestGranted(at_s=self.now_s, request=number, limit_s=bound_s)

    def _revoke(self, number: int | None, text: str | None) -> Iterable[Event]:
        holders = [holder.id for holder in self.conference.holders]
        if number is None and not holders:
            raise Refused(RefusalCode.BAD_STATE, "nobody has the floor")
        numbers = holders if number is None else [number]
        return [self._ended(n, Action.REVOKE, EndReason.CHAIR, text) for n in numbers]

    def _next(self, site: SiteCode | None) -> Iterable[Event]:
        if site is not None:
            checks.known_site(self.conference, site)
            checks.session_is_open(self.conference)
            if any(holder.site == site for holder in self.conference.holders):
                raise Refused(RefusalCode.BAD_STATE, f"site {site} has the floor")
            checks.needs_floor(site)
            checks.is_connected(self.conference, site)
        if site == self.conference.next:
            return []
        return [NextChosen(at_s=self.now_s, site=site)]

    def _mute(self, command: ChairMute) -> Iterable[Event]:
        for spared in command.but:
            checks.known_site(self.conference, spared)
        if command.site == "all":
            named = [site for site in self.conference.sites if site != CENTRE]
        else:
            named = [checks.known_site(self.conference, command.site)]
        return [
            BlockChanged(at_s=self.now_s, site=site, on=command.on)
            for site in named
            if site not in command.but and self.conference.sites[site].blocked is not command.on
        ]

    def _help(self, site: SiteCode | None, to: Help | None) -> Iterable[Event]:
        code = checks.known_site(self.conference, site or self.actor.site)
        present = self.conference.sites[code].help
        if to is Help.ACKNOWLEDGED and present is None:
            raise Refused(RefusalCode.BAD_STATE, f"site {code} needs no help")
        return [] if present is to else [HelpChanged(at_s=self.now_s, site=code, to=to)]

    @property
    def _new_id(self) -> int:
        return len(self.conference.requests) + 1

    def _made(
        self,
        site: SiteCode,
        action: Action,
        *,
        position: int | None = None,
        text: str | None = None,
    ) -> RequestMade:
        return RequestMade(
            at_s=self.now_s,
            request=self._new_id,
            floor=SPEECH,
            site=site,
            by=self.actor.user,
            status=floor.after(None, action),
            position=position,
            text=text,
        )

    def _ended(
        self, number: int, action: Action, reason: EndReason, text: str | None = None
    ) -> RequestEnded:
        request = checks.known_request(self.conference, number)
        status = checks.after(request, action)
        return RequestEnded(
            at_s=self.now_s, request=number, status=status, reason=reason, text=text
        )

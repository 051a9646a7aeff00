"""Speeches: one for each time somebody was given the word, and one only.

A line that is lost for longer than the grace ends a request and makes another for the rest of the
time; on paper both are the same speech, in two parts.  The same goes for what was shown without a
word (slides, a film).  Who asked and never had the floor is told here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CONTENT,
    SPEECH,
    EndReason,
    Hold,
    RequestKind,
    RequestStatus,
    Role,
    SiteCode,
    Via,
)
from bridge.minutes.lives import Extension, Fate, Interruption, Life, Lives, fates_of
from bridge.minutes.steps import Moment, title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One granted request."""

    request: int
    granted: Moment
    ended: Moment | None
    """None: it goes on where the journal ends."""
    spoken_s: float
    """The core's figure: no hold is in it."""
    limit_s: int | None
    """In the end, with what was added."""
    via: Via
    status: RequestStatus
    reason: EndReason | None
    ended_by: str | None
    ended_as: Role | None
    extensions: tuple[Extension, ...]
    interruptions: tuple[Interruption, ...]

    @property
    def over_s(self) -> float:
        return 0.0 if self.limit_s is None else max(0.0, self.spoken_s - self.limit_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A granted request and what continued it; also of content alone."""

    site: SiteCode
    title: str
    speaker: str | None
    """As the agenda has it."""
    position: str | None
    floors: tuple[str, ...]
    kind: RequestKind
    item: int | None
    item_title: str | None
    group: str | None
    text: str | None
    """What it was to be about, in the asker's words."""
    respond: bool
    by: str
    """Who asked for it."""
    asked: Moment
    limit_s: int | None
    """What it was granted at first."""
    parts: tuple[Part, ...]
    rest: tuple[int, ...]
    """Continuations that never had the floor."""

    @property
    def granted(self) -> Moment:
        return self.parts[0].granted

    @property
    def ended(self) -> Moment | None:
        return self.parts[-1].ended

    @property
    def reason(self) -> EndReason | None:
        return self.parts[-1].reason

    @property
    def spoken_s(self) -> float:
        return sum(part.spoken_s for part in self.parts)

    @property
    def over_s(self) -> float:
        """Beyond what the clock of each part gave."""
        return sum(part.over_s for part in self.parts)

    @property
    def added_s(self) -> int:
        return sum(extension.added_s for part in self.parts for extension in part.extensions)

    @property
    def by_phone(self) -> bool:
        return any(part.via is Via.PHONE for part in self.parts)

    @property
    def drops(self) -> int:
        """How often its line was lost."""
        return sum(i.cause is Hold.LINK for part in self.parts for i in part.interruptions)

    def held_s(self, cause: Hold) -> float:
        return sum(i.seconds for part in self.parts for i in part.interruptions if i.cause is cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and what became of it."""

    request: int
    site: SiteCode
    title: str
    floors: tuple[str, ...]
    kind: RequestKind
    continues: int | None
    """The speech it is the rest of."""
    fate: Fate
    by: str
    asked: Moment
    ended: Moment | None
    reason: EndReason | None
    group: str | None
    text: str | None
    heard_later: bool
    """It was not reached, but its site had the word after it asked, outside the agenda."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """All that was asked of the floor."""

    speeches: tuple[Speech, ...]
    """In the order of their grants; with slides or without."""
    showings: tuple[Speech, ...]
    """Content alone, likewise."""
    asked: tuple[Asked, ...]
    """Every request there was, in order of id."""


def floor_of(last: Conference, lives: Lives, *, now_s: float) -> Floor:
    fates = fates_of(last, lives)
    chains: dict[int, list[int]] = {}
    for number, fate in fates.items():
        if fate in {Fate.SPOKEN, Fate.SHOWN, Fate.REST}:
            before = last.requests[number].continues
            chain = chains.get(before, []) if before is not None else []
            chain.append(number)
            chains[number] = chain
    whole = [chain for number, chain in chains.items() if chain[0] == number]
    speeches = [_speech(last, lives, fates, chain, now_s=now_s) for chain in whole]
    speeches.sort(key=lambda speech: (speech.granted.at_s, speech.parts[0].request))
    spoken = tuple(speech for speech in speeches if SPEECH in speech.floors)
    return Floor(
        speeches=spoken,
        showings=tuple(speech for speech in speeches if SPEECH not in speech.floors),
        asked=tuple(
            _asked(last, lives.of[number], last.requests[number], fate, spoken)
            for number, fate in fates.items()
        ),
    )


def shows(speech: Speech, showings: Iterable[Speech]) -> bool:
    """Whether it had slides or a film, asked for with the word or apart from it."""
    return CONTENT in speech.floors or any(goes_with(showing, speech) for showing in showings)


def goes_with(showing: Speech, speech: Speech) -> bool:
    """Whether the site showed something while it spoke."""
    return (
        showing.site == speech.site
        and (speech.ended is None or showing.granted.at_s <= speech.ended.at_s)
        and (showing.ended is None or speech.granted.at_s <= showing.ended.at_s)
    )


def _speech(
    last: Conference, lives: Lives, fates: dict[int, Fate], chain: list[int], *, now_s: float
) -> Speech:
    first, life = last.requests[chain[0]], lives.of[chain[0]]
    draft = life.draft
    return Speech(
        site=first.site,
        title=title_of(last, first.site),
        speaker=draft.speaker if draft else None,
        position=draft.position if draft else None,
        floors=first.floors,
        kind=first.kind,
        item=first.item,
        item_title=draft.title if draft else None,
        group=first.group,
        text=first.text,
        respond=first.respond,
        by=first.by,
        asked=life.made,
        limit_s=life.bound_s,
        parts=tuple(
            _part(last.requests[number], lives.of[number], now_s=now_s)
            for number in chain
            if fates[number] is not Fate.REST
        ),
        rest=tuple(number for number in chain if fates[number] is Fate.REST),
    )


def _part(request: Request, life: Life, *, now_s: float) -> Part:
    assert life.granted is not None, request
    return Part(
        request=request.id,
        granted=life.granted,
        ended=life.ended,
        spoken_s=request.spoken_s(now_s),
        limit_s=request.limit_s,
        via=request.via,
        status=request.status,
        reason=request.reason,
        ended_by=life.ended_by,
        ended_as=life.ended_as,
        extensions=tuple(life.extensions),
        interruptions=life.all_interruptions(now_s),
    )


def _asked(
    last: Conference, life: Life, request: Request, fate: Fate, spoken: tuple[Speech, ...]
) -> Asked:
    heard_later = fate is Fate.NOT_REACHED and any(
        speech.site == request.site
        and speech.kind is not RequestKind.AGENDA
        and speech.granted.at_s >= life.made.at_s
        for speech in spoken
    )
    return Asked(
        request=request.id,
        site=request.site,
        title=title_of(last, request.site),
        floors=request.floors,
        kind=request.kind,
        continues=request.continues,
        fate=fate,
        by=request.by,
        asked=life.made,
        ended=life.ended,
        reason=request.reason,
        group=request.group,
        text=request.text,
        heard_later=heard_later,
    )

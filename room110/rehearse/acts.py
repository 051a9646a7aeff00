"""Acts: what happens again and again in a conference, as steps."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bridge.conference import commands
from bridge.conference.words import CONTENT, SPEECH, ProbeKind, SiteCode
from room110.rehearse.people import CHAIR, TECHNICIAN, room
from room110.rehearse.steps import Heard, Lines, Mic, Say, Step, Until, Wait

REPORT_S = 420
"""Speaking time of a report (practice.md A6)."""
COMES_BACK_S = 20.0
"""A line that is mended is here by then, at any speed."""


def prepare(site: SiteCode, *, probed: bool = False) -> Iterator[Step]:
    """The site is next; a technician may listen whether it is ready."""
    yield Say(by=CHAIR, command=commands.ChairNext(site=site))
    yield Wait(seconds=8)
    if probed:
        yield from probe(site, seconds=10)
        yield Heard(sites=(), probed=site)
        yield Say(by=TECHNICIAN, command=commands.SiteProbe(site=None))


def probe(site: SiteCode, *, seconds: float, talk: bool = False) -> Iterator[Step]:
    """Listening begins, and goes on."""
    kind = ProbeKind.TALK if talk else ProbeKind.LISTEN
    yield Say(by=TECHNICIAN, command=commands.SiteProbe(site=site, kind=kind))
    yield Wait(seconds=seconds)


def grant(site: SiteCode, *, limit_s: int | None, floor: str = SPEECH) -> Iterator[Step]:
    """The floor for what waits of the site."""
    command = commands.ChairGrant(request=0)
    yield Say(by=CHAIR, command=command, of=site, floor=floor, limit_s=limit_s)


def release(site: SiteCode, *, floor: str = SPEECH) -> Step:
    """The site gives its floor back, or withdraws."""
    return Say(by=room(site), command=commands.FloorRelease(request=0), of=site, floor=floor)


def ask(site: SiteCode, *, text: str | None = None, floors: tuple[str, ...] = (SPEECH,)) -> Step:
    return Say(by=room(site), command=commands.FloorRequest(floors=floors, text=text))


def speak(chance: Random, site: SiteCode) -> Iterator[Step]:
    """A microphone is switched on, and the site is heard."""
    yield Wait(seconds=chance.uniform(1, 6))
    yield Mic(site=site)
    yield Wait(seconds=5)


def slides(site: SiteCode, *during: Step) -> Iterator[Step]:
    """A site that speaks shows slides meanwhile."""
    yield ask(site, floors=(CONTENT,))
    yield from grant(site, limit_s=None, floor=CONTENT)
    yield from during
    yield release(site, floor=CONTENT)


def break_off(site: SiteCode) -> Iterator[Step]:
    """The line of a site that speaks is lost, and its floor is held."""
    yield Lines(sites=(site,), to="lost")
    yield Until(
        what=f"site {site} is held by its line",
        is_so=lambda screen: "link" in screen.held_by(site),
        within_s=COMES_BACK_S,
    )


def mended(site: SiteCode) -> Iterator[Step]:
    """The line is back."""
    yield Lines(sites=(site,), to="up")
    yield Until(
        what=f"the line of site {site}",
        is_so=lambda screen: site in screen.up,
        within_s=COMES_BACK_S,
    )


def minutes(chance: Random, least: float, most: float) -> Wait:
    return Wait(seconds=chance.uniform(least * 60, most * 60))

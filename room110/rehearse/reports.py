"""Reports: the agenda's turns of the provinces, seven minutes each, and what happens to them.

One thing happens to each: slides, a lost line, a howl, a telephone, a chair who interrupts.  With
fewer reports than things to happen the last of these are left out, but never the restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

from bridge.conference import commands
from bridge.conference.words import SiteCode, Via
from room110.rehearse.acts import (
    COMES_BACK_S,
    REPORT_S,
    break_off,
    grant,
    mended,
    minutes,
    prepare,
    release,
    slides,
    speak,
)
from room110.rehearse.cast import Cast
from room110.rehearse.opening import FIRST_REPORT
from room110.rehearse.people import (
    CHAIR,
    DEPUTY,
    SECOND_TECHNICIAN,
    SECRETARY,
    SPARE,
    TECHNICIAN,
    room,
)
from room110.rehearse.steps import Chapter, Heard, Lines, Restart, Say, Step, Until, Wait

Course = Callable[[Cast, SiteCode, Random], Iterator[Step]]
"""What happens while a site speaks, to its end."""


def reports(cast: Cast, chance: Random) -> Iterator[Step]:
    """All of them; the second is skipped and returns at the end, the last but one is put off."""
    order = [*range(len(cast.reports))]
    order.remove(1)
    put_off = order[-2]
    courses = _courses(len(order))
    for number, place in enumerate(order):
        if place == put_off:
            yield from _put_off(cast, place, chance)
            continue
        if place == 2:  # noqa: PLR2004  # the turn after the second's
            yield from _skipped(cast)
        yield from _report(cast, place, courses[number], chance)
        if place == put_off + 1:
            yield from _report(cast, put_off, courses[number - 1], chance)
    yield Chapter(title=f"report of {cast.reports[1]}, which returns")
    yield Say(by=SECRETARY, command=commands.AgendaReturn(item=FIRST_REPORT + 1))
    yield from _report(cast, 1, _plain, chance)


def _report(cast: Cast, place: int, course: Course, chance: Random) -> Iterator[Step]:
    site = cast.reports[place]
    yield Chapter(title=f"report of {site}")
    if course is _by_phone:
        yield from _by_phone(cast, site, chance)
        return
    yield from prepare(site, probed=place % 4 == 0)
    yield Say(by=CHAIR, command=commands.AgendaNext())
    yield from grant(site, limit_s=REPORT_S)
    yield from speak(chance, site)
    yield Heard(sites=(site,))
    yield from course(cast, site, chance)
    yield Until(
        what=f"site {site} has the floor no longer",
        is_so=lambda screen: not screen.holds(site),
        within_s=10,
    )
    yield Wait(seconds=chance.uniform(10, 40))


def _skipped(cast: Cast) -> Iterator[Step]:
    site = cast.reports[1]
    yield Chapter(title=f"report of {site}: skipped")
    yield Say(by=SECRETARY, command=commands.AgendaSkip(item=FIRST_REPORT + 1))
    text = "Xin Sở chờ, sẽ mời lại sau"
    yield Say(by=SECRETARY, command=commands.NoteSend(to=site, text=text))


def _put_off(cast: Cast, place: int, chance: Random) -> Iterator[Step]:
    item = FIRST_REPORT + place
    yield Chapter(title=f"report of {cast.reports[place]}: put off")
    yield Wait(seconds=chance.uniform(5, 20))
    yield Say(by=SECRETARY, command=commands.AgendaDefer(item=item, after=item + 1))


# Courses.


def _plain(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    yield minutes(chance, 6.5, 7.5)
    yield release(site)


def _with_slides(cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    """And another site is shown while it listens."""
    other = _another(cast, site)
    yield from slides(
        site,
        minutes(chance, 3, 4),
        Say(by=CHAIR, command=commands.ViewBroadcast(site=other)),
        Until(
            what=f"site {other} is shown",
            is_so=lambda screen: screen.snapshot["views"].get("broadcast_shown") is True,
            within_s=10,
        ),
        Heard(sites=(site,)),
        Wait(seconds=40),
        Say(by=CHAIR, command=commands.ViewBroadcast(site=None)),
        minutes(chance, 3, 3.5),
    )
    yield release(site)


def _lost_and_back(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    yield minutes(chance, 2, 3)
    yield from break_off(site)
    yield Heard()
    yield Wait(seconds=chance.uniform(5, 12))
    yield from mended(site)
    yield Until(
        what=f"site {site} goes on",
        is_so=lambda screen: screen.holds(site) and not screen.held_by(site),
        within_s=COMES_BACK_S,
    )
    yield Wait(seconds=5)
    yield Heard(sites=(site,))
    yield minutes(chance, 3.5, 4.5)
    yield release(site)


def _howls(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    yield minutes(chance, 2, 3)
    yield Say(by=SECOND_TECHNICIAN, command=commands.SiteCut(site=site, on=True))
    yield Heard()
    text = "Đề nghị giảm loa"
    yield Say(by=SECOND_TECHNICIAN, command=commands.NoteSend(to=site, text=text))
    yield Wait(seconds=chance.uniform(15, 30))
    yield Say(by=SECOND_TECHNICIAN, command=commands.SiteCut(site=site, on=False))
    yield Heard(sites=(site,))
    yield minutes(chance, 4, 4.5)
    yield release(site)


def _by_phone(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    """No line, and a turn that cannot wait."""
    yield Lines(sites=(site,), to="lost")
    yield Wait(seconds=60)
    yield Say(
        by=CHAIR,
        command=commands.ChairCall(site=site, via=Via.PHONE, agenda_item=_item_of(_cast, site)),
        limit_s=REPORT_S,
    )
    yield Until(
        what=f"site {site} speaks by telephone",
        is_so=lambda screen: screen.snapshot["by_phone"] == [site],
        within_s=10,
    )
    yield Heard()
    yield minutes(chance, 6, 7)
    yield Say(by=CHAIR, command=commands.ChairRevoke(request=0, text="Xin cảm ơn"), of=site)
    yield from mended(site)


def _interrupted(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    """The chair puts a question in between."""
    yield minutes(chance, 3, 3.5)
    yield Say(by=CHAIR, command=commands.ChairHold(request=0), of=site)
    yield Heard()
    yield Wait(seconds=chance.uniform(20, 60))
    yield Say(by=SPARE, command=commands.ChairResume(request=0), of=site)
    yield Heard(sites=(site,))
    yield minutes(chance, 3.5, 4)
    yield release(site)


def _too_long(_cast: Cast, site: SiteCode, _chance: Random) -> Iterator[Step]:
    """Warned, over, given two minutes more, over again, ended."""
    yield Until(
        what=f"site {site} is over its time",
        is_so=lambda screen: _is_over(screen.snapshot, site),
        within_s=REPORT_S + 30,
    )
    yield Say(by=CHAIR, command=commands.ChairExtend(request=0, add_s=120), of=site)
    yield Wait(seconds=140)
    text = "Xin cảm ơn; phần còn lại đề nghị gửi bằng văn bản"
    yield Say(by=CHAIR, command=commands.ChairRevoke(request=0, text=text), of=site)


def _cut_off(cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    """The grace ends, somebody else fills the time, and the rest is given when the line is back."""
    other = _another(cast, site)
    yield minutes(chance, 3, 3.5)
    yield from break_off(site)
    yield Until(
        what=f"the rest of site {site} waits",
        is_so=lambda screen: screen.waits(site) and not screen.holds(site),
        within_s=25,
    )
    yield Say(by=CHAIR, command=commands.ChairCall(site=other))
    yield from speak(chance, other)
    yield Heard(sites=(other,))
    yield minutes(chance, 1, 2)
    yield release(other)
    yield from mended(site)
    yield from grant(site, limit_s=None)
    yield from speak(chance, site)
    yield Heard(sites=(site,))
    yield minutes(chance, 2.5, 3.5)
    yield release(site)


def _handed_over(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    """The Minister is called out, and comes back."""
    yield minutes(chance, 2, 3)
    yield Say(by=CHAIR, command=commands.ChairHandover(to=DEPUTY.user))
    yield minutes(chance, 2, 3)
    yield Say(by=DEPUTY, command=commands.ChairExtend(request=0, add_s=60), of=site)
    yield Say(by=DEPUTY, command=commands.ChairHandover(to=CHAIR.user))
    yield minutes(chance, 2, 2.5)
    yield release(site)


def _asks_for_help(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    yield minutes(chance, 2, 3)
    yield Say(by=room(site), command=commands.HelpRaise())
    yield Say(by=TECHNICIAN, command=commands.HelpAck(site=site))
    yield minutes(chance, 4.5, 5)
    yield Say(by=TECHNICIAN, command=commands.HelpClose(site=site))
    yield release(site)


def _restarted(_cast: Cast, site: SiteCode, chance: Random) -> Iterator[Step]:
    """Control dies while somebody speaks, and nobody hears of it."""
    yield minutes(chance, 3, 3.5)
    yield Restart()
    yield Heard(sites=(site,))
    yield minutes(chance, 3.5, 4)
    yield release(site)


COURSES: Final[Sequence[Course]] = (
    _lost_and_back,
    _howls,
    _by_phone,
    _cut_off,
    _with_slides,
    _too_long,
    _interrupted,
    _handed_over,
    _asks_for_help,
    _plain,
)
"""The most telling first."""


def _courses(count: int) -> list[Course]:
    """One for each report."""
    return [*COURSES[: count - 1], _restarted]


def _another(cast: Cast, site: SiteCode) -> SiteCode:
    """Who listens, best of those that do not report."""
    listeners = [code for code in reversed(cast.present) if code != site]
    return next((code for code in listeners if code not in cast.reports), listeners[0])


def _item_of(cast: Cast, site: SiteCode) -> int:
    return FIRST_REPORT + cast.reports.index(site)


def _is_over(snapshot: object, site: SiteCode) -> bool:
    assert isinstance(snapshot, dict)
    return any(r["site"] == site and r["over"] for r in snapshot["requests"].values())

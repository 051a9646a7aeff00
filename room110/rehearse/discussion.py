"""Discussion: many hands and three who speak at once.

Here two consoles get in each other's way, the floor is full, the chair is lost and a deputy assumes it,
a speaker's line does not come back in time and the rest is given much later, and for a while the
floor goes round by itself.  Two hands are not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from bridge.conference import commands
from bridge.conference.words import (
    CENTRE,
    OnExpiry,
    Phase,
    RefusalCode,
    RequestHandling,
    SiteCode,
)
from room110.rehearse.acts import break_off, grant, mended, minutes, release, speak
from room110.rehearse.cast import Cast
from room110.rehearse.people import CHAIR, DEPUTY, SECRETARY, SPARE, room
from room110.rehearse.screen import Screen
from room110.rehearse.steps import (
    Chapter,
    Consoles,
    Heard,
    Mic,
    Say,
    Step,
    Together,
    Until,
    Wait,
)

REPLY_S: Final = 180
AUTO_S: Final = 150
GROUPS: Final = ("Cơ chế tài chính", "Chuyển giao công nghệ", "Chuyển đổi số")
NOWHERE: Final = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What becomes of the hands."""

    speak: tuple[SiteCode, ...]
    """Four, three of them at once."""
    by_itself: tuple[SiteCode, ...]
    """The floor comes to them without a word."""
    denied: tuple[SiteCode, ...]
    unreached: tuple[SiteCode, ...]
    withdrawn: SiteCode


def parts(hands: tuple[SiteCode, ...]) -> Parts:
    """With few hands, nobody is left for some of them."""
    rest = hands[4:-1]
    return Parts(
        speak=hands[:4],
        by_itself=rest[:-3],
        denied=rest[-3:-2],
        unreached=rest[-2:],
        withdrawn=hands[-1],
    )


def discussion(cast: Cast, chance: Random) -> Iterator[Step]:
    yield Chapter(title="discussion: hands")
    yield Say(by=CHAIR, command=commands.AgendaNext())
    changes = {
        "max_floor_users": 3,
        "request_handling": RequestHandling.CONFIRM,
        "limit_s": REPLY_S,
        "warn_s": 30,
    }
    yield Say(by=CHAIR, command=commands.ChairPolicy(changes=changes))
    yield from _hands(cast)
    yield from _noes(cast)
    yield Chapter(title="discussion: three speak")
    yield from _three(cast, chance)
    yield Chapter(title="discussion: the chair is lost")
    yield from _chair_lost(cast, chance)
    yield Chapter(title="discussion: the floor goes round by itself")
    yield from _by_itself(cast, chance)
    yield Chapter(title="discussion: the rest of a speech that broke off")
    yield from _continued(cast, chance)


def _hands(cast: Cast) -> Iterator[Step]:
    """All go up at once and wait for a yes; the secretary puts them in order."""
    hands = tuple(
        Say(
            by=room(site),
            command=commands.FloorRequest(
                text=f"Kiến nghị của Sở {site}", group=GROUPS[place % 3], priority=4
            ),
        )
        for place, site in enumerate(cast.hands)
    )
    yield Together(says=hands)
    for site in cast.hands:
        yield Say(by=SECRETARY, command=commands.ChairAccept(request=0), of=site)
    last = parts(cast.hands).withdrawn
    yield Say(by=SECRETARY, command=commands.ChairAccept(request=0, position=1), of=last)
    # The chair moves it too, having looked before the secretary did.
    yield Say(
        by=CHAIR,
        command=commands.ChairAccept(request=0, position=2),
        of=last,
        behind=True,
        refused=RefusalCode.STALE,
    )
    yield release(last)


def _noes(cast: Cast) -> Iterator[Step]:
    """What a conference answers to those who ask for what cannot be."""
    first = room(cast.hands[0])
    request = commands.FloorRequest()
    yield Say(by=first, command=request, refused=RefusalCode.REQUEST_LIMIT)
    music = commands.FloorRequest(floors=("music",))
    yield Say(by=first, command=music, refused=RefusalCode.FLOOR_NOT_FOUND)
    for command, code in (
        (commands.ChairCall(site=CENTRE), RefusalCode.CHAIR_SEAT_NEEDS_NO_FLOOR),
        (commands.ChairCall(site=cast.excused), RefusalCode.SITE_OFFLINE),
        (commands.ChairGrant(request=NOWHERE), RefusalCode.REQUEST_NOT_FOUND),
        (commands.AgendaNext(item=NOWHERE), RefusalCode.ITEM_NOT_FOUND),
        (commands.ChairPhase(to=Phase.LOBBY), RefusalCode.BAD_STATE),
    ):
        yield Say(by=CHAIR, command=command, refused=code)
    block = commands.ChairPolicy(changes={"request_handling": RequestHandling.BLOCK})
    yield Say(by=CHAIR, command=block)
    latecomer = room(cast.late[0])
    yield Say(by=latecomer, command=request, refused=RefusalCode.HANDS_CLOSED)


def _three(cast: Cast, chance: Random) -> Iterator[Step]:
    a, b, c, d = parts(cast.hands).speak
    yield from grant(a, limit_s=300)
    for site in (b, c):
        yield from grant(site, limit_s=REPLY_S)
    for site in (a, b, c):
        yield Mic(site=site)
    yield Heard(sites=(a, b, c))
    yield minutes(chance, 1.5, 2)
    full = commands.ChairGrant(request=0)
    yield Say(by=CHAIR, command=full, of=d, refused=RefusalCode.FLOOR_FULL)
    fewer = commands.ChairPolicy(changes={"max_floor_users": 1})
    yield Say(by=CHAIR, command=fewer, refused=RefusalCode.FLOOR_FULL)
    # Everything is shut at once, and everybody let go on by name.
    yield Say(by=CHAIR, command=commands.ChairSilence())
    yield Heard(centre=False)
    yield Wait(seconds=15)
    yield Say(by=CHAIR, command=commands.ChairMute(site=CENTRE, on=False))
    for site in (a, b, c):
        yield Say(by=CHAIR, command=commands.ChairResume(request=0), of=site)
    yield Heard(sites=(a, b, c))
    yield Say(by=CHAIR, command=commands.ChairMute(site="all", but=(a, b)))
    yield Heard(sites=(a, b))
    yield Say(by=CHAIR, command=commands.ChairMute(site="all", on=False))
    replace = commands.ChairGrant(request=0, on_full="replace")
    yield Say(by=CHAIR, command=replace, of=d, limit_s=REPLY_S)
    yield from speak(chance, d)
    yield Heard(sites=(b, c, d))
    # This line does not come back in time.
    yield from break_off(b)
    yield Until(
        what=f"site {b} has lost the floor",
        is_so=lambda screen: not screen.holds(b) and screen.waits(b),
        within_s=25,
    )
    yield Heard(sites=(c, d))
    yield release(c)


def _chair_lost(cast: Cast, chance: Random) -> Iterator[Step]:
    d = cast.hands[3]
    assume = commands.ChairAssume()
    yield Consoles(people=(CHAIR,), on=False)
    yield Say(by=DEPUTY, command=assume, refused=RefusalCode.BAD_STATE)
    yield Consoles(people=(SPARE,), on=False)
    yield Say(by=DEPUTY, command=assume, refused=RefusalCode.BAD_STATE)
    yield Heard(sites=(d,))
    yield Wait(seconds=35, least_s=1.2)
    yield Say(by=DEPUTY, command=assume)
    yield minutes(chance, 0.3, 0.6)
    text = "Xin cảm ơn đại biểu"
    yield Say(by=DEPUTY, command=commands.ChairRevoke(request=0, text=text), of=d)
    yield Consoles(people=(CHAIR, SPARE), on=True)
    recess = commands.ChairPhase(to=Phase.RECESS)
    yield Say(by=CHAIR, command=recess, refused=RefusalCode.NOT_AUTHORIZED)
    yield Say(by=CHAIR, command=assume)
    yield Say(by=SECRETARY, command=commands.MinutesNote(text="Chủ trì trở lại điều hành."))


def _by_itself(cast: Cast, chance: Random) -> Iterator[Step]:
    """Whoever waits is given the floor in turn and loses it for time."""
    waiting = parts(cast.hands).by_itself
    if not waiting:
        return
    changes = {
        "max_floor_users": 1,
        "limit_s": AUTO_S,
        "warn_s": 10,
        "on_expiry": OnExpiry.REVOKE,
        "start_within_s": 5.0,
        "auto_advance": True,
    }
    yield Say(by=CHAIR, command=commands.ChairPolicy(changes=changes))
    for site in waiting:
        yield Until(
            what=f"site {site} is given the floor by itself",
            is_so=_holds(site),
            within_s=AUTO_S + 30,
        )
    calm = {"auto_advance": False, "on_expiry": OnExpiry.OVERTIME, "limit_s": REPLY_S}
    yield Say(by=CHAIR, command=commands.ChairPolicy(changes=calm))
    yield minutes(chance, 0.3, 0.5)
    yield release(waiting[-1])
    yield Heard()


def _continued(cast: Cast, chance: Random) -> Iterator[Step]:
    b = cast.hands[1]
    yield from mended(b)
    yield from grant(b, limit_s=None)
    yield from speak(chance, b)
    yield Heard(sites=(b,))
    yield minutes(chance, 1, 2)
    yield release(b)
    for site in parts(cast.hands).denied:
        text = "Xin hẹn lượt sau; đề nghị gửi ý kiến bằng văn bản"
        yield Say(by=CHAIR, command=commands.ChairDeny(request=0, text=text), of=site)


def _holds(site: SiteCode) -> Callable[[Screen], bool]:
    return lambda screen: screen.holds(site)

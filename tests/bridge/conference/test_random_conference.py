"""A long day: 64 sites, ten thousand commands by chance, each written, read again and replayed.

Chance has a seed, so it is the same day everywhere.  Beside the live state runs a second one, made
only of what the journal would read, and three clients, who have only the patches.
"""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from bridge.conference import commands as c
from bridge.conference.agenda import Draft
from bridge.conference.codec import decode, encode
from bridge.conference.deadlines import next_deadline
from bridge.conference.decide import Decision, begin, decide
from bridge.conference.events import Policy
from bridge.conference.evolve import begun, evolve, fold
from bridge.conference.patch import diff, merge
from bridge.conference.projection import DESK, WALL, Audience, project
from bridge.conference.words import ItemKind, Mark, Phase, RequestHandling, Role, Via
from tests.bridge.conference.scene import CHAIR, DEPUTY, SECRETARY, TECHNICIAN, province

COMMANDS = 10_000
LOOKED_AT = 25
"""Every so many commands the clients' pictures are compared."""
PROVINCES = tuple(f"{number:02d}" for number in range(1, 64))
SITES = (*PROVINCES, "110")
TITLES = {site: f"Điểm cầu {site}" for site in SITES}
AUDIENCES = (DESK, WALL, Audience(kind="site", site="07"))


class Day:
    """Somebody who presses buttons, and knows what is on the list."""

    def __init__(self, seed):
        self.chance = Random(seed)
        self.now_s = 0.0
        first = begin(conference="day", title="Ngày", rehearsal=False, sites=SITES, policy=Policy())
        self.state = begun(first)
        self.journal = [first]

    def site(self):
        return self.chance.choice(PROVINCES)

    def request(self, *statuses):
        """Of a request in one of *statuses*; 0, which is none, if there is none."""
        numbers = [
            number
            for number in [*self.state.queue, *(r.id for r in self.state.granted)]
            if self.state.requests[number].status in statuses
        ]
        return self.chance.choice(numbers or [0])

    def waiting(self):
        return self.request("accepted")

    def granted(self):
        return self.request("granted")

    def item(self):
        return self.chance.choice(self.state.agenda.order or (0,))

    def drafts(self):
        kinds = self.chance.choices(list(ItemKind), k=self.chance.randint(1, 8))
        return tuple(
            Draft(
                kind=kind,
                title="Mục",
                minutes=self.chance.randint(1, 9),
                site=self.site() if kind is ItemKind.SITE else None,
            )
            for kind in kinds
        )

    def floors(self):
        return self.chance.choice([("speech",)] * 6 + [("content",), ("speech", "content")])

    def wish(self):
        """A command and who gives it."""
        choose = self.chance.choice
        weights, makers = zip(*BUTTONS, strict=True)
        command = self.chance.choices(makers, weights)[0](self)
        if isinstance(command, c.HouseCommand):
            return command, c.HOUSE
        if isinstance(command, c.FloorRequest | c.FloorRelease | c.RollcallAnswer | c.HelpRaise):
            return command, province(self.site())
        if isinstance(command, c.SiteProbe | c.SiteCut):
            return command, TECHNICIAN
        return command, choose([CHAIR] * 8 + [SECRETARY, DEPUTY])

    def pass_time(self):
        due_s = next_deadline(self.state)
        step_s = self.chance.expovariate(1 / 4)
        if due_s is not None and self.chance.random() < 0.3:
            step_s = max(0.0, due_s - self.now_s)
        self.now_s += step_s


BUTTONS = (
    (12, lambda d: c.FloorRequest(floors=d.floors(), text="xin phát biểu")),
    (4, lambda d: c.FloorRequest(site=d.site(), priority=d.chance.randint(0, 4))),
    (3, lambda d: c.FloorRelease(request=d.request("accepted", "granted"))),
    (3, lambda d: c.ChairAccept(request=d.waiting(), position=d.chance.choice([None, 1, 3]))),
    (8, lambda d: c.ChairGrant(request=d.waiting(), on_full="replace")),
    (5, lambda d: c.ChairCall(site=d.site(), floors=d.floors(), via=d.chance.choice(list(Via)))),
    (3, lambda d: c.ChairDeny(request=d.waiting())),
    (3, lambda d: c.ChairRevoke(request=d.granted())),
    (2, lambda d: c.ChairNext(site=d.site())),
    (2, lambda d: c.ChairHold(request=d.granted())),
    (4, lambda d: c.ChairResume(request=d.granted())),
    (2, lambda d: c.ChairExtend(request=d.granted(), add_s=60)),
    (2, lambda d: c.ChairMute(site=d.site(), on=d.chance.random() < 0.5)),
    (0.5, lambda d: c.ChairMute(site="all", on=d.chance.random() < 0.5, but=(d.site(),))),
    (0.5, lambda d: c.ChairLimit(site=d.site(), limit_s=d.chance.choice([None, 120]))),
    (0.3, lambda _: c.ChairSilence()),
    (2, lambda d: c.ChairPolicy(changes=d.chance.choice(POLICIES))),
    (1, lambda d: c.ChairPhase(to=d.chance.choice([Phase.RECESS, Phase.CLOSED]))),
    (4, lambda _: c.ChairPhase(to=Phase.OPEN)),
    (1, lambda d: c.AgendaLoad(items=d.drafts(), append=d.chance.random() < 0.3)),
    (3, lambda _: c.AgendaNext()),
    (1, lambda d: c.AgendaSkip(item=d.item())),
    (1, lambda d: c.AgendaDefer(item=d.item())),
    (1, lambda d: c.AgendaReturn(item=d.item())),
    (0.5, lambda _: c.AgendaFinish()),
    (1, lambda d: c.ChairCall(site=d.site(), agenda_item=d.item())),
    (0.5, lambda d: d.chance.choice([c.RollcallOpen(), c.RollcallClose()])),
    (2, lambda _: c.RollcallAnswer(head="Bà B", count=12)),
    (1, lambda d: c.RollcallMark(site=d.site(), mark=d.chance.choice(list(Mark)), reason="ốm")),
    (1, lambda d: c.ViewBroadcast(site=d.chance.choice([d.site(), None]))),
    (1, lambda d: c.ViewWatch(site=d.site())),
    (0.5, lambda _: c.ViewCarousel(sites="online")),
    (1, lambda d: c.SiteProbe(site=d.chance.choice([d.state.next, d.site()]))),
    (2, lambda d: c.SiteCut(site=d.site(), on=d.chance.random() < 0.5)),
    (1, lambda _: c.HelpRaise()),
    (1, lambda d: c.HelpClose(site=d.site())),
    (1, lambda d: c.NoteSend(to=d.site(), text="Đề nghị bật mic")),
    (12, lambda d: c.LinkUp(site=d.chance.choice(SITES))),
    (3, lambda d: c.LinkLost(site=d.chance.choice(SITES))),
    (1, lambda d: c.SiteLeft(site=d.site())),
    (5, lambda d: c.MicLive(site=d.site())),
    (8, lambda _: c.Tick()),
    (1, lambda _: c.ConsoleCame(user="an", roles=frozenset({Role.CHAIR}))),
    (0.3, lambda _: c.ConsoleWent(user="an")),
    (0.1, lambda d: c.Recover(alive=frozenset(d.chance.sample(SITES, 50)))),
)
"""How often each button is pressed."""
POLICIES = (
    {"max_floor_users": 1},
    {"max_floor_users": 3},
    {"auto_advance": True},
    {"auto_advance": False},
    {"limit_s": None},
    {"limit_s": 60},
    {"request_handling": RequestHandling.CONFIRM},
    {"request_handling": RequestHandling.QUEUE},
)


@pytest.mark.parametrize("seed", [110])
def test_a_long_day_is_replayed_from_what_is_written(seed):
    day = Day(seed)
    replayed = fold(day.journal)
    pictures = [project(day.state, audience, titles=TITLES) for audience in AUDIENCES]
    done = Counter()
    for number in range(COMMANDS):
        day.pass_time()
        command, actor = day.wish()
        answer = decide(day.state, command, actor, now_s=day.now_s)
        done[type(command).__name__, isinstance(answer, Decision)] += 1
        if isinstance(answer, Decision):
            day.state = answer.after
            day.journal += answer.events
            lines = [json.dumps(encode(event)) for event in answer.events]
            for line in lines:
                replayed = evolve(replayed, decode(json.loads(line)))
            assert replayed == day.state
        if number % LOOKED_AT == 0:
            for place, audience in enumerate(AUDIENCES):
                snapshot = project(day.state, audience, titles=TITLES)
                patch = json.loads(json.dumps(diff(pictures[place], snapshot)))
                pictures[place] = merge(pictures[place], patch)
                assert pictures[place] == snapshot
    assert fold(day.journal) == day.state
    names = {name for name, _ in done}
    assert all(done[name, True] for name in names), "a button that never worked"
    assert len(day.state.requests) > COMMANDS / 20

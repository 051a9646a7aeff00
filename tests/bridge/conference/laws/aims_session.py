"""Rules about everything around the floor: the agenda, the roll, the screens, sites and papers."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bridge.conference import commands
from bridge.conference.agenda import Draft
from bridge.conference.words import Help, ItemKind, Ladder, Mark, Phase, ProbeKind, SlateKind
from tests.bridge.conference.laws.people import actors, helpers, picks, provinces, sites
from tests.bridge.conference.scene import PROVINCES, SECRETARY, TECHNICIAN, province

texts = st.sampled_from([None, "một", "hai"])
minutes = st.sampled_from([1, 7])
drafts = st.one_of(
    st.builds(
        Draft,
        kind=st.just(ItemKind.SITE),
        title=st.just("tham luận"),
        minutes=minutes,
        site=provinces,
        group=texts,
    ),
    st.builds(
        Draft,
        kind=st.sampled_from([kind for kind in ItemKind if kind is not ItemKind.SITE]),
        title=st.just("mục"),
        minutes=minutes,
    ),
)
wrong = st.builds(
    Draft,
    kind=st.sampled_from([ItemKind.SITE, ItemKind.CENTRE]),
    title=st.just("sai"),
    minutes=minutes,
    site=st.sampled_from([None, "01", "99", "110"]),
)


class AgendaRules:
    @rule(items=st.lists(drafts, max_size=5), append=st.booleans(), actor=actors)
    def load(self, items, append, actor):
        self.act(commands.AgendaLoad(items=tuple(items), append=append), actor)

    @rule(item=wrong, actor=actors)
    def load_a_mistake(self, item, actor):
        self.act(commands.AgendaLoad(items=(item,)), actor)

    @rule(item=st.one_of(st.none(), picks), actor=actors)
    def go_on(self, item, actor):
        self.act(commands.AgendaNext(item=item), actor)

    @rule(kinds=st.permutations(ItemKind), then=st.sampled_from(["call", "grant", "film", "wait"]))
    def treat_an_item(self, kinds, then):
        """There is an item, it is its turn, and the chair gives it the floor."""
        site = PROVINCES[len(self.facts.plan.items) % len(PROVINCES)]
        kind = ItemKind.CLIP if then == "film" else kinds[0] if then == "wait" else ItemKind.SITE
        draft = Draft(kind=kind, title="m", minutes=2, site=site if kind is ItemKind.SITE else None)
        self.act(commands.AgendaLoad(items=(draft,), append=True))
        number = self.facts.plan.given
        if number not in self.facts.plan.items:
            return
        if then == "call":
            self.act(commands.ChairCall(site=site, agenda_item=number))
        else:
            self.act(commands.AgendaNext(item=number))
        if then == "grant" and self.facts.plan.current == number and self.facts.waiting.queue:
            self.act(commands.ChairGrant(request=self.facts.waiting.queue[0], on_full="replace"))

    @rule(site=sites, item=picks, floors=st.sampled_from([("speech",), ("content",)]), actor=actors)
    def call_for_an_item(self, site, item, floors, actor):
        self.act(commands.ChairCall(site=site, agenda_item=item, floors=floors), actor)

    @rule(actor=actors)
    def finish(self, actor):
        self.act(commands.AgendaFinish(), actor)

    @rule(pick=picks, actor=actors)
    def skip(self, pick, actor):
        self.act(commands.AgendaSkip(item=self.item(pick)), actor)

    @rule(pick=picks, after=st.one_of(st.none(), picks), actor=actors)
    def defer(self, pick, after, actor):
        after = None if after is None else self.item(after)
        self.act(commands.AgendaDefer(item=self.item(pick), after=after), actor)

    @rule(pick=picks, actor=actors)
    def bring_back(self, pick, actor):
        self.act(commands.AgendaReturn(item=self.item(pick)), actor)

    def item(self, pick):
        """An item that is there, or (0) one that is not."""
        return [0, *self.facts.plan.order][pick % (len(self.facts.plan.order) + 1)]


class SessionRules:
    @rule(open_=st.booleans(), actor=st.sampled_from([None, SECRETARY, TECHNICIAN]))
    def call_the_roll(self, open_, actor):
        self.act(commands.RollcallOpen() if open_ else commands.RollcallClose(), actor)

    @rule(site=sites, count=st.sampled_from([None, 0, 12]), title=texts)
    def answer(self, site, count, title):
        self.act(commands.RollcallAnswer(head="ông A", title=title, count=count), province(site))

    @rule(
        site=sites,
        mark=st.sampled_from([None, *Mark]),
        reason=texts,
        head=texts,
        actor=st.sampled_from([None, SECRETARY, province("01")]),
    )
    def mark(self, site, mark, reason, head, actor):
        self.act(commands.RollcallMark(site=site, mark=mark, reason=reason, head=head), actor)

    @rule(site=st.one_of(sites, st.none()), waits=st.sampled_from([0.0, 2.75, 3.0]), actor=helpers)
    def broadcast(self, site, waits, actor):
        self.act(commands.ViewBroadcast(site=site), actor)
        self.pass_time(waits)
        self.act(commands.Tick())

    @rule(site=st.one_of(sites, st.none()), actor=helpers)
    def watch(self, site, actor):
        self.act(commands.ViewWatch(site=site), actor)

    @rule(turn=st.one_of(st.none(), st.just("online"), st.lists(sites, max_size=3)), actor=helpers)
    def carousel(self, turn, actor):
        turn = tuple(turn) if isinstance(turn, list) else turn
        self.act(commands.ViewCarousel(sites=turn, every_s=5), actor)

    @rule(site=st.one_of(sites, st.none()), kind=st.sampled_from(ProbeKind), actor=helpers)
    def probe(self, site, kind, actor):
        self.act(commands.SiteProbe(site=site, kind=kind), actor)

    @rule(pick=picks, kind=st.sampled_from(ProbeKind), then=st.sampled_from(["call", "open", None]))
    def probe_the_next(self, pick, kind, then):
        able = self.who_can()
        if able:
            site = able[pick % len(able)]
            if self.facts.phase is not Phase.LOBBY:
                self.act(commands.ChairNext(site=site))
            self.act(commands.SiteProbe(site=site, kind=kind), TECHNICIAN)
        if able and then == "call":
            self.act(commands.ChairCall(site=site))
        if then == "open":
            self.act(commands.ChairPhase(to=Phase.OPEN))

    @rule(site=sites, on=st.booleans(), actor=helpers)
    def cut(self, site, on, actor):
        self.act(commands.SiteCut(site=site, on=on), actor)

    @rule(pick=picks, on=st.sampled_from([True, True, False]))
    def cut_a_speaker(self, pick, on):
        request = self.pick(pick, {"granted"})
        if request:
            self.act(commands.SiteCut(site=request.site, on=on), TECHNICIAN)

    @rule(site=sites, what=st.sampled_from(["switch", "restart", "drop"]), actor=helpers)
    def treat_a_device(self, site, what, actor):
        match what:
            case "switch":
                self.act(commands.SiteSwitch(site=site), actor)
            case "restart":
                self.act(commands.SiteRestart(site=site), actor)
            case "drop":
                self.act(commands.SiteDrop(site=site), actor)

    @rule(site=sites, to=st.sampled_from(Ladder), actor=helpers)
    def ladder(self, site, to, actor):
        self.act(commands.SiteLadder(site=site, to=to), actor)

    @rule(site=sites, to=st.sampled_from([None, *Help]), actor=helpers)
    def help_(self, site, to, actor):
        match to:
            case None:
                self.act(commands.HelpClose(site=site), actor)
            case Help.RAISED:
                self.act(commands.HelpRaise(), province(site))
            case Help.ACKNOWLEDGED:
                self.act(commands.HelpAck(site=site), actor)

    @rule(to=st.sampled_from(["desk", "technicians", *PROVINCES]), site=sites, own=st.booleans())
    def write(self, to, site, own):
        actor = province(site) if own else TECHNICIAN
        self.act(commands.NoteSend(to=to, text="xin chào"), actor)

    @rule(slate=st.sampled_from(SlateKind), text=texts, until=texts, actor=helpers)
    def slate(self, slate, text, until, actor):
        self.act(commands.ProgrammeSlate(slate=slate, text=text, until=until), actor)

    @rule(on=st.booleans(), place=texts, chair=texts, actor=helpers)
    def paperwork(self, on, place, chair, actor):
        self.act(commands.ConferenceLock(on=on), actor)
        self.act(commands.ConferenceDescribe(place=place, chair=chair), actor)
        self.act(commands.MinutesNote(text="ghi"), actor)

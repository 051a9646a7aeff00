"""Laws of the documents: on any conference, cut off anywhere."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.answers import Answers
from bridge.batch import Batch
from bridge.conference.commands import (
    HOUSE,
    AgendaDefer,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaReturn,
    AgendaSkip,
    ChairAccept,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHold,
    ChairMute,
    ChairPhase,
    ChairResume,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
    LinkLost,
    LinkUp,
    MicLive,
    MinutesNote,
    Recover,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteLeft,
    Tick,
)
from bridge.conference.words import CONTENT, SPEECH, Mark, Phase, RequestStatus, Via
from bridge.history import History
from bridge.inbox import Wish
from bridge.minutes.facts import minutes_of
from bridge.minutes.files import DOCUMENTS, Telling, documents
from bridge.minutes.lives import Fate
from tests.bridge.conference.scene import CHAIR, SECRETARY, TECHNICIAN, province
from tests.bridge.minutes.sitting import AGENDA, SITES, Sitting, full

HEAVY = {"bien-ban.docx", "thong-ke.xlsx"}
PROVINCES = SITES[:3]

sites = st.sampled_from(PROVINCES)
numbers = st.integers(1, 12)
items = st.integers(1, 6)
floors = st.sampled_from([(SPEECH,), (CONTENT,), (SPEECH, CONTENT)])
flags = st.booleans()
words = st.sampled_from([None, "=1", "*a*", "\x00", "ý kiến"])


def by(actor, command):
    return st.tuples(st.just(actor), command)


def of_site(make):
    return st.builds(lambda site: (province(site), make(site)), sites)


acts = st.one_of(
    st.builds(
        lambda site, floors, text: (province(site), FloorRequest(floors=floors, text=text)),
        sites,
        floors,
        words,
    ),
    by(
        CHAIR,
        st.builds(ChairGrant, request=numbers, on_full=st.sampled_from(["reject", "replace"])),
    ),
    by(CHAIR, st.builds(ChairCall, site=sites, floors=floors, via=st.sampled_from(Via))),
    by(CHAIR, st.builds(ChairCall, site=sites, agenda_item=items)),
    by(CHAIR, st.builds(ChairDeny, request=numbers)),
    by(CHAIR, st.builds(ChairAccept, request=numbers)),
    by(CHAIR, st.builds(ChairRevoke, request=numbers)),
    by(CHAIR, st.builds(ChairHold, request=numbers)),
    by(CHAIR, st.builds(ChairResume, request=numbers)),
    by(CHAIR, st.builds(ChairExtend, request=numbers, add_s=st.just(60))),
    by(CHAIR, st.builds(ChairMute, site=sites, on=flags)),
    by(CHAIR, st.builds(ChairPhase, to=st.sampled_from(Phase))),
    by(CHAIR, st.builds(ChairPhase, to=st.just(Phase.OPEN))),
    by(CHAIR, st.just(AgendaLoad(items=AGENDA))),
    by(CHAIR, st.builds(AgendaNext, item=st.none() | items)),
    by(CHAIR, st.just(AgendaFinish())),
    by(CHAIR, st.builds(AgendaSkip, item=items)),
    by(CHAIR, st.builds(AgendaDefer, item=items)),
    by(CHAIR, st.builds(AgendaReturn, item=items)),
    by(TECHNICIAN, st.builds(SiteCut, site=sites, on=flags)),
    by(TECHNICIAN, st.builds(HelpAck, site=sites)),
    by(
        SECRETARY,
        st.builds(RollcallMark, site=sites, mark=st.none() | st.sampled_from(Mark), reason=words),
    ),
    by(SECRETARY, st.sampled_from([RollcallOpen(), RollcallClose()])),
    by(SECRETARY, st.builds(MinutesNote, text=st.just("=ghi *chú*"))),
    of_site(lambda _: RollcallAnswer(head="| Bà Hoa")),
    of_site(lambda _: HelpRaise()),
    of_site(lambda _: HelpClose()),
    st.builds(lambda site, number: (province(site), FloorRelease(request=number)), sites, numbers),
    by(HOUSE, st.builds(LinkUp, site=sites)),
    by(HOUSE, st.builds(LinkUp, site=sites)),
    by(HOUSE, st.builds(LinkLost, site=sites)),
    by(HOUSE, st.builds(SiteLeft, site=sites)),
    by(HOUSE, st.builds(MicLive, site=sites)),
    by(HOUSE, st.builds(Recover, alive=st.frozensets(sites))),
    by(HOUSE, st.just(Tick())),
)
plots = st.lists(st.tuples(st.sampled_from([0.0, 1.0, 20.0, 125.0]), acts), max_size=60)


def played(plot, *, lobby: bool) -> Sitting:
    """What of *plot* the rules allow, everybody connected; from the *lobby*, or the session open."""
    sitting = Sitting(max_floor_users=2, limit_s=60, grace_s=20.0)
    sitting.come(*SITES)
    if not lobby:
        sitting.open()
    for passed_s, (actor, command) in plot:
        sitting.now_s += passed_s
        for each, who in ((Tick(), HOUSE), (command, actor)):
            batch = Batch(
                state=sitting.state,
                rev=len(sitting.records),
                now_s=sitting.now_s,
                wall=sitting.wall,
                known=Answers(),
                history=History(rev=len(sitting.records)),
            )
            batch.decide([Wish(command=each, actor=who)])
            sitting.state = batch.state
            sitting.records += batch.records
    return sitting


def check_facts(minutes, state):
    """Every request is in exactly one place, and the figures are the core's."""
    assert [asked.request for asked in minutes.asked] == list(state.requests)
    fates = {asked.request: asked.fate for asked in minutes.asked}
    placed = Counter()
    for speech in (*minutes.speeches, *minutes.showings):
        placed.update(part.request for part in speech.parts)
        placed.update(speech.rest)
        assert {state.requests[part.request].site for part in speech.parts} == {speech.site}
        for part in speech.parts:
            request = state.requests[part.request]
            assert part.spoken_s == request.spoken_s(minutes.last.at_s)
            assert (part.ended is None) is (request.status is RequestStatus.GRANTED)
            assert part.granted.at_s == request.granted_s
            lasted_s = (part.ended or minutes.last).at_s - part.granted.at_s
            assert all(0 <= hold.seconds <= lasted_s for hold in part.interruptions)
            assert part.spoken_s <= lasted_s + 1e-6
        assert all(part.ended for part in speech.parts[:-1])
    there = {
        number for number, fate in fates.items() if fate in {Fate.SPOKEN, Fate.SHOWN, Fate.REST}
    }
    assert placed == Counter(there)
    spoken = {part.request for speech in minutes.speeches for part in speech.parts}
    assert spoken == {number for number, fate in fates.items() if fate is Fate.SPOKEN}
    for number, request in state.requests.items():
        had_it = request.granted_s is not None
        assert had_it is (fates[number] in {Fate.SPOKEN, Fate.SHOWN})
    starts = [speech.granted.at_s for speech in minutes.speeches]
    assert starts == sorted(starts)
    assert {seat.site: seat.mark for seat in minutes.attendance.seats} == {
        site: marked.mark if (marked := state.rollcall.marks.get(site)) else None
        for site in state.sites
    }
    for line in minutes.lines:
        assert 0 <= line.up_s <= line.session_s + 1e-6
        assert (line.share or 0) <= 1 + 1e-9


@settings(max_examples=60, deadline=None)
@given(plots, flags)
def test_every_request_is_in_exactly_one_place_and_no_document_raises(plot, lobby):
    sitting = played(plot, lobby=lobby)
    minutes = sitting.minutes
    check_facts(minutes, sitting.state)

    for name, make in DOCUMENTS.items():
        if name not in HEAVY:
            assert make(Telling(minutes=minutes, before=minutes)), name


@settings(max_examples=10, deadline=None)
@given(plots, flags)
def test_nor_do_word_and_excel(plot, lobby):
    assert documents(Telling(minutes=played(plot, lobby=lobby).minutes))


@settings(max_examples=15, deadline=None)
@given(plots, flags)
def test_any_journal_may_break_off_anywhere(plot, lobby):
    records = played(plot, lobby=lobby).records
    for last in range(1, len(records) + 1):
        minutes = minutes_of(records[:last])
        assert minutes.counts.records == last
        assert DOCUMENTS["bien-ban.md"](Telling(minutes=minutes))


def prefixes():
    records = full().records
    return [pytest.param(records[:last], id=f"rev {last}") for last in range(1, len(records) + 1)]


@pytest.mark.parametrize("records", prefixes())
def test_a_morning_may_break_off_after_every_record(records):
    telling = Telling(minutes=minutes_of(records))
    heavy = len(records) % 8 == 0

    for name, make in DOCUMENTS.items():
        if heavy or name not in HEAVY:
            assert make(telling), name

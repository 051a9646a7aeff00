from __future__ import annotations

import pytest

from bridge.conference.commands import (
    AgendaLoad,
    AgendaNext,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHold,
    ChairPhase,
    ChairResume,
    FloorRelease,
    FloorRequest,
    LinkLost,
    LinkUp,
    MicLive,
    Recover,
    SiteCut,
)
from bridge.conference.events import RequestEnded, RequestMade
from bridge.conference.words import (
    CENTRE,
    CONTENT,
    SPEECH,
    EndReason,
    Hold,
    Phase,
    RequestKind,
    RequestStatus,
)
from bridge.minutes.lives import Fate, Lives, fates_of
from bridge.minutes.steps import steps_of
from bridge.records import Record
from tests.bridge.conference.scene import TECHNICIAN, province
from tests.bridge.minutes.sitting import AGENDA, Sitting, opened


def lives_of(sitting: Sitting) -> Lives:
    lives = Lives()
    for step in steps_of(sitting.records):
        lives.see(step)
    return lives


def fates(sitting: Sitting) -> list[Fate]:
    told = fates_of(sitting.state, lives_of(sitting))
    assert list(told) == list(sitting.state.requests)
    return list(told.values())


def asking(**wish) -> Sitting:
    """11 asks, as request 1."""
    sitting = opened()
    sitting.do(FloorRequest(**wish), province("11"))
    return sitting


def test_a_hand_waits_is_granted_withdrawn_or_denied():
    assert fates(asking()) == [Fate.WAITING]
    for command, actor, fate in (
        (ChairGrant(request=1), None, Fate.SPOKEN),
        (FloorRelease(request=1), province("11"), Fate.WITHDRAWN),
        (ChairDeny(request=1), None, Fate.NOT_REACHED),
        (ChairPhase(to=Phase.CLOSED), None, Fate.NOT_REACHED),
    ):
        sitting = asking()
        sitting.do(command, actor)
        assert fates(sitting) == [fate]


def test_slides_alone_are_shown_and_with_a_word_spoken():
    for floors, fate in (((CONTENT,), Fate.SHOWN), ((SPEECH, CONTENT), Fate.SPOKEN)):
        sitting = asking(floors=floors)
        sitting.do(ChairGrant(request=1))
        assert fates(sitting) == [fate]


def test_who_is_called_while_another_call_waits_gives_it_up():
    sitting = opened(grace_s=20.0)
    sitting.do(ChairCall(site="11"))
    sitting.do(LinkLost(site="11"))
    sitting.at("08:00:20")
    sitting.come("11")
    sitting.do(ChairCall(site="11", floors=(SPEECH, CONTENT)))

    # What is left of the first call is its rest, whatever it gives way to.
    assert fates(sitting) == [Fate.SPOKEN, Fate.REST, Fate.SPOKEN]


@pytest.mark.parametrize("ending", [None, ChairDeny(request=2), ChairPhase(to=Phase.CLOSED)])
def test_a_continuation_without_the_floor_is_the_rest_of_its_speech(ending):
    sitting = opened(grace_s=20.0)
    sitting.do(ChairCall(site="11"))
    sitting.do(LinkLost(site="11"))
    sitting.at("08:00:20")
    if ending:
        sitting.do(ending)

    assert fates(sitting) == [Fate.SPOKEN, Fate.REST]


def test_the_turn_of_an_item_that_went_by():
    sitting = opened()
    sitting.do(AgendaLoad(items=AGENDA[2:4]))
    sitting.do(AgendaNext())
    assert fates(sitting) == [Fate.WAITING]
    sitting.do(AgendaNext())
    sitting.do(ChairDeny(request=2))
    assert fates(sitting) == [Fate.TURN_PASSED] * 2


@pytest.mark.parametrize(
    "ending",
    [ChairPhase(to=Phase.OPEN), ChairPhase(to=Phase.CLOSED), ChairDeny(request=1)],
)
def test_what_ends_before_the_session_was_a_trial(ending):
    sitting = Sitting()
    sitting.come("11")
    sitting.do(FloorRequest(), province("11"))
    assert fates(sitting) == [Fate.WAITING]
    sitting.do(ending)
    assert fates(sitting) == [Fate.TRIAL]


def test_what_is_given_up_for_a_call_was_not_withdrawn_by_its_site():
    # A call that waits is always what is left of a speech, unless an older rule let it wait:
    # here it is written by hand.
    sitting = opened()
    made = RequestMade(
        at_s=1800.0,
        request=1,
        floors=(SPEECH,),
        site="11",
        by="an",
        status=RequestStatus.ACCEPTED,
        kind=RequestKind.CALL,
    )
    ended = RequestEnded(
        at_s=1800.0, request=1, status=RequestStatus.CANCELLED, reason=EndReason.REPLACED
    )
    last = sitting.records[-1]
    sitting.records.append(
        Record(
            rev=last.rev + 1,
            at_s=1800.0,
            wall=last.wall,
            actor="an",
            authority=None,
            command_id=None,
            command="chair.call",
            events=(made, ended),
        )
    )

    *_, step = steps_of(sitting.records)
    assert list(fates_of(step.after, lives_of(sitting)).values()) == [Fate.REPLACED]


def interruptions(sitting: Sitting, now_s: float = 0.0):
    return [
        (hold.cause, hold.since.at_s - 1800, hold.seconds, hold.until is None)
        for hold in lives_of(sitting).of[1].all_interruptions(now_s)
    ]


def speaking() -> Sitting:
    sitting = opened()
    sitting.do(ChairCall(site="11"))
    sitting.do(MicLive(site="11"))
    return sitting


def test_holds_of_every_cause_with_their_lengths():
    sitting = speaking()
    for since, until, begin, end, actor in (
        ("08:01", "08:01:10", ChairHold(request=1), ChairResume(request=1), None),
        ("08:02", "08:02:05", LinkLost(site="11"), LinkUp(site="11"), None),
        ("08:03", "08:04", SiteCut(site="11"), SiteCut(site="11", on=False), TECHNICIAN),
        ("08:05", "08:10", ChairPhase(to=Phase.RECESS), ChairPhase(to=Phase.OPEN), None),
    ):
        sitting.at(since)
        sitting.do(begin, actor)
        sitting.at(until)
        sitting.do(end, actor)

    assert interruptions(sitting) == [
        (Hold.CHAIR, 60.0, 10.0, False),
        (Hold.LINK, 120.0, 5.0, False),
        (Hold.TECHNICAL, 180.0, 60.0, False),
        (Hold.PHASE, 300.0, 300.0, False),
    ]


def test_holds_may_overlap_and_the_end_of_a_request_ends_them():
    sitting = speaking()
    sitting.at("08:01")
    sitting.do(SiteCut(site="11"), TECHNICIAN)
    sitting.at("08:02")
    sitting.do(ChairHold(request=1))
    assert interruptions(sitting, now_s=1980.0) == [
        (Hold.TECHNICAL, 60.0, 120.0, True),
        (Hold.CHAIR, 120.0, 60.0, True),
    ]
    sitting.at("08:03")
    sitting.do(FloorRelease(request=1), province("11"))
    assert interruptions(sitting) == [
        (Hold.TECHNICAL, 60.0, 120.0, False),
        (Hold.CHAIR, 120.0, 60.0, False),
    ]


def test_who_is_granted_while_cut_is_held_from_the_grant():
    sitting = opened()
    sitting.do(SiteCut(site="11"), TECHNICIAN)
    sitting.do(ChairCall(site="11"))

    assert interruptions(sitting, now_s=1830.0) == [(Hold.TECHNICAL, 0.0, 30.0, True)]


def test_a_restart_makes_no_second_hold_of_one_that_goes_on():
    sitting = speaking()
    sitting.at("08:01")
    sitting.do(LinkLost(site="11"))
    sitting.at("08:01:10")
    sitting.do(Recover(alive=frozenset({CENTRE})))
    sitting.at("08:01:15")
    sitting.come("11")

    assert interruptions(sitting) == [(Hold.LINK, 60.0, 15.0, False)]


def test_extensions_are_what_was_added():
    sitting = speaking()
    sitting.at("08:01")
    sitting.do(ChairExtend(request=1, add_s=60))
    sitting.do(ChairExtend(request=1, add_s=30))
    life = lives_of(sitting).of[1]

    assert life.bound_s == 300
    assert [(e.at.at_s, e.added_s) for e in life.extensions] == [(1860.0, 60), (1860.0, 30)]

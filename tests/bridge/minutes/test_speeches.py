from __future__ import annotations

import pytest

from bridge.conference.commands import (
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHold,
    ChairPhase,
    ChairResume,
    ChairRevoke,
    FloorRelease,
    FloorRequest,
    LinkLost,
    MicLive,
)
from bridge.conference.words import CONTENT, EndReason, Hold, Phase, RequestKind, Role, Via
from bridge.minutes.lives import Fate
from bridge.minutes.speeches import shows
from tests.bridge.conference.scene import province
from tests.bridge.minutes.sitting import SITES, Sitting, full, opened


def dropped(limit_s: int = 300) -> Sitting:
    """11 speaks since 08:00, its line is lost at 08:01 and the floor at 08:01:20."""
    sitting = opened(grace_s=20.0, limit_s=limit_s)
    sitting.do(ChairCall(site="11"))
    sitting.do(MicLive(site="11"))
    sitting.at("08:01")
    sitting.do(LinkLost(site="11"))
    sitting.at("08:01:20")
    return sitting


def gone_on(sitting: Sitting, *, until: str = "08:06") -> Sitting:
    sitting.at("08:02")
    sitting.come("11")
    sitting.do(ChairGrant(request=2))
    sitting.do(MicLive(site="11"))
    sitting.at(until)
    sitting.do(FloorRelease(request=2), province("11"))
    return sitting


def test_a_drop_and_its_continuation_are_one_speech():
    (speech,) = gone_on(dropped()).minutes.speeches

    assert [part.request for part in speech.parts] == [1, 2]
    assert [part.reason for part in speech.parts] == [EndReason.LINK_LOST, EndReason.OWN]
    assert (speech.granted.wall[11:16], speech.ended.wall[11:16]) == ("08:00", "08:06")
    assert (speech.spoken_s, speech.over_s, speech.drops) == (300.0, 0.0, 1)
    assert (speech.held_s(Hold.LINK), speech.held_s(Hold.CHAIR)) == (20.0, 0.0)
    assert (speech.limit_s, [part.limit_s for part in speech.parts]) == (300, [300, 240])
    assert speech.rest == ()


def test_what_goes_over_is_measured_by_the_clock_of_each_part():
    sitting = gone_on(dropped(), until="08:07")
    (speech,) = sitting.minutes.speeches
    assert speech.over_s == 60.0

    sitting = dropped(limit_s=50)
    assert sitting.minutes.speeches[0].over_s == 10.0
    (speech,) = gone_on(sitting, until="08:02:30").minutes.speeches
    assert (speech.over_s, [part.limit_s for part in speech.parts]) == (10.0, [50, 30])


def test_a_speech_whose_rest_was_not_taken_up_ends_with_its_line():
    (speech,) = dropped().minutes.speeches

    assert (speech.reason, speech.rest) == (EndReason.LINK_LOST, (2,))
    assert speech.ended.wall[11:19] == "08:01:20"


def test_speaking_time_is_the_cores_and_holds_are_beside_it():
    sitting = opened()
    sitting.do(ChairCall(site="11"))
    sitting.at("08:00:15")  # patience with the microphone ends
    sitting.at("08:01")
    sitting.do(ChairHold(request=1))
    sitting.at("08:02")
    sitting.do(ChairResume(request=1))
    sitting.do(ChairExtend(request=1, add_s=60))
    sitting.at("08:03")
    sitting.do(FloorRequest(), province("01"))  # so that the journal has got that far
    (speech,) = sitting.minutes.speeches

    assert speech.spoken_s == 45.0 + 60.0
    assert speech.held_s(Hold.CHAIR) == 60.0
    assert (speech.limit_s, speech.added_s) == (300, 60)
    assert (speech.ended, speech.reason) == (None, None)


def test_who_ended_it_and_by_which_authority():
    sitting = full()
    part = sitting.minutes.speeches[0].parts[1]

    assert (part.ended_by, part.ended_as) == ("site:11", Role.SITE)


def test_a_whole_morning():
    minutes = full().minutes

    assert [(s.site, s.kind, s.by_phone, shows(s, minutes.showings)) for s in minutes.speeches] == [
        ("11", RequestKind.AGENDA, False, False),
        ("79", RequestKind.HAND, False, False),
        ("01", RequestKind.HAND, False, True),
        ("79", RequestKind.CALL, True, False),
    ]
    report, hand, *_ = minutes.speeches
    assert (report.speaker, report.item, report.item_title) == ("Bà Hoa", 3, "Cơ chế tài chính")
    assert (hand.speaker, hand.text, hand.group) == (None, "Quỹ phát triển", "Nhóm 2")
    assert minutes.speeches[3].parts[0].via is Via.PHONE
    (film,) = minutes.showings
    assert (film.site, film.item_title, film.floors) == ("110", "Phim tư liệu", (CONTENT,))


def not_reached(sitting: Sitting):
    return [(a.site, a.heard_later) for a in sitting.minutes.asked if a.fate is Fate.NOT_REACHED]


@pytest.mark.parametrize(
    ("later", "heard"),
    [
        ([], False),
        ([ChairCall(site="11")], True),
        ([ChairCall(site="79")], False),
    ],
)
def test_who_was_not_reached_and_was_heard_later_all_the_same(later, heard):
    sitting = opened()
    sitting.do(ChairCall(site="11"))
    sitting.do(FloorRelease(request=1), province("11"))
    sitting.at("08:01")
    sitting.do(FloorRequest(), province("11"))
    sitting.do(ChairDeny(request=2))
    for command in later:
        sitting.do(command)

    assert not_reached(sitting) == [("11", heard)]


def test_closing_reaches_nobody_who_still_waits():
    sitting = opened()
    for site in ("01", "11"):
        sitting.do(FloorRequest(), province(site))
    sitting.do(ChairGrant(request=1))
    sitting.do(ChairPhase(to=Phase.CLOSED))

    assert not_reached(sitting) == [("11", False)]
    assert sitting.minutes.speeches[0].reason is EndReason.CLOSED


@pytest.mark.parametrize(
    ("asker", "granted", "ended", "shown"),
    [
        ("11", "08:01", "08:02", True),
        ("11", "08:01", None, True),
        ("11", "07:59", "08:02", True),
        ("79", "08:01", "08:02", False),
        ("11", "08:06", None, False),
        ("11", "07:58", "07:59", False),
    ],
)
def test_slides_that_were_asked_for_apart_go_with_the_speech_of_their_site(
    asker, granted, ended, shown
):
    sitting = Sitting()
    sitting.come(*SITES)
    sitting.at("07:55")
    sitting.open()
    slides = 1 if granted < "08:00" else 2
    plan = [
        ("08:00", ChairCall(site="11"), None),
        ("08:05", ChairRevoke(), None),
        (granted, FloorRequest(floors=(CONTENT,)), province(asker)),
        (granted, ChairGrant(request=slides), None),
    ]
    if ended:
        plan.append((ended, FloorRelease(request=slides), province(asker)))
    for time, command, actor in sorted(plan, key=lambda step: step[0]):
        sitting.at(time)
        sitting.do(command, actor)
    minutes = sitting.minutes

    assert shows(minutes.speeches[0], minutes.showings) is shown

from __future__ import annotations

import pytest

from bridge.conference.agenda import Draft
from bridge.conference.commands import (
    AgendaDefer,
    AgendaLoad,
    AgendaNext,
    AgendaSkip,
    ChairAssume,
    ChairCall,
    ChairDeny,
    ChairGrant,
    ChairHandover,
    ChairPhase,
    ChairRevoke,
    ConsoleCame,
    ConsoleWent,
    FloorRelease,
    FloorRequest,
    LinkLost,
    MicLive,
    MinutesNote,
    Tick,
)
from bridge.conference.words import CENTRE, CONTENT, ItemKind, OnExpiry, Phase, Via
from bridge.minutes.course import course_of, is_presented, speaker_of
from bridge.minutes.document import BLANK
from tests.bridge.conference.scene import CHAIR, DEPUTY, SECRETARY, province
from tests.bridge.minutes.sitting import AGENDA, Sitting, full, opened

OPENED = "08 giờ 00 phút: Khai mạc hội nghị."
WHO = "Đại diện Sở Khoa học và Công nghệ Điện Biên"
UNWRITTEN = f"Nội dung phát biểu: {BLANK}"


def course(sitting: Sitting) -> list[str]:
    return [paragraph.text for paragraph in course_of(sitting.minutes)]


@pytest.mark.parametrize(
    ("speaker", "position", "told"),
    [
        (None, None, "Đại diện Sở A"),
        (None, "Giám đốc", "Đại diện Sở A"),
        ("Bà Hoa", None, "Bà Hoa, Sở A"),
        ("Bà Hoa", "Giám đốc", "Bà Hoa, Giám đốc, Sở A"),
    ],
)
def test_who_speaks(speaker, position, told):
    assert speaker_of("Sở A", speaker, position) == told


ENDINGS = [
    (FloorRelease(request=1), province("11")),
    (ChairRevoke(text="quá giờ"), None),
    (ChairCall(site="79"), None),
    (ChairPhase(to=Phase.CLOSED), None),
]


@pytest.mark.parametrize(("ending", "actor"), ENDINGS)
def test_however_a_speech_ends_it_reads_the_same(ending, actor):
    sitting = opened()
    sitting.do(ChairCall(site="11"))
    sitting.at("08:03")
    sitting.do(ending, actor)

    assert course(sitting)[:3] == [
        OPENED,
        f"08 giờ 00 phút: {WHO} phát biểu. Kết thúc phát biểu lúc 08 giờ 03 phút.",
        UNWRITTEN,
    ]


def test_also_when_time_or_line_ended_it():
    sitting = opened(on_expiry=OnExpiry.REVOKE, limit_s=60, grace_s=20.0)
    sitting.do(ConsoleCame(user=CHAIR.user, roles=CHAIR.roles))
    sitting.do(ChairCall(site="11"))
    sitting.do(MicLive(site="11"))
    sitting.at("08:01")
    sitting.do(ChairCall(site="79", via=Via.LINE))
    sitting.do(LinkLost(site="79"))
    sitting.at("08:02")
    sitting.do(Tick())
    told = " ".join(course(sitting))

    assert told.count("Kết thúc phát biểu lúc") == 2
    for word in ("mất", "Mất", "thời gian", "gián đoạn"):
        assert word not in told


def test_a_drop_and_its_continuation_are_one_speech_by_telephone_too():
    sitting = opened(grace_s=20.0)
    sitting.do(ChairCall(site="11"))
    sitting.do(LinkLost(site="11"))
    sitting.at("08:01")
    sitting.do(ChairCall(site="11", via=Via.PHONE))
    sitting.at("08:04")
    sitting.do(FloorRelease(request=2), province("11"))

    assert course(sitting) == [
        OPENED,
        f"08 giờ 00 phút: {WHO} phát biểu qua điện thoại. Kết thúc phát biểu lúc 08 giờ 04 phút.",
        UNWRITTEN,
    ]


def test_a_speech_that_goes_on_has_no_end():
    sitting = opened()
    sitting.do(ChairCall(site="11"))

    assert course(sitting)[1] == f"08 giờ 00 phút: {WHO} phát biểu."


def test_the_secretarys_words_stand_where_they_were_written_and_fill_the_blank():
    sitting = opened()
    sitting.do(ChairCall(site="11"))
    sitting.at("08:01")
    sitting.do(MinutesNote(text="Kiến nghị ba điểm."), SECRETARY)
    sitting.at("08:02")
    sitting.do(ChairCall(site="79"))

    told = course(sitting)
    assert told[2] == "Ghi nhận: Kiến nghị ba điểm."
    assert told[-1] == UNWRITTEN


def test_of_several_that_speak_a_note_is_of_the_latest():
    sitting = opened(max_floor_users=2)
    sitting.do(ChairCall(site="11"))
    sitting.at("08:01")
    sitting.do(ChairCall(site="79"))
    sitting.do(MinutesNote(text="Đồng ý."), SECRETARY)

    told = course(sitting)
    assert told[2] == UNWRITTEN
    assert told[4:] == ["Ghi nhận: Đồng ý."]


def test_slides_beside_a_speech_are_told_with_it():
    sitting = opened()
    sitting.do(ChairCall(site="11"))
    sitting.do(FloorRequest(floors=(CONTENT,)), province("11"))
    sitting.do(ChairGrant(request=2))

    assert course(sitting) == [
        OPENED,
        f"08 giờ 00 phút: {WHO} phát biểu (có trình chiếu).",
        UNWRITTEN,
    ]


def test_what_was_asked_and_refused_is_not_told():
    sitting = opened()
    sitting.do(FloorRequest(), province("11"))
    sitting.do(ChairDeny(request=1, text="hết giờ"))

    assert course(sitting) == [OPENED]


def test_phases():
    sitting = opened()
    for time, phase in (("08:10", Phase.RECESS), ("08:20", Phase.OPEN), ("08:30", Phase.CLOSED)):
        sitting.at(time)
        sitting.do(ChairPhase(to=phase))
    told = [
        OPENED,
        "08 giờ 10 phút: Hội nghị tạm nghỉ.",
        "08 giờ 20 phút: Hội nghị tiếp tục.",
    ]
    assert course(sitting) == told
    sitting.at("08:35")
    sitting.open()
    assert course(sitting) == [
        *told,
        "08 giờ 30 phút: Hội nghị tạm nghỉ.",
        "08 giờ 35 phút: Hội nghị tiếp tục.",
    ]


def test_the_chair_is_named_politely():
    sitting = opened(chair_grace_s=30.0)
    for actor in (CHAIR, DEPUTY):
        sitting.do(ConsoleCame(user=actor.user, roles=actor.roles))
    sitting.do(ChairHandover(to=DEPUTY.user))
    sitting.do(ChairAssume())
    sitting.do(ConsoleWent(user=CHAIR.user))
    sitting.at("08:01")
    sitting.do(ChairAssume(), DEPUTY)

    assert course(sitting)[1:] == [
        "08 giờ 00 phút: Chủ trì ủy quyền điều hành hội nghị cho dung.",
        "08 giờ 00 phút: Chủ trì tiếp tục điều hành hội nghị.",
        "08 giờ 01 phút: dung, người được ủy quyền điều hành, tiếp tục điều hành hội nghị.",
    ]


def planned(*drafts: Draft) -> Sitting:
    sitting = opened()
    sitting.do(AgendaLoad(items=drafts or AGENDA))
    return sitting


def test_items_are_numbered_as_they_were_treated():
    sitting = planned(*AGENDA[:2], AGENDA[4])
    sitting.do(AgendaNext(item=3))
    sitting.at("08:05")
    sitting.do(AgendaDefer(item=3))
    sitting.do(AgendaNext(item=1))
    sitting.at("08:10")
    sitting.do(AgendaNext(item=3))

    assert course(sitting) == [
        OPENED,
        "1. Thảo luận",
        "08 giờ 00 phút: Bắt đầu.",
        "2. Báo cáo trung tâm",
        "08 giờ 05 phút: Ông Bình, Chánh Văn phòng trình bày.",
        f"Nội dung: {BLANK}",
        "1. Thảo luận (tiếp tục)",
        "08 giờ 10 phút: Bắt đầu.",
    ]


def test_items_of_the_centre_without_a_name_and_films_and_breaks():
    sitting = planned(
        Draft(kind=ItemKind.CENTRE, title="Khai mạc", minutes=5),
        AGENDA[1],
        Draft(kind=ItemKind.BREAK, title="Giải lao", minutes=5),
    )
    for _ in range(3):
        sitting.do(AgendaNext())

    assert course(sitting)[1:] == [
        "1. Khai mạc",
        "08 giờ 00 phút: Bắt đầu.",
        f"Nội dung: {BLANK}",
        "2. Phim tư liệu",
        "08 giờ 00 phút: Hội nghị xem phim.",
        "3. Giải lao",
        "08 giờ 00 phút: Bắt đầu.",
    ]


def test_the_turn_of_a_site_that_did_not_speak_is_passed_over_in_silence():
    sitting = planned(*AGENDA[2:4])
    sitting.do(AgendaNext())
    sitting.at("08:01")
    sitting.do(AgendaSkip(item=1))
    sitting.do(AgendaNext())
    sitting.do(ChairGrant(request=2))

    assert course(sitting)[1:] == [
        "1. Tham luận của Lạng Sơn",
        "08 giờ 01 phút: Đại diện Sở Khoa học và Công nghệ Lạng Sơn phát biểu.",
        UNWRITTEN,
    ]
    minutes = sitting.minutes
    assert [is_presented(item, minutes) for item in minutes.items] == [False, True]


def test_a_site_called_in_its_turn_without_the_items_name_has_presented_it():
    sitting = planned(*AGENDA[2:4])
    sitting.do(AgendaNext())
    sitting.do(ChairCall(site="79"))
    assert not is_presented(sitting.minutes.items[0], sitting.minutes)
    sitting.do(ChairCall(site="11"))
    minutes = sitting.minutes

    assert is_presented(minutes.items[0], minutes)
    assert "1. Cơ chế tài chính" in course(sitting)
    sitting.at("08:01")
    sitting.do(AgendaNext())
    assert is_presented(sitting.minutes.items[0], sitting.minutes)


def test_slides_without_a_word_are_told_unless_the_centre_shows_them():
    sitting = opened()
    sitting.do(FloorRequest(floors=(CONTENT,)), province("11"))
    sitting.do(ChairGrant(request=1))
    sitting.at("08:01")
    sitting.do(ChairCall(site=CENTRE, floors=(CONTENT,)))

    assert course(sitting)[1:] == [
        "08 giờ 00 phút: Sở Khoa học và Công nghệ Điện Biên trình chiếu tài liệu.",
    ]


def test_it_is_told_in_the_order_it_happened():
    times = [text[:14] for text in course(full()) if " giờ " in text[:8]]

    assert times == sorted(times)

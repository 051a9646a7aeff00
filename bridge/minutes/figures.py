"""Figures: *Thống kê phát biểu (nội bộ)*, row by row; for the office, not for the record.

What the biên bản is silent about stands here: limits, what went over them, holds, and who was not
reached.  As CSV it carries a byte order mark, without which Excel takes UTF-8 for something else.
A text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bridge.conference.words import CENTRE, SPEECH, Hold, RequestKind
from bridge.minutes.facts import Minutes
from bridge.minutes.lives import Fate
from bridge.minutes.speeches import Asked, Speech, shows
from bridge.minutes.wording import (
    FATES,
    ITEM_KINDS,
    KINDS,
    MARKS,
    OUTCOMES,
    REASONS,
    clock,
    length,
    plain,
)

Value = str | int | float | None

_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Also as wide letters, which a spreadsheet reads too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def sheets_of(minutes: Minutes) -> tuple[Sheet, ...]:
    """Of speeches, of sites, of the agenda, and of all requests."""
    return speeches_of(minutes), sites_of(minutes), _agenda(minutes), _requests(minutes)


def speeches_of(minutes: Minutes) -> Sheet:
    header = (
        "STT", "Mã", "Điểm cầu", "Người phát biểu", "Chức vụ", "Mục chương trình", "Nhóm",
        "Nội dung đăng ký", "Hình thức", "Qua điện thoại", "Trình chiếu", "Đăng ký lúc",
        "Bắt đầu", "Kết thúc", "Thời gian phát biểu (giây)", "Thời gian phát biểu",
        "Thời gian được giao (giây)", "Gia hạn (giây)", "Vượt (giây)", "Chủ tọa tạm ngắt (giây)",
        "Mất đường truyền (giây)", "Mất đường truyền (lần)", "Kỹ thuật tạm ngắt (giây)",
        "Tạm nghỉ (giây)", "Số phần", "Kết thúc do",
    )  # fmt: skip
    rows = tuple(
        _speech(number, speech, minutes) for number, speech in enumerate(minutes.speeches, 1)
    )
    return Sheet(title="Phát biểu", header=header, rows=rows)


def _speech(number: int, speech: Speech, minutes: Minutes) -> tuple[Value, ...]:
    return (
        number,
        speech.site,
        speech.title,
        speech.speaker,
        speech.position,
        speech.item_title,
        speech.group,
        speech.text,
        KINDS[speech.kind],
        "x" if speech.by_phone else None,
        "x" if shows(speech, minutes.showings) else None,
        clock(speech.asked),
        clock(speech.granted),
        clock(speech.ended),
        round(speech.spoken_s),
        length(speech.spoken_s),
        speech.limit_s,
        speech.added_s,
        round(speech.over_s),
        round(speech.held_s(Hold.CHAIR)),
        round(speech.held_s(Hold.LINK)),
        speech.drops,
        round(speech.held_s(Hold.TECHNICAL)),
        round(speech.held_s(Hold.PHASE)),
        len(speech.parts),
        REASONS[speech.reason],
    )


def sites_of(minutes: Minutes) -> Sheet:
    header = (
        "Mã", "Điểm cầu", "Điểm danh", "Lý do vắng", "Đại diện", "Chức vụ", "Số người",
        "Tham dự từ", "Số lần đăng ký", "Số lần phát biểu", "Tổng thời gian (giây)",
        "Tổng thời gian", "Dài nhất (giây)", "Vượt (giây)", "Chưa được phát biểu", "Rút đăng ký",
    )  # fmt: skip
    return Sheet(title="Điểm cầu", header=header, rows=tuple(_sites(minutes)))


def _sites(minutes: Minutes) -> Iterator[tuple[Value, ...]]:
    for seat in minutes.attendance.seats:
        speeches = [speech for speech in minutes.speeches if speech.site == seat.site]
        asked = [a for a in minutes.asked if a.site == seat.site and SPEECH in a.floors]
        fates = [a.fate for a in asked]
        if seat.site == CENTRE and seat.mark is None:
            continue
        yield (
            seat.site,
            seat.title,
            MARKS[seat.mark],
            seat.reason,
            seat.head,
            seat.position,
            seat.count,
            clock(seat.late),
            sum(_is_hand(each) for each in asked),
            len(speeches),
            round(sum(speech.spoken_s for speech in speeches)),
            length(sum(speech.spoken_s for speech in speeches)),
            round(max((speech.spoken_s for speech in speeches), default=0)),
            round(sum(speech.over_s for speech in speeches)),
            fates.count(Fate.NOT_REACHED),
            fates.count(Fate.WITHDRAWN),
        )


def _is_hand(asked: Asked) -> bool:
    hand = asked.kind is RequestKind.HAND and asked.continues is None
    return hand and asked.fate is not Fate.TRIAL


def _agenda(minutes: Minutes) -> Sheet:
    header = (
        "Mục", "Loại", "Nội dung", "Điểm cầu", "Người trình bày", "Chức vụ", "Nhóm",
        "Dự kiến (phút)", "Thực tế (giây)", "Thực tế", "Bắt đầu", "Kết thúc", "Kết quả",
        "Số lần lùi", "Số lần quay lại",
    )  # fmt: skip
    rows = tuple(
        (
            number,
            ITEM_KINDS[item.kind],
            item.title,
            item.site_title,
            item.speaker,
            item.position,
            item.group,
            item.minutes,
            round(item.took_s),
            length(item.took_s),
            clock(item.begun[0] if item.begun else None),
            clock(item.ended[-1] if item.ended else None),
            OUTCOMES[item.outcome],
            len(item.deferred),
            len(item.returned),
        )
        for number, item in enumerate(minutes.items, 1)
    )
    return Sheet(title="Chương trình", header=header, rows=rows)


def _requests(minutes: Minutes) -> Sheet:
    header = (
        "Số", "Mã", "Điểm cầu", "Hình thức", "Nhóm", "Nội dung", "Đăng ký bởi", "Đăng ký lúc",
        "Kết thúc lúc", "Kết quả", "Lý do", "Đã phát biểu sau đó",
    )  # fmt: skip
    rows = tuple(
        (
            asked.request,
            asked.site,
            asked.title,
            KINDS[asked.kind],
            asked.group,
            asked.text,
            asked.by,
            clock(asked.asked),
            clock(asked.ended),
            FATES[asked.fate],
            REASONS[asked.reason],
            "x" if asked.heard_later else None,
        )
        for asked in minutes.asked
    )
    return Sheet(title="Đăng ký", header=header, rows=rows)


def csv_of(sheet: Sheet) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(sheet.header)
    writer.writerows([harmless(value) for value in row] for row in sheet.rows)
    return file.getvalue().encode("utf-8-sig")


def harmless(value: Value) -> Value:
    """What a spreadsheet shows as it is and does not reckon with."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text

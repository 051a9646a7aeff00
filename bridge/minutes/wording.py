"""Wording: times, lengths and the words of a conference as Vietnamese papers write them.

Times of day are of Viet Nam, whatever zone a record was written in.  A date has its leading zeros
as Nghị định 30/2020/NĐ-CP wants them: the day below 10 and the months 1 and 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from bridge.conference.words import (
    EndReason,
    Hold,
    ItemKind,
    Ladder,
    Mark,
    Phase,
    ProbeKind,
    RequestKind,
    Role,
)
from bridge.minutes.incidents import IncidentKind
from bridge.minutes.lives import Fate
from bridge.minutes.programme import Outcome
from bridge.minutes.steps import Moment

_VIET_NAM: Final = timezone(timedelta(hours=7))

MARKS: Final[Mapping[Mark | None, str]] = {
    Mark.PRESENT: "Có mặt",
    Mark.LATE: "Có mặt (tham dự sau)",
    Mark.ABSENT: "Vắng",
    Mark.EXCUSED: "Vắng (đã báo)",
    Mark.LEFT: "Có mặt (về trước)",
    None: "Chưa xác nhận",
}
KINDS: Final[Mapping[RequestKind, str]] = {
    RequestKind.HAND: "Đăng ký",
    RequestKind.AGENDA: "Theo chương trình",
    RequestKind.CALL: "Được mời",
}
REASONS: Final[Mapping[EndReason | None, str]] = {
    EndReason.OWN: "Điểm cầu kết thúc",
    EndReason.CHAIR: "Chủ tọa kết thúc",
    EndReason.REPLACED: "Chuyển sang người phát biểu khác",
    EndReason.LINK_LOST: "Mất đường truyền",
    EndReason.TIME_LIMIT: "Hết thời gian",
    EndReason.OPENED: "Khai mạc",
    EndReason.CLOSED: "Hội nghị kết thúc",
    EndReason.AGENDA: "Chuyển mục chương trình",
    None: "Đang tiếp diễn",
}
HOLDS: Final[Mapping[Hold, str]] = {
    Hold.CHAIR: "Chủ tọa tạm ngắt",
    Hold.LINK: "Mất đường truyền",
    Hold.PHASE: "Hội nghị tạm nghỉ",
    Hold.TECHNICAL: "Kỹ thuật tạm ngắt",
}
FATES: Final[Mapping[Fate, str]] = {
    Fate.SPOKEN: "Đã phát biểu",
    Fate.SHOWN: "Đã trình chiếu",
    Fate.REST: "Phần còn lại sau khi mất đường truyền, chưa dùng",
    Fate.WAITING: "Đang chờ",
    Fate.WITHDRAWN: "Điểm cầu rút đăng ký",
    Fate.REPLACED: "Thay bằng lượt được mời",
    Fate.NOT_REACHED: "Chưa được phát biểu",
    Fate.TURN_PASSED: "Mục chương trình chưa trình bày",
    Fate.TRIAL: "Thử trước khai mạc",
}
ITEM_KINDS: Final[Mapping[ItemKind, str]] = {
    ItemKind.SITE: "Điểm cầu",
    ItemKind.CENTRE: "Phòng 110",
    ItemKind.CLIP: "Phim",
    ItemKind.DISCUSSION: "Thảo luận",
    ItemKind.BREAK: "Nghỉ",
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.DONE: "Đã thực hiện",
    Outcome.SKIPPED: "Bỏ qua",
    Outcome.CURRENT: "Đang thực hiện",
    Outcome.NOT_REACHED: "Chưa đến lượt",
    Outcome.REPLACED: "Thay khỏi chương trình",
}
PHASES: Final[Mapping[Phase, str]] = {
    Phase.LOBBY: "Chờ khai mạc",
    Phase.OPEN: "Đang họp",
    Phase.RECESS: "Tạm nghỉ",
    Phase.CLOSED: "Đã kết thúc",
}
ROLES: Final[Mapping[Role, str]] = {
    Role.CHAIR: "chủ trì",
    Role.DEPUTY: "người được ủy quyền điều hành",
    Role.SECRETARY: "thư ký",
    Role.TECHNICIAN: "kỹ thuật",
    Role.SITE: "điểm cầu",
    Role.VIEWER: "theo dõi",
    Role.METRICS: "giám sát",
}
INCIDENTS: Final[Mapping[IncidentKind, str]] = {
    IncidentKind.CUT: "Tạm ngắt tiếng (hú/vọng)",
    IncidentKind.HELP: "Gọi hỗ trợ",
    IncidentKind.SWITCH: "Chuyển máy dự phòng",
    IncidentKind.MEDIA_RESTART: "Khởi động lại hình, tiếng",
    IncidentKind.DROP: "Ngắt kết nối điểm cầu",
    IncidentKind.LADDER: "Đổi mức đường truyền",
    IncidentKind.PROBE: "Kỹ thuật nghe thử",
    IncidentKind.SERVICE_RESTART: "Dịch vụ khởi động lại",
    IncidentKind.CHAIR_AWAY: "Bàn chủ trì không kết nối",
}
DETAILS: Final[Mapping[str, str]] = {
    ProbeKind.LISTEN: "nghe",
    ProbeKind.TALK: "nói hai chiều",
    Ladder.FULL: "đầy đủ",
    Ladder.SMALL: "hình nhỏ",
    Ladder.SOUND: "chỉ tiếng",
}


def day_time(moment: Moment) -> datetime:
    """The time of day in Viet Nam."""
    return datetime.fromisoformat(moment.wall).astimezone(_VIET_NAM)


def hours(moment: Moment) -> str:
    """``08 giờ 05 phút``."""
    return f"{day_time(moment):%H giờ %M phút}"


def date(moment: Moment) -> str:
    """``ngày 05 tháng 02 năm 2026``."""
    day = day_time(moment)
    month = f"{day.month:02}" if day.month <= 2 else f"{day.month}"  # noqa: PLR2004  # the decree
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def clock(moment: Moment | None) -> str:
    """``08:05:09``; nothing if there was none."""
    return "" if moment is None else f"{day_time(moment):%H:%M:%S}"


def planned(starts: str | None) -> str:
    """A planned time of day, as far as it can be read: ``08:00 22/11/2026``."""
    if starts is None:
        return ""
    try:
        when = datetime.fromisoformat(starts)
    except ValueError:
        return starts
    if when.tzinfo is not None:
        when = when.astimezone(_VIET_NAM)
    return f"{when:%H:%M %d/%m/%Y}"


def length(seconds: float | None) -> str:
    """``7:05``, ``1:07:05``; nothing if it is not known."""
    if seconds is None:
        return ""
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def share(part: float | None) -> str:
    """``98,5 %``."""
    return "" if part is None else f"{100 * part:.1f} %".replace(".", ",")


def plain(text: str) -> str:
    """One line of *text* that any file can hold and that reads in the order it is written.

    Without control characters, surrogates, and marks that turn the direction of writing.
    """
    return " ".join("".join(c for c in text if c.isspace() or c.isprintable()).split())

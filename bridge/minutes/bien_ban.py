"""The draft biên bản, in the form of mẫu 1.9 of Nghị định 30/2020/NĐ-CP.

The fixed words of the form stand as the decree has them, *CHỦ TỌA* in the signature too; in the
text it is *chủ trì* (practice.md 29).  It is a draft: what the journal does not know is a dotted
line for the secretary, and who only tries the lines reads on top that this was a rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bridge.conference.words import CENTRE, SPEECH, ItemKind, Mark
from bridge.minutes.attendance import Seat
from bridge.minutes.course import course_of, is_presented
from bridge.minutes.document import (
    BLANK,
    RULE,
    SHORT_BLANK,
    Block,
    Columns,
    Document,
    Paragraph,
    Style,
    Table,
    labelled,
    line,
)
from bridge.minutes.facts import Minutes
from bridge.minutes.lives import Fate
from bridge.minutes.wording import date, hours

IN_WRITING = "đề nghị gửi ý kiến bằng văn bản"


def bien_ban(minutes: Minutes) -> Document:
    blocks: list[Block] = []
    if minutes.rehearsal:
        blocks.append(line(Style.WARNING, "TỔNG DUYỆT – KHÔNG PHẢI BIÊN BẢN CỦA HỘI NGHỊ"))
    blocks += [
        _head(minutes),
        line(Style.KIND, "BIÊN BẢN"),
        line(Style.SUBJECT, minutes.title),
        RULE,
        labelled(Style.BODY, "Thời gian bắt đầu:", _beginning(minutes)),
        labelled(Style.BODY, "Địa điểm:", _place(minutes)),
        labelled(Style.BODY, "Thành phần tham dự:", _present(minutes)),
        *_attendance(minutes),
        labelled(Style.BODY, "Chủ trì (chủ tọa):", minutes.chair or BLANK),
        labelled(Style.BODY, "Thư ký (người ghi biên bản):", minutes.secretary or BLANK),
        line(Style.SECTION, "Nội dung (theo diễn biến hội nghị):"),
        *course_of(minutes),
        *_left_over(minutes),
        labelled(Style.BODY, "Kết luận của chủ trì:", BLANK),
        line(Style.BODY, _ending(minutes)),
        _signatures(minutes),
        line(Style.RECIPIENTS, "Nơi nhận:"),
        line(Style.RECIPIENT, "Các điểm cầu tham dự;"),
        line(Style.RECIPIENT, f"{SHORT_BLANK};"),
        line(Style.RECIPIENT, "Lưu: VT."),
    ]
    return Document(title=f"Dự thảo biên bản: {minutes.title}", blocks=tuple(blocks))


def _head(minutes: Minutes) -> Columns:
    organ = (minutes.organizer or BLANK).upper()
    day = date(minutes.closed) if minutes.closed else f"ngày … tháng … năm {SHORT_BLANK}"
    return Columns(
        left=(
            line(Style.ORGAN, organ),
            RULE,
            line(Style.NUMBER, f"Số: {SHORT_BLANK}/BB-{SHORT_BLANK}"),
            line(Style.NUMBER, "DỰ THẢO"),
        ),
        right=(
            line(Style.NATION, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            line(Style.MOTTO, "Độc lập - Tự do - Hạnh phúc"),
            RULE,
            line(Style.DATE, f"{SHORT_BLANK}, {day}"),
        ),
        widths_mm=(68, 97),
    )


def _beginning(minutes: Minutes) -> str:
    opened = minutes.opened
    return f"{hours(opened)}, {date(opened)}" if opened else BLANK


def _place(minutes: Minutes) -> str:
    return f"{minutes.place or BLANK}, họp trực tuyến với {minutes.provinces} điểm cầu."


def _present(minutes: Minutes) -> str:
    seats = _provinces(minutes)
    there = sum(seat.was_there for seat in seats)
    if there == 0:
        return BLANK
    persons = minutes.attendance.persons
    told = f"{there}/{len(seats)} điểm cầu có mặt"
    return f"{told}, {persons} người tham dự theo xác nhận." if persons else f"{told}."


def _attendance(minutes: Minutes) -> Iterator[Block]:
    seats = _provinces(minutes)
    for centre in (seat for seat in minutes.attendance.seats if seat.site == CENTRE):
        yield labelled(Style.BULLET, f"{centre.title}:", _head_of(centre) or BLANK)
    there = [seat for seat in seats if seat.was_there]
    if there:
        yield line(Style.BULLET, "Các điểm cầu có mặt:")
        yield Table(
            header=("STT", "Điểm cầu", "Đại diện", "Số người", "Ghi chú"),
            rows=tuple(
                (
                    f"{number}",
                    seat.title,
                    _head_of(seat),
                    "" if seat.count is None else f"{seat.count}",
                    _remark(seat),
                )
                for number, seat in enumerate(there, 1)
            ),
            widths_mm=(12, 56, 42, 18, 37),
        )
    for mark, label in ((Mark.EXCUSED, "Vắng mặt, đã báo:"), (Mark.ABSENT, "Vắng mặt:")):
        away = [seat for seat in seats if seat.mark is mark]
        if away:
            yield labelled(Style.BULLET, label, _listed(map(_with_reason, away)))
    silent = [seat for seat in seats if seat.mark is None]
    if silent:
        who = (f"{s.title} (có kết nối)" if s.connected else s.title for s in silent)
        yield labelled(Style.BULLET, "Chưa xác nhận thành phần tham dự:", _listed(who))


def _provinces(minutes: Minutes) -> list[Seat]:
    return [seat for seat in minutes.attendance.seats if seat.site != CENTRE]


def _head_of(seat: Seat) -> str:
    return ", ".join(filter(None, (seat.head, seat.position)))


def _with_reason(seat: Seat) -> str:
    return f"{seat.title} ({seat.reason})" if seat.reason else seat.title


def _remark(seat: Seat) -> str:
    told = [f"tham dự từ {hours(seat.late)}"] if seat.late else []
    moves = [(at, "rời hội nghị") for at in seat.left] + [(at, "trở lại") for at in seat.returned]
    moves.sort(key=lambda move: move[0].at_s)
    return "; ".join([*told, *(f"{what} lúc {hours(at)}" for at, what in moves)])


def _left_over(minutes: Minutes) -> Iterator[Paragraph]:
    """What was planned or asked for and did not come to its turn."""
    items = [
        item
        for item in minutes.items
        if item.kind is not ItemKind.BREAK and not is_presented(item, minutes)
    ]
    if items:
        yield line(Style.SECTION, "Nội dung trong chương trình chưa trình bày:")
    for item in items:
        if item.kind is ItemKind.SITE:
            told = f"{item.site_title}: {item.title} – đề nghị gửi báo cáo bằng văn bản."
        else:
            told = f"{item.title}."
        yield line(Style.BULLET, told)
    topics: dict[str, list[str]] = {}
    for asked in minutes.asked:
        if asked.fate is Fate.NOT_REACHED and SPEECH in asked.floors and not asked.heard_later:
            topics.setdefault(asked.title, []).extend(filter(None, [asked.text]))
    if topics:
        yield line(Style.SECTION, f"Điểm cầu đã đăng ký, chưa phát biểu – {IN_WRITING}:")
    for title, texts in topics.items():
        about = f" (về: {_listed(texts)})" if texts else ""
        yield line(Style.BULLET, f"{title}{about}.")


def _ending(minutes: Minutes) -> str:
    closed = minutes.closed
    if closed is None:
        return f"Hội nghị kết thúc vào … giờ …, ngày … tháng … năm {SHORT_BLANK}./."
    return f"Hội nghị kết thúc vào {hours(closed)}, {date(closed)}./."


def _signatures(minutes: Minutes) -> Columns:
    return Columns(
        left=_signature("THƯ KÝ", "(Ký, ghi rõ họ tên)", minutes.secretary),
        right=_signature("CHỦ TỌA", "(Ký, ghi rõ họ tên; đóng dấu nếu có)", minutes.chair),
        widths_mm=(82, 83),
    )


def _signature(title: str, hint: str, name: str | None) -> tuple[Paragraph, ...]:
    return (
        line(Style.SIGNER, title),
        line(Style.HINT, hint),
        line(Style.NAME, name or BLANK),
    )


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(texts)

"""*Báo cáo kỹ thuật*: what the lines and the technicians had to do, beside the last conference.

For the duty engineers and VNPT: names and times of what failed, no speech and no limit.  A
journal with a record that cannot be read says so here, in the first line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.conference.words import CENTRE, Hold, Role
from bridge.minutes.document import Block, Document, Style, Table, labelled, line
from bridge.minutes.facts import Minutes
from bridge.minutes.incidents import Incident, IncidentKind
from bridge.minutes.wording import (
    DETAILS,
    HOLDS,
    INCIDENTS,
    PHASES,
    ROLES,
    clock,
    date,
    day_time,
    length,
    planned,
    share,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A conference in a few numbers, to lay beside those of another."""

    session_s: float
    sites_seen: int
    """Whose line was ever up, room 110 not counted."""
    share: float | None
    """Mean share of the session that the lines of those sites were up."""
    drops: int
    longest_s: float
    speeches_interrupted: int
    help_calls: int
    help_answer_s: float | None
    """Mean time until somebody answered."""
    cuts: int
    switches: int
    media_restarts: int
    service_restarts: int


def summary_of(minutes: Minutes) -> Summary:
    lines = [line for line in minutes.lines if line.site != CENTRE]
    connected = {seat.site for seat in minutes.attendance.seats if seat.connected}
    shares = [line.share for line in lines if line.site in connected and line.share is not None]
    calls = _of_kind(minutes, IncidentKind.HELP)
    answers = [call.to_answer_s for call in calls if call.to_answer_s is not None]
    return Summary(
        session_s=minutes.lines[0].session_s,
        sites_seen=sum(line.site in connected for line in lines),
        share=_mean(shares),
        drops=sum(line.drops for line in minutes.lines),
        longest_s=max(line.longest_s for line in minutes.lines),
        speeches_interrupted=sum(speech.drops > 0 for speech in minutes.speeches),
        help_calls=len(calls),
        help_answer_s=_mean(answers),
        cuts=len(_of_kind(minutes, IncidentKind.CUT)),
        switches=len(_of_kind(minutes, IncidentKind.SWITCH)),
        media_restarts=len(_of_kind(minutes, IncidentKind.MEDIA_RESTART)),
        service_restarts=len(_of_kind(minutes, IncidentKind.SERVICE_RESTART)),
    )


def technical_report(
    minutes: Minutes, *, damage: str | None = None, before: Minutes | None = None
) -> Document:
    """*damage*: what is wrong with the journal; *before*: the last conference."""
    blocks = [
        *_beginning(minutes, damage),
        line(Style.SECTION, "Tổng hợp"),
        _summary(minutes, before),
        *_table("Đường truyền từng điểm cầu (trong phiên họp)", _lines(minutes, before)),
        *_table("Mất kết nối", _outages(minutes)),
        *_table("Phát biểu bị gián đoạn", _holds(minutes)),
        *_table("Hỗ trợ, tạm ngắt và thao tác kỹ thuật", _incidents(minutes)),
        *_table("Quyền điều hành đã dùng", _acting(minutes)),
    ]
    return Document(title=f"Báo cáo kỹ thuật: {minutes.title}", blocks=tuple(blocks))


def _beginning(minutes: Minutes, damage: str | None) -> Iterator[Block]:
    if minutes.rehearsal:
        yield line(Style.WARNING, "TỔNG DUYỆT")
    yield line(Style.KIND, "BÁO CÁO KỸ THUẬT")
    yield line(Style.SUBJECT, minutes.title)
    if damage is not None:
        yield labelled(Style.BODY, "Nhật ký hỏng:", damage)
    counts = minutes.counts
    yield labelled(Style.BODY, "Thời gian:", date(minutes.begun))
    told = f"{minutes.conference}, {counts.records} bản ghi, {counts.events} sự kiện"
    yield labelled(Style.BODY, "Nhật ký:", told)
    if minutes.starts is not None:
        yield labelled(Style.BODY, "Dự kiến bắt đầu:", planned(minutes.starts))
    for stretch in minutes.stretches:
        until = f" – {clock(stretch.until)}" if stretch.until else ""
        yield labelled(Style.BULLET, f"{PHASES[stretch.phase]}:", f"{clock(stretch.since)}{until}")


def _summary(minutes: Minutes, before: Minutes | None) -> Table:
    now = _told(summary_of(minutes))
    last = None if before is None else _told(summary_of(before))
    header = ("Chỉ số", "Lần này") if last is None else ("Chỉ số", "Lần này", "Lần trước")
    rows = tuple(
        (name, value) if last is None else (name, value, last[name]) for name, value in now.items()
    )
    return Table(header=header, rows=rows, widths_mm=(90, 35, 35)[: len(header)])


def _told(summary: Summary) -> dict[str, str]:
    return {
        "Thời gian phiên họp": length(summary.session_s),
        "Điểm cầu đã kết nối": f"{summary.sites_seen}",
        "Thời gian có đường truyền, bình quân": share(summary.share),
        "Số lần mất kết nối": f"{summary.drops}",
        "Lần mất kết nối dài nhất": length(summary.longest_s),
        "Phát biểu bị mất đường truyền": f"{summary.speeches_interrupted}",
        "Lần gọi hỗ trợ": f"{summary.help_calls}",
        "Thời gian chờ hỗ trợ, bình quân": length(summary.help_answer_s),
        "Lần tạm ngắt tiếng": f"{summary.cuts}",
        "Lần chuyển máy": f"{summary.switches}",
        "Lần khởi động lại hình, tiếng": f"{summary.media_restarts}",
        "Lần khởi động lại dịch vụ": f"{summary.service_restarts}",
    }


def _table(title: str, table: Table) -> Iterator[Block]:
    yield line(Style.SECTION, title)
    if table.rows:
        yield table
    else:
        yield line(Style.BODY, "Không có.")


def _lines(minutes: Minutes, before: Minutes | None) -> Table:
    last = {} if before is None else {line.site: line for line in before.lines}
    seats = {seat.site: seat for seat in minutes.attendance.seats}
    rows: list[tuple[str, ...]] = []
    for each in minutes.lines:
        connected = seats[each.site].connected
        earlier = last.get(each.site)
        row = (
            each.site,
            each.title,
            clock(connected) or "không kết nối",
            share(each.share) if connected else "",
            f"{each.drops}",
            length(each.longest_s) if each.drops else "",
        )
        rows.append(row if before is None else (*row, f"{earlier.drops}" if earlier else ""))
    columns = ("Mã", "Điểm cầu", "Kết nối lúc", "Có đường truyền", "Mất kết nối", "Dài nhất")
    header = columns if before is None else (*columns, "Lần trước")
    return Table(header=header, rows=tuple(rows), widths_mm=(16,) * len(header))


def _outages(minutes: Minutes) -> Table:
    rows = tuple(
        (
            outage.title,
            clock(outage.since),
            clock(outage.until) or "không trở lại",
            length(outage.seconds),
            PHASES[outage.phase],
            "x" if outage.speaking else "",
        )
        for outage in minutes.outages
    )
    header = ("Điểm cầu", "Từ", "Đến", "Thời gian", "Trạng thái", "Đang phát biểu")
    return Table(header=header, rows=rows, widths_mm=(16,) * len(header))


def _holds(minutes: Minutes) -> Table:
    technical = {Hold.LINK, Hold.TECHNICAL}
    rows = tuple(
        (
            speech.title,
            HOLDS[hold.cause],
            clock(hold.since),
            clock(hold.until),
            length(hold.seconds),
        )
        for speech in (*minutes.speeches, *minutes.showings)
        for part in speech.parts
        for hold in part.interruptions
        if hold.cause in technical
    )
    header = ("Điểm cầu", "Nguyên nhân", "Từ", "Đến", "Thời gian")
    return Table(header=header, rows=rows, widths_mm=(16,) * len(header))


def _incidents(minutes: Minutes) -> Table:
    rows = tuple(
        (
            INCIDENTS[incident.kind],
            incident.title or "",
            clock(incident.since),
            clock(incident.acknowledged),
            clock(incident.until),
            length(_seconds(incident)),
            incident.by,
            DETAILS.get(incident.detail or "", ""),
        )
        for incident in minutes.incidents
    )
    header = (
        *("Việc", "Điểm cầu", "Từ", "Tiếp nhận", "Đến", "Thời gian", "Người thực hiện"),
        "Chi tiết",
    )
    return Table(header=header, rows=rows, widths_mm=(16,) * len(header))


def _seconds(incident: Incident) -> float | None:
    """Of a restart the wall tells: a service that stands still has no conference seconds."""
    if incident.kind is not IncidentKind.SERVICE_RESTART or incident.until is None:
        return incident.seconds or None
    return (day_time(incident.until) - day_time(incident.since)).total_seconds()


def _acting(minutes: Minutes) -> Table:
    rows = tuple(
        (
            acting.actor,
            ROLES[acting.authority],
            f"{acting.commands}",
            clock(acting.first),
            clock(acting.last),
        )
        for acting in minutes.acting
        if acting.authority is not Role.SITE
    )
    header = ("Người thực hiện", "Với quyền", "Số lệnh", "Từ", "Đến")
    return Table(header=header, rows=rows, widths_mm=(16,) * len(header))


def _of_kind(minutes: Minutes, kind: IncidentKind) -> list[Incident]:
    return [incident for incident in minutes.incidents if incident.kind is kind]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None

"""Sheet table: the go/no-go sheet as words and numbers, for paper and for spreadsheets.

Columns have a name in Vietnamese and one in English; cells are what a technician reads: milliseconds,
per cent, megabits.  What was not measured is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from bridge.check.sheet import CheckSheet, Look, Row
from bridge.check.wording import PICTURES, REASONS, SOUNDS, UNCHECKED, VERDICTS
from bridge.conference.figures import Figures
from bridge.conference.words import Link
from bridge.minutes.figures import Sheet, Value
from bridge.minutes.wording import clock, day_time, length

TRENDS: Final = {1: "▲ tốt hơn", 0: "như trước", -1: "▼ kém hơn", None: ""}


class Column(NamedTuple):
    vi: str
    en: str
    cell: Callable[[Row], Value]
    is_number: bool = False


def sheet_table(sheet: CheckSheet) -> Sheet:
    """For CSV: numbers stay numbers."""
    return Sheet(
        title="Kiểm tra trước phiên",
        header=tuple(f"{column.vi} ({column.en})" for column in COLUMNS),
        rows=tuple(tuple(column.cell(row) for column in COLUMNS) for row in sheet.rows),
    )


def verdict(row: Row) -> str:
    if row.last is None:
        return UNCHECKED.vi
    return VERDICTS[row.last.verdict].vi


def reasons(row: Row) -> str:
    if row.last is None:
        return "" if row.link is Link.UP else "chưa kết nối"
    return "; ".join(REASONS[reason].vi for reason in row.last.reasons)


def proof(row: Row) -> str:
    """Whether somebody heard the loudspeaker."""
    if row.last is None or row.last.figures.played is None:
        return ""
    words = {True: "nghe đúng", False: "nghe sai", None: "chưa trả lời"}
    return words[row.last.heard]


def before(row: Row) -> str:
    if row.before is None:
        return ""
    when = f"{day_time(row.before.at):%d/%m %H:%M}"
    trend = TRENDS[row.trend]
    return f"{VERDICTS[row.before.verdict].vi} ({when})" + (f", {trend}" if trend else "")


def when(row: Row) -> str:
    if row.last is None:
        return ""
    return f"{clock(row.last.at)} {row.last.by}"


def sound(row: Row) -> str:
    if row.visit is None or row.visit.sound is None:
        return "bỏ qua" if row.visit is not None and row.visit.skipped else ""
    return SOUNDS[row.visit.sound].vi


def picture(row: Row) -> str:
    if row.visit is None or row.visit.picture is None:
        return ""
    return PICTURES[row.visit.picture].vi


def note(row: Row) -> str:
    return (row.visit.note if row.visit is not None else None) or ""


def way(row: Row) -> str:
    figures = _figures(row)
    words = {"udp": "UDP", "tcp": "TCP", "relay": "chuyển tiếp", None: ""}
    family = {"ipv4": "IPv4", "ipv6": "IPv6", None: ""}
    return " ".join(filter(None, (words[figures.way], family[figures.family])))


def camera(row: Row) -> str:
    figures = _figures(row)
    size = f"{figures.width}×{figures.height}" if figures.width and figures.height else ""
    rate = "" if figures.frames_per_s is None else f"{figures.frames_per_s:.0f}/s"
    return " ".join(filter(None, (size, rate)))


def _visited(row: Row) -> str:
    if row.visit is None:
        return ""
    return " ".join(filter(None, (clock(row.judged), row.visit.by or "")))


def _took(row: Row) -> str:
    return "" if row.visit is None or not row.visit.took_s else length(row.visit.took_s)


def _figures(row: Row) -> Figures:
    look: Look | None = row.last
    return Figures() if look is None else look.figures


def _number(name: str, *, times: float = 1.0, digits: int = 0) -> Callable[[Row], Value]:
    def cell(row: Row) -> Value:
        value: float | None = getattr(_figures(row), name)
        if value is None:
            return None
        return round(value * times, digits) if digits else round(value * times)

    return cell


COLUMNS: Final = (
    Column("Mã", "code", lambda row: row.site),
    Column("Điểm cầu", "site", lambda row: row.title),
    Column("Kết quả", "verdict", verdict),
    Column("Lý do", "reasons", reasons),
    Column("Đường", "way", way),
    Column("Khứ hồi, ms", "round trip", _number("rtt_s", times=1000), True),
    Column("Mất gói lên, %", "loss up", _number("loss_up", times=100, digits=1), True),
    Column("Mất gói xuống, %", "loss down", _number("loss_down", times=100, digits=1), True),
    Column("Trễ lệch lên, ms", "jitter up", _number("jitter_up_s", times=1000), True),
    Column("Trễ lệch xuống, ms", "jitter down", _number("jitter_down_s", times=1000), True),
    Column("Lên, Mbit/s", "up", _number("up_bps", times=1e-6, digits=1), True),
    Column("Xuống, Mbit/s", "down", _number("down_bps", times=1e-6, digits=1), True),
    Column("Camera", "camera", camera),
    Column("Tiếng nói, dBov", "speech", _number("spoken_dbov"), True),
    Column("Tiếng ồn, dBov", "noise", _number("noise_dbov"), True),
    Column("Vọng, dB", "echo", _number("echo_db"), True),
    Column("Loa", "loudspeaker", proof),
    Column("Thử tiếng", "sound", sound),
    Column("Thử hình", "picture", picture),
    Column("Ghi chú", "note", note),
    Column("Lần trước", "before", before),
    Column("Kiểm tra lúc", "checked", when),
    Column("Thử lúc", "walked", _visited),
    Column("Thời gian thử", "took", _took),
)

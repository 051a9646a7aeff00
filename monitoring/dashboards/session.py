"""Session: the conference as the secretary sees it: who speaks, how long, who waits, how late."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as build

from monitoring.dashboards import panels
from monitoring.dashboards.boards import NAMED, SITE, board, fill
from monitoring.dashboards.panels import GREEN, RED, YELLOW, curves, number, steps
from monitoring.dashboards.wall import PHASE_CODE, PHASES

UID: Final = "room110-conference"
_MARKS: Final = (
    *(("none", "Chưa điểm danh"), ("present", "Có mặt"), ("late", "Đến muộn")),
    *(("absent", "Vắng"), ("excused", "Vắng (đã báo)"), ("left", "Về sớm")),
)


def dashboard() -> build.Dashboard:
    numbers: list[tuple[panels.Panel, int]] = [
        (number("Hội nghị", PHASE_CODE, texts=PHASES), 3),
        (
            number("Tên hội nghị", "room110_conference_info", legend="{{title}}", name=True),
            7,
        ),
        (
            number(
                "Đang phát biểu",
                f"(room110_floor_holder == 1) {NAMED}",
                legend="{{name}}",
                name=True,
                colors=steps((None, "blue")),
            ),
            5,
        ),
        (
            number(
                "Thời gian từ khi được mời",
                "time() - room110_floor_granted_timestamp_seconds",
                unit="dtdurations",
            ),
            3,
        ),
        (number("Đang chờ phát biểu", "room110_floor_queue_requests"), 3),
        (
            number(
                "Muộn so với chương trình",
                "room110_agenda_late_seconds",
                unit="dtdurations",
                colors=steps((None, GREEN), (300, YELLOW), (900, RED)),
            ),
            3,
        ),
    ]
    marks = [
        (
            number(text, f'room110_rollcall_sites{{mark="{mark}"}}', colors=steps((None, "blue"))),
            4,
        )
        for mark, text in _MARKS
    ]
    rows: list[tuple[int, list[tuple[panels.Panel, int]]]] = [
        (4, numbers),
        (3, [*marks]),
        (
            9,
            [
                (
                    panels.states(
                        "Ai phát biểu",
                        (f"(room110_floor_holder == 1) {NAMED}", SITE),
                        texts=(("—", panels.GREY), ("Đang phát biểu", GREEN)),
                        rows=panels.COLUMNS,
                    ),
                    14,
                ),
                (
                    panels.worst(
                        "Thời gian phát biểu",
                        f"topk(15, room110_speech_seconds_total) {NAMED}",
                        unit="dtdurations",
                        colors=steps((None, "blue")),
                        legend=SITE,
                    ),
                    10,
                ),
            ],
        ),
        (
            7,
            [
                (
                    curves(
                        "Hàng chờ phát biểu",
                        ("room110_floor_queue_requests", "đang chờ"),
                        unit="none",
                    ),
                    6,
                ),
                (
                    curves(
                        "Muộn so với chương trình",
                        ("room110_agenda_late_seconds", "muộn"),
                        unit="s",
                        low=None,
                    ),
                    6,
                ),
                (
                    curves(
                        "Mục trong chương trình",
                        ("room110_agenda_items", "{{status}}"),
                        unit="none",
                    ),
                    6,
                ),
                (
                    curves(
                        "Trao và kết thúc quyền phát biểu, trong năm phút",
                        ("sum by (cause) (increase(room110_floor_changes_total[5m]))", "{{cause}}"),
                        unit="none",
                    ),
                    6,
                ),
            ],
        ),
        (
            6,
            [
                (
                    curves(
                        "Thiết bị đang kết nối",
                        ("room110_sessions", "{{kind}}"),
                        unit="none",
                    ),
                    12,
                ),
                (
                    curves(
                        "Điểm cầu đang kết nối",
                        ("sum(room110_site_up)", "kết nối"),
                        ("sum(room110_site_expected)", "được chờ"),
                        unit="none",
                    ),
                    12,
                ),
            ],
        ),
    ]
    result = board(
        UID,
        "Diễn biến hội nghị",
        "Ai phát biểu, bao lâu, ai đang chờ, chương trình có muộn không.",
        refresh="5s",
        since="now-3h",
    )
    return fill(result, rows)

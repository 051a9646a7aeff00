"""One site: both directions of its line side by side, what it does, and what its page says."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as build

from monitoring.dashboards import panels
from monitoring.dashboards.boards import RATE, board, fill, site_variable
from monitoring.dashboards.panels import GREEN, GREY, ORANGE, RED, YELLOW, steps

UID: Final = "room110-site"
_S = 'site="$site"'
_FLOOR = (
    ("—", GREY),
    ("Đã đăng ký", "light-blue"),
    ("Chuẩn bị", "blue"),
    ("Đang phát biểu", GREEN),
    ("Tạm ngắt", ORANGE),
)
_MIC = (
    ("Mic tắt", GREY),
    ("Mic bật", GREEN),
    ("Mic bật, chưa có tiếng", ORANGE),
    ("Không có mic", RED),
    ("Không rõ", "super-light-blue"),
)
_GATE = (("Đóng", GREY), ("Mở", GREEN))


def _coded(name: str, label: str, values: tuple[str, ...]) -> str:
    parts = (f'{i} * {name}{{{_S}, {label}="{word}"}}' for i, word in enumerate(values))
    return f"sum by (site) ({' or '.join(parts)})"


def _direction(direction: str, title: str) -> list[panels.Panel]:
    here = f'{_S}, direction="{direction}"'
    lost = [
        (
            f"site_direction_media:room110_site_rtp_loss:ratio_rate1m{{{here}}}",
            "{{media}}, trước sửa",
        )
    ]
    if direction == "uplink":
        lost.append(
            (
                f"site_media:room110_site_rtp_unrepaired:ratio_rate1m{{{_S}}}",
                "{{media}}, sau sửa",
            )
        )
    return [
        panels.curves(
            f"{title}: tốc độ",
            (f"site_direction_media:room110_site_rtp_bits:rate1m{{{here}}}", "{{media}}"),
            unit="bps",
        ),
        panels.curves(f"{title}: mất gói", *lost, unit="percentunit"),
        panels.curves(
            f"{title}: biến động trễ",
            (f"room110_site_rtp_jitter_seconds{{{here}}}", "{{media}}"),
            unit="s",
        ),
        panels.curves(
            f"{title}: chất lượng tiếng (MOS, ước tính)",
            (f"room110_site_audio_mos{{{here}}}", "MOS"),
            unit="none",
            low=1,
            high=4.5,
        ),
    ]


def dashboard() -> build.Dashboard:
    line = f"site:room110_site_line:code{{{_S}}}"
    numbers = (
        (
            panels.number(
                "Điểm cầu", f"room110_site_info{{{_S}}}", legend="{{site}} {{name}}", name=True
            ),
            6,
        ),
        (panels.number("Đường truyền", line, texts=panels.LINES), 4),
        (
            panels.number(
                "Trễ khứ hồi",
                f"room110_site_rtt_seconds{{{_S}}}",
                unit="s",
                colors=steps((None, GREEN), (0.15, YELLOW), (0.3, RED)),
            ),
            3,
        ),
        (
            panels.number(
                "MOS, thấp hơn trong hai chiều",
                f"min(room110_site_audio_mos{{{_S}}})",
                colors=steps((None, RED), (2.6, ORANGE), (3.1, YELLOW), (3.6, GREEN)),
            ).decimals(1),
            3,
        ),
        (
            panels.number(
                "Số lần mất kết nối",
                f'room110_site_disconnects_total{{{_S}, reason="lost"}}',
                colors=steps((None, GREEN), (1, YELLOW), (3, RED)),
            ),
            4,
        ),
        (
            panels.number(
                "Nghe được sân khấu cách đây",
                f"time() - room110_site_stage_heard_timestamp_seconds{{{_S}}}",
                unit="s",
                colors=steps((None, GREEN), (15, YELLOW), (30, RED)),
            ),
            4,
        ),
    )
    floors = ("none", "requested", "next", "speaking", "held")
    mics = ("on", "silent", "none", "unknown")
    story = panels.states(
        "Diễn biến: phát biểu",
        (_coded("room110_site_floor", "floor", floors), "Phát biểu"),
        texts=_FLOOR,
        rows=2,
    )
    mic = panels.states(
        "Diễn biến: micro",
        (_coded("room110_site_mic", "mic", ("off", *mics)), "Micro"),
        texts=_MIC,
        rows=2,
    )
    gate = panels.states(
        "Diễn biến: đường tiếng ra hội trường",
        (f"room110_site_gate_open{{{_S}}}", "Đường tiếng"),
        texts=_GATE,
        rows=2,
    )
    quality = (
        panels.curves(
            "Mức tiếng của micro",
            (f"room110_site_audio_level_dbov{{{_S}}}", "dBov"),
            unit="none",
            low=-127,
            high=0,
        ),
        panels.curves(
            "Trễ khứ hồi",
            (f"room110_site_rtt_seconds{{{_S}}}", "theo RTCP"),
            (f"room110_site_client_rtt_seconds{{{_S}}}", "theo trang của điểm cầu"),
            unit="s",
        ),
        panels.curves(
            "Hình bị đứng (trang của điểm cầu)",
            (
                f"increase(room110_site_client_freeze_seconds_total{{{_S}}}[1m])",
                "giây đứng hình trong một phút",
            ),
            unit="s",
        ),
        panels.curves(
            "Yêu cầu gửi lại và khung hình gốc",
            (
                f"sum by (direction, type) (rate(room110_site_rtcp_feedback_total{{{_S}}}{RATE}))",
                "{{direction}} {{type}}",
            ),
            (f"rate(room110_site_keyframes_total{{{_S}}}{RATE})", "khung hình gốc"),
            unit="ops",
        ),
    )
    layers = (
        panels.states(
            "Mức hình được phép",
            (_coded("room110_site_ladder", "ladder", ("full", "small", "sound")), "Mức"),
            texts=(("Đầy đủ", GREEN), ("Hình nhỏ", YELLOW), ("Chỉ tiếng", ORANGE)),
            rows=2,
        ),
        panels.curves(
            "Hình không gửi được đến điểm cầu",
            (f"room110_site_pictures_withheld{{{_S}}}", "{{reason}}"),
            unit="none",
        ),
        panels.curves(
            "Đường tiếng và hình được yêu cầu",
            (f"room110_site_media_wanted{{{_S}}}", "{{media}}"),
            unit="none",
            high=1,
        ),
    )
    rows: list[tuple[int, list[tuple[panels.Panel, int]]]] = [
        (3, list(numbers)),
        (
            4,
            [
                (
                    panels.states(
                        "Diễn biến: đường truyền",
                        (line, "Đường truyền"),
                        texts=panels.LINES,
                        rows=2,
                    ),
                    24,
                )
            ],
        ),
        (4, [(story, 8), (mic, 8), (gate, 8)]),
        (7, [(panel, 6) for panel in _direction("uplink", "Chiều lên")]),
        (7, [(panel, 6) for panel in _direction("downlink", "Chiều xuống")]),
        (7, [(panel, 6) for panel in quality]),
        (4, [(panel, 8) for panel in layers]),
    ]
    result = board(
        UID,
        "Một điểm cầu",
        "Chiều lên là từ điểm cầu về phòng 110; chiều xuống là ngược lại.",
        refresh="5s",
        since="now-30m",
    )
    return fill(result.with_variable(site_variable()), rows)

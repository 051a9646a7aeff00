"""Wall: 64 lines on one screen of the hall, without scrolling."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as build

from monitoring.dashboards import panels
from monitoring.dashboards.boards import NAMED, SITE, Row, board, fill
from monitoring.dashboards.panels import GREEN, ORANGE, RED, YELLOW, steps

UID: Final = "room110-wall"
SITES: Final = 64
_LINE = f"site:room110_site_line:code {NAMED}"
_LAG = 'rate(room110_event_loop_lag_seconds_bucket{process=~"media|service"}[$__rate_interval])'
PHASES: Final = (
    ("Chờ khai mạc", "blue"),
    ("Đang họp", GREEN),
    ("Tạm nghỉ", YELLOW),
    ("Đã kết thúc", panels.GREY),
)
PHASE_CODE: Final = (
    'max(0 * room110_conference_phase{phase="lobby"} or 1 * room110_conference_phase{phase="open"} '
    'or 2 * room110_conference_phase{phase="recess"} '
    'or 3 * room110_conference_phase{phase="closed"})'
)


def dashboard() -> build.Dashboard:
    loss = steps((None, GREEN), (0.02, YELLOW), (0.05, ORANGE), (0.1, RED))
    mos = steps((None, RED), (2.6, ORANGE), (3.1, YELLOW), (3.6, GREEN))
    numbers = (
        panels.number("Hội nghị", PHASE_CODE, texts=PHASES),
        panels.number("Đã kết nối", "sum(room110_site_up)", colors=steps((None, RED), (1, GREEN))),
        panels.number(
            "Vắng ngoài dự kiến",
            "sum(room110_site_expected) - sum(room110_site_expected * room110_site_up)",
            colors=steps((None, GREEN), (1, ORANGE), (4, RED)),
        ),
        panels.number(
            "Đang phát biểu",
            f"(room110_floor_holder == 1) {NAMED}",
            legend="{{name}}",
            name=True,
            colors=steps((None, "blue")),
        ),
        panels.number(
            "Bàn chủ tọa",
            "room110_chair_consoles",
            colors=steps((None, RED), (1, YELLOW), (2, GREEN)),
        ),
        panels.number(
            "MOS thấp nhất", "min(room110_site_audio_mos)", unit="none", colors=mos
        ).decimals(1),
        panels.number(
            "Cảnh báo nghiêm trọng",
            'count(ALERTS{alertstate="firing", severity="critical"}) or vector(0)',
            colors=steps((None, GREEN), (1, RED)),
        ),
        panels.number(
            "Trễ vòng lặp (p99)",
            f"histogram_quantile(0.99, sum by (le) ({_LAG}))",
            unit="s",
            colors=steps((None, GREEN), (0.02, YELLOW), (0.05, RED)),
        ),
    )
    rows: tuple[Row, ...] = (
        (3, [(panel, 3) for panel in numbers]),
        (
            10,
            [
                (
                    panels.tiles(
                        "Đường truyền các điểm cầu",
                        _LINE,
                        legend=SITE,
                        link="/d/room110-site?var-site=${__field.labels.site}&${__url_time_range}",
                    ),
                    24,
                )
            ],
        ),
        (
            16,
            [
                (
                    panels.states(
                        "Diễn biến đường truyền",
                        (_LINE, SITE),
                        texts=panels.LINES,
                        rows=SITES,
                    ),
                    12,
                ),
                (
                    panels.worst(
                        "Mất gói nhiều nhất",
                        "topk(10, max by (site) "
                        f"(site_direction_media:room110_site_rtp_loss:ratio_rate1m)) {NAMED}",
                        unit="percentunit",
                        colors=loss,
                        legend=SITE,
                    ),
                    4,
                ),
                (
                    panels.worst(
                        "MOS thấp nhất",
                        f"bottomk(10, min by (site) (room110_site_audio_mos)) {NAMED}",
                        unit="none",
                        colors=mos,
                        legend=SITE,
                    ),
                    4,
                ),
                (
                    panels.worst(
                        "Trễ khứ hồi lớn nhất",
                        f"topk(10, room110_site_rtt_seconds) {NAMED}",
                        unit="s",
                        colors=steps((None, GREEN), (0.15, YELLOW), (0.3, RED)),
                        legend=SITE,
                    ),
                    4,
                ),
            ],
        ),
    )
    result = board(
        UID,
        "Màn hình giám sát 64 điểm cầu",
        "Mỗi ô là một điểm cầu; bấm vào ô để xem riêng điểm cầu đó.",
        refresh="5s",
        since="now-30m",
    )
    return fill(result, rows)

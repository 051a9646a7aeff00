"""Process: the bridge itself: is it in time, what does it lose and why, can it write."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as build

from monitoring.dashboards import panels
from monitoring.dashboards.boards import RATE, board, fill
from monitoring.dashboards.panels import GREEN, RED, YELLOW, curves, number, steps

UID: Final = "room110-bridge"


def _p99(name: str, *by: str) -> str:
    labels = ", ".join((*by, "le"))
    return f"histogram_quantile(0.99, sum by ({labels}) (rate({name}_bucket{RATE})))"


def _mean(name: str) -> str:
    """Nothing where nothing happened, for 0 / 0 is no number."""
    return f"sum(rate({name}_sum{RATE})) / (sum(rate({name}_count{RATE})) > 0)"


def dashboard() -> build.Dashboard:
    numbers: list[panels.Panel] = [
        number(
            "Điều khiển",
            'max(up{job="room110"})',
            texts=(("Không trả lời", RED), ("Hoạt động", GREEN)),
        ),
        number(
            "Tiếng và hình",
            'max(up{job="room110-media"})',
            texts=(("Không trả lời", RED), ("Hoạt động", GREEN)),
        ),
        number("Phiên đang kết nối", 'sum(room110_media_sessions{state="connected"})'),
        number(
            "Số lần khởi động lại",
            "sum(room110_process_restarts_total)",
            colors=steps((None, GREEN), (1, YELLOW), (3, RED)),
        ),
        number(
            "Đĩa trống cho nhật ký",
            "room110_journal_disk_free_bytes",
            unit="bytes",
            colors=steps((None, RED), (1e9, YELLOW), (5e9, GREEN)),
        ),
        number(
            "Lỗi ghi nhật ký",
            "room110_journal_write_failures_total",
            colors=steps((None, GREEN), (1, RED)),
        ),
        number("Phiên bản", "room110_build_info", legend="{{version}}", name=True),
        number(
            "Cảnh báo đang có",
            'count(ALERTS{alertstate="firing", severity=~"critical|warning"}) or vector(0)',
            colors=steps((None, GREEN), (1, YELLOW)),
        ),
    ]
    rows: list[tuple[int, list[tuple[panels.Panel, int]]]] = [
        (3, [(panel, 3) for panel in numbers]),
        (
            8,
            [
                (
                    curves(
                        "Trễ vòng lặp (p99)",
                        (_p99("room110_event_loop_lag_seconds", "process"), "{{process}}"),
                        unit="s",
                    ),
                    8,
                ),
                (
                    curves(
                        "Thời gian gói tin ở trong cầu",
                        (_p99("room110_media_delay_seconds"), "p99"),
                        (_mean("room110_media_delay_seconds"), "trung bình"),
                        unit="s",
                    ),
                    8,
                ),
                (
                    curves(
                        "Chuyển hình khi đổi người phát biểu (p99)",
                        (_p99("room110_floor_switch_seconds"), "p99"),
                        unit="s",
                    ),
                    8,
                ),
            ],
        ),
        (
            8,
            [
                (
                    curves(
                        "Gói tin vào và ra",
                        (
                            f"sum by (direction) (rate(room110_media_packets_total{RATE}))",
                            "{{direction}}",
                        ),
                        unit="pps",
                    ),
                    6,
                ),
                (
                    curves(
                        "Lưu lượng",
                        (
                            f"8 * sum by (direction) (rate(room110_media_bytes_total{RATE}))",
                            "{{direction}}",
                        ),
                        unit="bps",
                    ),
                    6,
                ),
                (
                    curves(
                        "Gói tin bị bỏ, theo lý do",
                        (
                            f"sum by (reason) (rate(room110_dropped_packets_total{RATE}))",
                            "{{reason}}",
                        ),
                        unit="pps",
                    ),
                    6,
                ),
                (
                    curves(
                        "Gói tin hệ điều hành bỏ",
                        (f"rate(room110_udp_receive_errors_total{RATE})", "UDP"),
                        unit="pps",
                    ),
                    6,
                ),
            ],
        ),
        (
            8,
            [
                (
                    curves(
                        "CPU",
                        (f"rate(process_cpu_seconds_total{{process!=''}}{RATE})", "{{process}}"),
                        unit="percentunit",
                    ),
                    6,
                ),
                (
                    curves(
                        "Bộ nhớ",
                        ("process_resident_memory_bytes{process!=''}", "{{process}}"),
                        unit="bytes",
                    ),
                    6,
                ),
                (
                    curves(
                        "Thời gian ghi nhật ký (trung bình)",
                        (_mean("room110_journal_write_seconds"), "ghi"),
                        unit="s",
                    ),
                    6,
                ),
                (
                    curves(
                        "Lệnh của người điều hành",
                        (f"sum by (result) (rate(room110_commands_total{RATE}))", "{{result}}"),
                        unit="ops",
                    ),
                    6,
                ),
            ],
        ),
        (
            7,
            [
                (
                    curves(
                        "Thiết bị vào hội nghị, trong năm phút",
                        ("sum by (result) (increase(room110_joins_total[5m]))", "{{result}}"),
                        unit="none",
                    ),
                    8,
                ),
                (
                    curves(
                        "Dòng nhật ký hệ thống",
                        (
                            f"sum by (process, level) (rate(room110_log_messages_total{RATE}))",
                            "{{process}} {{level}}",
                        ),
                        unit="ops",
                    ),
                    8,
                ),
                (
                    curves(
                        "Thời gian viết trang số liệu",
                        ("room110_collector_seconds", "viết"),
                        unit="s",
                    ),
                    8,
                ),
            ],
        ),
    ]
    result = board(
        UID,
        "Cầu truyền hình",
        "Máy chủ: có kịp không, bỏ gì và vì sao, có ghi được nhật ký không.",
        refresh="5s",
        since="now-1h",
    )
    return fill(result, rows)

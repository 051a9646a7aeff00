"""Traffic: what every site has sent and been sent, and how well it goes.

Counters are always there and add up over all connections; how well it goes is there only while
it goes, so a number that is missing is not a zero.

``direction`` is seen from the site: ``uplink`` is what it sends.  Feedback too: ``uplink`` is what
the site says of what it receives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import nan
from typing import Final, cast

from bridge.conference.words import Link
from bridge.media.acknowledged import FEEDBACK
from bridge.quality import (
    DIRECTIONS,
    JITTER_BOUNDS_S,
    LOSS_BOUNDS,
    MEDIA,
    RTT_BOUNDS_S,
    WITHHELD,
    Sound,
)
from bridge.traffic import Flow, FlowName
from monitoring.columns import Histogram, Sheet
from monitoring.exposition import Family, counter, gauge
from monitoring.moment import Moment

_FLOW: Final = ("site", "direction", "media")
SITE_PACKETS: Final = counter(
    "room110_site_rtp_packets_total", "RTP packets from and to the site's room device.", *_FLOW
)
SITE_BYTES: Final = counter(
    "room110_site_rtp_bytes_total", "RTP headers and payloads, without SRTP, UDP and IP.", *_FLOW
)
SITE_LOST: Final = counter(
    "room110_site_rtp_packets_lost_total",
    "RTP packets that did not arrive at first, before any repair: uplink counted here, downlink as "
    "the site reports.",
    *_FLOW,
)
SITE_UNREPAIRED: Final = counter(
    "room110_site_rtp_packets_unrepaired_total",
    "Of the uplink's lost packets those that did not come by retransmission either; all who watch "
    "or listen miss them.",
    *("site", "media"),
    words=MEDIA,
)
SITE_RETRANSMITTED: Final = counter(
    "room110_site_rtp_retransmitted_packets_total",
    "Packets that came (uplink) or were sent (downlink) by retransmission.",
    *("site", "direction"),
    words=DIRECTIONS,
)
SITE_FEEDBACK: Final = counter(
    "room110_site_rtcp_feedback_total",
    "RTCP feedback messages: uplink said by the site, downlink said to it.",
    *("site", "direction", "type"),
    words=FEEDBACK,
)
SITE_KEYFRAMES: Final = counter(
    "room110_site_keyframes_total", "Key frames that came from the site.", "site"
)
SITE_KEYFRAME_REQUESTS: Final = counter(
    "room110_site_keyframe_requests_total", "Key frames asked of the site.", "site"
)
SITE_JITTER: Final = gauge(
    "room110_site_rtp_jitter_seconds",
    "Interarrival jitter (RFC 3550), the worst stream.",
    *_FLOW,
    places=6,
)
SITE_RTT: Final = gauge(
    "room110_site_rtt_seconds", "Round trip, from the site's receiver reports.", "site", places=6
)
SITE_LOSS: Final = gauge(
    "room110_site_rtp_loss_ratio",
    "Packets lost: uplink in the last second, downlink the worst stream of the last report.",
    *("site", "direction"),
    words=DIRECTIONS,
    places=6,
)
SITE_LEVEL: Final = gauge(
    "room110_site_audio_level_dbov",
    "Loudness of the site's microphone, 0 (loudest) to -127, before the gate: the loudest of the "
    "last five looks, one a second.",
    "site",
)
SITE_MOS: Final = gauge(
    "room110_site_audio_mos",
    "Estimate of how sound is heard over this line, 1 to 4.5 (E-model; from the two series below).",
    *("site", "direction"),
    words=DIRECTIONS,
    places=2,
)
SITE_AUDIO_LOSS: Final = gauge(
    "room110_site_audio_loss_ratio",
    "Sound packets lost over the last ten seconds; silence that is not sent is none.",
    *("site", "direction"),
    words=DIRECTIONS,
    places=6,
)
SITE_AUDIO_DELAY: Final = gauge(
    "room110_site_audio_delay_seconds",
    "Estimate of sound's delay over this line: half a round trip, jitter buffer, one frame.",
    *("site", "direction"),
    words=DIRECTIONS,
    places=6,
)
SITE_HEARD: Final = gauge(
    "room110_site_last_packet_timestamp_seconds",
    "When the last authenticated packet of any kind came from the site.",
    "site",
    places=2,
)
SITE_LAST_RTP: Final = gauge(
    "room110_site_last_rtp_timestamp_seconds",
    "When the last RTP packet of the medium came from the site.",
    *("site", "media"),
    words=MEDIA,
    places=2,
)
SITE_LAST_REPORT: Final = gauge(
    "room110_site_last_report_timestamp_seconds",
    "When the site last reported by RTCP how it receives.",
    "site",
    places=2,
)
SITE_STAGE_HEARD: Final = gauge(
    "room110_site_stage_heard_timestamp_seconds",
    "When the site last acknowledged sound of the stage: its receiver report had a newer packet "
    "of room 110 or a speaker.",
    "site",
    places=2,
)
SITE_ALLOWED: Final = gauge(
    "room110_site_allowed_bytes_per_second",
    "What the site is told it may send (REMB).",
    "site",
)
SITE_CARRIES: Final = gauge(
    "room110_site_downlink_estimate_bytes_per_second",
    "What the line is believed to carry to the site; missing: there is no reason to limit it.",
    "site",
)
SITE_WITHHELD: Final = gauge(
    "room110_site_pictures_withheld",
    "Picture slots of the site left empty because its line or its decoder does not carry them.",
    *("site", "reason"),
    words=WITHHELD,
)
RTT: Final = Family(
    name="room110_rtt_seconds",
    kind="histogram",
    text="Round trips of all sites, one observation per site and second.",
    bounds=RTT_BOUNDS_S,
)
LOSS: Final = Family(
    name="room110_rtp_loss_ratio",
    kind="histogram",
    text="Loss of all sites, one observation per site and second.",
    labels=("direction",),
    words=DIRECTIONS,
    bounds=LOSS_BOUNDS,
)
JITTER: Final = Family(
    name="room110_rtp_jitter_seconds",
    kind="histogram",
    text="Jitter of all sites, one observation per site and second.",
    labels=("direction", "media"),
    words=MEDIA,
    bounds=JITTER_BOUNDS_S,
)
TRAFFIC: Final = (
    *(SITE_PACKETS, SITE_BYTES, SITE_LOST, SITE_UNREPAIRED, SITE_RETRANSMITTED, SITE_FEEDBACK),
    *(SITE_KEYFRAMES, SITE_KEYFRAME_REQUESTS),
)
QUALITY: Final = (
    *(SITE_RTT, SITE_LOSS, SITE_JITTER, SITE_LEVEL, SITE_MOS, SITE_AUDIO_LOSS, SITE_AUDIO_DELAY),
    *(SITE_HEARD, SITE_LAST_RTP, SITE_LAST_REPORT, SITE_STAGE_HEARD),
    *(SITE_ALLOWED, SITE_CARRIES, SITE_WITHHELD, RTT, LOSS, JITTER),
)


_NO_FLOW: Final = Flow()
_NO_SOUND: Final = Sound(loss=nan, delay_s=nan, mos=nan)


def write_traffic(sheet: Sheet, moment: Moment) -> None:
    traffic, by_flow = moment.figures.traffic, moment.keys(DIRECTIONS, MEDIA)
    flows = [traffic.flows.get(key, _NO_FLOW) for key in cast("Iterable[FlowName]", by_flow)]
    sheet[SITE_PACKETS].set_all(by_flow, [flow.packets for flow in flows])
    sheet[SITE_BYTES].set_all(by_flow, [flow.bytes for flow in flows])
    sheet[SITE_LOST].set_all(by_flow, [flow.lost for flow in flows])
    by_direction = moment.keys(DIRECTIONS)
    # Those of the uplink come first at every site.
    up = [flow.unrepaired for flow, key in zip(flows, by_flow, strict=True) if key[1] == "uplink"]
    sheet[SITE_UNREPAIRED].set_all(moment.keys(MEDIA), up)
    for family, counts, keys in (
        (SITE_RETRANSMITTED, traffic.retransmitted, by_direction),
        (SITE_FEEDBACK, traffic.feedback, moment.keys(DIRECTIONS, FEEDBACK)),
    ):
        known = cast("Mapping[tuple[str, ...], int]", counts)
        sheet[family].set_all(keys, [known.get(key, 0) for key in keys])
    by_site = moment.keys()
    sheet[SITE_KEYFRAMES].set_all(by_site, [traffic.keyframes.get(c, 0) for (c,) in by_site])
    sheet[SITE_KEYFRAME_REQUESTS].set_all(
        by_site, [traffic.keyframe_requests.get(c, 0) for (c,) in by_site]
    )


def write_quality(sheet: Sheet, moment: Moment) -> None:
    by_site, by_direction = moment.keys(), moment.keys(DIRECTIONS)
    _write_rows(sheet, moment)
    flows, by_flow = moment.figures.traffic.flows, moment.keys(DIRECTIONS, MEDIA)
    jitters = [flows.get(key, _NO_FLOW) for key in cast("Iterable[FlowName]", by_flow)]
    sheet[SITE_JITTER].set_all(by_flow, [flow.jitter_s for flow in jitters])
    lines = moment.qualities
    sheet[SITE_LEVEL].set_all(by_site, [it.level_dbov for it in lines])
    sounds = [it.sound.get(direction, _NO_SOUND) for it in lines for direction in DIRECTIONS]
    sheet[SITE_MOS].set_all(by_direction, [sound.mos for sound in sounds])
    sheet[SITE_AUDIO_LOSS].set_all(by_direction, [sound.loss for sound in sounds])
    sheet[SITE_AUDIO_DELAY].set_all(by_direction, [sound.delay_s for sound in sounds])
    unix = moment.unix
    sheet[SITE_HEARD].set_all(by_site, [unix(it.heard_s) for it in lines])
    sheet[SITE_LAST_RTP].set_all(
        moment.keys(MEDIA),
        [unix(at_s) for it in lines for at_s in (it.sound_s, it.picture_s)],
    )
    sheet[SITE_LAST_REPORT].set_all(by_site, [unix(it.reported_s) for it in lines])
    sheet[SITE_STAGE_HEARD].set_all(by_site, [unix(it.stage_s) for it in lines])
    sheet[SITE_ALLOWED].set_all(by_site, [_bytes(it.allowed_bps) for it in lines])
    sheet[SITE_CARRIES].set_all(by_site, [_bytes(it.line_bps) for it in lines])
    sheet[SITE_WITHHELD].set_all(
        moment.keys(WITHHELD),
        [it.withheld.get(reason) for it in lines for reason in WITHHELD],
    )
    _write_spreads(sheet, moment)


def _write_rows(sheet: Sheet, moment: Moment) -> None:
    """What stands in the rows of REST."""
    # A line on which nothing goes has lost nothing.
    going = [
        row if row["link"] == Link.UP and row["packets_in"] + row["packets_out"] > 0 else {}
        for row in moment.rows
    ]
    rtts_ms = [row.get("rtt_ms") for row in going]
    sheet[SITE_RTT].set_all(moment.keys(), [ms and ms / 1000 for ms in rtts_ms])
    sheet[SITE_LOSS].set_all(
        moment.keys(DIRECTIONS),
        [row.get(name) for row in going for name in ("loss_up", "loss_down")],
    )


def _write_spreads(sheet: Sheet, moment: Moment) -> None:
    quality = moment.figures.quality
    sheet[RTT].set_histogram(Histogram.of(RTT_BOUNDS_S, quality.rtts.spread()))
    for direction, losses in quality.losses.items():
        sheet[LOSS].set_histogram(Histogram.of(LOSS_BOUNDS, losses.spread()), direction)
    for labels, jitters in quality.jitters.items():
        sheet[JITTER].set_histogram(Histogram.of(JITTER_BOUNDS_S, jitters.spread()), *labels)


def _bytes(bps: int | None) -> float | None:
    return None if bps is None else bps / 8

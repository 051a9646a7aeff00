"""Traffic: what every site has sent and been sent, and how well it goes.

Counters are always there and add up over all connections; how well it goes is there only while
it goes, so a number that is missing is not a zero.

``direction`` is seen from the site: ``uplink`` is what it sends.  Feedback too: ``uplink`` is what
the site says of what it receives.
"""

from __future__ import annotations

from typing import Final

from bridge.conference.words import Link
from bridge.traffic import Flow
from monitoring.exposition import Family, Sheet, counter, gauge
from monitoring.moment import Moment

MEDIA: Final = ("audio", "video")
DIRECTIONS: Final = ("uplink", "downlink")
FEEDBACK: Final = ("nack", "pli", "fir", "remb")
WITHHELD: Final = ("bandwidth", "codec")
RTT_BOUNDS_S: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 2.0)
LOSS_BOUNDS: Final = (0.0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5)
JITTER_BOUNDS_S: Final = (0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1.0)

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
    "room110_site_rtp_jitter_seconds", "Interarrival jitter (RFC 3550), the worst stream.", *_FLOW
)
SITE_RTT: Final = gauge(
    "room110_site_rtt_seconds", "Round trip, from the site's receiver reports.", "site"
)
SITE_LOSS: Final = gauge(
    "room110_site_rtp_loss_ratio",
    "Packets lost: uplink in the last second, downlink the worst stream of the last report.",
    *("site", "direction"),
    words=DIRECTIONS,
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
)
SITE_AUDIO_LOSS: Final = gauge(
    "room110_site_audio_loss_ratio",
    "Sound packets lost over the last ten seconds; silence that is not sent is none.",
    *("site", "direction"),
    words=DIRECTIONS,
)
SITE_AUDIO_DELAY: Final = gauge(
    "room110_site_audio_delay_seconds",
    "Estimate of sound's delay over this line: half a round trip, jitter buffer, one frame.",
    *("site", "direction"),
    words=DIRECTIONS,
)
SITE_HEARD: Final = gauge(
    "room110_site_last_packet_timestamp_seconds",
    "When the last authenticated packet of any kind came from the site.",
    "site",
)
SITE_LAST_RTP: Final = gauge(
    "room110_site_last_rtp_timestamp_seconds",
    "When the last RTP packet of the medium came from the site.",
    *("site", "media"),
    words=MEDIA,
)
SITE_LAST_REPORT: Final = gauge(
    "room110_site_last_report_timestamp_seconds",
    "When the site last reported by RTCP how it receives.",
    "site",
)
SITE_STAGE_HEARD: Final = gauge(
    "room110_site_stage_heard_timestamp_seconds",
    "When the site last acknowledged sound of the stage: its receiver report had a newer packet "
    "of room 110 or a speaker.",
    "site",
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


def write_traffic(sheet: Sheet, moment: Moment) -> None:
    packets, octets = sheet[SITE_PACKETS], sheet[SITE_BYTES]
    lost = sheet[SITE_LOST]
    keyframes, requests = sheet[SITE_KEYFRAMES], sheet[SITE_KEYFRAME_REQUESTS]
    traffic = moment.figures.traffic
    for row in moment.rows:
        site = row["code"]
        for direction in DIRECTIONS:
            for medium in MEDIA:
                flow = traffic.flows.get((site, direction, medium), _NO_FLOW)
                packets.set(flow.packets, site, direction, medium)
                octets.set(flow.bytes, site, direction, medium)
                lost.set(flow.lost, site, direction, medium)
        keyframes.set(traffic.keyframes.get(site, 0), site)
        requests.set(traffic.keyframe_requests.get(site, 0), site)


def write_quality(sheet: Sheet, moment: Moment) -> None:
    rtt, loss, level = sheet[SITE_RTT], sheet[SITE_LOSS], sheet[SITE_LEVEL]
    jitter = sheet[SITE_JITTER]
    flows = moment.figures.traffic.flows
    for row in moment.rows:
        site = row["code"]
        for direction in DIRECTIONS:
            for medium in MEDIA:
                flow = flows.get((site, direction, medium), _NO_FLOW)
                jitter.set(flow.jitter_s, site, direction, medium)
        # A line on which nothing goes has lost nothing.
        if row["link"] == Link.UP and row["packets_in"] + row["packets_out"] > 0:
            rtt_ms = row.get("rtt_ms")
            rtt.set(None if rtt_ms is None else rtt_ms / 1000, site)
            loss.set(row["loss_up"], site, "uplink")
            loss.set(row["loss_down"], site, "downlink")
            level.set(row.get("level_dbov"), site)

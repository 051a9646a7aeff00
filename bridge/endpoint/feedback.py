"""Feedback: what an endpoint tells the service about the line, and when.

Pure.  Reports go once a second, each with REMB.  What was lost is asked for as soon as it is due,
so that a line that loses packets costs no key frames; those are asked for where nothing else
helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from bridge.conference.words import SiteCode
from bridge.endpoint.receiver import Receiver
from bridge.endpoint.sender import Sender
from bridge.media.core.rtcp import (
    MAX_REPORTS,
    Nack,
    Outgoing,
    PictureLoss,
    ReceiverReport,
    Remb,
    SenderReport,
)
from bridge.media.core.rtcp_writer import pack

REPORT_EVERY_S: Final = 1.0
"""At least every second (DESIGN section 2): a link is lost by its silence."""
ALLOWANCE_BPS: Final = 10_000_000
"""REMB to the service: far above what an endpoint is sent, so it never limits on loopback."""
KEYFRAME_CHECK_S: Final = 0.1
ASKED_BYTES: Final = 1_000
"""Of requests in one compound: with its report it fits one datagram of any line."""

Compound = list[Outgoing]


class Feedback:
    def __init__(self, sender: Sender, receiver: Receiver) -> None:
        self._sender = sender
        self._receiver = receiver
        self._next_report_s = 0.0
        self._next_keyframe_check_s = 0.0

    def due(
        self,
        now_s: float,
        *,
        ntp: int,
        rtt_s: float | None,
        stage: Mapping[str, SiteCode] | None,
    ) -> Iterator[Compound]:
        """Compounds to send now.  *ntp* is the same moment of the world's clock; *stage* says who
        stands in which slot, None before the service has said."""
        if now_s >= self._next_report_s:
            self._next_report_s = now_s + REPORT_EVERY_S
            yield from self._reports(now_s, ntp)
        own = self._sender.mic_ssrc
        missing = self._receiver.missing(now_s, rtt_s)
        if missing:
            yield from _asked(
                own, (Nack(sender=own, media=ssrc, seqs=numbers) for ssrc, numbers in missing)
            )
        if now_s >= self._next_keyframe_check_s:
            self._next_keyframe_check_s = now_s + KEYFRAME_CHECK_S
            needed = self._receiver.keyframes_needed(stage, now_s)
            if needed:
                yield from _asked(own, (PictureLoss(sender=own, media=ssrc) for ssrc in needed))

    def _reports(self, now_s: float, ntp: int) -> Iterator[Compound]:
        """Sender reports with the first blocks, REMB; blocks that are too many in further RRs."""
        blocks = self._receiver.reports(now_s)
        senders: list[SenderReport | ReceiverReport] = [
            SenderReport(
                ssrc=sent.ssrc,
                ntp=ntp,
                rtp=sent.timestamp,
                packets=sent.packets,
                octets=sent.octets,
            )
            for sent in self._sender.sent(now_s)
        ]
        own = self._sender.mic_ssrc
        first, *others = senders or [ReceiverReport(ssrc=own)]
        yield [
            replace(first, reports=tuple(blocks[:MAX_REPORTS])),
            *others,
            Remb(sender=own, bitrate_bps=ALLOWANCE_BPS, ssrcs=self._receiver.picture_ssrcs),
        ]
        for start in range(MAX_REPORTS, len(blocks), MAX_REPORTS):
            yield [ReceiverReport(ssrc=own, reports=tuple(blocks[start : start + MAX_REPORTS]))]


def _asked(own: int, requests: Iterable[Nack | PictureLoss]) -> Iterator[Compound]:
    """As many compounds as it takes: after a stall every picture of the gallery asks at once."""
    part, size = list[Outgoing](), 0
    for request in requests:
        more = len(pack(request))
        if part and size + more > ASKED_BYTES:
            yield [ReceiverReport(ssrc=own), *part]
            part, size = [], 0
        part.append(request)
        size += more
    if part:
        yield [ReceiverReport(ssrc=own), *part]

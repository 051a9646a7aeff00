"""Incoming: which stream of a client a packet is of.

A stream is known by its SSRC once it is known; before that by RID and MID (RFC 8852, RFC 9143), by
an SSRC named in the offer, or, if only one m-line has the payload type, by that.  A stream that
repeats what was lost (RTX, RFC 4588) is known by the SSRC the offer paired with its original
(FID), by the repaired RID, or, of an m-line with one encoding, by its payload type.

What the client may make here is bounded: ``MAX_SOURCES`` streams, and as many that repeat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from bridge.media.core import rtp, rtx
from bridge.media.core.clock import SessionClock
from bridge.media.core.drops import DropReason
from bridge.media.core.layers import ONLY, RANKS
from bridge.media.core.picture import PICTURE_ERRORS, read
from bridge.media.forwarder import Forwarder
from bridge.media.plane import SessionSpec, Uplink
from bridge.media.streams import Source, medium_of

MAX_SOURCES: Final = 12
"""SSRCs a client may use: a microphone, three layers, slides and their sound, and restarts of its
encoders.  Fewer than a receiver report may count."""

MALFORMED: Final = (rtp.RtpMalformed, *PICTURE_ERRORS)


class Incoming:
    """The streams of one client."""

    def __init__(
        self,
        spec: SessionSpec,
        *,
        forwarder: Forwarder,
        clock: SessionClock,
        ask: Callable[[int], None],
    ) -> None:
        """*ask* sends the client a request for a key frame of an SSRC."""
        self.sources: dict[int, Source] = {}
        """Incoming SSRC -> stream, at most ``MAX_SOURCES``."""
        self._repeats: dict[int, Source] = {}
        """SSRC that repeats -> stream it repeats."""
        self._spec = spec
        self._forwarder = forwarder
        self._drops: Counter[DropReason] = forwarder.drops
        self._clock = clock
        self._ask = ask
        self._repeating = frozenset(
            u.rtx_payload_type for u in spec.uplinks if u.rtx_payload_type is not None
        )

        for uplink in spec.uplinks:
            feed = forwarder.feed(spec.site, medium_of(uplink.slot, uplink.kind))
            feed.layers = tuple(sorted(uplink.rids, key=RANKS.__getitem__)) or (ONLY,)

    def take(self, data: bytes, now_s: float) -> None:
        """A decrypted RTP packet of the client.  Raises one of ``MALFORMED``; then nothing has
        changed."""
        start, stop = rtp.header_length(data), rtp.payload_end(data)
        _, payload_type, seq, timestamp, ssrc = rtp.fixed_header(data)
        source = self.sources.get(ssrc)
        if source is None:
            if payload_type in self._repeating:
                self._take_repeat(data, start, stop, payload_type, ssrc, now_s)
                return
            source = self._find(data, start, stop, payload_type, ssrc)
            if source is None:
                return
        elif payload_type != source.payload_type:
            self._drops[DropReason.PAYLOAD_TYPE] += 1
            return
        if source.feed.kind == "audio":
            self._forwarder.forward_sound(source, data, start, stop, seq, timestamp, now_s)
            echo = self._forwarder.whispers.echoes.get(source)
            if echo is not None:
                self._forwarder.forward_sound(echo, data, start, stop, seq, timestamp, now_s)
        else:
            self._forwarder.forward_picture(source, data, start, stop, seq, timestamp, now_s)

    def close(self) -> None:
        for source in self.sources.values():
            self._forwarder.whispers.end(source)
            self._forwarder.remove_source(source)
        self.sources.clear()
        self._repeats.clear()

    # What repeats.

    def _take_repeat(
        self, data: bytes, start: int, stop: int, payload_type: int, ssrc: int, now_s: float
    ) -> None:
        source = self._repeats.get(ssrc) or self._repeated(data, payload_type, ssrc)
        if source is None:
            self._drops[DropReason.REPEAT_UNKNOWN] += 1
            return
        packet = rtx.unwrap(data, start, stop, ssrc=source.ssrc, payload_type=source.payload_type)
        if packet is None:
            self._drops[DropReason.PADDING] += 1
            return
        _, _, seq, timestamp, _ = rtp.fixed_header(packet)
        history = source.history
        if history is None or history.get(seq) is not None or history.is_behind(seq):
            self._drops[DropReason.DUPLICATE] += 1
            return
        self._forwarder.forward_picture(
            source, packet, start, len(packet), seq, timestamp, now_s, repeated=True
        )

    def _repeated(self, data: bytes, payload_type: int, ssrc: int) -> Source | None:
        for uplink in self._spec.uplinks:
            if uplink.rtx_payload_type != payload_type:
                continue
            original = uplink.rtx_ssrcs.get(ssrc)
            if original is not None:
                source = self.sources.get(original)
            elif uplink.rids:
                number = uplink.repaired_rid_extension
                rid = rtp.extension(data, number) if number is not None else None
                source = self._source_of(uplink, rid.decode("ascii", "replace")) if rid else None
            else:
                source = self._source_of(uplink, ONLY)
            if source is not None and len(self._repeats) < MAX_SOURCES:
                self._repeats[ssrc] = source
                return source
        return None

    def _source_of(self, uplink: Uplink, layer: str) -> Source | None:
        return next(
            (s for s in self.sources.values() if (s.slot, s.layer) == (uplink.slot, layer)), None
        )

    # What is new.

    def _find(
        self, data: bytes, start: int, stop: int, payload_type: int, ssrc: int
    ) -> Source | None:
        """The new source this packet begins, if it says which m-line and layer it is; else None,
        and the drop is counted.  A new source ends an old one, so a packet that nobody could use
        must not begin one: raises as :meth:`take`."""
        uplink = self._uplink(data, payload_type, ssrc)
        layer = _layer(data, uplink) if uplink is not None else None
        if uplink is None or layer is None:
            self._drops[DropReason.UNKNOWN_SOURCE] += 1
            return None
        if payload_type != uplink.payload_type:
            self._drops[DropReason.PAYLOAD_TYPE] += 1
            return None
        replaced = self._source_of(uplink, layer)
        if len(self.sources) - (replaced is not None) >= MAX_SOURCES:
            self._drops[DropReason.UNKNOWN_SOURCE] += 1
            return None
        if uplink.kind == "video":
            read(uplink.codec, data, start, stop)
        source = Source(
            self._forwarder.feed(self._spec.site, medium_of(uplink.slot, uplink.kind)),
            slot=uplink.slot,
            layer=layer,
            codec=uplink.codec,
            ssrc=ssrc,
            payload_type=uplink.payload_type,
            level_extension=uplink.level_extension,
            clock=self._clock,
            ask=self._ask,
            nack=uplink.nack,
        )
        if replaced is not None:
            self._forget(replaced)
        self.sources[ssrc] = source
        self._forwarder.add_source(source)
        self._forwarder.whispers.begin(source)
        return source

    def _forget(self, source: Source) -> None:
        self._forwarder.whispers.end(source)
        del self.sources[source.ssrc]
        for ssrc in [ssrc for ssrc, known in self._repeats.items() if known is source]:
            del self._repeats[ssrc]

    def _uplink(self, data: bytes, payload_type: int, ssrc: int) -> Uplink | None:
        uplinks = self._spec.uplinks
        for uplink in uplinks:
            if ssrc in uplink.ssrcs:
                return uplink
        for uplink in uplinks:
            mid = uplink.mid_extension and rtp.extension(data, uplink.mid_extension)
            if mid:
                name = mid.decode("ascii", "replace")
                return next((u for u in uplinks if u.mid == name), None)
        fitting = [u for u in uplinks if u.payload_type == payload_type]
        return fitting[0] if len(fitting) == 1 else None


def _layer(data: bytes, uplink: Uplink) -> str | None:
    if not uplink.rids:
        return ONLY
    rid = uplink.rid_extension and rtp.extension(data, uplink.rid_extension)
    layer = rid.decode("ascii", "replace") if rid else None
    return layer if layer in uplink.rids else None

"""Tap: what one site sends, looked at a hundred times a second while its line is tried.

Looked at, not listened to: the way of a packet knows nothing of a tap.  It reads the counters that
every stream keeps, and a look every 10 ms misses nothing of what it is for: a microphone sends a packet
each 20 ms and a camera a picture each 33 ms.

* **Levels**: RFC 6464's, one for each look that finds a new packet of the microphone.
* **Pictures**: of each layer of the camera, a timestamp that is new is a picture.
* **Size**: from the key frame, where it still stands in the history kept for retransmission.
* **Rate**: the best whole second of all that came, and whether the line was found to be the limit.
* **Loss**: what went missing before repair, since the tap was opened.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from bridge.media.core import h264, layers, rtp, sps, vp8
from bridge.media.core.picture import PICTURE_ERRORS
from bridge.media.plane import Codec
from bridge.media.session import MediaSession
from bridge.media.slots import CAMERA, MIC
from bridge.media.streams import HISTORY_PACKETS, Source
from bridge.media.train import OVERHEAD_BYTES

SECOND_S: Final = 1.0
COUNTED_S: Final = 2.0
"""Pictures a second are those of the last so many seconds."""
_MAX_PICTURES: Final = 512
_MAX_LEVELS: Final = 2048


class Tap:
    """*began_s* and all times on one monotonic clock."""

    def __init__(self, session: MediaSession, began_s: float) -> None:
        self._session = session
        self._began_s = began_s
        self.levels: deque[tuple[int, int]] = deque(maxlen=_MAX_LEVELS)
        self.best_bps = 0
        self.limit_bps: int | None = None
        """The least that its line was believed to carry (:mod:`bridge.media.upline`)."""
        self.sizes: dict[str, tuple[int, int]] = {}
        """By layer, of those whose key frame was seen."""
        self._seen: dict[int, tuple[int, int]] = {}
        """SSRC -> packets, newest timestamp."""
        self._pictures: dict[str, deque[float]] = {}
        self._keyframes: dict[int, int] = {}
        self._totals: deque[tuple[float, int]] = deque()
        self._first = {source.ssrc: _counts(source) for source in session.sources.values()}

    def look(self, now_s: float) -> None:
        """Owed every 10 ms."""
        for source in tuple(self._session.sources.values()):
            reception = source.reception
            packets, timestamp = self._seen.get(source.ssrc, (-1, -1))
            if reception.packets == packets:
                continue
            self._seen[source.ssrc] = (reception.packets, reception.newest_timestamp)
            if source.slot == MIC.name and source.level_dbov is not None and packets >= 0:
                self.levels.append((round((now_s - self._began_s) * 1000), source.level_dbov))
            elif source.slot == CAMERA.name:
                if reception.newest_timestamp != timestamp and packets >= 0:
                    seen = self._pictures.setdefault(source.layer, deque(maxlen=_MAX_PICTURES))
                    seen.append(now_s)
                self._measure(source)
        self._weigh(now_s)
        limit_bps = self._session.upline.estimate.bps
        if limit_bps is not None:
            self.limit_bps = min(limit_bps, self.limit_bps or limit_bps)

    def largest(self, now_s: float) -> Source | None:
        """The largest picture that comes now."""
        living = [
            source
            for source in self._session.sources.values()
            if source.slot == CAMERA.name and source.alive(now_s)
        ]
        return max(living, key=lambda source: layers.RANKS[source.layer], default=None)

    def frames_per_s(self, layer: str, now_s: float) -> float | None:
        """Of late; None: there were none."""
        seen = self._pictures.get(layer, ())
        since_s = max(now_s - COUNTED_S, self._began_s)
        count = sum(at_s > since_s for at_s in seen)
        return count / (now_s - since_s) if count and now_s > since_s else None

    def loss(self) -> tuple[int, int]:
        """Packets expected since the tap was opened, and those that did not come by themselves."""
        expected = lost = 0
        for source in self._session.sources.values():
            then_expected, then_lost = self._first.get(source.ssrc, (0, 0))
            now_expected, now_lost = _counts(source)
            expected += now_expected - then_expected
            lost += now_lost - then_lost
        return expected, max(lost, 0)

    def jitter_s(self) -> float | None:
        """The microphone's if it sends, else the worst."""
        jitters = {
            source.slot: source.reception.jitter_s
            for source in self._session.sources.values()
            if source.reception.packets
        }
        return jitters.get(MIC.name, max(jitters.values(), default=None))

    def _weigh(self, now_s: float) -> None:
        session = self._session
        self._totals.append((now_s, session.bytes_in + session.packets_in * OVERHEAD_BYTES))
        while len(self._totals) > 1 and self._totals[1][0] <= now_s - SECOND_S:
            self._totals.popleft()
        then_s, then = self._totals[0]
        if now_s - then_s >= SECOND_S:
            bps = int((self._totals[-1][1] - then) * 8 / (now_s - then_s))
            self.best_bps = max(self.best_bps, bps)

    def _measure(self, source: Source) -> None:
        if self._keyframes.get(source.ssrc) == source.keyframes_seen:
            return
        self._keyframes[source.ssrc] = source.keyframes_seen
        size = _size(source)
        if size is not None:
            self.sizes[source.layer] = size


def _counts(source: Source) -> tuple[int, int]:
    reception = source.reception
    return reception.packets + reception.lost, reception.lost + source.repaired


def _size(source: Source) -> tuple[int, int] | None:
    """Of the newest key frame that is remembered."""
    for back in range(HISTORY_PACKETS):
        data = source.remembered(source.reception.highest - back)
        if data is None:
            continue
        start, stop = rtp.header_length(data), rtp.payload_end(data)
        try:
            if source.codec is Codec.H264:
                if h264.keyframe_starts(data, start, stop):
                    return sps.dimensions(data, start, stop)
            else:
                at, _, _, is_key, _, _ = vp8.parse(data, start, stop)
                if is_key:
                    return vp8.dimensions(data[at:stop])
        except PICTURE_ERRORS:
            continue
    return None

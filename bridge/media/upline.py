"""Upline: what one publisher is told it may send altogether (REMB).

The least of three, since each is a limit of its own:

* what its streams need, *all* its layers, wanted or not, and a fifth more
  (:func:`bridge.media.core.layers.remb_bps` says why all);
* what its line carries, from when its packets left and came and what was lost
  (:mod:`bridge.media.core.arrival`);
* what the roster says the line carries.

And a technician's word: small pictures, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bridge.media.core import layers, rtp
from bridge.media.core.arrival import UplinkEstimate
from bridge.media.plane import Ladder, SessionSpec
from bridge.media.streams import Source

SEND_TIME_BYTES: Final = 3
_LADDER_BPS: Final[Mapping[Ladder, int]] = {
    Ladder.SMALL: layers.remb_bps((layers.Q,)),
    Ladder.SOUND: layers.SOUND_BPS,
}


class Upline:
    def __init__(self, spec: SessionSpec) -> None:
        pictures = [uplink for uplink in spec.uplinks if uplink.kind == "video"]
        self._needed_bps = sum(layers.remb_bps(u.rids or (layers.ONLY,)) for u in pictures)
        self._cap_bps = spec.bandwidth_bps
        self._send_time = next(
            (u.send_time_extension for u in spec.uplinks if u.send_time_extension is not None), None
        )
        self.ladder = Ladder.FULL
        self.estimate = UplinkEstimate()
        self._expected = 0
        self._lost = 0

    def on_packet(self, packet: bytes, now_s: float) -> bool:
        """A decrypted RTP packet came.  True: the estimate fell, tell the publisher at once."""
        number = self._send_time
        sent = rtp.extension(packet, number) if number is not None else None
        if sent is None or len(sent) != SEND_TIME_BYTES:
            self.estimate.on_untimed(len(packet))
            return False
        return self.estimate.on_packet(int.from_bytes(sent, "big"), len(packet), now_s)

    def advance(self, sources: Iterable[Source], now_s: float) -> None:
        """Owed about every half second."""
        expected = lost = 0
        for source in sources:
            reception = source.reception
            before_repair = reception.lost + source.repaired
            expected += reception.packets + reception.lost
            lost += max(before_repair, 0)
        new, gone = expected - self._expected, lost - self._lost
        self._expected, self._lost = expected, lost
        fraction = min(max(gone / new, 0.0), 1.0) if new > 0 else 0.0
        self.estimate.advance(fraction, now_s)

    @property
    def allowed_bps(self) -> int:
        limits = (self.estimate.bps, self._cap_bps, _LADDER_BPS.get(self.ladder))
        return min([self._needed_bps, *(limit for limit in limits if limit is not None)])

"""Utterance: a sound that the service itself says to one room, and to nobody else.

A line check proves a loudspeaker by a number that is spoken there.  It is a source of its own, of a
site that does not exist and the medium ``check.audio``, and one outlet is *lent* to it: a sound slot
of that session in which nobody stands.  The stage comes first: as soon as the plan puts somebody into
that slot the outlet is his, and the utterance is cut off.  It has no joint with any other session.

The last of a session's places is taken first, as a probe does (:mod:`bridge.private`): the stage fills
them from the front.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bridge.media.core.clock import SessionClock
from bridge.media.core.rtp import pack_header
from bridge.media.forwarder import Forwarder
from bridge.media.plane import Codec
from bridge.media.session import MediaSession
from bridge.media.slots import CONTENT
from bridge.media.streams import Outlet, Source

MEDIUM: Final = "check.audio"
FRAME_S: Final = 0.02
FRAME_TICKS: Final = 960
_HEADER_BYTES: Final = 12

Lent = dict[Outlet, tuple[str, str]]
"""Outlet -> the site and medium it is lent to while the plan wants nothing of it."""


class Utterance:
    """Made by :func:`utterance_in`."""

    def __init__(
        self,
        frames: Sequence[bytes],
        outlet: Outlet,
        *,
        forwarder: Forwarder,
        lent: Lent,
        began_s: float,
    ) -> None:
        self.began_s = began_s
        self.done = False
        self.cut_off = False
        """The stage took the slot."""
        self._frames = frames
        self._outlet = outlet
        self._forwarder = forwarder
        self._lent = lent
        self._said = 0
        site = f"check:{outlet.site}"
        self._source = Source(
            forwarder.feed(site, MEDIUM),
            slot=outlet.slot,
            layer="",
            codec=Codec.OPUS,
            ssrc=0,
            payload_type=0,
            level_extension=None,
            clock=SessionClock(),
            ask=_ask_nobody,
        )
        lent[outlet] = (site, MEDIUM)
        forwarder.aim(outlet, site, MEDIUM, began_s)
        forwarder.add_source(self._source)
        self._source.open = True

    def advance(self, now_s: float) -> None:
        """Say what is due; owed every few milliseconds."""
        if self.done:
            return
        if self._outlet.source is not self._source:
            self.cut_off = True
            self.end(now_s)
            return
        while self._said < len(self._frames) and now_s >= self.began_s + self._said * FRAME_S:
            number = self._said
            self._said += 1
            header = pack_header(False, 0, number & 0xFFFF, number * FRAME_TICKS, 0)
            data = header + self._frames[number]
            self._forwarder.forward_sound(
                self._source, data, _HEADER_BYTES, len(data), number, number * FRAME_TICKS, now_s
            )
        self._forwarder.fanout.flush()
        if self._said == len(self._frames):
            self.end(now_s)

    def end(self, now_s: float) -> None:
        """Give the slot back; may be called twice."""
        if self.done:
            return
        self.done = True
        self._lent.pop(self._outlet, None)
        is_ours = self._outlet.feed is self._source.feed
        if is_ours:
            self._forwarder.aim(self._outlet, None, self._outlet.kind, now_s)
        self._forwarder.remove_source(self._source)


def utterance_in(
    session: MediaSession,
    frames: Sequence[bytes],
    *,
    forwarder: Forwarder,
    lent: Lent,
    now_s: float,
) -> Utterance | None:
    """Begin to say *frames* in a free place of *session*; None: it has none."""
    free = [
        outlet
        for outlet in session.outlets.values()
        if outlet.kind == "audio" and outlet.slot != CONTENT and outlet.feed is None
    ]
    free = [outlet for outlet in free if Codec.OPUS in outlet.payloads]
    if not free:
        return None
    return Utterance(frames, free[-1], forwarder=forwarder, lent=lent, began_s=now_s)


def _ask_nobody(_ssrc: int) -> None:
    """Sound has no key frames."""

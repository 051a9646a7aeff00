"""The forwarder: from a source that sends to the slots that show it.

It decides which packet goes to whom, on RTP level, without decoding.  No socket, no clock, no
key is known here: packets come in decrypted, *now_s* is an argument, and what goes out is handed
to the subscriber's ``send``.  One packet is parsed once, however many watch it; per subscriber
there is a rewritten header and a call.  The table it works on is
:mod:`bridge.media.streams`.

Sound is fed at once, if the gate is open; the gate is asked of the plan for every new source, so
the first packet of a new connection already meets it.  Picture moves at a key frame: until the
new source's key frame is here the outlet goes on with the old one (research/aiortc.md 8: eight
switches, no freeze), for at most ``PATIENCE_S``.  An outlet takes the first key frame of any
layer it may show and moves up at the key frame of a better one.
"""

from __future__ import annotations

from collections import Counter

from bridge.media.core import layers, rtp, vp8
from bridge.media.core.drops import DropReason
from bridge.media.core.reception import JUMPED, RESTARTED
from bridge.media.streams import Feed, Outlet, Source

PATIENCE_S = 2.0
"""How long the old picture goes on when the new one does not come.  Longer would show a site that
no longer has the floor; a key frame needs a round trip and 50 to 90 ms (measured)."""


class Forwarder:
    """The forwarding table.  The caller gives the time and owns the sessions."""

    def __init__(self) -> None:
        self.drops: Counter[DropReason] = Counter()
        self.switches = 0
        self.keyframe_requests = 0
        self._gates: frozenset[str] = frozenset()
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._outlets: list[Outlet] = []

    # What control decides.

    def set_gates(self, gates: frozenset[str]) -> None:
        """Shut what is no longer open, then open the rest: never more open than planned."""
        for site in self._gates - gates:
            self._turn(site, is_open=False)
        for site in gates - self._gates:
            self._turn(site, is_open=True)
        self._gates = gates

    def _turn(self, site: str, *, is_open: bool) -> None:
        for source in self.feed(site, "audio").sources.values():
            source.open = is_open
            for outlet in source.outlets:
                outlet.fresh = True

    def feed(self, site: str, kind: str) -> Feed:
        key = (site, kind)
        if key not in self._feeds:
            self._feeds[key] = Feed(site, kind)
        return self._feeds[key]

    def aim(self, outlet: Outlet, site: str | None, now_s: float) -> None:
        """Let *outlet* show *site*, or nothing.  Aiming at its own site is aiming at nothing."""
        feed = None if site is None or site == outlet.site else self.feed(site, outlet.kind)
        if feed is outlet.feed:
            return
        if outlet.feed is not None:
            outlet.feed.aimed.remove(outlet)
        outlet.feed = feed
        outlet.aimed_s = now_s
        if feed is None:
            self._unplug(outlet)
            return
        feed.aimed.append(outlet)
        if outlet.kind == "audio":
            self._unplug(outlet)
            for source in feed.sources.values():
                self._plug(outlet, source)
        else:
            self._ask_for(outlet, now_s)

    def add_outlet(self, outlet: Outlet) -> None:
        self._outlets.append(outlet)

    def remove_outlet(self, outlet: Outlet, now_s: float) -> None:
        self.aim(outlet, None, now_s)
        self._outlets.remove(outlet)

    # What sessions bring.

    def add_source(self, source: Source) -> None:
        """A stream has begun; its first packet comes next.  A stream of the same layer that was
        there before has ended."""
        feed = source.feed
        old = feed.sources.get(source.layer)
        if old is not None:
            self.remove_source(old)
        feed.sources[source.layer] = source
        if feed.kind == "audio":
            source.open = feed.site in self._gates
            for outlet in feed.aimed:
                self._plug(outlet, source)

    def remove_source(self, source: Source) -> None:
        if source.feed.sources.get(source.layer) is source:
            del source.feed.sources[source.layer]
        for outlet in source.outlets:
            outlet.source = None
        source.outlets.clear()

    def ask_keyframe(self, source: Source, now_s: float) -> None:
        if source.keyframes.ask(now_s):
            self.keyframe_requests += 1
            source.ask(source.ssrc)

    # The way of a packet.

    def forward_sound(
        self,
        source: Source,
        data: bytes,
        start: int,
        stop: int,
        seq: int,
        timestamp: int,
        now_s: float,
    ) -> None:
        """*start* and *stop*: where the payload is, without padding."""
        if not self._count(source, data, seq, timestamp, now_s):
            return
        if source.level_extension is not None:
            level = rtp.extension(data, source.level_extension)
            if level:
                source.level_dbov = -(level[0] & 0x7F)
        if not source.open:
            self.drops[DropReason.GATE] += 1
        elif not source.outlets:
            self.drops[DropReason.NOT_WATCHED] += 1
        else:
            self._send(source, data, start, start, stop, seq, timestamp, -1, -1, now_s)

    def forward_picture(
        self,
        source: Source,
        data: bytes,
        start: int,
        stop: int,
        seq: int,
        timestamp: int,
        now_s: float,
    ) -> None:
        """As :meth:`forward_sound`.  Raises Vp8Malformed; then nothing was counted or sent."""
        descriptor_end = start
        picture_id = tl0 = -1
        keyframe = False
        # Padding alone is a sender's probe: it shows nothing, but takes a sequence number.
        if start < stop:
            descriptor_end, picture_id, tl0, keyframe = vp8.parse(data, start, stop)
        was_alive = source.alive(now_s)
        if not self._count(source, data, seq, timestamp, now_s):
            return
        if keyframe:
            source.keyframes_seen += 1
            source.keyframes.arrived()
            self._switch(source)
        elif not was_alive and any(o.takes(source) for o in source.feed.aimed):
            self.ask_keyframe(source, now_s)
        if source.outlets:
            self._send(
                source, data, start, descriptor_end, stop, seq, timestamp, picture_id, tl0, now_s
            )
        else:
            waited_for = any(o.takes(source) for o in source.feed.aimed)
            self.drops[DropReason.AWAITING_KEYFRAME if waited_for else DropReason.NOT_WATCHED] += 1

    def _send(
        self,
        source: Source,
        data: bytes,
        header_end: int,
        descriptor_end: int,
        stop: int,
        seq: int,
        timestamp: int,
        picture_id: int,
        tl0: int,
        now_s: float,
    ) -> None:
        tail = data[descriptor_end:stop]
        for outlet in source.outlets:
            rewriter = outlet.rewriter
            if outlet.fresh:
                outlet.fresh = False
                rewriter.begin(
                    seq=seq, timestamp=timestamp, picture_id=picture_id, tl0=tl0, now_s=now_s
                )
            prefix = rewriter.prefix(
                data,
                header_end,
                descriptor_end,
                stop,
                seq,
                timestamp,
                picture_id,
                tl0,
                now_s,
            )
            if prefix is None:
                self.drops[DropReason.BEFORE_SWITCH] += 1
            else:
                outlet.send(prefix + tail)

    def _count(self, source: Source, data: bytes, seq: int, timestamp: int, now_s: float) -> bool:
        """Whether the packet belongs to the stream; a jump that is confirmed begins anew."""
        place = source.reception.on_packet(seq, timestamp, now_s)
        if place == JUMPED:
            self.drops[DropReason.SEQUENCE_JUMP] += 1
            return False
        source.bytes += len(data)
        if place == RESTARTED:
            self._begin_anew(source, now_s)
        return True

    def _begin_anew(self, source: Source, now_s: float) -> None:
        """Its numbers jumped: sound goes on with them, picture at its next key frame."""
        source.restart()
        if source.feed.kind == "audio":
            for outlet in source.outlets:
                outlet.fresh = True
        elif source.outlets:
            for outlet in tuple(source.outlets):
                self._unplug(outlet)
            self.ask_keyframe(source, now_s)

    # Time.

    def advance(self, now_s: float) -> None:
        """Repeat key-frame requests that are due and end old pictures that went on too long."""
        for feed in self._feeds.values():
            for source in feed.sources.values():
                if source.keyframes.due(now_s):
                    self.keyframe_requests += 1
                    source.ask(source.ssrc)
        for outlet in self._outlets:
            if outlet.feed is not None and outlet.kind == "video":
                self._reconsider(outlet, outlet.feed, now_s)

    def _reconsider(self, outlet: Outlet, feed: Feed, now_s: float) -> None:
        source = outlet.source
        if source is not None:
            if source.feed is not feed:
                if now_s - outlet.aimed_s > PATIENCE_S:
                    self._unplug(outlet)
            elif not source.alive(now_s) and any(
                other.alive(now_s) and layers.fits(other.layer, outlet.top)
                for other in feed.sources.values()
            ):
                self._unplug(outlet)
        self._ask_for(outlet, now_s)

    # Small steps.

    def _plug(self, outlet: Outlet, source: Source) -> None:
        outlet.source = source
        outlet.fresh = True
        source.outlets.append(outlet)

    def _unplug(self, outlet: Outlet) -> None:
        if outlet.source is not None:
            outlet.source.outlets.remove(outlet)
            outlet.source = None

    def _switch(self, source: Source) -> None:
        for outlet in source.feed.aimed:
            if outlet.takes(source):
                self._unplug(outlet)
                self._plug(outlet, source)
                self.switches += 1

    def _ask_for(self, outlet: Outlet, now_s: float) -> None:
        """Ask every living layer that this outlet would take: the first key frame wins."""
        assert outlet.feed is not None
        for source in outlet.feed.sources.values():
            if outlet.takes(source) and source.alive(now_s):
                self.ask_keyframe(source, now_s)

"""The forwarder: from a source that sends to the slots that show it.

It decides which packet goes to whom, on RTP level, without decoding.  No socket, no clock, no
key is known here: packets come in decrypted, *now_s* is an argument, and what goes out is handed
to the subscriber.  The table it works on is :mod:`bridge.media.streams`.

What goes out waits in :mod:`bridge.media.fanout`; whoever changes the table here flushes it first.

**Sound** is fed at once, if the gate is open; the gate is asked of the plan for every new source,
so the first packet of a new connection already meets it.  **Picture** moves at a key frame: until
the new source's key frame is here the outlet goes on with the old one (research/aiortc.md 8: eight
switches, no freeze), for at most ``PATIENCE_S``.  An outlet takes the first key frame of any layer
it may show, moves up at that of a better one and, when its line carries less, down at a smaller's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from bridge.media.core import layers
from bridge.media.core.drops import DropReason
from bridge.media.core.packets import PLAIN
from bridge.media.core.picture import read
from bridge.media.core.reception import JUMPED, RESTARTED
from bridge.media.core.serial import newer16
from bridge.media.fanout import Fanout
from bridge.media.gates import Gates
from bridge.media.streams import Feed, Outlet, Source
from bridge.media.switches import Switches
from bridge.media.whispers import Whispers

PATIENCE_S: Final = 2.0
"""How long the old picture goes on when the new one does not come.  Longer would show a site that
no longer has the floor; a key frame needs a round trip and 50 to 90 ms (measured)."""


class Forwarder:
    """The forwarding table.  The caller gives the time and owns the sessions."""

    def __init__(self) -> None:
        self.drops: Counter[DropReason] = Counter()
        self.switches = Switches()
        self.keyframe_requests = 0
        self.fanout = Fanout(self.drops)
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._gates = Gates(self.feed)
        self.whispers = Whispers(self.feed, self.add_source, self.remove_source)
        self.outlets: list[Outlet] = []
        """Of all subscribers."""
        self.on_hole: Callable[[], None] = lambda: None
        """Called when packets of some picture are missing."""

    # What control decides.

    def set_gates(self, gates: frozenset[str], *, content: str | None = None) -> None:
        """*gates*: sites whose microphone is heard; *content*: the site whose slides and film are."""
        self.fanout.flush()
        self._gates.set(gates, content)

    def feed(self, site: str, medium: str) -> Feed:
        return self._feeds.setdefault((site, medium), Feed(site, medium))

    def aim(self, outlet: Outlet, site: str | None, medium: str, now_s: float) -> None:
        """Let *outlet* show *site*, or nothing.  Aiming at its own site is aiming at nothing."""
        feed = None if site is None or site == outlet.site else self.feed(site, medium)
        if feed is outlet.feed:
            return
        self.fanout.flush()
        if outlet.feed is not None:
            outlet.feed.aimed.remove(outlet)
        outlet.feed = feed
        self.switches.aimed(outlet, now_s)
        if feed is None:
            self._unplug(outlet)
            return
        feed.aimed.append(outlet)
        if outlet.kind == "audio":
            self._unplug(outlet)
            for source in feed.sources.values():
                self._plug(outlet, source)
        else:
            self.ask_for(outlet, now_s)

    def limit(self, outlet: Outlet, top: str | None, top_tid: int, now_s: float) -> None:
        """Let *outlet* show *top* and *top_tid* at most: what its line carries now."""
        outlet.tiers.top = top_tid
        if outlet.top == top:
            return
        outlet.top = top
        if top is None:
            self._unplug(outlet)
        elif outlet.feed is not None:
            self.ask_for(outlet, now_s)

    def add_outlet(self, outlet: Outlet) -> None:
        self.outlets.append(outlet)

    def remove_outlet(self, outlet: Outlet, now_s: float) -> None:
        self.aim(outlet, None, outlet.kind, now_s)
        self.outlets.remove(outlet)
        outlet.former.clear()

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
            source.open = self._gates.is_open(feed)
            for outlet in feed.aimed:
                self._plug(outlet, source)

    def remove_source(self, source: Source) -> None:
        if source.feed.sources.get(source.layer) is source:
            del source.feed.sources[source.layer]
        for outlet in tuple(source.outlets):
            self._unplug(outlet)

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
        source.take_level(data)
        if not source.open:
            self.drops[DropReason.GATE] += 1
        elif not source.outlets:
            self.drops[DropReason.NOT_WATCHED] += 1
        else:
            index, marker = source.reception.index, data[1] & 0x80
            packet = (index, timestamp, 0x80, marker, PLAIN, -1, -1, 0, data[start:stop])
            self.fanout.put(source, packet, now_s)

    def forward_picture(
        self,
        source: Source,
        data: bytes,
        start: int,
        stop: int,
        seq: int,
        timestamp: int,
        now_s: float,
        *,
        repeated: bool = False,
    ) -> None:
        """As :meth:`forward_sound`; *repeated*: it came by retransmission.  Raises one of
        ``PICTURE_ERRORS``; then nothing was counted or sent."""
        codec, reception, history = source.codec, source.reception, source.history
        descriptor, at, picture_id, bits, tl0, tier, keyframe = read(codec, data, start, stop)
        was_alive = source.alive(now_s)
        # A repeat of what was not missed yet is as good as the packet itself.
        if repeated and not newer16(seq, reception.highest & 0xFFFF):
            source.on_repeat(seq)
        elif not self._count(source, data, seq, timestamp, now_s):
            return
        assert history is not None
        index = reception.index
        is_newest = index == reception.highest
        # What is too old to be known for a copy is taken for one: no number is used twice.
        if history.get(seq) is not None or (not is_newest and history.is_behind(seq)):
            self.drops[DropReason.DUPLICATE] += 1
            return
        history.put(seq, data)
        if source.missing is not None and source.missing.on_packet(seq, now_s):
            self.on_hole()
        if keyframe:
            self._on_keyframe(source, seq, now_s, is_newest=is_newest)
        elif not was_alive and any(o.takes(source) for o in source.feed.aimed):
            self.ask_keyframe(source, now_s)
        if bits:
            picture_id = source.pictures.unwrapped(picture_id, bits)
        if source.outlets:
            marker, rest = data[1] & 0x80, data[at:stop]
            packet = (index, timestamp, 0x80, marker, descriptor, picture_id, tl0, tier, rest)
            self.fanout.put(source, packet, now_s)
        else:
            self.drops[_why_unwatched(source)] += 1
        if is_newest:
            source.pictures.advance(picture_id, tl0, tier)

    def _count(self, source: Source, data: bytes, seq: int, timestamp: int, now_s: float) -> bool:
        """Whether the packet belongs to the stream; a jump that is confirmed begins anew."""
        place = source.reception.on_packet(seq, timestamp, now_s)
        if place == JUMPED:
            self.drops[DropReason.SEQUENCE_JUMP] += 1
            return False
        source.bytes += len(data)
        if place == RESTARTED:
            self._begin_anew(source, seq, now_s)
        return True

    def _begin_anew(self, source: Source, seq: int, now_s: float) -> None:
        """Its numbers jumped: sound goes on with them, picture at its next key frame."""
        self.fanout.flush()
        before = source.place_before_restart()
        source.restart(seq)
        is_picture = source.feed.kind == "video"
        for outlet in tuple(source.outlets):
            outlet.end_run(before)
            if is_picture:
                self._unplug(outlet)
        if is_picture and source.feed.aimed:
            self.ask_keyframe(source, now_s)

    # Time.

    def advance(self, now_s: float) -> None:
        """Repeat key-frame requests that are due and end old pictures that went on too long."""
        for feed in self._feeds.values():
            for source in feed.sources.values():
                if source.keyframes.due(now_s):
                    self.keyframe_requests += 1
                    source.ask(source.ssrc)
        for outlet in self.outlets:
            if outlet.feed is not None and outlet.kind == "video":
                self._reconsider(outlet, outlet.feed, now_s)

    def _reconsider(self, outlet: Outlet, feed: Feed, now_s: float) -> None:
        source = outlet.source
        if source is not None:
            if source.feed is not feed:
                if now_s - outlet.aimed_s > PATIENCE_S:
                    self._unplug(outlet)
            elif not source.alive(now_s) and any(
                other.alive(now_s) and outlet.may_show(other) for other in feed.sources.values()
            ):
                self._unplug(outlet)
        self.ask_for(outlet, now_s)

    def _plug(self, outlet: Outlet, source: Source) -> None:
        if outlet.decodes(source):
            outlet.source = source
            source.outlets.append(outlet)

    def _unplug(self, outlet: Outlet) -> None:
        if outlet.source is not None:
            self.fanout.flush()
            outlet.end_run()
            outlet.source.outlets.remove(outlet)
            outlet.source = None

    def _on_keyframe(self, source: Source, seq: int, now_s: float, *, is_newest: bool) -> None:
        source.keyframes_seen += 1
        if source.missing is not None:
            source.missing.keyframe(seq)
        waiting = [outlet for outlet in source.feed.aimed if outlet.takes(source)]
        if waiting and not is_newest:
            # Its beginning came late: what follows it went by, so nobody can begin here.
            self.ask_keyframe(source, now_s)
            return
        source.keyframes.arrived()
        for outlet in waiting:
            self.fanout.flush()
            self._unplug(outlet)
            self._plug(outlet, source)
            self.switches.moved(outlet, now_s)

    def ask_for(self, outlet: Outlet, now_s: float) -> None:
        """Ask for the key frame this outlet waits for: of every living layer while it shows nothing
        of its site (the first wins), else of the best that it may show."""
        assert outlet.feed is not None
        taken = [s for s in outlet.feed.sources.values() if outlet.takes(s) and s.alive(now_s)]
        if outlet.source is not None and outlet.source.feed is outlet.feed:
            taken = sorted(taken, key=lambda source: layers.RANKS[source.layer])[-1:]
        for source in taken:
            self.ask_keyframe(source, now_s)


def _why_unwatched(source: Source) -> DropReason:
    aimed = source.feed.aimed
    if any(outlet.takes(source) for outlet in aimed):
        return DropReason.AWAITING_KEYFRAME
    decoding = [outlet for outlet in aimed if outlet.decodes(source)]
    if aimed and not decoding:
        return DropReason.CODEC
    if decoding and all(outlet.top is None for outlet in decoding):
        return DropReason.BANDWIDTH
    return DropReason.NOT_WATCHED

"""Streams: what comes in, what goes out, and how they are plugged together.

* A :class:`Source` is one incoming stream: a site's sound, one layer of its picture, its slides.
* An :class:`Outlet` is one outgoing stream: a slot of a subscriber, with the SSRC it keeps for
  its whole life.  It is *aimed* at a site by the plan and *fed* by one source of that site.
* A :class:`Feed` is all there is of one site and medium: its sources by layer and the outlets
  aimed at it.  It outlives the site's sessions, so that an aimed outlet finds the source of a
  session that comes later.

They hold the table; :mod:`bridge.media.forwarder` decides what happens in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bridge.media.core import layers, rtp
from bridge.media.core.clock import SessionClock, SourceClock
from bridge.media.core.history import PacketHistory
from bridge.media.core.keyframes import KeyframeRequests
from bridge.media.core.nack import Missing
from bridge.media.core.packets import Packet
from bridge.media.core.picture import PictureCount
from bridge.media.core.rate import Rate
from bridge.media.core.reception import Reception
from bridge.media.core.rewrite import Numbers, Place, Run
from bridge.media.core.rtcp import ReportBlock
from bridge.media.core.tiers import Tiers
from bridge.media.plane import Codec, Payload
from bridge.media.slots import CONTENT, GALLERY

ALIVE_S: Final = 1.0
"""A layer without a packet for this long is not sent at present: 15 frame times at 15 fps."""
HISTORY_PACKETS: Final = 512
SMALL_HISTORY_PACKETS: Final = 64
"""Of each picture, for retransmission: two seconds of the large layer, four of the small one, more
than any jitter buffer waits (core/history.py)."""
REMEMBERED_RUNS: Final = 4
"""Former runs of an outlet of which packets may still be asked for."""

CLOCK_HZ: Final = {"audio": rtp.AUDIO_CLOCK_HZ, "video": rtp.VIDEO_CLOCK_HZ}


class Source:
    """One incoming stream.  Made by its session when the first packet names it."""

    __slots__ = (
        "_session_clock",
        "ask",
        "bytes",
        "clock",
        "codec",
        "feed",
        "history",
        "keyframes",
        "keyframes_seen",
        "layer",
        "level_dbov",
        "level_extension",
        "missing",
        "open",
        "outlets",
        "payload_type",
        "pending",
        "pictures",
        "rate",
        "reception",
        "repaired",
        "slot",
        "ssrc",
    )

    def __init__(
        self,
        feed: Feed,
        *,
        slot: str,
        layer: str,
        codec: Codec,
        ssrc: int,
        payload_type: int,
        level_extension: int | None,
        clock: SessionClock,
        ask: Callable[[int], None],
        nack: bool = False,
    ) -> None:
        """*nack*: the client sends again what is asked for."""
        self.feed = feed
        self.slot = slot
        self.layer = layer
        self.codec = codec
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.level_extension = level_extension
        self.ask = ask
        self.open = False
        self.outlets: list[Outlet] = []
        self.pending: list[Packet] = []
        """Came since the last flush, in order; every outlet has a run for them."""
        self.reception = Reception(ssrc=ssrc, clock_rate_hz=CLOCK_HZ[feed.kind])
        self._session_clock = clock
        self.clock = SourceClock(clock, self.reception)
        self.keyframes = KeyframeRequests()
        self.keyframes_seen = 0
        self.bytes = 0
        self.level_dbov: int | None = None
        self.pictures = PictureCount()
        self.rate = Rate()
        self.repaired = 0
        """Packets that were lost and came by retransmission."""
        is_picture = feed.kind == "video"
        remembered = SMALL_HISTORY_PACKETS if layer == layers.Q else HISTORY_PACKETS
        self.history = PacketHistory(remembered) if is_picture else None
        self.missing = Missing() if is_picture and nack else None

    def alive(self, now_s: float) -> bool:
        newest_s = self.reception.newest_at_s
        return newest_s is not None and now_s - newest_s < ALIVE_S

    def measure(self, now_s: float) -> None:
        """Owed several times a second."""
        if self.alive(now_s):
            self.rate.measure(self.bytes, now_s)
        else:
            self.rate.pause()

    def on_repeat(self, seq: int) -> None:
        """A packet of it came by retransmission, for the first time."""
        self.reception.on_repeat(seq)
        self.repaired += 1

    def restart(self, seq: int) -> None:
        """Its numbers jumped to *seq*: what its reports said of its timestamps is void until the
        next.  Runs of its outlets have ended at :meth:`place_before_restart`."""
        self.clock = SourceClock(self._session_clock, self.reception)
        self.pictures.restart()
        if self.history is not None:
            self.history.clear()
        if self.missing is not None:
            self.missing.restart(seq)

    def on_sender_report(self, ntp: int, rtp: int, now_s: float) -> None:
        self.reception.on_sender_report(ntp, now_s)
        self.clock.on_sender_report(ntp=ntp, rtp=rtp, now_s=now_s)

    def take_level(self, data: bytes) -> None:
        """A packet of its sound came."""
        if self.level_extension is not None:
            level = rtp.extension(data, self.level_extension)
            if level:
                self.level_dbov = -(level[0] & 0x7F)

    def remembered(self, index: int) -> bytes | None:
        """The packet with this index, if it came and is not forgotten."""
        if self.history is None or self.reception.highest - index >= HISTORY_PACKETS:
            return None
        return self.history.get(index & 0xFFFF)

    def place_before_restart(self) -> Place:
        pictures = self.pictures
        return Place(*self.reception.before_restart, pictures.picture_id, pictures.tl0)

    def place(self) -> Place:
        """Where it stands."""
        reception = self.reception
        return Place(
            reception.highest,
            reception.newest_timestamp,
            reception.newest_at_s or 0.0,
            self.pictures.picture_id,
            self.pictures.tl0,
        )


class Outlet:
    """One outgoing stream: a slot of one subscriber."""

    __slots__ = (
        "aimed_s",
        "bytes",
        "choked",
        "deliver",
        "feed",
        "former",
        "kind",
        "largest",
        "numbers",
        "packets",
        "payloads",
        "reported",
        "run",
        "site",
        "slot",
        "source",
        "ssrc",
        "tiers",
        "top",
    )

    def __init__(
        self,
        *,
        site: str,
        slot: str,
        kind: str,
        ssrc: int,
        payloads: Mapping[Codec, Payload],
        numbers: Numbers,
        deliver: Callable[[Outlet, Run, Sequence[list[Packet]]], None],
    ) -> None:
        """*deliver* writes, seals and sends groups of packets (:func:`packets.groups`), or drops
        them by name; it raises nothing."""
        self.site = site
        """The room the subscriber stands in: never shown here."""
        self.slot = slot
        self.kind = kind
        self.ssrc = ssrc
        self.payloads = payloads
        self.largest = layers.Q if slot.startswith(GALLERY) else layers.F
        """The best layer that the slot has room for."""
        self.top: str | None = self.largest
        """The best layer it may show; None: the line carries none."""
        self.tiers = Tiers()
        self.numbers = numbers
        self.deliver = deliver
        self.feed: Feed | None = None
        self.source: Source | None = None
        self.run: Run | None = None
        """None: the next packet begins one."""
        self.former: list[tuple[Run, Source]] = []
        """The last runs, newest first, for what is asked for again."""
        self.choked: int | None = None
        """Timestamp of the frame whose rest is dropped."""
        self.aimed_s = 0.0
        self.packets = self.bytes = 0
        """Sent so far, bytes of payload: for sender reports."""
        self.reported: ReportBlock | None = None
        """What the subscriber last said of it."""

    def end_run(self, at: Place | None = None) -> None:
        """The source behind it changes, or is silenced, after the packets delivered so far; *at*,
        unless where the source stands now."""
        if self.run is not None and self.source is not None:
            self.numbers.end(self.run, at or self.source.place())
            if self.kind == "video":
                self.former = [(self.run, self.source), *self.former[: REMEMBERED_RUNS - 1]]
        self.run = None

    def newest(self) -> tuple[int, int]:
        """The highest outgoing index so far, and the timestamp it has."""
        if self.run is None or self.source is None:
            return self.numbers.newest
        reception, run = self.source.reception, self.run
        timestamp = reception.newest_timestamp + run.timestamp_delta & 0xFFFFFFFF
        return reception.highest + run.index_delta, timestamp

    def rtx_of(self, payload_type: int) -> int | None:
        """The payload type of retransmissions of *payload_type*; None: the subscriber takes none."""
        return next((p.rtx for p in self.payloads.values() if p.number == payload_type), None)

    def decodes(self, source: Source) -> bool:
        return source.codec in self.payloads

    def may_show(self, source: Source) -> bool:
        """Whether its line carries the layer, and the subscriber decodes it."""
        return self.top is not None and layers.fits(source.layer, self.top) and self.decodes(source)

    def takes(self, source: Source) -> bool:
        """Whether a key frame of *source* moves this outlet to it."""
        if not self.may_show(source):
            return False
        present = self.source
        if present is None or present.feed is not self.feed or not self.may_show(present):
            return True
        return layers.below(present.layer, source.layer)


@dataclass(slots=True)
class Feed:
    """All there is of one site and medium."""

    site: str
    medium: str
    """``audio`` or ``video``; behind ``content.`` of slides and film, behind ``whisper.`` of probes."""
    layers: tuple[str, ...] = (layers.ONLY,)
    """What its publisher can send, whether it does or not; of pictures smallest first."""
    sources: dict[str, Source] = field(default_factory=dict)
    aimed: list[Outlet] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.medium.rpartition(".")[2]


def medium_of(slot: str, kind: str) -> str:
    """Which medium of a site belongs to a slot, of a publisher or a subscriber."""
    return f"content.{kind}" if slot.partition(".")[0] == CONTENT else kind

"""SyntheticSite: a room or a console without people, held by a channel.

It does what the service asks over the channel: offers, connects, switches its microphone and its
layers, reports once a second.  Its owner agreed beforehand that the room may be opened, so ``ask``
opens the microphone as ``live`` does.

Media and channel fail apart.  A channel that is lost cuts no media; media that is lost is offered
anew: at once after a reset or when it had lasted, else with growing pauses.  What the service
said last (wanted layers, microphone, stage) holds for the next connection too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import structlog

from bridge.conference.words import SiteCode
from bridge.endpoint.card import Card
from bridge.endpoint.channel import Channel, ChannelClosed, Message
from bridge.endpoint.clip import Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.offers import OfferRefused, Offers
from bridge.endpoint.peer import Peer
from bridge.endpoint.receiver import Receiver
from bridge.endpoint.stats import ReceiverTotals, SiteStats
from bridge.endpoint.ticker import Ticker
from bridge.endpoint.tone import LEVEL_DBOV
from bridge.media.core.drops import DropReason
from bridge.media.core.sdp_text import SdpRejected
from bridge.media.dtls import DtlsFailed
from bridge.media.ice import IceFailed
from bridge.media.slots import MIC, Slot

REPORT_EVERY_S: Final = 1.0
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0

_log = structlog.get_logger()


class SyntheticSite:
    """``slots`` decide what it is: with microphone and camera a room, without a console.

    The owner runs ``ticker`` and keeps ``library`` open while ``run`` runs.
    """

    def __init__(
        self,
        *,
        card: Card,
        slots: Sequence[Slot],
        channel: Channel,
        library: ClipLibrary,
        ticker: Ticker,
        local_address: str = "127.0.0.1",
        transport: Literal["udp", "tcp"] | None = None,
        stuck_microphone: bool = False,
    ) -> None:
        """*stuck_microphone*: live always, obeying nobody, as a mixer before a codec.
        *transport*: media over this and no other; None: UDP if the service offers it."""
        self.card = card
        self.stage: Mapping[str, SiteCode] | None = None
        """Slot -> site as the service last said."""
        self.on_air = False
        self._slots = tuple(slots)
        self._channel = channel
        self._library = library
        self._ticker = ticker
        self._local_address = local_address
        self._transport = transport
        self._stuck = stuck_microphone and MIC in self._slots
        self._live = self._stuck
        self._level_dbov = LEVEL_DBOV
        self._wanted: frozenset[Layer] = frozenset()
        self._shows_film = False
        self._peer: Peer | None = None
        self._over = asyncio.Event()
        self._why_over = ""
        self._attempt: asyncio.Timeout | None = None
        self._pause_s = 0.0
        self._picture_wanted = asyncio.Event()
        self._offers = Offers(self._send)
        self._began_s: float | None = None
        self._connected_s: float | None = None
        self._media_s: float | None = None
        self._connections = 0
        self._past = ReceiverTotals()
        self._past_sent = 0
        self._log = _log.bind(site=card.code)

    async def run(self) -> str:
        """Take part until the service says bye, and give its reason, or ``channel_closed``.

        Media is closed when this ends, however it ends.  Run once.
        """
        self._began_s = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            keeping = (self._keep_media(), self._keep_pictures(), self._keep_reporting())
            helpers = [group.create_task(each) for each in keeping]
            reason = await self._listen()
            for helper in helpers:
                helper.cancel()
        return reason

    @property
    def receiver(self) -> Receiver | None:
        """The ears of the present connection."""
        return self._peer.receiver if self._peer is not None else None

    @property
    def connected(self) -> bool:
        return self._peer is not None and self._peer.connected

    @property
    def mic(self) -> str:
        """``none``, ``on`` or ``off``: the word of the report."""
        if MIC not in self._slots:
            return "none"
        return "on" if self._live else "off"

    def stats(self) -> SiteStats:
        self._note_media()
        peer, receiver = self._peer, self.receiver
        none: Counter[DropReason] = Counter()
        heard = peer.sender.heard.values() if peer is not None else ()
        return SiteStats(
            site=self.card.code,
            connected=self.connected,
            connections=self._connections,
            time_to_connect_s=self._since_began(self._connected_s),
            time_to_media_s=self._since_began(self._media_s),
            mic=self.mic,
            packets_sent=self._past_sent + (peer.sender.packets if peer is not None else 0),
            lost_up=sum(max(0, stream.lost) for stream in heard),
            rtt_s=peer.rtt_s if peer is not None else None,
            received=self._past + (receiver.totals() if receiver is not None else ReceiverTotals()),
            drops=(peer.drops if peer else none) + (receiver.drops if receiver else none),
        )

    def show_film(self, on: bool) -> None:
        """Send ``content.picture`` and ``content.sound``, or stop; a site without them ignores it."""
        self._shows_film = on
        self._picture_wanted.set()
        self._apply()

    def say_level(self, dbov: int) -> None:
        """How loud the microphone is from now on, says every packet and report; -127: shut mixer."""
        self._level_dbov = dbov
        self._apply()

    async def move(self, *, local_address: str | None = None) -> None:
        """Restart ICE of the present connection, from another address if one is given.

        Raises OfferRefused, TimeoutError, SdpRejected or IceFailed, and then the old one goes on.
        Owed only while connected.
        """
        peer = self._peer
        assert peer is not None
        sdp, mids = await peer.restart(local_address=local_address)
        await peer.move(await self._offers.ask(sdp, mids, restart=True))

    # What the service says.

    async def _listen(self) -> str:
        try:
            while True:
                message = await self._channel.receive()
                if message.get("type") == "bye":
                    return str(message.get("reason", ""))
                self._obey(message)
        except ChannelClosed:
            return "channel_closed"

    def _obey(self, message: Message) -> None:
        match message:
            case {"type": "media.answer", "re": offer, "sdp": sdp}:
                self._offers.answered(offer, sdp)
            case {"type": "error", "re": offer, "code": code}:
                self._offers.refused(offer, code)
            case {"type": "media.want", "layers": layers}:
                # Layers we do not know are not ours to refuse.
                self._wanted = frozenset(Layer(name) for name in layers if name in set(Layer))
                self._picture_wanted.set()
                self._apply()
            case {"type": "media.set", "mic": mic}:
                self._live = self._stuck or (mic in ("live", "ask") and MIC in self._slots)
                self.on_air = bool(message.get("on_air", False))
                self._apply()
            case {"type": "stage", "slots": slots}:
                self.stage = slots
                self._apply()
            case {"type": "media.reset"}:
                self._pause_s = 0.0
                self._end_media(str(message.get("reason", "reset")))

    def _apply(self) -> None:
        """Bring the present connection in line with what was said last."""
        if self._peer is not None:
            self._peer.stage = self.stage
            self._peer.sender.set_mic(self._live)
            self._peer.sender.say_level(self._level_dbov)
            now_s = asyncio.get_running_loop().time()
            self._peer.sender.want(self._wanted, now_s)
            self._peer.sender.show_film(self._shows_film, now_s)

    # Media.

    async def _keep_media(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._over.clear()
            self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
            peer = Peer(
                card=self.card,
                slots=self._slots,
                library=self._library,
                local_address=self._local_address,
                on_closed=self._end_media,
                transport=self._transport,
            )
            try:
                async with asyncio.timeout(None) as self._attempt:
                    await self._connect(peer)
                self._attempt = None
                began_s = loop.time()
                await self._over.wait()
                self._log.info("site.media_over", reason=self._why_over)
                if loop.time() - began_s > LONGEST_PAUSE_S:
                    self._pause_s = 0.0
            except (OfferRefused, TimeoutError, SdpRejected, IceFailed, DtlsFailed) as failure:
                reason = self._why_over if self._over.is_set() else str(failure)
                self._log.warning("site.media_failed", error=type(failure).__name__, reason=reason)
            finally:
                self._attempt = None
                self._leave(peer)
                await peer.close()
            await asyncio.sleep(self._pause_s)

    async def _connect(self, peer: Peer) -> None:
        answer_sdp = await self._offers.ask(*await peer.offer())
        self._peer = peer
        self._apply()
        await peer.connect(answer_sdp)
        self._apply()
        self._ticker.add(peer)
        self._connections += 1
        self._picture_wanted.set()
        if self._connected_s is None:
            self._connected_s = asyncio.get_running_loop().time()

    def _leave(self, peer: Peer) -> None:
        self._note_media()
        self._ticker.remove(peer)
        if self._peer is peer:
            self._peer = None
            self._past_sent += peer.sender.packets
            if peer.receiver is not None:
                self._past += peer.receiver.totals()

    def _end_media(self, reason: str) -> None:
        self._why_over = reason
        self._over.set()
        if self._attempt is not None:
            # Gives up what is being attempted, now: its answer would be for nothing.
            self._attempt.reschedule(asyncio.get_running_loop().time())
            self._attempt = None

    async def _keep_pictures(self) -> None:
        """Have the present connection send what is wanted, also what needs a clip first."""
        while True:
            await self._picture_wanted.wait()
            self._picture_wanted.clear()
            if self._peer is not None:
                await self._peer.fetch_clips()

    async def _keep_reporting(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            self._note_media()
            if self.connected:
                level = self._level_dbov if self.mic == "on" else None
                await self._send({"type": "endpoint.report", "mic": self.mic, "level": level})

    async def _send(self, message: Message) -> None:
        try:
            await self._channel.send(message)
        except ChannelClosed:
            self._log.debug("site.not_sent", type=message["type"])

    def _note_media(self) -> None:
        receiver = self.receiver
        if self._media_s is None and receiver is not None:
            self._media_s = receiver.first_packet_s

    def _since_began(self, at_s: float | None) -> float | None:
        return at_s - self._began_s if at_s is not None and self._began_s is not None else None

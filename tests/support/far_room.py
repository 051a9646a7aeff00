"""A room at the end of a simulated line, in virtual time: what it sends, hears, and says of it.

It reports as Chromium does: a block for every stream that it gets, retransmissions too, all with the
last sender report of the picture's own slot.
"""

from __future__ import annotations

from collections.abc import Callable

from bridge.media.core import rtcp, rtp
from bridge.media.core.ntp import ntp_from_unix
from bridge.media.core.reception import Reception
from bridge.media.core.rtcp_writer import compound
from bridge.media.feedback import hear
from bridge.media.forwarder import Forwarder
from bridge.media.train import OVERHEAD_BYTES
from bridge.media.trial import Trial
from bridge.media.tried import LineTried, TrialOrder
from bridge.media.utterance import Lent
from tests.support.line import SimulatedLine
from tests.support.media import Client, picture, sound, spec

STEP_S = 0.005
FRAME_S = 1 / 25
KEY_FRAME = (
    b"\x00\x00" + b"\x9d\x01\x2a" + (1280).to_bytes(2, "little") + (720).to_bytes(2, "little")
)
"""Behind the byte that says key frame: the rest of the tag, the start code, the size."""
EPOCH_S = 1_000_000.0
"""Of the world's clock when ours is 0: a report's number is never 0."""


class FarRoom:
    """Site *site*; *level* is what its microphone says at a moment, None: it sends none then.  Without
    *report_s* it reports nothing."""

    def __init__(
        self,
        *,
        up: SimulatedLine | None = None,
        down: SimulatedLine | None = None,
        level: Callable[[FarRoom], int | None] = lambda room: -30,
        camera_packets: int = 4,
        key_every: int = 50,
        report_s: float | None = 1.0,
        forwarder: Forwarder | None = None,
        site: str = "01",
    ) -> None:
        self.forwarder = forwarder or Forwarder()
        self.client = Client(self.forwarder, spec(site))
        self.up, self.down = up or SimulatedLine(), down or SimulatedLine()
        self.lent: Lent = {}
        self.got: list[tuple[float, bytes]] = []
        """What came out of the line: when, and RTP."""
        self.played: list[tuple[float, bytes]] = []
        """Sound that came, of any slot."""
        self.now_s = 10.0
        self._level = level
        self.beside: Callable[[float], None] = lambda now_s: None
        """What others do at every moment."""
        self._camera_packets = camera_packets
        self._key_every = key_every
        self._report_s = report_s
        self._receptions: dict[int, Reception] = {}
        self._repeating = {r.ssrc: ssrc for ssrc, r in self.client.repeats.items()}
        self._reports_s = self.now_s + 0.37
        self.may_burst = True
        self._seqs = {1: 0, 2: 0}
        self._mic_s = self._frame_s = self.now_s
        self._frames = 0
        self._given = 0

    def run(self, trial: Trial | None, seconds: float) -> None:
        """Go on, for so long or until *trial* is done."""
        until_s = self.now_s + seconds
        while self.now_s < until_s and not (trial is not None and trial.done):
            self.now_s = round(self.now_s + STEP_S, 6)
            self._send()
            self.beside(self.now_s)
            self._take_up(trial)
            if trial is not None and round(self.now_s / STEP_S) % 2 == 0:
                trial.advance(self.now_s, ntp=self._ntp(), may_burst=self.may_burst)
            self._take_down()
            if self._report_s is not None and self.now_s >= self._reports_s:
                self._reports_s += self._report_s
                self._report()

    def tried(self, *, bursts: bool = True, sound: tuple[str, ...] = ()) -> LineTried:
        """A trial from its beginning to its end."""
        self.run(None, 1.0)
        trial = self.begin(bursts=bursts, sound=sound)
        self.run(trial, 20.0)
        return trial.end("done", self.now_s)

    def begin(self, *, bursts: bool = True, sound: tuple[str, ...] = ()) -> Trial:
        session = self.client.spec.session
        order = TrialOrder(trial="t", session=session, bursts=bursts, sound=sound)
        return Trial(order, self.client, forwarder=self.forwarder, lent=self.lent, now_s=self.now_s)

    def _ntp(self) -> int:
        return ntp_from_unix(EPOCH_S + self.now_s)

    # What it sends.

    def _send(self) -> None:
        while self._mic_s <= self.now_s:
            self._mic_s += 0.02
            level = self._level(self)
            if level is not None:
                self._seqs[1] += 1
                self._put(
                    sound(
                        self._seqs[1],
                        self._seqs[1] * 960,
                        body=bytes(60),
                        mid=b"0",
                        level=bytes((-level,)),
                    )
                )
        while self._frame_s <= self.now_s and self._camera_packets:
            self._frame_s += FRAME_S
            self._frames += 1
            is_key = self._key_every > 0 and self._frames % self._key_every == 1
            for n in range(self._camera_packets):
                self._seqs[2] += 1
                starts = n == 0
                body = KEY_FRAME if starts and is_key else b"\0\0"
                self._put(
                    picture(
                        self._seqs[2],
                        self._frames * 3600,
                        ssrc=2,
                        key=is_key,
                        starts=starts,
                        marker=n == self._camera_packets - 1,
                        picture_id=self._frames,
                        body=body + bytes(1000),
                        mid=b"1",
                        rid=b"f",
                    )
                )

    def _put(self, packet: bytes) -> None:
        self.up.send(bytes(OVERHEAD_BYTES) + packet, self.now_s)

    def _take_up(self, trial: Trial | None) -> None:
        for data in self.up.due(self.now_s):
            said = self.client.receive(data[OVERHEAD_BYTES:], self.now_s)
            hear(self.client, said, self.forwarder, now_s=self.now_s, ntp=self._ntp())
            if trial is not None and said:
                trial.hear(said, self.now_s)
        self.forwarder.fanout.flush()

    # What it hears.

    def _take_down(self) -> None:
        sent = self.client.sent[self._given :]
        self._given += len(sent)
        for data, _ in sent:
            self.down.send(bytes(OVERHEAD_BYTES) + data, self.now_s)
        for data in self.down.due(self.now_s):
            self._hear(data[OVERHEAD_BYTES:])

    def _hear(self, data: bytes) -> None:
        if rtp.is_rtcp(data):
            for packet in rtcp.parse(data):
                if isinstance(packet, rtcp.SenderReport):
                    for ssrc, reception in self._receptions.items():
                        if packet.ssrc in (ssrc, self._repeating.get(ssrc)):
                            reception.on_sender_report(packet.ntp, self.now_s)
            return
        _, _, seq, timestamp, ssrc = rtp.fixed_header(data)
        outlet = self.client.outlets.get(self._repeating.get(ssrc, ssrc))
        assert outlet is not None
        hz = 48_000 if outlet.kind == "audio" else 90_000
        reception = self._receptions.setdefault(ssrc, Reception(ssrc=ssrc, clock_rate_hz=hz))
        reception.on_packet(seq, timestamp, self.now_s)
        self.got.append((self.now_s, data))
        if outlet.kind == "audio":
            self.played.append((self.now_s, data[12:]))

    def _report(self) -> None:
        blocks = tuple(one.report(self.now_s) for one in self._receptions.values())
        report = rtcp.ReceiverReport(ssrc=77, reports=blocks)
        self._put(compound((report,), cname="room"))

"""Trial: the line of one site, tried for some seconds.

What runs when, in seconds since it began:

| from | to | |
|---|---|---|
| 0 | the end | a tap (:mod:`bridge.media.tap`) on all that the site sends |
| 0 | the sound is out, 3 at least | even padding to it (:mod:`bridge.media.train`) |
| ``SPEAK_S`` | as long as it is | the sound in its own slot (:mod:`bridge.media.utterance`) |
| then | 1 to 5 more | bursts to it, one site's at a time |

The sound comes before the bursts, which a thin line would break it with.  Before it there is a second
in which the room is heard as it is, and behind it ``ECHO_S`` in which an echo is waited for.

Without leave to burst nothing is sent at all: what flows anyway is counted for ``PASSIVE_S``, and of
the way down it is known what the site's receiver reports of it.

Control asks the site for all its layers meanwhile (:mod:`bridge.staging`); that is no business of the
plane.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Final

from bridge.media.core import rtcp
from bridge.media.forwarder import Forwarder
from bridge.media.session import MediaSession
from bridge.media.streams import CLOCK_HZ
from bridge.media.tap import Tap
from bridge.media.tcp import TcpAddress
from bridge.media.train import Train, train_of
from bridge.media.tried import LineTried, Outcome, TrialOrder
from bridge.media.utterance import Lent, Utterance, utterance_in

SPEAK_S: Final = 1.0
EVEN_S: Final = 3.0
ECHO_S: Final = 1.2
SEEN_S: Final = 4.0
"""What a large layer needs from being asked for to running at its rate, and a second of it."""
PASSIVE_S: Final = 5.0
LONGEST_S: Final = 14.0
ASK_SIZE_S: Final = 2.0
"""A camera whose size is not known by then is asked for a key frame, if anything may be sent."""


class Trial:
    """Of a connected session, owed :meth:`advance` every 10 ms until it is :attr:`done`."""

    def __init__(
        self,
        order: TrialOrder,
        session: MediaSession,
        *,
        forwarder: Forwarder,
        lent: Lent,
        now_s: float,
    ) -> None:
        self.order = order
        self.session = session
        self.done = False
        self._forwarder = forwarder
        self._lent = lent
        self._began_s = now_s
        self._tap = Tap(session, now_s)
        self._notes: list[str] = []
        self._train: Train | None = None
        self._utterance: Utterance | None = None
        self._spoke = not order.sound
        self._frames = tuple(bytes.fromhex(frame) for frame in order.sound)
        self._asked_size = not order.bursts
        if order.bursts:
            self._train = train_of(session, now_s)
            if self._train is None:
                self._notes.append("no_rtx")
        self._passing = {o.ssrc: o.reported for o in session.outlets.values()}
        """What the receiver had said of each stream when the trial began."""

    @property
    def is_bursting(self) -> bool:
        return self._train is not None and self._train.is_bursting

    def advance(self, now_s: float, *, ntp: int, may_burst: bool) -> None:
        """*ntp* is the same moment as *now_s*; *may_burst*: no other site's line is being burst."""
        self._tap.look(now_s)
        passed_s = now_s - self._began_s
        self._speak(now_s, passed_s)
        if self._train is not None:
            self._train.advance(
                now_s, ntp=ntp, even_until_s=self._even_until_s(now_s), may_burst=may_burst
            )
        if not self._asked_size and passed_s >= ASK_SIZE_S:
            self._ask_size(now_s)
        self.done = passed_s >= LONGEST_S or (self._is_over(now_s) and passed_s >= self._least_s)

    def hear(self, packets: Iterable[rtcp.Rtcp], now_s: float) -> None:
        """The site has said this."""
        if self._train is None:
            return
        for packet in packets:
            if isinstance(packet, rtcp.SenderReport | rtcp.ReceiverReport):
                self._train.hear(packet.reports, now_s)

    def end(self, outcome: Outcome, now_s: float) -> LineTried:
        """Whatever runs of it ends; what it has found."""
        if self._utterance is not None:
            self._utterance.end(now_s)
        tap, train, session = self._tap, self._train, self.session
        expected_up, lost_up = tap.loss()
        expected_down, lost_down = self._loss_down()
        remote = session.remote
        largest = tap.largest(now_s)
        layer = largest.layer if largest is not None else ""
        width, height = tap.sizes.get(layer, (None, None)) if largest is not None else (None, None)
        trips_s = train.rtts_s if train is not None else []
        played_s = self._utterance.began_s - self._began_s if self._utterance is not None else None
        is_cut = self._utterance is not None and self._utterance.cut_off
        if is_cut:
            self._notes.append("cut_off")
        return LineTried(
            trial=self.order.trial,
            session=self.order.session,
            outcome=outcome,
            lasted_s=now_s - self._began_s,
            path="" if remote is None else "tcp" if isinstance(remote, TcpAddress) else "udp",
            family="" if remote is None else "ipv6" if ":" in remote[0] else "ipv4",
            address="" if remote is None else remote[0],
            rtt_s=median(trips_s) if trips_s else session.rtt_s,
            expected_up=expected_up,
            lost_up=min(lost_up, expected_up),
            jitter_up_s=tap.jitter_s(),
            best_up_bps=tap.best_bps,
            limit_up_bps=tap.limit_bps,
            expected_down=expected_down,
            lost_down=lost_down,
            jitter_down_s=self._jitter_down_s(),
            bursts=tuple(train.bursts) if train is not None else (),
            levels=tuple(tap.levels),
            played_ms=None if played_s is None or is_cut else round(played_s * 1000),
            picture=layer,
            frames_per_s=tap.frames_per_s(layer, now_s),
            width=width,
            height=height,
            notes=tuple(self._notes),
        )

    # Small steps.

    @property
    def _least_s(self) -> float:
        return SEEN_S if self.order.bursts else PASSIVE_S

    def _speak(self, now_s: float, passed_s: float) -> None:
        if self._utterance is not None:
            self._utterance.advance(now_s)
        elif not self._spoke and passed_s >= SPEAK_S:
            self._spoke = True
            self._utterance = utterance_in(
                self.session, self._frames, forwarder=self._forwarder, lent=self._lent, now_s=now_s
            )
            if self._utterance is None:
                self._notes.append("no_free_slot")

    def _even_until_s(self, now_s: float) -> float:
        speaks = not self._spoke or (self._utterance is not None and not self._utterance.done)
        return max(self._began_s + EVEN_S, now_s + 1.0 if speaks else 0.0)

    def _is_over(self, now_s: float) -> bool:
        if self._train is not None and not self._train.done:
            return False
        if self._utterance is None:
            return self._spoke
        heard_s = self._utterance.began_s + len(self._frames) * 0.02 + ECHO_S
        return self._utterance.done and (self._utterance.cut_off or now_s >= heard_s)

    def _ask_size(self, now_s: float) -> None:
        self._asked_size = True
        largest = self._tap.largest(now_s)
        if largest is not None and largest.layer not in self._tap.sizes:
            self._forwarder.ask_keyframe(largest, now_s)

    def _loss_down(self) -> tuple[int, int]:
        """Of even padding, else of what flowed anyway, as the receiver reports it."""
        if self._train is not None and self._train.expected:
            return self._train.expected, self._train.lost
        expected = lost = 0
        for outlet in self.session.outlets.values():
            then, now = self._passing.get(outlet.ssrc), outlet.reported
            if then is None or now is None:
                continue
            expected += max(now.highest - then.highest, 0)
            lost += max(now.lost - then.lost, 0)
        return expected, min(lost, expected)

    def _jitter_down_s(self) -> float | None:
        if self._train is not None and self._train.jitter_s is not None:
            return self._train.jitter_s
        return max(
            (
                outlet.reported.jitter / CLOCK_HZ[outlet.kind]
                for outlet in self.session.outlets.values()
                if outlet.source is not None and outlet.reported is not None
            ),
            default=None,
        )

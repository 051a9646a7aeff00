"""Missing: what of one incoming stream did not come, and when to ask for it (RFC 4585 6.2.1).

**First asking.**  A number is missing when a later one came, and asked for when two packets with
later numbers have come or after 20 ms, whichever is first.  Two packets is the measure of Galene
(TCP has three): a line that swaps neighbours asks for nothing.  20 ms are for streams of few
packets: a small picture is one packet every 66 ms, and its second one would be a long wait.
Galene waits for the later of both; we do not, since asking for what is only late costs one packet
and waiting costs everybody who watches.

**Again** after one round trip (an answer cannot come sooner), but not before 30 ms: a sender
spreads what it repeats over the time of a frame, and a copy asked for meanwhile takes line from
the picture, on a line that has lost packets already.  Not later than 500 ms, so that a wrong
measure of the round trip does no worse harm than a useless question.  Before the first measure it
is taken to be 100 ms.

**Giving up**, so that the owner asks for a key frame instead:

* After five questions.  At 5 % loss each way a question fails one time in ten, five in a row once
  in 100,000: beyond that the sender does not have it.
* After one second.  Until then a repeated packet comes sooner than a key frame, which needs a
  round trip too, and then 50 to 90 ms (measured); later the receivers have shown a frozen picture
  for so long that only the present counts, and the sender has forgotten (aiortc keeps 128 packets).
* At more than 64 missing numbers.  That is a quarter second of a 720p picture and about as many
  packets as its key frame, which repairs all at once and what comes after it too.  It also bounds
  memory, the work of a call and the size of a NACK (268 bytes at most).

What was given up leaves a hole that no decoder crosses without a key frame, so all other missing
numbers go with it.  A key frame that arrived makes everything older worthless in the same way.

**Silence is no loss.**  A sender that stops (DTX, a layer switched off) counts packets, not time:
when it goes on, its next number follows the last one.  There is no gap, so nothing is asked.
Padding takes numbers and is asked for like anything else; nobody can know what did not come.

Inside, numbers do not wrap (they are counted on), so order is plain comparison.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from bridge.media.core.serial import extend16

LATE_S: Final = 0.020
RETRY_MIN_S: Final = 0.030
RETRY_MAX_S: Final = 0.500
RTT_UNKNOWN_S: Final = 0.100
MAX_TRIES: Final = 5
GIVE_UP_AFTER_S: Final = 1.0
MAX_MISSING: Final = 64

_NOTHING_YET: Final = -1

# When to ask, when to give up, and how often it was asked for.
_Entry: TypeAlias = tuple[float, float, int]


class Missing:
    """The holes of one stream.  ``on_packet`` is told every packet that belongs to it, repeated
    ones too; what is far from its numbers is for ``Reception`` to judge and not for this."""

    __slots__ = ("_fresh", "_missing", "_newest", "asked", "gave_up")

    def __init__(self) -> None:
        self.gave_up = False
        """Something was given up: the owner sets it back and asks for a key frame."""
        self.asked = 0
        """Numbers asked for so far, each as often as it was."""
        self._newest = _NOTHING_YET
        self._missing: dict[int, _Entry] = {}  # oldest first: gaps open at the newer end only
        self._fresh = False  # some were found by the newest packet: only one is later than they

    def on_packet(self, seq: int, now_s: float) -> bool:
        """True: it has opened holes, and :meth:`due` has work until they are closed."""
        step = (seq - self._newest) & 0xFFFF
        # Before the first packet a 0 looks like the next one, and rightly so.
        if step == 1:
            self._newest += 1
            if self._fresh:
                self._ripen(now_s)
            return False
        return self._out_of_order(seq, step, now_s)

    def _out_of_order(self, seq: int, step: int, now_s: float) -> bool:
        if self._newest == _NOTHING_YET:
            self._newest = seq
        elif step >= 0x8000 or step == 0:
            self._missing.pop(self._newest - (-step & 0xFFFF), None)
        else:
            if self._fresh:
                self._ripen(now_s)
            first, self._newest = self._newest + 1, self._newest + step
            if len(self._missing) + step - 1 > MAX_MISSING:
                self._give_up()
                return True
            entry = (now_s + LATE_S, now_s + GIVE_UP_AFTER_S, 0)
            self._missing.update(dict.fromkeys(range(first, self._newest), entry))
            self._fresh = True
            return True
        return False

    def _ripen(self, now_s: float) -> None:
        """A second packet later than these has come: they are due."""
        self._fresh = False
        for number, (_, give_up_at_s, tries) in self._missing.items():
            if tries == 0:
                self._missing[number] = (now_s, give_up_at_s, 0)

    def _give_up(self) -> None:
        self._missing.clear()
        self._fresh = False
        self.gave_up = True

    def due(self, now_s: float, rtt_s: float | None) -> tuple[int, ...]:
        """The numbers to ask for now, oldest first, at most MAX_MISSING.

        *rtt_s* is the round trip to the sender, None while it was not measured.
        """
        if not self._missing:
            return ()
        if rtt_s is None:
            rtt_s = RTT_UNKNOWN_S
        again_at_s = now_s + min(max(rtt_s, RETRY_MIN_S), RETRY_MAX_S)
        wanted = []
        for number, (ask_at_s, give_up_at_s, tries) in self._missing.items():
            if ask_at_s > now_s:
                continue
            if tries == MAX_TRIES or now_s >= give_up_at_s:
                self._give_up()
                return ()
            self._missing[number] = (again_at_s, give_up_at_s, tries + 1)
            wanted.append(number & 0xFFFF)
        self.asked += len(wanted)
        return tuple(wanted)

    def next_deadline(self) -> float | None:
        """When ``due`` has work next; None while nothing is missing."""
        if not self._missing:
            return None
        return min(ask_at_s for ask_at_s, _, _ in self._missing.values())

    def keyframe(self, seq: int) -> None:
        """A key frame begins with this number, which ``on_packet`` was told before."""
        first = extend16(seq, self._newest)
        if first == self._newest:
            self.gave_up = False  # it answers that, too; behind a later hole it would not
        if self._missing:
            for number in [number for number in self._missing if number < first]:
                del self._missing[number]

    def restart(self, seq: int) -> None:
        """The stream began anew with this packet: its old numbers mean nothing any more."""
        self._missing.clear()
        self._fresh = False
        self.gave_up = False
        self._newest = seq

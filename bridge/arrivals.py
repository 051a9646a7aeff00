"""Arrivals: how the coming of devices ended, and how long it took.

A device says hello, offers, and is connected when its media is.  Counted is the end of each coming,
once: *ok*; not taken in (*refused*); an offer that nobody can carry (*rejected*); no packet ever
came (*no_connection*: a firewall, or a device that went away); or the reason for which its media
ended before it was connected.  Media that is closed by us before that, for a newer device or because
the device left, has no end of its own.

The time is from the hello, of a device that offers again from the offer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bridge.media.plane import LinkUp, PlaneEvent, SessionEnded, SessionId
from bridge.media.times import JOIN_BOUNDS_S, Times
from bridge.outgoing import JoinRefused, MediaRejected

OK: Final = "ok"
REFUSED: Final = "refused"
REJECTED: Final = "rejected"
NO_CONNECTION: Final = "no_connection"
ENDINGS: Final = (
    *("handshake_failed", "handshake_timeout", "peer_closed", "bug"),
    "worker_lost",
)
RESULTS: Final = (OK, REFUSED, REJECTED, NO_CONNECTION, *ENDINGS)


class Arrivals:
    """Of all devices, as long as the service runs.  Times are seconds of one clock."""

    def __init__(self) -> None:
        self.results: Counter[str] = Counter()
        """By :data:`RESULTS`."""
        self.times = Times(JOIN_BOUNDS_S)
        self._said_hello: dict[str, float] = {}
        self._coming: dict[SessionId, float] = {}
        """Media that is not connected yet -> when its device began to come."""

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Inside, a device is taken in, or its offer."""
        try:
            yield
        except JoinRefused:
            self.results[REFUSED] += 1
            raise
        except MediaRejected:
            self.results[REJECTED] += 1
            raise

    def hello(self, session: str, *, now_s: float) -> None:
        self._said_hello[session] = now_s

    def offered(self, session: str, media: SessionId, *, now_s: float) -> None:
        self._coming[media] = self._said_hello.pop(session, now_s)

    def left(self, session: str) -> None:
        self._said_hello.pop(session, None)

    def closed(self, media: SessionId) -> None:
        """By us."""
        self._coming.pop(media, None)

    def hear(self, event: PlaneEvent, *, silent: bool, now_s: float) -> None:
        """What the plane says; *silent*: nothing was ever heard from that client."""
        match event:
            case LinkUp(session=media) if media in self._coming:
                self.results[OK] += 1
                self.times.note(now_s - self._coming.pop(media))
            case SessionEnded(session=media, reason=reason) if media in self._coming:
                del self._coming[media]
                is_deaf = silent and reason == "handshake_timeout"
                self.results[NO_CONNECTION if is_deaf else reason] += 1
            case _:
                pass

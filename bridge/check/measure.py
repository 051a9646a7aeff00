"""Measuring: one line check of one site, from the asking to the figures.

The plane counts (:mod:`bridge.media.trial`), here it is asked and what it counted is understood:

| figure | from |
|---|---|
| way, family | the address that its packets come from; that it is a relay's only the page knows, and says in its statistics |
| round trip, loss and jitter down | what its receiver reports, of even padding or of what flows anyway |
| loss and jitter up | its own packets, before repair |
| down | what bursts of padding proved (:mod:`bridge.check.carried`) |
| up | its best second while all layers of its camera are asked for, if its line was the limit or it was ``ENOUGH_BPS`` at least: a still picture of less says nothing of a line |
| spoken, noise | levels of its microphone while nothing is played (:mod:`bridge.check.loudness`); of one that is said to be off, and is silent, none |
| echo | those levels beside what was played (:mod:`bridge.check.echo`) |
| pictures | of its largest layer; the size from a key frame |
| played | the number, if all of it was |

A loss of fewer than ``FEWEST`` packets is no figure: it would be chance.

``AT_ONCE`` are measured at once, as many as the plane takes; others wait for their turn.  While a line
is burst its site is asked for every layer, whoever watches: *light* says which sites those are.  Its
microphone is not opened for the sake of some seconds: pages leave that to a person's hand, and shutting
it behind the check would shut one that somebody had just opened to try it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Collection, Mapping
from typing import Final

from bridge.check.carried import carried_bps
from bridge.check.echo import LONGEST_MS, echo_db
from bridge.check.loudness import is_silent, noise_dbov, outside, since_open, spoken_dbov
from bridge.check.measuring import Unmeasurable
from bridge.check.speech import Clip, Speech
from bridge.clients import way_of
from bridge.conference.figures import Figures
from bridge.conference.words import SiteCode
from bridge.media.plane import MediaPlane
from bridge.media.tried import AT_ONCE, LineTried, TrialOrder
from bridge.sessions import Session, Sessions

PATIENCE_S: Final = 20.0
"""A plane that has not answered by then is lost: its longest trial takes 14."""
FEWEST: Final = 50
ENOUGH_BPS: Final = 1_000_000
"""A camera's sizes for the stage and the gallery at a time when little moves."""

OFF: Final = ("off", "none")
"""What a site says of a microphone that sends nothing."""

NO_MEDIA: Final = "no_media"
BUSY: Final = "busy"
LOST: Final = "lost_meanwhile"
NO_ANSWER: Final = "no_answer"


class Measurer:
    """A :class:`bridge.check.measuring.Measuring`; its owner tells it of each :class:`LineTried`."""

    def __init__(
        self,
        *,
        plane: MediaPlane,
        sessions: Sessions,
        light: Callable[[Collection[SiteCode]], None],
        speech: Speech | None = None,
    ) -> None:
        """*light*: the sites that are to send all they have, from now on."""
        self._plane = plane
        self._sessions = sessions
        self._light = light
        self._speech = speech or Speech()
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[LineTried]] = {}
        self._lit: set[SiteCode] = set()
        self._few = asyncio.Semaphore(AT_ONCE)

    async def measure(self, site: SiteCode, *, bursts: bool, number: str | None) -> Figures:
        """Takes 4 to 10 s, and before that until it is its turn.  *number*: two digits to be spoken
        in the room.  Raises Unmeasurable; cancelled, it leaves nothing behind."""
        clip = None if number is None else await self._speech.clip(number)
        async with self._few:
            session = self._sessions.room(site)
            if session is None or session.media is None or not session.link_up:
                raise Unmeasurable(NO_MEDIA)
            if bursts:
                self._shine(site, on=True)
            try:
                tried = await self._try(session, session.media, bursts=bursts, clip=clip)
            finally:
                self._shine(site, on=False)
            is_off = session.mic in OFF
            said = session.client.stats if session.client is not None else {}
        return figures_of(tried, clip, number, bursts=bursts, is_off=is_off, said=said)

    def hear(self, tried: LineTried) -> None:
        """A trial is over."""
        answer = self._waiting.get(tried.trial)
        if answer is not None and not answer.done():
            answer.set_result(tried)

    async def _try(
        self, session: Session, media: str, *, bursts: bool, clip: Clip | None
    ) -> LineTried:
        trial = f"{session.id}.{next(self._numbers)}"
        frames = () if clip is None else tuple(frame.hex() for frame in clip.frames)
        order = TrialOrder(trial=trial, session=media, bursts=bursts, sound=frames)
        answer: asyncio.Future[LineTried] = asyncio.get_running_loop().create_future()
        self._waiting[trial] = answer
        try:
            self._plane.try_line(order)
            async with asyncio.timeout(PATIENCE_S):
                tried = await answer
        except TimeoutError as error:
            self._plane.stop_trial(trial)
            raise Unmeasurable(NO_ANSWER) from error
        except asyncio.CancelledError:
            self._plane.stop_trial(trial)
            raise
        finally:
            del self._waiting[trial]
        if tried.outcome != "done":
            reasons = {"busy": BUSY, "absent": NO_MEDIA, "ended": LOST}
            raise Unmeasurable(reasons.get(tried.outcome, NO_ANSWER))
        return tried

    def _shine(self, site: SiteCode, *, on: bool) -> None:
        before = frozenset(self._lit)
        (self._lit.add if on else self._lit.discard)(site)
        if self._lit != before:
            self._light(frozenset(self._lit))


def figures_of(
    tried: LineTried,
    clip: Clip | None,
    number: str | None,
    *,
    bursts: bool,
    is_off: bool = False,
    said: Mapping[str, float] | None = None,
) -> Figures:
    """What a trial that was done has found.  *is_off*: the site says that its microphone is;
    *said*: the statistics of its page."""
    levels, echo = since_open(tried.levels), None
    if clip is not None and tried.played_ms is not None:
        echo = echo_db(clip.levels, tried.played_ms, levels)
        if echo is not None:
            over_ms = tried.played_ms + len(clip.levels) * 20 + LONGEST_MS
            levels = outside(levels, tried.played_ms, over_ms)
    if is_off and is_silent(levels):
        levels = ()
    loss_down = _ratio(tried.lost_down, tried.expected_down)
    return Figures(
        way=way_of(tried.path, said or {}) or None,
        family=tried.family or None,
        rtt_s=tried.rtt_s,
        loss_up=_ratio(tried.lost_up, tried.expected_up),
        loss_down=loss_down,
        jitter_up_s=tried.jitter_up_s,
        jitter_down_s=tried.jitter_down_s,
        up_bps=_up_bps(tried) if bursts else None,
        down_bps=carried_bps(tried.bursts, loss_down or 0.0),
        spoken_dbov=spoken_dbov(levels),
        noise_dbov=noise_dbov(levels),
        frames_per_s=tried.frames_per_s,
        width=tried.width,
        height=tried.height,
        black=None,
        echo_db=echo,
        played=number if tried.played_ms is not None else None,
    )


def _up_bps(tried: LineTried) -> float | None:
    is_limited = tried.limit_up_bps is not None
    proves = tried.best_up_bps >= ENOUGH_BPS or (is_limited and tried.best_up_bps > 0)
    return float(tried.best_up_bps) if proves else None


def _ratio(lost: int, expected: int) -> float | None:
    return lost / expected if expected >= FEWEST else None

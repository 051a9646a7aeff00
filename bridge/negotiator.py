"""Negotiator: offers of sessions become answers, and what was agreed is kept for a restart.

An ICE restart (docs/protocol.md, ``media.offer``) is answered from what was agreed before, so that
every number in the answer is the same.  What is kept is kept by the name of the media and not of
the session: a device that said hello again has inherited the media of its older session, and is
the one that needs a restart most.  Media that another control process agreed (``Bridge.adopt``) is
not known here: the client is refused and makes a new PeerConnection, which always works.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bridge.conference.words import SiteCode
from bridge.draw import Draw
from bridge.media.core.sdp import SdpRejected, negotiate, parse_offer, renegotiate
from bridge.media.plane import Greeting, MediaPlane, SessionId, SessionSpec
from bridge.outgoing import MediaRejected
from bridge.sessions import Session


class Negotiator:
    def __init__(
        self,
        plane: MediaPlane,
        draw: Draw,
        bandwidths_bps: Mapping[SiteCode, int],
        *,
        alive: Callable[[SessionId], object],
    ) -> None:
        """*bandwidths_bps* is what the roster says of lines.  *alive* gives something true for media
        that is still somebody's."""
        self._plane = plane
        self._draw = draw
        self._bandwidths_bps = bandwidths_bps
        self._alive = alive
        self._agreed: dict[SessionId, SessionSpec] = {}

    def begin(
        self, session: Session, name: SessionId, sdp: str, mids: Mapping[str, str]
    ) -> tuple[str, SessionSpec]:
        """The answer to an offer of new media called *name*, and what the plane is to open.

        Raises :class:`MediaRejected`.
        """
        greeting = self._greeting()
        try:
            answer, spec = negotiate(
                parse_offer(sdp),
                session.slots,
                mids,
                session=name,
                site=session.site or "",
                local_ufrag=self._draw.ufrag(),
                local_pwd=self._draw.password(),
                ssrcs=self._draw.ssrcs(),
                greeting=greeting,
                bandwidth_bps=self._bandwidths_bps.get(session.site or ""),
            )
        except SdpRejected as error:
            raise MediaRejected(str(error)) from error
        self._agreed = {media: kept for media, kept in self._agreed.items() if self._alive(media)}
        self._agreed[name] = spec
        return answer, spec

    def restart(self, session: Session, sdp: str, mids: Mapping[str, str]) -> str:
        """The answer to an offer that restarts ICE of the session's media, which goes on.

        Raises :class:`MediaRejected` when there is none, or the offer is for another.
        """
        agreed = self._agreed.get(session.media) if session.media is not None else None
        if agreed is None:
            raise MediaRejected("there is no media to restart: make a new PeerConnection")
        greeting = self._greeting()
        try:
            answer, renewed = renegotiate(
                parse_offer(sdp),
                agreed,
                session.slots,
                mids,
                local_ufrag=self._draw.ufrag(),
                local_pwd=self._draw.password(),
                greeting=greeting,
            )
        except SdpRejected as error:
            raise MediaRejected(str(error)) from error
        self._agreed[agreed.session] = renewed
        self._plane.restart(
            agreed.session,
            local_ufrag=renewed.local_ufrag,
            local_pwd=renewed.local_pwd,
            remote_ufrag=renewed.remote_ufrag,
        )
        return answer

    def _greeting(self) -> Greeting:
        greeting = self._plane.greeting()
        if not greeting.candidates:
            raise MediaRejected("media is restarting")
        return greeting

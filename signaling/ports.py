"""Ports: what the doors need of the house behind them.

The doors know the bridge and the minutes by these Protocols only; ``bridge.service`` is the bridge,
and ``tests/support/fake_bridge.py`` stands in for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bridge.answers import Accepted
from bridge.clients import Said
from bridge.conference.commands import Actor, PersonCommand
from bridge.conference.projection import Audience
from bridge.conference.words import Refusal
from bridge.identity import Identity
from bridge.media.slots import SessionKind
from bridge.outgoing import Joined, Outbox


class Bridge(Protocol):
    @property
    def boot(self) -> str:
        """Of this life of the media plane: another one knows nothing of a client's media."""

    def conference_id(self) -> str: ...

    def rev(self) -> int: ...

    def now_s(self) -> float:
        """Conference seconds."""

    def join(
        self,
        *,
        identity: Identity,
        kind: SessionKind,
        outbox: Outbox,
        resume: int | None = None,
        device: str | None = None,
        standby: bool = False,
    ) -> Joined:
        """A new session; *resume* is the revision it has seen.  Raises JoinRefused."""

    def offer(
        self, session: str, sdp: str, slots: Mapping[str, str], *, restart: bool = False
    ) -> str:
        """The answer's SDP; *restart* restarts the ICE of media that goes on.  Raises
        MediaRejected."""

    def report(self, session: str, *, mic: str, level: int | None, stats: Said = None) -> None: ...

    def leave(self, session: str, *, said_goodbye: bool) -> None:
        """The door calls it once for every join, also when the bridge itself said ``Bye``."""

    async def submit(
        self,
        command: PersonCommand,
        actor: Actor,
        command_id: str | None,
        *,
        seen_rev: int | None = None,
    ) -> Accepted | Refusal:
        """A repeated ``command_id`` of the same user returns the stored answer; a command that
        clashes with what came after *seen_rev* is refused.

        Raises RoomError when the room cannot answer; its ``code`` is for the peer.
        """

    async def begin_next(self, title: str, *, rehearsal: bool, actor: Actor) -> Accepted | Refusal:
        """Raises RoomError like :meth:`submit`."""

    def view(self, audience: Audience) -> Mapping[str, Any]:
        """The snapshot of this audience; carries ``rev``."""

    def sites(self) -> list[dict[str, Any]]:
        """All facts of every site, roster order; for those who may see them."""

    def media(self) -> dict[str, Any]:
        """Counters of the media plane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document, as a file."""

    name: str
    content_type: str
    data: bytes


class NoPaper(Exception):
    """The document cannot be made; the text says why."""


class Minutes(Protocol):
    def paper(self, conference: str, form: str) -> Paper:
        """What the journal of a conference says of it, in a form: ``json``, ``docx``, ``md``,
        ``csv``, ``xlsx`` or ``technical``; of the go/no-go sheet ``sheet.html``, ``sheet.csv`` or
        ``sheet.json``.  It blocks and is for a thread.  Raises NoPaper."""

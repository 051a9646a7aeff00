"""Sessions: which machines are connected, and which one is a room's live device.

A session begins with ``hello`` and is control: a WebSocket.  Its media session is a second life
with its own end, since a closed WebSocket silences nobody (practice.md 7): a session whose
control is lost stays here until its media is lost too.

At most one ``room`` session of a site is active, and one more waits as its standby
(:mod:`bridge.devices` says which).  Whoever takes the active one's place inherits its media, which
goes on until the newcomer offers its own: a device whose WebSocket broke has nothing else to do
than say hello again, and a switch costs the room as little as can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bridge.clients import Statement
from bridge.conference.words import Role
from bridge.identity import Identity
from bridge.media.slots import SessionKind, Slot, slots_for
from bridge.outgoing import Outbox, Outgoing, Stage

GALLERY_ROLES = frozenset({"chair", "deputy", "technician"})
"""Who is sent the thumbnails of all sites (DESIGN section 5)."""


@dataclass(slots=True, kw_only=True)
class Session:
    id: str
    identity: Identity
    kind: SessionKind
    slots: tuple[Slot, ...]
    outbox: Outbox | None
    """None once the WebSocket is gone."""
    device: str | None = None
    """What the machine calls itself, the same over its connections; None: it does not say."""
    standby: bool = False
    """Waits beside the active room device; has no media."""
    media: str | None = None
    """The plane's session, while there is one."""
    client: Statement | None = None
    """What the page last said of its getStats."""
    offers: int = 0
    link_up: bool = False
    mic: str = "unknown"
    level_dbov: int | None = None
    told: dict[str, Outgoing] = field(default_factory=dict)
    """The last message of each kind, so that only changes are sent."""
    shown: Mapping[str, str] | None = None

    @property
    def site(self) -> str | None:
        return self.identity.site

    @property
    def inherited(self) -> bool:
        """Its media is that of the session it replaced: it has offered none of its own yet."""
        return self.media is not None and self.offers == 0

    @property
    def has_gallery(self) -> bool:
        return any(slot.name.startswith("gallery.") for slot in self.slots)

    def tell(self, message: Outgoing) -> None:
        if self.outbox is not None:
            self.outbox.put(message)

    def show(self, stage: Stage) -> None:
        """Tell the stage unless its slots are what the last one said."""
        if self.shown != stage.slots:
            self.shown = stage.slots
            self.tell(stage)

    def tell_once(self, message: Outgoing) -> None:
        """Send unless it says what the last message of its kind said."""
        kind = type(message).__name__
        if self.told.get(kind) != message:
            self.told[kind] = message
            self.tell(message)


class Sessions:
    def __init__(self) -> None:
        self._all: dict[str, Session] = {}
        self._by_media: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def get(self, session_id: str) -> Session | None:
        return self._all.get(session_id)

    def by_media(self, media: str) -> Session | None:
        return self._by_media.get(media)

    def add(self, session: Session) -> None:
        self._all[session.id] = session

    def adopt(self, name: str, site: str, media: str, *, conference: str) -> None:
        """A room of which only its media is known: its control was lost with ours.  Whoever says
        hello for the site brings its identity."""
        identity = Identity(
            user=f"site.{site}", roles=frozenset({Role.SITE}), conference=conference, site=site
        )
        session = Session(
            id=name,
            identity=identity,
            kind=SessionKind.ROOM,
            slots=slots_for(SessionKind.ROOM),
            outbox=None,
        )
        self.add(session)
        self.set_media(session, media)
        session.link_up = True

    def remove(self, session: Session, *, keep_media: bool = False) -> None:
        self._all.pop(session.id, None)
        if not keep_media:
            self.set_media(session, None)

    def hand_on(self, older: Session, session: Session) -> None:
        """*session* has *older*'s media from now on."""
        media, link_up = older.media, older.link_up
        self.set_media(older, None)
        self.set_media(session, media)
        session.link_up = link_up

    def set_media(self, session: Session, media: str | None) -> None:
        if session.media is not None:
            self._by_media.pop(session.media, None)
        session.media = media
        session.link_up = False
        if media is not None:
            self._by_media[media] = session

    def inherit(self, session: Session, older: Session) -> None:
        """*session* takes *older*'s place and its media."""
        self.remove(older, keep_media=True)
        self.add(session)
        self.hand_on(older, session)
        # A page whose WebSocket broke goes on with the counters it had.
        session.client = older.client

    def room(self, site: str) -> Session | None:
        """The active room session of a site."""
        return self.rooms().get(site)

    def standby(self, site: str) -> Session | None:
        """The room session of a site that waits."""
        return next((s for s in self._all.values() if s.standby and s.site == site), None)

    def content(self, site: str) -> Session | None:
        """The content session of a site."""
        return next(
            (s for s in self._all.values() if s.kind is SessionKind.CONTENT and s.site == site),
            None,
        )

    def rooms(self) -> dict[str, Session]:
        """Site -> its active room session."""
        return {
            s.site: s
            for s in self._all.values()
            if s.kind is SessionKind.ROOM and s.site is not None and not s.standby
        }
